"""Links and keys of all contacts of two stations with one source of entangled pairs.

As with single passes, samples live only as long as their piece: contacts of one kind of satellite
over the same two stations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.link_and_key import SAMPLES_PER_PIECE, satellite_classes
from euroqci_planner.app.pair_skies import (
    THIN_ARMS,
    CloudyCounts,
    has_clouds,
    thin_counts,
    with_skies,
)
from euroqci_planner.app.pair_windows import CommonPasses, common_passes, is_source, middles_utc
from euroqci_planner.app.registry import LINK_MODELS
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.dual_downlink import pair_transmittance
from euroqci_planner.mission.assets import Direction, Receiver, Satellite, Station
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.scenario import BlockPolicy, Scenario
from euroqci_planner.network.station_pairs import station_pairs_of
from euroqci_planner.orbit.sampling import pass_samples
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.dual_keys import Arms, DualKeys, dual_key_spread, dual_keys
from euroqci_planner.qkd.pass_keys import KeyRules
from euroqci_planner.qkd.uncertainty import KeySpread, KeyUncertainty
from euroqci_planner.timebase import NOT_A_TIME, after, seconds_between
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PairWork:
    """Contacts that may be flown, and the counts that their keys follow from, row for row.

    `cloudy` has those under thin and broken cloud, None where there is no chance of these.
    """

    contacts: PairContacts
    counts: DetectionCounts
    cloudy: CloudyCounts | None = None


@dataclass(frozen=True, slots=True)
class PairPiece:
    """Contacts of satellites that the link cannot tell apart over the same two stations."""

    satellite: Satellite
    stations: tuple[Station, Station]
    rows: Rows

    @property
    def receivers(self) -> tuple[Receiver, Receiver]:
        """Those of both stations."""
        return self.stations[0].receiver, self.stations[1].receiver


def evaluate_pairs(scenario: Scenario, found: Geometry) -> PairWork | None:
    """Every contact of the scenario's sources that some demand can use; None without a source.

    Without demands all pairs of stations count. Keys are those of single blocks.
    """
    sources = is_source(scenario)
    if not sources.any():
        return None
    common = common_passes(
        found.passes,
        found.conditions,
        sources[found.passes.satellite],
        station_pairs_of(scenario.network, scenario.stations),
        scenario.schedule.min_dwell_s,
    )
    return pair_work_of(scenario, found, common)


def pair_work_of(scenario: Scenario, found: Geometry, common: CommonPasses) -> PairWork:
    """Links, keys and chances of these common passes."""
    columns = _empty_columns(len(common.pass_a))
    counts = _empty_counts(len(common.pass_a))
    clouds = [_empty_counts(len(common.pass_a)) for _ in THIN_ARMS] if has_clouds(scenario) else []
    windows = common._replace(start_utc=common.start_utc.copy(), end_utc=common.end_utc.copy())
    for piece in _pieces(scenario, found, common):
        samples, budgets = _arms(scenario, found, common, piece)
        keys = _keys(scenario, piece, samples, budgets)
        _fill(columns, piece.rows, _reduced(keys, samples, budgets))
        _fill(columns, piece.rows, _quantiles(scenario, piece, keys))
        _fill(counts, piece.rows, _columns(keys.counts))
        if clouds:
            payload = piece.satellite.payload
            seen = thin_counts(scenario, payload, piece.receivers, keys.arms)
            for dimmed, there in zip(clouds, seen, strict=True):
                _fill(dimmed, piece.rows, _columns(there))
        _cut(windows, piece.rows, keys, samples)
    clear = DetectionCounts(**counts)
    thin = tuple(DetectionCounts(**item) for item in clouds)
    contacts, cloudy = with_skies(scenario, _contacts(found, windows, columns), clear, thin)
    return PairWork(contacts, clear, cloudy)


def _pieces(scenario: Scenario, found: Geometry, common: CommonPasses) -> Iterator[PairPiece]:
    passes = found.passes
    kinds = satellite_classes(scenario.satellites)[passes.satellite[common.pass_a]]
    ends = [passes.station[rows] for rows in (common.pass_a, common.pass_b)]
    keys = np.stack([kinds, *ends], axis=1)
    samples = np.ceil(seconds_between(common.start_utc, common.end_utc) / scenario.step_s)
    for kind, one, other in np.unique(keys, axis=0).tolist():
        rows = np.flatnonzero(np.all(keys == (kind, one, other), axis=1))
        satellite = scenario.satellites[int(passes.satellite[common.pass_a[rows[0]]])]
        cuts = np.flatnonzero(np.diff(np.cumsum(samples[rows]) // SAMPLES_PER_PIECE)) + 1
        for part in np.split(rows, cuts):
            yield PairPiece(satellite, (scenario.stations[one], scenario.stations[other]), part)


def _arms(
    scenario: Scenario, found: Geometry, common: CommonPasses, piece: PairPiece
) -> tuple[tuple[PassSamples, PassSamples], tuple[LinkBudget, LinkBudget]]:
    """Samples and budgets of both stations over the common windows, at the same instants."""
    samples, budgets = [], []
    for station, of_passes in zip(piece.stations, (common.pass_a, common.pass_b), strict=True):
        rows = of_passes[piece.rows]
        along = pass_samples(
            found.passes.take(rows),
            replace(
                found.conditions.take(rows),
                usable_start_utc=common.start_utc[piece.rows],
                usable_end_utc=common.end_utc[piece.rows],
            ),
            np.arange(len(rows)),
            found.sky.fleet,
            scenario.satellites,
            scenario.stations,
            found.sky.bodies,
            scenario.step_s,
        )
        model, satellite = LINK_MODELS[Direction.DOWNLINK], piece.satellite
        tables = load_physics_tables()
        budgets.append(model.budget(satellite.payload, station, along, tables, satellite))
        samples.append(along)
    return (samples[0], samples[1]), (budgets[0], budgets[1])


def _keys(
    scenario: Scenario,
    piece: PairPiece,
    samples: tuple[PassSamples, PassSamples],
    budgets: tuple[LinkBudget, LinkBudget],
) -> DualKeys:
    one, other = (
        ChannelSamples(
            transmittance=budget.total_transmittance(),
            noise_hz=budget.total_noise_hz(),
            slot_s=along.slot_s,
            first_sample=along.first_sample,
        )
        for along, budget in zip(samples, budgets, strict=True)
    )
    rules = KeyRules(scenario.policy, scenario.schedule.min_dwell_s)
    return dual_keys(piece.satellite.payload, piece.receivers, (one, other), rules)


def _reduced(
    keys: DualKeys,
    samples: tuple[PassSamples, PassSamples],
    budgets: tuple[LinkBudget, LinkBudget],
) -> dict[str, FloatArray]:
    """What a contact keeps of its samples and of its key."""
    flown = _flown_samples(keys, samples[0].first_sample)
    starts = keys.arms[0].first_sample[:-1]
    share = pair_transmittance(*budgets)[flown]
    elevations = (along.elevation_rad[flown] for along in samples)
    highest = [np.maximum.reduceat(values, starts) for values in elevations]
    counts = keys.counts
    return {
        "max_elevation_a_rad": highest[0],
        "max_elevation_b_rad": highest[1],
        "transmittance_max": np.fmax.reduceat(share, starts),
        "transmittance_min": np.fmin.reduceat(share, starts),
        "noise_a_hz": _mean_noise(keys.arms[0]),
        "noise_b_hz": _mean_noise(keys.arms[1]),
        "coincidences": np.sum(counts.key_detections + counts.test_detections, axis=1),
        "sifted_bits": keys.keys.sifted_bits,
        "qber": keys.keys.qber,
        "key_bits": keys.keys.key_bits,
    }


def _flown_samples(keys: DualKeys, first: Rows) -> Rows:
    """Samples inside the windows that are flown, as indices of all."""
    lengths = keys.stop - keys.start
    offsets = np.cumsum(lengths) - lengths
    shift = np.repeat(first[:-1] + keys.start - offsets, lengths)
    return np.asarray(np.arange(lengths.sum(), dtype=np.intp) + shift)


def _mean_noise(arm: ChannelSamples) -> FloatArray:
    """Mean over the samples inside the models' validity, NaN where none is."""
    starts, known = arm.first_sample[:-1], np.isfinite(arm.noise_hz)
    weight = np.where(known, arm.slot_s, 0.0)
    seconds = np.add.reduceat(weight, starts)
    clicks = np.add.reduceat(np.where(known, weight * arm.noise_hz, 0.0), starts)
    return np.asarray(np.divide(clicks, seconds, np.full(len(starts), np.nan), where=seconds > 0.0))


