"""The filter language of the pass table: `sat:qube-2 ogs:matera,graz el>40 -state:rejected`.

A filter is a line of tokens with blanks between them; double quotes hold a blank. A pass is shown
where it meets every token, with two exceptions: tokens of one text field (`sat:a sat:b`) are
alternatives, as are words parted by commas (`sat:a,b`). A minus in front turns a token round.
Words without a field are looked for in the identity and the names, the state and the reason.
`FIELDS` lists what there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from euroqci_planner.app.filter_fields import FIELDS, Field, FieldKind, field_of, name_slips
from euroqci_planner.app.filter_values import (
    FilterError,
    TestValue,
    clock_span,
    number_span,
    time_span,
)
from euroqci_planner.app.pass_rows import (
    LIGHT_NAMES,
    REASON_NAMES,
    STATE_NAMES,
    MaskArray,
    PassRows,
)
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.timebase import seconds_of_day

_WORD = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
_FIELD = re.compile(r"([A-Za-z_]+)(:|<=|>=|<|>|=)(.*)", re.DOTALL)
_FLOWN = ("scheduled", "pinned")
_ANY, _NONE = ("any", "none")


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a filter: the text between `start` and `end` and what it asks for.

    `field` is None for a free word. `alternatives` are the words of a text field, in small
    letters; `test` holds the bounds of a number or a time.
    """

    text: str
    start: int
    end: int
    field: Field | None
    is_negative: bool
    alternatives: tuple[str, ...] = ()
    test: TestValue | None = None


@dataclass(frozen=True, slots=True)
class PassFilter:
    """What `parse_filter` made of a line; no tokens show every pass."""

    tokens: tuple[Token, ...]

    def mask(self, rows: PassRows) -> MaskArray:
        """Which passes are shown."""
        shown = np.ones(len(rows), dtype=np.bool_)
        for group in _groups(self.tokens):
            shown &= np.logical_or.reduce([_token_mask(token, rows) for token in group])
        return shown

    def notes(self, rows: PassRows) -> tuple[str, ...]:
        """One sentence for each name that this plan does not know."""
        return tuple(_unknown_names(self.tokens, rows))


def parse_filter(text: str) -> PassFilter:
    """The filter that a line asks for; raises `InvalidInput` with all faults of the line.

    Each fault has the token as its value and the column (from 1) where it stands.
    """
    tokens, faults = [], []
    for match in _WORD.finditer(text):
        try:
            tokens.append(_token(match.group(), match.start()))
        except FilterError as error:
            faults.append(
                Fault(
                    error.problem,
                    column=match.start() + 1,
                    where="filter",
                    value=match.group(),
                    mend=error.mend,
                )
            )
    if faults:
        raise InvalidInput(faults)
    return PassFilter(tuple(tokens))


def without(text: str, token: Token) -> str:
    """The line without one of its tokens."""
    left, right = text[: token.start].rstrip(), text[token.end :].lstrip()
    return f"{left} {right}".strip()


def _token(text: str, start: int) -> Token:
    is_negative = len(text) > 1 and text[0] == "-"
    body = text[1:] if is_negative else text
    match = _FIELD.fullmatch(body)
    end = start + len(text)
    if match is None:
        word = _unquoted(body)
        if not word:
            raise FilterError("nothing between the quotes", "write a word, or take it away")
        return Token(text, start, end, None, is_negative, (word.casefold(),))
    name, operator, value = match.groups()
    field = field_of(name)
    if field is None:
        raise FilterError(f"there is no field {name}", name_slips(name))
    words, test = _meaning(field, operator, _unquoted(value))
    return Token(text, start, end, field, is_negative, words, test)


def _unquoted(text: str) -> str:
    return text.replace('"', "").strip()


def _meaning(field: Field, operator: str, value: str) -> tuple[tuple[str, ...], TestValue | None]:
    if not value:
        raise FilterError("nothing behind it", f"for example {field.example}")
    if field.kind is FieldKind.NUMBER:
        return (), number_span(field, operator, value)
    if operator not in (":", "="):
        raise FilterError(f"{field.name} has no smaller and larger", f"for example {field.example}")
    if field.kind is FieldKind.TIME:
        return (), time_span(field, value)
    if field.kind is FieldKind.CLOCK:
        return (), clock_span(field, value)
    words = tuple(word.strip().casefold() for word in value.split(",") if word.strip())
    if not words:
        raise FilterError("nothing behind it", f"for example {field.example}")
    _check_words(field, words)
    return words, None


def _check_words(field: Field, words: Iterable[str]) -> None:
    """Refuse words that no text of a fixed list can ever hold."""
    known = {
        "state": (*STATE_NAMES, "flown"),
        "reason": (*(name for name in REASON_NAMES if name), _ANY, _NONE),
        "light": LIGHT_NAMES,
    }.get(field.name)
    if known is None:
        return
    for word in words:
        plain = _spaced(word)
        if not any(plain in name.casefold() for name in known):
            raise FilterError(
                f"there is no {field.name} {word}", mend_unknown(plain, known, field.name)
            )


