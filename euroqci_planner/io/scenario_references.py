"""Rules between records: ids that are unique and exist, times inside the window, what is needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.schema_types import ID_PATTERN, LATEST
from euroqci_planner.mission.assets import member_ids

_ID = re.compile(ID_PATTERN)
_NEEDED = ("station", "payload")
_MOST_MEMBERS = 10_000
_UNIQUE = (
    (("satellite", "constellation"), "id"),
    (("station", "node"), "id"),
    (("payload",), "id"),
    (("demand",), "id"),
    (("requirement",), "id"),
    (("orbit_file",), "path"),
)
_LINKS = (
    ("satellite", ("payload",), ("payload",)),
    ("constellation", ("payload",), ("payload",)),
    ("link_store", ("satellite",), ("satellite",)),
    ("link_store", ("station",), ("station",)),
    ("fibre_link", ("a", "b"), ("node", "station")),
    ("demand", ("a", "b"), ("node",)),
    ("requirement", ("demand",), ("demand",)),
)
_SCHEDULE_LINKS = (
    ("pin", ("satellite",), "satellite"),
    ("pin", ("station",), "station"),
    ("ban", ("satellite",), "satellite"),
    ("ban", ("station",), "station"),
)
_OF_PAIRS = ("fair_pairs", "stock_value")


def reference_problems(
    document: Part, devices: Iterable[str], presets: Iterable[str]
) -> Iterator[Problem]:
    """Problems between the records; `devices` and `presets` are ids of the catalogue."""
    yield from _nothing_to_plan(document)
    for blocks, key in _UNIQUE:
        yield from _duplicates(document, blocks, key)
    yield from _stations_named_as_satellites(document)
    yield from _duplicate_stores(document)
    for block, keys, targets in _LINKS:
        known = _ids(document, targets)
        for part in document.tables(block):
            yield from _unknown(part, keys, known, " or ".join(targets), presets)
    yield from _schedule_problems(document)
    for part in document.tables("fibre_link"):
        yield from _unknown(part, ("device",), list(devices), "catalogue device", ())
    yield from _window_problems(document)
    yield from _weather_problems(document)


def _ids(document: Part, blocks: Iterable[str]) -> list[str] | None:
    """Ids of the blocks, or None where a fault of theirs hides which ids there are."""
    found: list[str] = []
    for block in blocks:
        members = document.value.get(block, None if block in _NEEDED else [])
        names = [part.text("id") or "" for part in document.tables(block)]
        is_known = all(_ID.fullmatch(name) for name in names)
        if not isinstance(members, list) or len(names) != len(members) or not is_known:
            return None
        found.extend(names)
    return found


def _nothing_to_plan(document: Part) -> Iterator[Problem]:
    for block in _NEEDED:
        if document.value.get(block) == []:
            mend = "add at least one; `euroqci-planner new` writes an example"
            yield Problem((block,), f"there is no [[{block}]]", mend)
    if not document.value.get("satellite", []) and not list(flown_constellations(document)):
        mend = "add one, or an enabled [[constellation]]; `euroqci-planner new` writes an example"
        yield Problem(("satellite",), "there is no [[satellite]]", mend)


def flown_constellations(document: Part) -> Iterator[Part]:
    """Constellations that are not switched off."""
    for part in document.tables("constellation"):
        if part.value.get("enabled", True) is not False:
            yield part


def _members(document: Part) -> list[str] | None:
    """Ids of the satellites of constellations, or None where a fault hides them."""
    found: list[str] = []
    for part in flown_constellations(document):
        name = part.text("id")
        satellites, planes = part.number("satellites"), part.number("planes")
        if name is None or not satellites or not planes or satellites % planes:
            return None
        if satellites > _MOST_MEMBERS:
            return None
        found.extend(member_ids(name, int(satellites), int(planes)))
    return found


def _duplicates(document: Part, blocks: tuple[str, ...], key: str) -> Iterator[Problem]:
    first: dict[str, Part] = {}
    for part in (item for block in blocks for item in document.tables(block)):
        name = part.text(key)
        if name is None:
            continue
        if name in first:
            block, index = first[name].path
            mend = f"give it another {key}; the first is {block}[{index}]"
            yield part.problem(key, f"this {key} is taken", mend)
        first.setdefault(name, part)


def _stations_named_as_satellites(document: Part) -> Iterator[Problem]:
    """The key store of a link is named after its two ends, whichever they are."""
    flown: dict[str, str] = {}
    for part in document.tables("satellite"):
        block, index = part.path
        flown[part.text("id") or ""] = f"{block}[{index}]"
    flown |= dict.fromkeys(_members(document) or (), "in a [[constellation]]")
    for part in document.tables("station"):
        name = part.text("id")
        place = flown.get(name) if name else None
        if place is not None:
            mend = f"give the station another id; the satellite is {place}"
            yield part.problem("id", "a satellite has this id", mend)


def _duplicate_stores(document: Part) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for part in document.tables("link_store"):
        pair = (part.text("satellite") or "", part.text("station") or "")
        if all(pair) and pair in seen:
            problem = "the store of this satellite and station is given already"
            yield part.problem("station", problem, "keep one of the two")
        seen.add(pair)


def _unknown(
    part: Part, keys: tuple[str, ...], known: list[str] | None, kind: str, presets: Iterable[str]
) -> Iterator[Problem]:
    for key in keys:
        name = part.text(key)
        if name is None or known is None or name in known:
            continue
        mend = mend_unknown(name, known, f"known {kind}")
        if key == "payload" and name in presets:
            mend = f'add [[payload]] with id = "{name}" and from = "{name}"'
        yield part.problem(key, f"there is no {kind} of this id", mend)


def _schedule_problems(document: Part) -> Iterator[Problem]:
    schedule = document.table("schedule")
    if schedule is None:
        return
    for block, keys, target in _SCHEDULE_LINKS:
        known = _ids(document, (target,))
        if target == "satellite" and known is not None:
            members = _members(document)
            known = None if members is None else [*known, *members]
        for part in schedule.tables(block):
            yield from _unknown(part, keys, known, target, ())
    named = (part.text("quota_group") for part in document.tables("demand"))
    groups = sorted({group for group in named if group is not None})
    seen: set[str] = set()
    for part in schedule.tables("quota"):
        yield from _unknown(part, ("group",), groups, "quota_group of a demand", ())
        name = part.text("group")
        if name is not None and name in seen:
            yield part.problem("group", "this group has a quota already", "keep one of the two")
        seen.add(name or "")
    if schedule.text("objective") in _OF_PAIRS:
        yield from _pair_problems(document, schedule)


def _pair_problems(document: Part, schedule: Part) -> Iterator[Problem]:
    """What objectives of pairs of users need."""
    if not document.value.get("demand"):
        problem = "no pair of users asks for key"
        yield schedule.problem(
            "objective", problem, "add a [[demand]], or choose expected_key or fair_stations"
        )


def _window_problems(document: Part) -> Iterator[Problem]:
    """The window itself, and pins outside of it."""
    scenario = document.table("scenario")
    start = scenario.moment("start_utc") if scenario else None
    days = scenario.number("duration_days") if scenario else None
    if scenario is None or start is None or days is None or not 0 < days <= 36_600:
        return
    end = start + timedelta(days=days)
    if end > LATEST:
        problem = f"the plan would end after {LATEST.year - 1}"
        yield scenario.problem("duration_days", problem, "shorten it")
    schedule = document.table("schedule")
    for pin in schedule.tables("pin") if schedule else ():
        moment = pin.moment("near_utc")
        if moment is not None and not start <= moment <= end:
            mend = f"a time from {_text(start)} to {_text(end)}"
            yield pin.problem("near_utc", "lies outside the planning window", mend)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _weather_problems(document: Part) -> Iterator[Problem]:
    """A climatology needs the monthly values of every station."""
    weather = document.table("weather")
    model = weather.text("model") if weather and weather.has("model") else "climatology"
    if model == "clear":
        return
    for part in document.tables("station"):
        if not part.has("clear_sky_probability_monthly"):
            yield part.problem(
                "clear_sky_probability_monthly",
                f"is missing: [weather] model = {model} needs it",
                'give twelve values, take a catalogue station, or set model = "clear"',
            )


def payloads_by_id(document: Part) -> Mapping[str, Part]:
    """Payload records by their id, the first of each."""
    found: dict[str, Part] = {}
    for part in document.tables("payload"):
        found.setdefault(part.text("id") or "", part)
    return found