def _quantiles(scenario: Scenario, piece: PairPiece, keys: DualKeys) -> dict[str, FloatArray]:
    """P10, P50 and P90 of contacts that are a block each; absent where none are asked for."""
    policy = scenario.policy
    if policy.uncertainty_draws == 0 or policy.block is BlockPolicy.POOLED:
        return {}
    uncertainty = KeyUncertainty(
        loss_sigma_db=policy.loss_sigma_db,
        background_spread=policy.background_spread,
        draws=policy.uncertainty_draws,
        seed=scenario.seed,
    )
    arms: Arms = keys.arms
    spread: KeySpread = dual_key_spread(
        piece.satellite.payload, piece.receivers, arms, policy, uncertainty
    )
    names = ("p10_bits", "p50_bits", "p90_bits")
    return {f"key_{name}": getattr(spread, name) for name in names}


def _cut(
    windows: CommonPasses, rows: Rows, keys: DualKeys, samples: tuple[PassSamples, PassSamples]
) -> None:
    """Write the part of each window that is flown."""
    first, slot_s = samples[0].first_sample, samples[0].slot_s
    edges = np.concatenate(([0.0], np.cumsum(slot_s)))
    is_cut = keys.stop - keys.start < np.diff(first)
    begin = windows.start_utc[rows]
    from_s, to_s = (edges[first[:-1] + at] - edges[first[:-1]] for at in (keys.start, keys.stop))
    windows.start_utc[rows] = np.where(is_cut, after(begin, from_s), begin)
    windows.end_utc[rows] = np.where(is_cut, after(begin, to_s), windows.end_utc[rows])


