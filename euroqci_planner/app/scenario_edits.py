"""What a planner does to a scenario, as edits of its text: pin, ban, free, move, close, add, set.

Every function takes the text and gives an `Edit` with the new text and a sentence for the history.
None of them checks the new text: the document does, with the file door.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from euroqci_planner.app.move_targets import move_targets
from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.toml_edits import with_tables, without
from euroqci_planner.io.toml_locator import Path
from euroqci_planner.mission.plan import REASON_TEXTS, Plan, Reason
from euroqci_planner.mission.scenario import Ban, Scenario
from euroqci_planner.schedule.candidates import banned_rows, pinned_rows
from euroqci_planner.timebase import iso_text, to_datetime

_SECOND = np.timedelta64(1, "s")
_PINS: Path = ("schedule", "pin")
_BANS: Path = ("schedule", "ban")


@dataclass(frozen=True, slots=True)
class Edit:
    """A new text, what was done in one sentence, and what was left undone and why."""

    text: str
    title: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """What edits of passes work on: the text, what it means, and the plan with the passes."""

    text: str
    scenario: Scenario
    plan: Plan


def pin(on: Target, rows: Sequence[int]) -> Edit:
    """Fly these passes whatever the objective says; their own bans are lifted.

    Passes that cannot be used are left out, with a note.
    """
    chosen, notes = _usable(on.plan, rows)
    present = _own_pins(on, chosen)
    text = without(on.text, [path for _, path in _own_bans(on, chosen)])
    fresh = [row for row in chosen if row not in {owner for owner, _ in present}]
    text = with_tables(text, _PINS, [_pin_fields(on.plan, row) for row in fresh]) if fresh else text
    return Edit(text, _title("Pin", on.plan, chosen), (*notes, *_still_banned(on, chosen)))


def ban(on: Target, rows: Sequence[int]) -> Edit:
    """Never fly these passes; their pins are taken off."""
    chosen = _distinct(rows)
    text = without(on.text, [path for _, path in _own_pins(on, chosen)])
    banned = {owner for owner, _ in _own_bans(on, chosen)}
    fresh = [_ban_fields(on.plan, row) for row in chosen if row not in banned]
    text = with_tables(text, _BANS, fresh) if fresh else text
    return Edit(text, _title("Ban", on.plan, chosen))


def free(on: Target, rows: Sequence[int]) -> Edit:
    """Take pins and bans off these passes; bans that cover other passes too stay, with a note."""
    chosen = _distinct(rows)
    gone = [path for _, path in (*_own_pins(on, chosen), *_own_bans(on, chosen))]
    text = without(on.text, dict.fromkeys(gone))
    return Edit(text, _title("Free", on.plan, chosen), _still_banned(on, chosen))


def move(on: Target, row: int, station_id: str) -> Edit:
    """Fly the pass over another station instead.

    The other pass is one of `move_targets` and is pinned; where both could be flown one after
    the other, this one is banned. Raises `InvalidInput` where there is no such pass.
    """
    other = move_targets(on.plan, row).get(station_id)
    if other is None:
        raise InvalidInput.single(
            f"{_satellite(on.plan, row)} has no usable pass over {station_id} at that time",
            where="move",
            value=pass_label(on.plan, row),
            mend="choose a station that is marked while you drag",
        )
    text = free(on, [row, other]).text
    text = with_tables(text, _PINS, [_pin_fields(on.plan, other)])
    if not _windows_meet(on.plan, row, other):
        text = with_tables(text, _BANS, [_ban_fields(on.plan, row)])
    return Edit(text, f"Move {pass_label(on.plan, row)} to {station_id}")


def close_station(
    text: str,
    scenario: Scenario,
    station_id: str,
    interval_utc: tuple[np.datetime64, np.datetime64],
    reason: str = "",
) -> Edit:
    """No contacts at a station within an interval; raises `InvalidInput` for an unknown one."""
    names = [item.id for item in scenario.stations]
    if station_id not in names:
        raise InvalidInput.single("there is no such station", where="station", value=station_id)
    start, end = interval_utc
    fields: dict[str, Any] = {"from_utc": to_datetime(start), "to_utc": to_datetime(end)}
    if reason:
        fields["reason"] = reason
    path: Path = ("station", names.index(station_id), "closed")
    title = f"Close {station_id} from {moment_text(start)} to {moment_text(end)}"
    return Edit(with_tables(text, path, [fields]), title)


def add_station(text: str, scenario: Scenario, catalogue_id: str) -> Edit:
    """Add a station of the catalogue under an id of its own."""
    name = _free_id(catalogue_id, (item.id for item in scenario.stations))
    fields = {"id": name, "from": catalogue_id}
    return Edit(with_tables(text, ("station",), [fields]), f"Add station {name}")


def pass_label(plan: Plan, row: int) -> str:
    """One pass in words: satellite, station, time of its highest point."""
    when = moment_text(plan.passes.highest_utc[row])
    return f"{_satellite(plan, row)} over {_station(plan, row)}, {when}"


def moment_text(instant: np.datetime64) -> str:
    """An instant to the minute, with UTC written out."""
    return iso_text(instant, "s")[:16].replace("T", " ") + " UTC"


def _distinct(rows: Iterable[int]) -> list[int]:
    return sorted({int(row) for row in rows})


def _usable(plan: Plan, rows: Sequence[int]) -> tuple[list[int], tuple[str, ...]]:
    chosen, notes = [], []
    for row in _distinct(rows):
        exclusion = Reason(int(plan.conditions.exclusion[row]))
        if exclusion is Reason.NONE:
            chosen.append(row)
        else:
            label, why = pass_label(plan, row), REASON_TEXTS[exclusion]
            notes.append(f"{label} cannot be pinned: {why}")
    return chosen, tuple(notes)


def _own_pins(on: Target, rows: Sequence[int]) -> list[tuple[int, Path]]:
    """Pins that mean one of the rows: the row and where the pin stands."""
    wanted = set(rows)
    found = []
    for number, item in enumerate(on.scenario.schedule.pins):
        try:
            row = int(pinned_rows(on.plan.passes, on.plan.conditions, (item,))[0])
        except InvalidInput:
            continue  # it means no pass of this plan
        if row in wanted:
            found.append((row, (*_PINS, number)))
    return found


def _own_bans(on: Target, rows: Sequence[int]) -> list[tuple[int, Path]]:
    """Bans that touch these rows alone."""
    wanted = set(rows)
    found = []
    for number, item in enumerate(on.scenario.schedule.bans):
        hit = {int(row) for row in banned_rows(on.plan.passes, (item,))}
        if hit and hit <= wanted:
            found += [(row, (*_BANS, number)) for row in sorted(hit)]
    return found


def _still_banned(on: Target, rows: Sequence[int]) -> tuple[str, ...]:
    """Bans on these rows that cover other passes too: those are changed in the form."""
    wanted = set(rows)
    notes = []
    for number, item in enumerate(on.scenario.schedule.bans):
        hit = {int(row) for row in banned_rows(on.plan.passes, (item,))}
        if hit & wanted and not hit <= wanted:
            notes.append(
                f"schedule.ban[{number}] ({_scope(item)}) bans {len(hit)} passes,"
                f" {len(hit & wanted)} of these among them: change it in the form"
            )
    return tuple(notes)


def _scope(item: Ban) -> str:
    return " at ".join((item.satellite_id or "every satellite", item.station_id or "every station"))


def _pin_fields(plan: Plan, row: int) -> dict[str, Any]:
    return {
        "satellite": _satellite(plan, row),
        "station": _station(plan, row),
        "near_utc": to_datetime(plan.passes.highest_utc[row].astype("datetime64[s]")),
    }


def _ban_fields(plan: Plan, row: int) -> dict[str, Any]:
    start = plan.passes.start_utc[row].astype("datetime64[s]")
    end = plan.passes.end_utc[row].astype("datetime64[s]") + _SECOND
    return {
        "satellite": _satellite(plan, row),
        "station": _station(plan, row),
        "from_utc": to_datetime(start),
        "to_utc": to_datetime(end),
    }


def _windows_meet(plan: Plan, one: int, other: int) -> bool:
    start, end = plan.conditions.usable_start_utc, plan.conditions.usable_end_utc
    return bool(start[one] < end[other] and start[other] < end[one])


def _title(verb: str, plan: Plan, rows: Sequence[int]) -> str:
    if len(rows) == 1:
        return f"{verb} {pass_label(plan, rows[0])}"
    satellites = {_satellite(plan, row) for row in rows}
    stations = {_station(plan, row) for row in rows}
    of = f" of {next(iter(satellites))}" if len(satellites) == 1 else ""
    at = f" at {next(iter(stations))}" if len(stations) == 1 else ""
    return f"{verb} {len(rows)} passes{of}{at}"


def _satellite(plan: Plan, row: int) -> str:
    return plan.passes.satellite_ids[int(plan.passes.satellite[row])]


def _station(plan: Plan, row: int) -> str:
    return plan.passes.station_ids[int(plan.passes.station[row])]


def _free_id(wanted: str, taken: Iterable[str]) -> str:
    used = set(taken)
    name = wanted.lower()
    number = 2
    while name in used:
        name, number = f"{wanted.lower()}-{number}", number + 1
    return name
