"""What the calendar forbids: closures, opening hours, service dates, unusable elements.

All in whole microseconds from the start of the window: these edges are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.orbit.crossings import IndexArray, Stretches
from euroqci_planner.orbit.pass_track import ragged
from euroqci_planner.units import SECONDS_PER_DAY

MicroArray = NDArray[np.int64]
Spans = tuple[MicroArray, MicroArray]

_DAY_US = int(SECONDS_PER_DAY) * 1_000_000
_EVER = np.iinfo(np.int64).max // 4


def out_of_service(
    passes: Stretches,
    owners: tuple[IndexArray, IndexArray],
    satellites: Sequence[Satellite],
    stations: Sequence[Station],
    start_utc: np.datetime64,
) -> Stretches:
    """Parts of the passes outside the validity dates [from, to) of satellite or station."""
    satellite, station = owners
    space, ground = _validity(satellites, start_utc), _validity(stations, start_utc)
    opens = np.maximum(space[0][satellite], ground[0][station])
    shuts = np.minimum(space[1][satellite], ground[1][station])
    return outside(passes, opens, shuts)


def outside(passes: Stretches, opens_us: MicroArray, shuts_us: MicroArray) -> Stretches:
    """Parts of the passes before `opens_us` or from `shuts_us` on, one pair per pass."""
    cut = np.flatnonzero((passes.begin_us < opens_us) | (passes.end_us > shuts_us))
    opens, pass_begin, pass_end = opens_us[cut], passes.begin_us[cut], passes.end_us[cut]
    end_before = np.clip(opens, pass_begin, pass_end)
    begin_after = np.clip(np.maximum(shuts_us[cut], opens), pass_begin, pass_end)
    row = np.stack((passes.row[cut], passes.row[cut]), axis=1).ravel()
    begin = np.stack((pass_begin, begin_after), axis=1).ravel()
    end = np.stack((end_before, pass_end), axis=1).ravel()
    real = end > begin
    return Stretches(row[real], begin[real], end[real])


def closed(
    passes: Stretches,
    station: IndexArray,
    stations: Sequence[Station],
    start_utc: np.datetime64,
) -> Stretches:
    """Parts of the passes inside the closures [from, to) of their stations."""
    spans = [
        merged(
            (micro_of(start_utc, item.from_utc), micro_of(start_utc, item.to_utc))
            for item in owner.closures
        )
        for owner in stations
    ]
    return _inside(passes, station, spans)


def outside_opening_hours(
    passes: Stretches,
    station: IndexArray,
    stations: Sequence[Station],
    start_utc: np.datetime64,
) -> Stretches:
    """Parts of the passes outside the daily opening [open, close) of their stations, in UTC.

    Where the closing is before the opening, the station is open over midnight; where both are
    the same, around the clock.
    """
    last_us = int(passes.end_us.max(initial=0))
    spans = [_shut_hours(owner, start_utc, last_us) for owner in stations]
    return _inside(passes, station, spans)


def merged(spans: Iterable[tuple[int, int]]) -> Spans:
    """Spans in order of time, without empty ones, overlapping and touching ones joined."""
    begins: list[int] = []
    ends: list[int] = []
    for begin, end in sorted(span for span in spans if span[1] > span[0]):
        if ends and begin <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            begins.append(begin)
            ends.append(end)
    return np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)


def micro_of(start_utc: np.datetime64, instant_utc: np.datetime64) -> int:
    """Microseconds from the start of the window to an instant."""
    return int((instant_utc.astype("datetime64[us]") - start_utc).astype(np.int64))


def _validity(items: Sequence[Satellite] | Sequence[Station], start_utc: np.datetime64) -> Spans:
    def bound(instant: np.datetime64, open_end: int) -> int:
        return open_end if np.isnat(instant) else micro_of(start_utc, instant)

    return (
        np.array([bound(item.valid_from_utc, -_EVER) for item in items], dtype=np.int64),
        np.array([bound(item.valid_to_utc, _EVER) for item in items], dtype=np.int64),
    )


def _shut_hours(station: Station, start_utc: np.datetime64, last_us: int) -> Spans:
    """Every night (or day) from before the window until after `last_us` in which it is shut."""
    opens_s, closes_s = station.opening_s or (0.0, 0.0)
    opens, closes = round(opens_s * 1e6), round(closes_s * 1e6)
    shut = (opens - closes) % _DAY_US
    if not shut:
        return merged(())
    midnight = micro_of(start_utc, start_utc.astype("datetime64[D]"))
    days = np.arange(-2, (last_us - midnight) // _DAY_US + 2)
    begins = midnight + days * _DAY_US + closes
    return begins, begins + shut


def _inside(passes: Stretches, owner: IndexArray, spans: Sequence[Spans]) -> Stretches:
    """Parts of the passes inside the spans of their owners."""
    parts = [
        _overlaps(passes, np.flatnonzero(owner == index), span)
        for index, span in enumerate(spans)
        if len(span[0])
    ]
    return joined_stretches(parts)


def _overlaps(passes: Stretches, chosen: IndexArray, spans: Spans) -> Stretches:
    begins, ends = spans
    pass_begin, pass_end = passes.begin_us[chosen], passes.end_us[chosen]
    first = np.searchsorted(ends, pass_begin, side="right")
    last = np.searchsorted(begins, pass_end, side="left")
    owner, place = ragged(np.maximum(last - first, 0))
    span = first[owner] + place
    return Stretches(
        passes.row[chosen][owner],
        np.maximum(begins[span], pass_begin[owner]),
        np.minimum(ends[span], pass_end[owner]),
    )


def joined_stretches(parts: Sequence[Stretches]) -> Stretches:
    """All stretches of these parts, in order of row and time."""
    parts = [Stretches.none(), *parts]
    row = np.concatenate([part.row for part in parts])
    begin = np.concatenate([part.begin_us for part in parts])
    end = np.concatenate([part.end_us for part in parts])
    order = np.lexsort((begin, row))
    return Stretches(row[order], begin[order], end[order])
