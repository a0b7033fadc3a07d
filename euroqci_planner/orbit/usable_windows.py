"""From geometric passes to the windows in which they can be used, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from euroqci_planner.compilation import THREADS
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.orbit.crossings import microseconds
from euroqci_planner.orbit.element_age import timing_sigma_s
from euroqci_planner.orbit.engine import Engine, is_compiled
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.numpy_conditions import numpy_conditions
from euroqci_planner.orbit.scenery import (
    Scenery,
    age_of_elements_s,
    calendar_cuts,
    instants,
    whole_passes,
)
from euroqci_planner.orbit.service_times import outside
from euroqci_planner.units import FloatArray


def pass_conditions(
    passes: PassTable,
    fleet: Fleet,
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    bodies: SkyBodies,
    start_utc: np.datetime64,
    min_dwell_s: float,
    usable_bounds_s: FloatArray,
    engine: Engine = Engine.AUTO,
    threads: int = THREADS,
) -> PassConditions:
    """Usable window of every pass, row for row, with Sun, Moon, shadow and age of the elements.

    `satellites`, `stations` and the satellites of `fleet` stand in the order of the pass table's
    id tuples; `usable_bounds_s` (satellites, 2) are the seconds from `start_utc` between which
    each element set can be used (from the propagation gate).

    A pass is cut by validity dates, closures and opening hours (exact), by the horizon mask, the
    Sun's elevation (not where the station's rule is BY_BACKGROUND), the separations from Sun (day
    and night) and Moon (while its centre is over the horizon), by the umbra for satellites that
    work in eclipse only, and by the bounds of the elements. Edges are refined to a microsecond of
    the interpolated track: well under a millisecond of SGP4. A dip shorter than 0.25 s may
    stay unseen. The longest stretch that is left is the usable window (of equals the first);
    under `min_dwell_s` it is TOO_SHORT.

    Elevations are geometric. The compiled engine takes the passes of near-Earth satellites and
    gives the same windows to a microsecond, whatever the number of `threads`. Raises ValueError
    where fleet or bodies belong to another window.
    """
    start = start_utc.astype("datetime64[us]")
    if start != fleet.start_utc or start != bodies.start_utc:
        raise ValueError("fleet, Sun and Moon belong to another planning window")
    scenery = Scenery(
        fleet=fleet,
        satellites=satellites,
        stations=stations,
        bodies=bodies,
        usable_us=microseconds(usable_bounds_s),
        min_dwell_s=min_dwell_s,
    )
    if is_compiled(engine, len(fleet), len(stations), bodies.duration_s):
        return _compiled_conditions(passes, scenery, threads)
    return numpy_conditions(passes, scenery)


def _compiled_conditions(passes: PassTable, scenery: Scenery, threads: int) -> PassConditions:
    """Near-Earth passes compiled, the others with NumPy, in the order of the table."""
    from euroqci_planner.orbit.kernel_inputs import compiled_sgp4  # noqa: PLC0415 (an extra)

    near = compiled_sgp4(scenery.fleet).is_compiled[passes.satellite]
    if near.all():
        return _near_earth_conditions(passes, scenery, threads)
    parts = [
        _near_earth_conditions(passes.take(near), scenery, threads),
        numpy_conditions(passes.take(~near), scenery),
    ]
    order = np.concatenate((np.flatnonzero(near), np.flatnonzero(~near)))
    return PassConditions.joined(parts).take(np.argsort(order))


def _near_earth_conditions(passes: PassTable, scenery: Scenery, threads: int) -> PassConditions:
    from euroqci_planner.orbit.compiled_conditions import outlook  # noqa: PLC0415 (an extra)

    fleet, whole = scenery.fleet, whole_passes(passes, scenery.fleet)
    owners = (passes.satellite.astype(np.intp), passes.station.astype(np.intp))
    bounds = scenery.usable_us[owners[0]]
    beyond = outside(whole, bounds[:, 0], bounds[:, 1])
    forbidden = [*calendar_cuts(whole, owners, scenery), (Exclusion.ELEMENTS_UNUSABLE, beyond)]
    highest_us = (passes.highest_utc - fleet.start_utc).astype(np.int64)
    found = outlook(whole, owners, highest_us, forbidden, scenery, threads)
    usable, age_s = found.exclusion == Exclusion.NONE, age_of_elements_s(passes, fleet)
    return PassConditions(
        usable_start_utc=instants(fleet.start_utc, found.begin_us, usable),
        usable_end_utc=instants(fleet.start_utc, found.end_us, usable),
        exclusion=found.exclusion,
        sun_elevation_rad=found.sun_elevation_rad,
        moon_elevation_rad=found.moon_elevation_rad,
        moon_separation_rad=found.moon_separation_rad,
        moon_illuminated_fraction=found.moon_illuminated_fraction,
        eclipse_state=found.eclipse_state,
        element_age_s=age_s,
        timing_sigma_s=timing_sigma_s(fleet, passes.satellite, age_s),
    )
