"""The compiled conditions of passes: threads over blocks of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Station, SunRule
from euroqci_planner.orbit.crossings import IndexArray, Stretches
from euroqci_planner.orbit.illumination import NODE_STEP_S
from euroqci_planner.orbit.kernel_inputs import (
    bodies_of,
    compiled_sgp4,
    earth_of,
    plain,
    stations_of,
)
from euroqci_planner.orbit.kernels import columns, geometry
from euroqci_planner.orbit.kernels.windows import conditions
from euroqci_planner.orbit.pass_track import node_step_s
from euroqci_planner.orbit.scenery import Scenery
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import FloatArray

_PASSES_PER_JOB = 4_096

Forbidden = Sequence[tuple[int, Stretches]]


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """What the compiled rules say of passes (n), times in µs of the window."""

    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]
    exclusion: NDArray[np.int8]
    sun_elevation_rad: FloatArray
    moon_elevation_rad: FloatArray
    moon_separation_rad: FloatArray
    moon_illuminated_fraction: FloatArray
    eclipse_state: NDArray[np.int8]


def outlook(
    whole: Stretches,
    owners: tuple[IndexArray, IndexArray],
    highest_us: NDArray[np.int64],
    forbidden: Forbidden,
    scenery: Scenery,
    threads: int,
) -> Outlook:
    """Windows and conditions of near-Earth passes, one stretch of `whole` per pass.

    `owners` are satellite and station indices; `forbidden` the exact stretches of the calendar
    with their codes, in the order of `Exclusion`. The rules are those of `usable_windows`.
    """
    order, fleet = np.argsort(owners[0], kind="stable"), scenery.fleet
    bounds, calendar = _calendar(np.argsort(order), forbidden)
    passes = np.empty((len(order), columns.INPUTS))
    times = (whole.begin_us, whole.end_us, highest_us)
    passes[:, : columns.FIRST_CUT] = np.stack((*owners, *times), axis=1)[order]
    passes[:, columns.FIRST_CUT], passes[:, columns.LAST_CUT] = bounds[:-1], bounds[1:]
    constants, earth = compiled_sgp4(fleet).constants, earth_of(fleet.orientation)
    stations, satellites, bodies, mask, settings = _tables(scenery)
    out = np.empty((len(order), columns.CONDITIONS))

    def run(begin: int) -> None:
        part = slice(begin, begin + _PASSES_PER_JOB)
        conditions(
            constants,
            earth,
            stations,
            satellites,
            bodies,
            mask,
            settings,
            passes[part],
            calendar,
            out[part],
        )

    begins = range(0, len(order), _PASSES_PER_JOB)
    if threads == 1:
        list(map(run, begins))
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, begins))
    back = np.empty_like(out)
    back[order] = out
    return _outlook(back)


def _outlook(out: FloatArray) -> Outlook:
    return Outlook(
        begin_us=out[:, columns.BEGIN_US].astype(np.int64),
        end_us=out[:, columns.END_US].astype(np.int64),
        exclusion=out[:, columns.EXCLUSION].astype(np.int8),
        sun_elevation_rad=out[:, columns.SUN_ELEVATION],
        moon_elevation_rad=out[:, columns.MOON_ELEVATION],
        moon_separation_rad=out[:, columns.MOON_SEPARATION],
        moon_illuminated_fraction=out[:, columns.MOON_FRACTION],
        eclipse_state=out[:, columns.ECLIPSE].astype(np.int8),
    )


def _calendar(place: IndexArray, forbidden: Forbidden) -> tuple[IndexArray, FloatArray]:
    """Bounds (n + 1) and rows (code, begin, end) of what is forbidden, pass by pass.

    `place` says where each pass stands in the order of the search.
    """
    row = np.concatenate([np.zeros(0, np.intp), *(place[item.row] for _, item in forbidden)])
    parts = [
        np.stack((np.full(len(item.row), float(code)), item.begin_us, item.end_us), axis=1)
        for code, item in forbidden
    ]
    order = np.argsort(row, kind="stable")
    rows = np.concatenate([np.zeros((0, 3)), *parts])[order]
    return np.searchsorted(row[order], np.arange(len(place) + 1)), plain(rows)


def _tables(
    scenery: Scenery,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Stations, satellites, Sun and Moon, masks, settings as the compiled rules take them."""
    masks = [_mask(station) for station in scenery.stations]
    last = np.cumsum([mask.shape[1] for mask in masks])
    stations = stations_of(SiteArray.of(scenery.stations))
    for row, item in enumerate(scenery.stations):
        by_elevation = item.sun_rule is SunRule.MAX_ELEVATION
        stations[row, geometry.MIN_ELEVATION : geometry.SINE_OF_MINIMUM] = (
            item.min_elevation_rad,
            item.max_sun_elevation_rad if by_elevation else np.inf,
            item.min_sun_separation_rad,
            item.min_moon_separation_rad,
            last[row] - masks[row].shape[1],
            last[row],
        )
    satellites = np.empty((len(scenery.satellites), 2))
    satellites[:, columns.NODE_STEP_S] = node_step_s(scenery.fleet)
    satellites[:, columns.ECLIPSE_ONLY] = [item.eclipse_only for item in scenery.satellites]
    settings = (scenery.min_dwell_s * 1e6, scenery.bodies.first_node_s, NODE_STEP_S)
    mask = plain(np.concatenate([np.zeros((2, 0)), *masks], axis=1))
    return stations, satellites, bodies_of(scenery.bodies), mask, plain(settings)


def _mask(station: Station) -> FloatArray:
    """Azimuths and elevations (2, points) by rising azimuth; none where it forbids nothing."""
    mask = np.array(station.horizon_mask_rad, dtype=np.float64).reshape(-1, 2).T
    if not np.any(mask[1] > station.min_elevation_rad):
        return np.zeros((2, 0))
    azimuth = np.mod(mask[0], 2.0 * np.pi)
    order = np.argsort(azimuth, kind="stable")
    return np.stack((azimuth[order], mask[1][order]))
