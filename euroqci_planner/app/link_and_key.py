"""Link budget and counts of usable passes, in pieces that fit into memory.

Samples exist only while their piece is worked on: a year of a large constellation has more
samples than a laptop has bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.registry import KEY_MODELS, LINK_MODELS
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.budget import (
    link_faults,
    link_warnings,
    station_faults,
    uplink_pair_faults,
)
from euroqci_planner.mission.assets import Direction, Receiver, Satellite, Station
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.link_budget import (
    LinkBudget,
    OffsetArray,
)
from euroqci_planner.mission.pass_table import PassConditions, PassSamples, PassTable
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.table import Table
from euroqci_planner.orbit.sampling import pass_samples
from euroqci_planner.timebase import seconds_between

if TYPE_CHECKING:
    from euroqci_planner.app.sky import Sky

SAMPLES_PER_PIECE = 400_000
Rows = NDArray[np.intp]
TableT = TypeVar("TableT", bound=Table)


@dataclass(frozen=True, slots=True)
class Piece:
    """Passes of one satellite class over one station: they share every scalar of the link."""

    satellite: Satellite
    station: Station
    rows: Rows


def refuse_links(scenario: Scenario) -> None:
    """Raise `InvalidInput` naming every payload and station that is outside the link model."""
    tables = load_physics_tables()
    payloads = {item.payload.id: item.payload for item in scenario.satellites}
    faults = [
        replace(fault, file=scenario.path, where=f"payload {name}.{fault.where}")
        for name, payload in payloads.items()
        for fault in link_faults(payload, tables)
    ]
    faults += [
        replace(fault, file=scenario.path, where=f"station {item.id}.{fault.where}")
        for item in scenario.stations
        for fault in (*station_faults(item), *_senders_lacking(scenario, item))
    ]
    if faults:
        raise InvalidInput(faults)


def _senders_lacking(scenario: Scenario, station: Station) -> Iterator[Fault]:
    """The fault of a station that cannot send to satellites which receive, said once."""
    found = (uplink_pair_faults(item, station) for item in scenario.satellites)
    yield from next((faults for faults in found if faults), ())


def warnings_of_links(scenario: Scenario) -> tuple[str, ...]:
    """What a planner should know about the budgets of the scenario."""
    tables = load_physics_tables()
    texts = (link_warnings(item, tables, scenario.stations) for item in scenario.satellites)
    return tuple(dict.fromkeys(text for found in texts for text in found))


def link_models_used(scenario: Scenario) -> tuple[ModelUsed, ...]:
    """The published models of every direction that the scenario's payloads have."""
    directions = dict.fromkeys(item.payload.direction for item in scenario.satellites)
    models = (model for name in directions for model in LINK_MODELS[name].models)
    return tuple(dict.fromkeys(models))


def budget_of(
    scenario: Scenario, sky: Sky, passes: PassTable, conditions: PassConditions, piece: Piece
) -> tuple[PassSamples, LinkBudget]:
    """Samples along the usable windows of a piece, and every term of the link at each."""
    samples = pass_samples(
        passes,
        conditions,
        piece.rows,
        sky.fleet,
        scenario.satellites,
        scenario.stations,
        sky.bodies,
        scenario.step_s,
    )
    payload = piece.satellite.payload
    budget = LINK_MODELS[payload.direction].budget(
        payload, piece.station, samples, load_physics_tables(), piece.satellite
    )
    return samples, budget


def counts_of(
    piece: Piece, samples: PassSamples, budget: LinkBudget, first_sample: OffsetArray
) -> DetectionCounts:
    """Expected counts of the blocks of samples that begin at `first_sample`."""
    payload = piece.satellite.payload
    return KEY_MODELS[payload.source.protocol].counts(
        payload,
        receiver_of(piece),
        budget.total_transmittance(),
        budget.total_noise_hz(),
        samples.slot_s,
        first_sample,
    )


def culmination_samples(
    passes: PassTable, conditions: PassConditions, samples: PassSamples
) -> Rows:
    """Per pass the index of the sample that is nearest to the highest point of the pass."""
    rows, first = samples.pass_row, samples.first_sample
    wanted = seconds_between(conditions.usable_start_utc[rows], passes.highest_utc[rows])
    off = np.abs(samples.t_s - np.repeat(wanted, np.diff(first)))
    least = np.minimum.reduceat(off, first[:-1]) if len(rows) else off[:0]
    hits = np.flatnonzero(off == np.repeat(least, np.diff(first)))
    return np.asarray(hits[np.searchsorted(hits, first[:-1])])


def receiver_of(piece: Piece) -> Receiver:
    """The receiver at the far end of the link: on the ground, or on board of an uplink."""
    payload = piece.satellite.payload
    if payload.direction is Direction.UPLINK and payload.receiver is not None:
        return payload.receiver
    return piece.station.receiver


def pieces_of(scenario: Scenario, passes: PassTable, conditions: PassConditions) -> Iterator[Piece]:
    """All passes with a usable window, in pieces that share a satellite class and a station."""
    usable = np.flatnonzero(~np.isnat(conditions.usable_start_utc))
    samples = np.ceil(
        seconds_between(conditions.usable_start_utc, conditions.usable_end_utc) / scenario.step_s
    )
    classes = satellite_classes(scenario.satellites)
    keys = np.stack([classes[passes.satellite[usable]], passes.station[usable]], axis=1)
    for kind, station in np.unique(keys, axis=0):
        rows = usable[np.all(keys == (kind, station), axis=1)]
        satellite = scenario.satellites[int(np.flatnonzero(classes == kind)[0])]
        for part in _split(rows, samples[rows]):
            yield Piece(satellite, scenario.stations[int(station)], part)


def satellite_classes(satellites: tuple[Satellite, ...]) -> NDArray[np.int64]:
    """Satellites that the link cannot tell apart get one number."""
    numbers: dict[object, int] = {}
    traits = (
        (item.payload, item.role, item.standard_magnitude, item.diffuse_area_m2)
        for item in satellites
    )
    return np.array([numbers.setdefault(trait, len(numbers)) for trait in traits], dtype=np.int64)


def _split(rows: Rows, samples: NDArray[np.float64]) -> list[Rows]:
    cuts = np.flatnonzero(np.diff(np.cumsum(samples) // SAMPLES_PER_PIECE)) + 1
    return np.split(rows, cuts)
