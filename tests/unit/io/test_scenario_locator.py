"""From a path to line and column, on every construct of TOML that a scenario can hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from scenario_editing import example

from euroqci_planner.io.toml_locator import Path, Places, locate, path_text

TEXT = """\
# a comment with [brackets] and "quotes
title = "x = [1, 2] # no comment"
'quoted key' = 1
a.b.c = 2
"d e".f = 3
when = 2026-06-14 12:00:00Z

[table]
  indented = 4
inline = { x = 1, y = { z = 2.5 } }
list = [
  10,    # ten
  [ 20, 21 ],
  { k = "v" },
]
block = \"\"\"
[not.a.table]
key = 1
\"\"\"
after = 'it''s'
[[many]]
id = 1
[many.below]
deep = 1
[[many.closed]]
x = 1
[[many.closed]]
x = 2
[[many]]
id = 2
[[many.closed]]
x = 3
""".replace("'it''s'", "'its'")

PLACES: dict[Path, tuple[int, int]] = {
    ("title",): (2, 9),
    ("quoted key",): (3, 16),
    ("a", "b", "c"): (4, 9),
    ("a", "b"): (4, 3),
    ("d e", "f"): (5, 11),
    ("when",): (6, 8),
    ("table",): (8, 1),
    ("table", "indented"): (9, 14),
    ("table", "inline"): (10, 10),
    ("table", "inline", "x"): (10, 16),
    ("table", "inline", "y", "z"): (10, 29),
    ("table", "list"): (11, 8),
    ("table", "list", 0): (12, 3),
    ("table", "list", 1): (13, 3),
    ("table", "list", 1, 1): (13, 9),
    ("table", "list", 2, "k"): (14, 9),
    ("table", "block"): (16, 9),
    ("table", "after"): (20, 9),
    ("many",): (21, 1),
    ("many", 0): (21, 1),
    ("many", 0, "id"): (22, 6),
    ("many", 0, "below", "deep"): (24, 8),
    ("many", 0, "closed", 0, "x"): (26, 5),
    ("many", 0, "closed", 1): (27, 1),
    ("many", 0, "closed", 1, "x"): (28, 5),
    ("many", 1): (29, 1),
    ("many", 1, "closed", 0, "x"): (32, 5),
}


@pytest.mark.parametrize("path", PLACES, ids=path_text)
def test_a_value_is_found_where_it_stands(path: Path) -> None:
    place = Places(TEXT).of(path)
    assert (place.line, place.column) == PLACES[path]


def test_a_key_is_found_where_it_begins() -> None:
    place = Places(TEXT).of(("table", "indented"))
    assert (place.key_line, place.key_column) == (9, 3)


def test_what_is_absent_is_placed_at_the_nearest_table_that_is_there() -> None:
    places = Places(TEXT)
    assert places.of(("many", 1, "closed", 0, "y", "z")).line == 31
    assert places.of(("nowhere",)).line == 1
    assert not places.holds(("many", 1, "below"))


def test_every_scalar_of_the_example_stands_at_its_place() -> None:
    lines = example().split("\n")
    places = Places(example())
    leaves = list(_leaves(tomllib.loads(example())))
    assert len(leaves) > 200
    for path, value in leaves:
        place = places.of(path)
        rest = lines[place.line - 1][place.column - 1 :]
        written = re.match(r'"[^"]*"|[^\s,\]#]+', rest)
        assert written is not None
        assert tomllib.loads(f"x = {written.group()}")["x"] == value, path_text(path)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        assert isinstance(value, str | int | float | datetime)
        yield path, value


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\na = 3\n", ("a",), 3),
        ("[x]\ny = 1\n[x]\n", ("x",), 3),
        ("a = 1\n[a]\n", ("a",), 2),
        ("a.b = 1\na = 2\n", ("a",), 2),
        ("a = {b = 1}\na.c = 2\n", ("a",), 2),
        ("[[t]]\n[t]\n", ("t",), 2),
        ("t = [1]\n[[t]]\n", ("t",), 2),
        ("[x]\na.b = 1\n[x.a]\n", ("x", "a"), 3),
    ],
)
def test_what_is_given_twice_is_found(text: str, path: Path, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    (found, *_) = locate(text).repeated
    assert (found.path, found.again.key_line) == (path, line)


def test_tables_that_are_completed_later_are_not_given_twice() -> None:
    text = "[a.b]\nx = 1\n[a]\ny = 2\n[a.c]\n[[d]]\n[d.e]\n[[d]]\n[d.e]\n"
    tomllib.loads(text)
    assert locate(text).repeated == ()


@pytest.mark.parametrize(
    "text", ["[", "= = =", "a = ", "a = [1,", "x = {", "]\n}", 'k = "open', "."]
)
def test_what_is_no_toml_does_not_stop_the_search(text: str) -> None:
    places = Places(f"{text}\n\nafter = 1\n")
    assert places.of(("nowhere",)).line == 1