def _empty_columns(length: int) -> dict[str, Any]:
    names = (
        "max_elevation_a_rad",
        "max_elevation_b_rad",
        "transmittance_max",
        "transmittance_min",
        "noise_a_hz",
        "noise_b_hz",
        "coincidences",
        "sifted_bits",
        "qber",
        "key_bits",
        "key_p10_bits",
        "key_p50_bits",
        "key_p90_bits",
    )
    return {name: np.full(length, np.nan) for name in names}


def _empty_counts(length: int) -> dict[str, Any]:
    return {name: np.full((length, 1), np.nan) for name in DetectionCounts.column_names()}


def _columns(counts: DetectionCounts) -> dict[str, FloatArray]:
    return {name: getattr(counts, name) for name in counts.column_names()}


def _fill(columns: dict[str, Any], rows: Rows, values: dict[str, Any]) -> None:
    for name, part in values.items():
        columns[name][rows] = part


def _contacts(found: Geometry, windows: CommonPasses, columns: dict[str, Any]) -> PairContacts:
    """The table, in order of start; chances are filled in later."""
    passes, rows = found.passes, windows.pass_a
    unknown = np.full(len(rows), np.nan)
    return PairContacts(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=passes.satellite[rows],
        station_a=passes.station[rows],
        station_b=passes.station[windows.pass_b],
        pass_a=rows,
        pass_b=windows.pass_b,
        start_utc=windows.start_utc,
        end_utc=windows.end_utc,
        middle_utc=middles_utc(passes, windows),
        clear_a_probability=unknown,
        clear_b_probability=unknown,
        clear_probability=unknown,
        key_expected_bits=unknown,
        key_usable_utc=np.full(len(rows), NOT_A_TIME),
        **columns,
    )
