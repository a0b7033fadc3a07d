"""What all passes of a plan have in common when their conditions are worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.pass_table import Exclusion, PassTable
from euroqci_planner.orbit.crossings import IndexArray, Stretches
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.service_times import closed, out_of_service, outside_opening_hours
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

MicroArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scenery:
    """Satellites, stations, lights; `usable_us` (n, 2) bounds the elements of each satellite."""

    fleet: Fleet
    satellites: Sequence[Satellite]
    stations: Sequence[Station]
    bodies: SkyBodies
    usable_us: MicroArray
    min_dwell_s: float


def whole_passes(passes: PassTable, fleet: Fleet) -> Stretches:
    """The passes as stretches, one per row."""
    return Stretches(
        np.arange(len(passes)),
        (passes.start_utc - fleet.start_utc).astype(np.int64),
        (passes.end_utc - fleet.start_utc).astype(np.int64),
    )


def age_of_elements_s(passes: PassTable, fleet: Fleet) -> FloatArray:
    """Time from the epoch of the elements to the highest point of each pass."""
    epochs = np.array([item.epoch_utc for item in fleet.element_sets], "datetime64[us]")
    return seconds_between(epochs[passes.satellite], passes.highest_utc)


def instants(
    start_utc: np.datetime64, micro: MicroArray, known: NDArray[np.bool_]
) -> NDArray[np.datetime64]:
    """Instants of µs of the window; not-a-time where they are not known."""
    moments = start_utc + micro.astype("timedelta64[us]")
    return np.where(known, moments, np.datetime64("NaT", "us"))


def calendar_cuts(
    whole: Stretches, owners: tuple[IndexArray, IndexArray], scenery: Scenery
) -> Iterator[tuple[Exclusion, Stretches]]:
    """What dates and hours forbid, exactly, in the order of `Exclusion`.

    `owners` are satellite and station of each pass.
    """
    stations, start = scenery.stations, scenery.fleet.start_utc
    served = out_of_service(whole, owners, scenery.satellites, stations, start)
    yield Exclusion.NOT_IN_SERVICE, served
    yield Exclusion.STATION_CLOSED, closed(whole, owners[1], stations, start)
    hours = outside_opening_hours(whole, owners[1], stations, start)
    yield Exclusion.OUTSIDE_OPENING_HOURS, hours
