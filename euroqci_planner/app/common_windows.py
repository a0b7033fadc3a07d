"""One source of pairs over two stations: when both see it, and the key that follows (BBM92)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.geometry import PASS_STAGES, Geometry, geometry_of
from euroqci_planner.app.link_tables import refuse_link, satellite_of, station_of
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.registry import KEY_MODELS, LINK_MODELS
from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.dual_downlink import pair_transmittance
from euroqci_planner.mission.assets import Direction, PairSource
from euroqci_planner.mission.common_windows import CommonWindows
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.sampling import pass_samples
from euroqci_planner.qkd.bbm92_model import dual_downlink_counts
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.timebase import UtcArray, seconds_between
from euroqci_planner.units import FloatArray, decibel_loss

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Overlaps:
    """Pairs of passes that overlap: rows of the first and second station, and the common time."""

    rows: tuple[Rows, Rows]
    begin_utc: UtcArray
    end_utc: UtcArray


def common_windows(
    scenario: Scenario,
    satellite_id: str,
    station_ids: tuple[str, str],
    progress: Progress | None = None,
) -> CommonWindows:
    """Every common window of the scenario's time, with pair loss, coincidences and key.

    Clear sky over both; windows under the dwell time of the schedule are left out. No schedule: the
    satellite is taken as free. Raises InvalidInput for ids that are not there, one station twice,
    and a payload without a source of pairs.
    """
    satellite = satellite_of(scenario, satellite_id)
    stations = tuple(station_of(scenario, name) for name in station_ids)
    source = satellite.payload.source
    refuse_link(satellite, stations)
    if not isinstance(source, PairSource) or station_ids[0] == station_ids[1]:
        raise InvalidInput.single(
            "is named twice",
            where="--station",
            value=station_ids[0],
            mend="name two different stations",
        )
    pair = replace(scenario, satellites=(satellite,), stations=stations, constellations=())
    found = geometry_of(pair, (progress or Progress()).staged(PASS_STAGES))
    common = _overlaps(found, pair.schedule.min_dwell_s)
    arms = [_arm(pair, found, common, end) for end in (0, 1)]
    return _table(pair, source, common, arms)


def _overlaps(found: Geometry, min_dwell_s: float) -> _Overlaps:
    start, end = found.conditions.usable_start_utc, found.conditions.usable_end_utc
    one, other = (
        np.flatnonzero((found.passes.station == place) & ~np.isnat(start)) for place in (0, 1)
    )
    begin = np.maximum(start[one][:, None], start[other])
    finish = np.minimum(end[one][:, None], end[other])
    row, column = np.nonzero(seconds_between(begin, finish) >= max(min_dwell_s, 1e-6))
    order = np.argsort(begin[row, column], kind="stable")
    row, column = row[order], column[order]
    return _Overlaps((one[row], other[column]), begin[row, column], finish[row, column])


def _arm(
    scenario: Scenario, found: Geometry, common: _Overlaps, end: int
) -> tuple[PassSamples, LinkBudget]:
    """Samples and budget of one station over the common windows."""
    rows = common.rows[end]
    samples = pass_samples(
        found.passes.take(rows),
        replace(
            found.conditions.take(rows),
            usable_start_utc=common.begin_utc,
            usable_end_utc=common.end_utc,
        ),
        np.arange(len(rows)),
        found.sky.fleet,
        scenario.satellites,
        scenario.stations,
        found.sky.bodies,
        scenario.step_s,
    )
    satellite, station = scenario.satellites[0], scenario.stations[end]
    model = LINK_MODELS[Direction.DOWNLINK]
    return samples, model.budget(
        satellite.payload, station, samples, load_physics_tables(), satellite
    )


def _table(
    scenario: Scenario,
    source: PairSource,
    common: _Overlaps,
    arms: list[tuple[PassSamples, LinkBudget]],
) -> CommonWindows:
    first, other = (
        ChannelSamples(
            transmittance=budget.total_transmittance(),
            noise_hz=budget.total_noise_hz(),
            slot_s=samples.slot_s,
            first_sample=samples.first_sample,
        )
        for samples, budget in arms
    )
    one, two = (station.receiver for station in scenario.stations)
    counts = dual_downlink_counts(source, (one, two), (first, other))
    payload = scenario.satellites[0].payload
    keys = KEY_MODELS[source.protocol].keys(payload, counts, scenario.policy)
    loss_db = decibel_loss(pair_transmittance(arms[0][1], arms[1][1]))
    starts = first.first_sample[:-1]
    ids = tuple(station.id for station in scenario.stations)
    return CommonWindows(
        satellite_id=scenario.satellites[0].id,
        station_ids=(ids[0], ids[1]),
        begin_utc=common.begin_utc,
        end_utc=common.end_utc,
        max_elevation_a_rad=_reduced(np.fmax, arms[0][0].elevation_rad, starts),
        max_elevation_b_rad=_reduced(np.fmax, arms[1][0].elevation_rad, starts),
        min_loss_db=_reduced(np.fmin, loss_db, starts),
        max_loss_db=_reduced(np.fmax, loss_db, starts),
        coincidences=np.sum(counts.key_detections + counts.test_detections, axis=1),
        qber=keys.qber,
        key_bits=keys.key_bits,
    )


def _reduced(best: np.ufunc, values: FloatArray, starts: Rows) -> FloatArray:
    return np.asarray(best.reduceat(values, starts)) if len(starts) else values[:0]
