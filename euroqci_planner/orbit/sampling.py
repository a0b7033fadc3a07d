"""Samples along usable windows: where satellite, Sun and Moon stand, and who is in the light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.pass_table import PassConditions, PassSamples, PassTable
from euroqci_planner.orbit.ephemeris import Fleet, IndexArray
from euroqci_planner.orbit.illumination import SkyBodies, angle_between_rad, sunlit_fraction
from euroqci_planner.orbit.pass_track import ragged
from euroqci_planner.orbit.site import SiteArray, elevation_azimuth_range
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

_SAMPLES_PER_BLOCK = 16_384


def pass_samples(
    passes: PassTable,
    conditions: PassConditions,
    rows: ArrayLike,
    fleet: Fleet,
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    bodies: SkyBodies,
    step_s: float,
) -> PassSamples:
    """Samples of the usable windows of these rows of the pass table, in the order of `rows`.

    A window of W s is filled by slots of `step_s` and one shorter last slot; where that would be
    under half a step, the whole slots share it and are a little longer (see `slots_of`). Samples
    stand in the middle of their slots. States are SGP4's own, not interpolated; angles are
    geometric, the Moon's phase is geocentric (within 1 deg of the topocentric one).

    Raises ValueError for a row without a usable window, a step that is not positive, or records
    that do not go with the pass table.
    """
    chosen = np.asarray(rows, dtype=np.intp)
    begin_utc = conditions.usable_start_utc[chosen]
    window_s = seconds_between(begin_utc, conditions.usable_end_utc[chosen])
    if np.isnan(window_s).any() or not step_s > 0.0:
        raise ValueError("samples need rows with a usable window and a positive step")
    if (len(satellites), len(stations)) != (len(passes.satellite_ids), len(passes.station_ids)):
        raise ValueError("satellites or stations do not go with the pass table")
    counts, width_s = slots_of(window_s, step_s)
    owner, place = ragged(counts)
    since_s = place * width_s[owner]
    slot_s = np.minimum(width_s[owner], window_s[owner] - since_s)
    t_s = since_s + 0.5 * slot_s
    window_t_s = seconds_between(bodies.start_utc, begin_utc)[owner] + t_s
    return PassSamples(
        pass_row=chosen,
        first_sample=np.concatenate(([0], np.cumsum(counts))),
        t_s=t_s,
        slot_s=slot_s,
        **_in_blocks(
            fleet,
            bodies,
            SiteArray.of(stations),
            passes.satellite[chosen][owner].astype(np.intp),
            passes.station[chosen][owner].astype(np.intp),
            window_t_s,
        ),
    )


def slots_of(window_s: FloatArray, step_s: float) -> tuple[IndexArray, FloatArray]:
    """Number of slots of each window, and the width of all but the last.

    The remainder after the whole steps is a slot of its own from half a step on; a smaller one is
    spread evenly over the whole slots. A window under half a step is one slot.
    """
    whole = np.floor(window_s / step_s)
    spread = (window_s - whole * step_s < 0.5 * step_s) & (whole > 0.0)
    counts = np.where(spread, whole, whole + 1.0)
    width_s = np.where(spread, window_s / counts, np.minimum(step_s, window_s))
    return counts.astype(np.intp), np.asarray(width_s)


def _in_blocks(
    fleet: Fleet,
    bodies: SkyBodies,
    sites: SiteArray,
    satellite: IndexArray,
    station: IndexArray,
    t_s: FloatArray,
) -> dict[str, FloatArray]:
    """The columns, worked out in blocks that stay in the processor's cache."""
    blocks = [
        slice(begin, begin + _SAMPLES_PER_BLOCK)
        for begin in range(0, max(len(t_s), 1), _SAMPLES_PER_BLOCK)
    ]
    parts = [
        _columns(fleet, bodies, sites, satellite[block], station[block], t_s[block])
        for block in blocks
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _columns(
    fleet: Fleet,
    bodies: SkyBodies,
    sites: SiteArray,
    satellite: IndexArray,
    station: IndexArray,
    t_s: FloatArray,
) -> dict[str, FloatArray]:
    state = fleet.earth_fixed_pairs(satellite, t_s)
    sun, moon = bodies.sun_and_moon_earth_fixed_m(t_s)
    position, axes = sites.position_m[:, station], sites.axes[:, :, station]
    sight = state.position_m - position
    elevation, azimuth, range_m = elevation_azimuth_range(axes, sight)
    range_rate = np.sum(sight * state.velocity_m_s, axis=0) / range_m
    across = np.sum(state.velocity_m_s**2, axis=0) - range_rate**2
    sun_elevation, sun_azimuth, _ = elevation_azimuth_range(axes, sun - position)
    moon_elevation, moon_azimuth, _ = elevation_azimuth_range(axes, moon - position)
    return {
        "elevation_rad": elevation,
        "azimuth_rad": azimuth,
        "range_m": range_m,
        "range_rate_m_s": range_rate,
        "slew_rad_s": np.sqrt(np.maximum(across, 0.0)) / range_m,
        "sun_elevation_rad": sun_elevation,
        "sun_azimuth_rad": sun_azimuth,
        "moon_elevation_rad": moon_elevation,
        "moon_azimuth_rad": moon_azimuth,
        "moon_phase_angle_rad": angle_between_rad(sun - moon, -moon),
        "sunlit_fraction": sunlit_fraction(state.position_m, sun),
        "satellite_phase_angle_rad": angle_between_rad(sun - state.position_m, -sight),
    }
