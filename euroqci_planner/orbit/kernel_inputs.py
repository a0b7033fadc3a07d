"""What the compiled searches are given: plain arrays, always in the one layout that they know."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.orbit.compiled_sgp4 import CompiledSgp4
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet, Sgp4Propagator
from euroqci_planner.orbit.kernels.earth import Earth
from euroqci_planner.orbit.kernels.geometry import Sites
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
def earth_of(orientation: EarthOrientation) -> Earth:
    """Rotation of the Earth over the window and two days around it.

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
    start = angle[0] - rate * node_s[0]
    x, y = orientation.polar_motion_rad(node_s)
    return Earth(node_s, plain(start + drift), plain(x), plain(y), rate)


def sites_of(sites: SiteArray) -> Sites:
    """The stations."""
    return Sites(plain(sites.position_m), plain(sites.axes), plain(sites.sine_of_minimum))