def _groups(tokens: Iterable[Token]) -> list[list[Token]]:
    """Tokens of which one must hold: alternatives of one text field stand together."""
    groups: dict[object, list[Token]] = {}
    for token in tokens:
        is_alternative = (
            token.field is not None and token.field.kind is FieldKind.TEXT and not token.is_negative
        )
        key = token.field.name if is_alternative and token.field else token.start
        groups.setdefault(key, []).append(token)
    return list(groups.values())


def _token_mask(token: Token, rows: PassRows) -> MaskArray:
    mask = _plain_mask(token, rows)
    return ~mask if token.is_negative else mask


def _plain_mask(token: Token, rows: PassRows) -> MaskArray:
    if token.field is None:
        return _free_mask(token.alternatives[0], rows)
    if token.field.kind is FieldKind.TEXT:
        masks = [_word_mask(token.field, word, rows) for word in token.alternatives]
        return np.asarray(np.logical_or.reduce(masks))
    if token.test is None:
        raise AssertionError("a number or time without bounds")
    if token.field.kind is FieldKind.NUMBER:
        return token.test.holds(np.asarray(rows.columns[token.field.column], np.float64))
    start_utc = rows.plan.passes.start_utc
    if token.field.kind is FieldKind.TIME:
        return token.test.holds(start_utc.astype(np.int64).astype(np.float64))
    return token.test.holds(seconds_of_day(start_utc))


def _word_mask(field: Field, word: str, rows: PassRows) -> MaskArray:
    if field.name == "by":
        blockers = np.char.lower(rows.columns["blocked_by"])
        return np.asarray(np.strings.find(blockers, word) >= 0)
    if field.name == "state" and word == "flown":
        return rows.labels["state"].where(lambda name: name in _FLOWN)
    if field.name == "reason" and word in (_ANY, _NONE):
        return rows.labels["reason"].where(lambda name: bool(name) == (word == _ANY))
    return rows.labels[field.column].where(_name_test(field, word, rows))


def _name_test(field: Field, word: str, rows: PassRows) -> Callable[[str], bool]:
    """Part of the id or of the full name; a name written in full means that one alone."""
    plain = _spaced(word) if field.name == "reason" else word
    if any(name.casefold() == plain for name in rows.labels[field.column].names):
        return lambda name: name.casefold() == plain
    titles = _titles(field, rows)
    return lambda name: bool(name) and plain in f"{name}\n{titles.get(name, '')}".casefold()


def _titles(field: Field, rows: PassRows) -> dict[str, str]:
    """Full name by id, of satellites or stations."""
    scenario = rows.plan.scenario
    if field.name == "sat":
        return {item.id: item.name for item in scenario.satellites}
    if field.name == "ogs":
        return {item.id: f"{item.name}\n{item.country}" for item in scenario.stations}
    return {}


def _free_mask(word: str, rows: PassRows) -> MaskArray:
    found = np.asarray(np.strings.find(rows.folded_ids, word) >= 0)
    for name in ("sat", "ogs", "state", "reason"):
        field = field_of(name)
        if field is not None:
            found |= rows.labels[field.column].where(_contains(field, word, rows))
    return found


def _contains(field: Field, word: str, rows: PassRows) -> Callable[[str], bool]:
    titles = _titles(field, rows)
    return lambda name: word in f"{name}\n{titles.get(name, '')}".casefold()


def _spaced(word: str) -> str:
    return word.replace("_", " ").replace("-", " ")


def _unknown_names(tokens: Iterable[Token], rows: PassRows) -> Iterator[str]:
    for token in tokens:
        field = token.field
        if field is None or field.name not in ("sat", "ogs"):
            continue
        names = rows.labels[field.column].names
        for word in token.alternatives:
            if not any(map(_name_test(field, word, rows), names)):
                yield f"{token.text}: {mend_unknown(word, names, field.meaning)}"


def completions(rows: PassRows) -> tuple[str, ...]:
    """Tokens that this plan answers: satellites, stations, states, reasons, then examples."""
    reasons = sorted({REASON_NAMES[code] for code in np.unique(rows.plan.decisions.reason)} - {""})
    states = [STATE_NAMES[code] for code in np.unique(rows.plan.decisions.state)]
    return (
        *(f"sat:{name}" for name in rows.plan.passes.satellite_ids),
        *(f"ogs:{name}" for name in rows.plan.passes.station_ids),
        *(f"state:{name}" for name in (*states, "flown")),
        *(f'reason:"{name}"' if " " in name else f"reason:{name}" for name in reasons),
        *(field.example for field in FIELDS if field.kind is not FieldKind.TEXT),
    )
