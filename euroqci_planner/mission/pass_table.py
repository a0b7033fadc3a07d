"""Passes: geometry, the conditions under which they can be used, and samples along them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.table import Table, column, locked
from euroqci_planner.timebase import minute_stamps
from euroqci_planner.units import FloatArray

IntArray = NDArray[np.int32]
CodeArray = NDArray[np.int8]
UtcArray = NDArray[np.datetime64]


class EclipseState(IntEnum):
    """Light on the satellite over the usable part of a pass (whole pass where none is usable)."""

    SUNLIT = 0
    PENUMBRA = 1
    UMBRA = 2
    ENTERING = 3
    LEAVING = 4


class Exclusion(IntEnum):
    """Why a pass has no usable window; NONE where it has one.

    Where several rules together leave nothing, the code is the rule that takes the largest part
    of the pass, ties by the order here.
    """

    NONE = 0
    NOT_IN_SERVICE = 1
    STATION_CLOSED = 2
    OUTSIDE_OPENING_HOURS = 3
    HORIZON_MASK = 4
    DAYLIGHT = 5
    SUN_TOO_CLOSE = 6
    MOON_TOO_CLOSE = 7
    SATELLITE_SUNLIT = 8
    ELEMENTS_UNUSABLE = 9
    TOO_SHORT = 10


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassTable(Table):
    """Geometric passes above each station's minimum elevation, in order of start.

    `satellite` and `station` index the id tuples. `start_utc` and `end_utc` bound the part
    inside the planning window and always stand; `rise_utc` or `set_utc` is not-a-time where the
    window's border cuts the pass. `highest_utc` is the instant of largest elevation inside the
    window; `culmination_utc` equals it where the elevation has a maximum there, and is
    not-a-time where the border cuts the ascent or descent. Elevations are geometric (no
    refraction), against the WGS 84 ellipsoid; azimuths from north over east, NaN where the
    instant is missing. `culmination_azimuth_rad` belongs to `highest_utc`. `min_range_m` is the
    smallest slant range inside the window.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: IntArray = column("int32")
    station: IntArray = column("int32")
    start_utc: UtcArray = column("datetime64[us]")
    end_utc: UtcArray = column("datetime64[us]")
    rise_utc: UtcArray = column("datetime64[us]")
    culmination_utc: UtcArray = column("datetime64[us]")
    set_utc: UtcArray = column("datetime64[us]")
    highest_utc: UtcArray = column("datetime64[us]")
    max_elevation_rad: FloatArray = column("float64")
    rise_azimuth_rad: FloatArray = column("float64")
    culmination_azimuth_rad: FloatArray = column("float64")
    set_azimuth_rad: FloatArray = column("float64")
    min_range_m: FloatArray = column("float64")

    def pass_ids(self, earlier: Self | None = None) -> NDArray[np.str_]:
        """Identity of each pass: `satellite/station/20260618T2318Z`, the minute of `highest_utc`.

        Two passes of one pair within the same minute (a pass split by a grazing dip) get `-2`,
        `-3` behind the stamp, in order of start. `earlier` are passes of the same satellites and
        stations in a part before this one.
        """
        if earlier is not None and len(earlier):
            return type(self).joined([earlier, self]).pass_ids()[len(earlier) :]
        if not len(self):
            return np.zeros(0, dtype=np.str_)
        satellites, stations = (
            np.char.add(np.array(ids), "/") for ids in (self.satellite_ids, self.station_ids)
        )
        pairs = np.char.add(satellites[self.satellite], stations[self.station])
        ids = np.char.add(pairs, minute_stamps(self.highest_utc))
        return np.char.add(ids, self._repetitions()) if self._repeats() else ids

    def _repeats(self) -> bool:
        """Whether any pair has two passes whose highest points share a minute."""
        minute = self.highest_utc.astype("datetime64[m]").astype(np.int64)
        pair = self.satellite.astype(np.int64) * len(self.station_ids) + self.station
        keys = np.sort(
            (minute - minute.min()) * len(self.satellite_ids) * len(self.station_ids) + pair
        )
        return bool(np.any(keys[1:] == keys[:-1]))

    def _repetitions(self) -> NDArray[np.str_]:
        """'' for the first pass of a pair in a minute, '-2', '-3' for those that follow."""
        minute = self.highest_utc.astype("datetime64[m]").astype(np.int64)
        order = np.lexsort((self.start_utc, minute, self.station, self.satellite))
        keys = np.stack([self.satellite[order], self.station[order], minute[order]])
        is_first = np.append(True, np.any(keys[:, 1:] != keys[:, :-1], axis=0))
        place = np.arange(len(order))
        number = place - np.maximum.accumulate(np.where(is_first, place, 0)) + 1
        texts = np.full(len(order), "", dtype=np.str_).astype("U12")
        again = number > 1
        texts[order[again]] = np.char.add("-", number[again].astype(np.str_))
        return texts


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassConditions(Table):
    """What stands around each pass, row for row with a `PassTable`.

    `usable_start_utc` and `usable_end_utc` bound the longest usable window (not-a-time where
    there is none, `exclusion` says why). Sun elevation and Moon separation hold at the middle of
    the usable window, at `highest_utc` where there is none. `element_age_s` is the signed time
    from the elements' epoch to the culmination; `timing_sigma_s` the 1-sigma along-track timing
    uncertainty that follows from it (NaN for design orbits, whose age has no meaning).
    """

    usable_start_utc: UtcArray = column("datetime64[us]")
    usable_end_utc: UtcArray = column("datetime64[us]")
    exclusion: CodeArray = column("int8")
    sun_elevation_rad: FloatArray = column("float64")
    moon_elevation_rad: FloatArray = column("float64")
    moon_separation_rad: FloatArray = column("float64")
    moon_illuminated_fraction: FloatArray = column("float64")
    eclipse_state: CodeArray = column("int8")
    element_age_s: FloatArray = column("float64")
    timing_sigma_s: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassSamples(Table):
    """Samples along usable windows, ragged: pass `k` owns rows `first_sample[k]:first_sample[k+1]`.

    `pass_row` (one per pass) is the row in the `PassTable`. A sample stands in the middle of its
    slot; slots of one pass are contiguous, fill the window, and are `slot_s` wide. `t_s` counts
    from the start of the usable window. `slew_rad_s` is the angular speed of the line of sight,
    `moon_phase_angle_rad` is 0 at full Moon.
    `sunlit_fraction` is the share of the solar disc that the satellite sees (0 in umbra);
    `satellite_phase_angle_rad` is Sun–satellite–station.
    """

    pass_row: NDArray[np.intp]
    first_sample: NDArray[np.intp]
    t_s: FloatArray = column("float64")
    slot_s: FloatArray = column("float64")
    elevation_rad: FloatArray = column("float64")
    azimuth_rad: FloatArray = column("float64")
    range_m: FloatArray = column("float64")
    range_rate_m_s: FloatArray = column("float64")
    slew_rad_s: FloatArray = column("float64")
    sun_elevation_rad: FloatArray = column("float64")
    sun_azimuth_rad: FloatArray = column("float64")
    moon_elevation_rad: FloatArray = column("float64")
    moon_azimuth_rad: FloatArray = column("float64")
    moon_phase_angle_rad: FloatArray = column("float64")
    sunlit_fraction: FloatArray = column("float64")
    satellite_phase_angle_rad: FloatArray = column("float64")

    def __post_init__(self) -> None:
        """Lock the columns and the offsets; raises ValueError where the offsets do not fit."""
        Table.__post_init__(self)
        for name in ("pass_row", "first_sample"):
            object.__setattr__(self, name, locked(getattr(self, name), "intp"))
        if len(self.first_sample) != len(self.pass_row) + 1 or self.first_sample[-1] != len(self):
            raise ValueError("PassSamples: first_sample must be n + 1 offsets that end at the rows")

    def take(self, rows: ArrayLike) -> Self:
        """Refuse: rows of samples belong to passes; use `of_passes`."""
        raise TypeError(f"samples are taken by pass, not by row: of_passes({rows!r})")

    def of_passes(self, positions: ArrayLike) -> Self:
        """The samples of these positions in `pass_row`, in the order given."""
        chosen = np.asarray(positions, dtype=np.intp)
        lengths = np.diff(self.first_sample)[chosen]
        offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.intp)
        index = np.arange(offsets[-1]) + np.repeat(
            self.first_sample[chosen] - offsets[:-1], lengths
        )
        columns = {name: getattr(self, name)[index] for name in self.column_names()}
        return replace(self, pass_row=self.pass_row[chosen], first_sample=offsets, **columns)
