"""Hourly cloud cover over stations from a CSV or JSON file.

CSV: columns `station`, `time_utc`, `cloud_cover_percent` and, all three or none,
`cloud_cover_low_percent`, `cloud_cover_mid_percent`, `cloud_cover_high_percent` (others are
ignored). JSON: an object by station id; each has `time`, `cloud_cover` and, all three or none,
`cloud_cover_low`, `cloud_cover_mid`, `cloud_cover_high` in percent, as the hourly answer of
Open-Meteo has them (with or without its `hourly` level). Times carry an offset, or stand beside
`"timezone": "GMT"` or `"UTC"`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.mission.sky_forecast import SkyForecast

MOST_BYTES = 20_000_000
MOST_FAULTS = 20
MOST_GAP_H = 6.0
_COLUMNS = ("station", "time_utc", "cloud_cover_percent")
_LAYERS = ("cloud_cover_low", "cloud_cover_mid", "cloud_cover_high")
_NO_LAYERS = (float("nan"),) * len(_LAYERS)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One hour of the file and where it stands; `layers` are low, mid and high, or none."""

    place: str
    line: int
    station: str
    moment: datetime
    cover: float
    layers: tuple[float, ...]


class _Book:
    """Readings and faults on the way."""

    def __init__(self, name: str, stations: Sequence[str]) -> None:
        self.name, self.stations = name, stations
        self.readings: list[_Reading] = []
        self.faults: list[Fault] = []

    def fault(
        self, problem: str, where: str, line: int = 0, value: str = "", mend: str = ""
    ) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(
                Fault(problem, file=self.name, line=line, where=where, value=value, mend=mend)
            )

    def add(self, station: str, moment: Any, covers: list[Any], place: tuple[str, int]) -> None:
        """Take one hour, its cover and that of its layers, or say what is wrong with it."""
        where, line = place
        if station not in self.stations:
            mend = mend_unknown(station, self.stations, "known station")
            self.fault("there is no station of this id", where, line, station[:60], mend)
            return
        instant = _moment(moment)
        if instant is None:
            mend = "as in 2026-06-14T12:00Z"
            self.fault("is no time with offset", where, line, str(moment)[:60], mend)
            return
        shares = []
        for cover in covers:
            share = _percent(cover)
            if share is None:
                mend = "percent, from 0 to 100"
                self.fault("is no cloud cover", where, line, str(cover)[:60], mend)
                return
            shares.append(share)
        reading = _Reading(where, line, station, instant, shares[0], tuple(shares[1:]))
        self.readings.append(reading)


def load_cloud_cover(path: Path, stations: Sequence[str], issued_utc: np.datetime64) -> SkyForecast:
    """The forecast of a file for these stations; lead times count from `issued_utc`.

    Raises InvalidInput with the faults of the file: unknown stations, naive times, values outside
    0..100, times twice, gaps of more than six hours.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InvalidInput.single(
            f"the forecast file is longer than {MOST_BYTES / 1e6:.0f} MB", file=path.name
        )
    book = _Book(path.name, stations)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput.single("the forecast file is no UTF-8 text", file=path.name) from error
    (_read_json if text.lstrip()[:1] in {"{", "["} else _read_csv)(text, book)
    return _forecast(book, issued_utc)


def _read_csv(text: str, book: _Book) -> None:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            book.fault(f"the column {missing[0]} is missing", "header", 1, mend=", ".join(_COLUMNS))
            return
        layers = [f"{name}_percent" for name in _LAYERS]
        there = [name for name in layers if name in (reader.fieldnames or ())]
        if there and there != layers:
            book.fault("holds some layers of the cloud only", "header", 1, mend=", ".join(layers))
            return
        for row in reader:
            place = ("row", reader.line_num)
            station, moment, *covers = ((row.get(name) or "").strip() for name in _COLUMNS)
            covers += [(row.get(name) or "").strip() for name in there]
            book.add(station, moment, covers, place)
            if len(book.faults) >= MOST_FAULTS:
                return
    except csv.Error as error:
        book.fault(f"is no CSV: {error}", "row", reader.line_num)


def _read_json(text: str, book: _Book) -> None:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        book.fault("is no JSON", "file", mend="an object by station id")
        return
    if not isinstance(data, dict):
        book.fault("is no object", "file", mend="an object by station id")
        return
    for station, item in data.items():
        for moment, covers, number in _series(station, item, book):
            book.add(station, moment, covers, (f"{station}[{number}]", 0))


def _series(station: str, item: Any, book: _Book) -> Iterator[tuple[Any, list[Any], int]]:
    """Times and covers of one station; naive times become UTC where the file says so."""
    whole = item if isinstance(item, Mapping) else {}
    hourly = whole.get("hourly", whole)
    hourly = hourly if isinstance(hourly, Mapping) else {}
    layers = [name for name in _LAYERS if name in hourly]
    columns = [hourly.get(name) for name in ("time", "cloud_cover", *layers)]
    if layers and len(layers) < len(_LAYERS):
        book.fault("holds some layers of the cloud only", station[:60], mend=", ".join(_LAYERS))
        return
    arrays = [values for values in columns if isinstance(values, list)]
    if len(arrays) < len(columns) or len({len(values) for values in arrays}) > 1:
        mend = "arrays of one length"
        book.fault("needs time and cloud_cover", station[:60], mend=mend)
        return
    zone = whole.get("timezone") or hourly.get("timezone")
    suffix = "Z" if zone in {"GMT", "UTC"} else ""
    for number, (moment, *covers) in enumerate(zip(*arrays, strict=True)):
        is_naive = isinstance(moment, str) and not moment.endswith("Z") and "+" not in moment
        yield (moment + suffix if is_naive else moment), covers, number


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def _percent(value: Any) -> float | None:
    """A share of one from percent, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return 0.01 * found if 0.0 <= found <= 100.0 else None


def _forecast(book: _Book, issued_utc: np.datetime64) -> SkyForecast:
    ordered = sorted(book.readings, key=lambda item: (item.station, item.moment))
    for one, other in pairwise(ordered):
        if one.station != other.station:
            continue
        gap_h = (other.moment - one.moment).total_seconds() / 3_600.0
        if gap_h == 0.0:
            book.fault(
                f"station {one.station} has this time twice", other.place, other.line,
                str(other.moment), "keep one of the two",
            )  # fmt: skip
        elif gap_h > MOST_GAP_H:
            book.fault(
                f"station {one.station} has a gap of {gap_h:.0f} h before it", other.place,
                other.line, str(other.moment), f"at most {MOST_GAP_H:.0f} h",
            )  # fmt: skip
    if not ordered and not book.faults:
        book.fault("holds no value", "file")
    if book.faults:
        raise InvalidInput(book.faults)
    names = tuple(sorted({item.station for item in ordered}))
    layers = np.array([item.layers or _NO_LAYERS for item in ordered]).reshape(-1, len(_LAYERS))
    number = {name: row for row, name in enumerate(names)}
    return SkyForecast(
        issued_utc=issued_utc,
        station_ids=names,
        station=np.array([number[item.station] for item in ordered], dtype=np.int32),
        time_utc=np.array(
            [np.datetime64(item.moment.replace(tzinfo=None), "us") for item in ordered]
        ),
        cloud_cover=np.array([item.cover for item in ordered]),
        low_cover=layers[:, 0],
        mid_cover=layers[:, 1],
        high_cover=layers[:, 2],
    )
