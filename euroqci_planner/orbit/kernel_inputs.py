"""What the compiled searches are given: plain arrays, always in the one layout that they know."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.orbit.compiled_sgp4 import CompiledSgp4
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet, Sgp4Propagator
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.kernels import earth, geometry
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

_MARGIN_DAYS = 2


def plain(values: ArrayLike) -> FloatArray:
    """A writable copy in the one layout that the compiled functions know."""
    return np.array(values, dtype=np.float64, order="C")


@lru_cache(maxsize=2)
def compiled_sgp4(fleet: Fleet) -> CompiledSgp4:
    """The constants of a fleet, kept for the next part of the same work."""
    propagator = fleet.propagator
    if isinstance(propagator, CompiledSgp4):
        return propagator
    if not isinstance(propagator, Sgp4Propagator):
        raise TypeError("only SGP4 is compiled")
    return CompiledSgp4.of(fleet.element_sets, propagator, fleet.is_deep_space)


@lru_cache(maxsize=2)
def earth_of(orientation: EarthOrientation) -> FloatArray:
    """Rotation of the Earth over the window and two days around it (`kernels.earth`).

    Nodes stand where UT1 and pole have theirs, and once a day beyond the table; against
    `teme_to_earth_fixed` it is good to 1e-12 rad.
    """
    first, last = -_MARGIN_DAYS, int(orientation.duration_s // SECONDS_PER_DAY) + 1 + _MARGIN_DAYS
    daily_s = np.arange(first, last + 1) * SECONDS_PER_DAY
    node_s = np.unique(np.concatenate((daily_s, orientation.t_node_s)))
    rate = orientation.earth_rotation_rate_rad_s
    angle = orientation.rotation_angle_rad(node_s)
    change = angle - angle[0] - rate * (node_s - node_s[0])
    drift = np.mod(change + np.pi, 2.0 * np.pi) - np.pi
    rows = {
        earth.EARTH_S: node_s,
        earth.EXCESS: angle[0] - rate * node_s[0] + drift,
        earth.RATE: np.full_like(node_s, rate),
    }
    rows[earth.POLE_X], rows[earth.POLE_Y] = orientation.polar_motion_rad(node_s)
    return plain([rows[row] for row in sorted(rows)])


def stations_of(sites: SiteArray) -> FloatArray:
    """The stations (s, `STATION_COLUMNS`), without the limits of their sky."""
    count = len(sites.sine_of_minimum)
    table = np.zeros((count, geometry.STATION_COLUMNS))
    table[:, geometry.X : geometry.Z + 1] = sites.position_m.T
    table[:, geometry.EAST_X : geometry.UP_Z + 1] = sites.axes.reshape(9, count).T
    table[:, geometry.SINE_OF_MINIMUM] = sites.sine_of_minimum
    return table


@lru_cache(maxsize=2)
def bodies_of(bodies: SkyBodies) -> FloatArray:
    """Sun and Moon of the window (2, 3, gaps, 4): cubics by rising power."""
    cubics = (bodies.sun_coefficients_m, bodies.moon_coefficients_m)
    return plain([np.moveaxis(cubic, 0, -1) for cubic in cubics])
