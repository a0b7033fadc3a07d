"""Any edit of a scenario text gives exactly the data that it asks for, and keeps every comment."""

from __future__ import annotations

import copy
import re
import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_editing import example

from euroqci_planner.io.toml_edits import with_tables, with_value, without

DATA = tomllib.loads(example())
COMMENT = re.compile(r"#[^\n]*")
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
SCALARS = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS.filter(lambda item: item != ""), max_size=3))


def leaves(data, path=()):
    """Paths of all values that are no tables."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        here = (*path, key)
        is_inner = isinstance(value, dict) or (
            isinstance(value, list) and value and isinstance(value[0], dict)
        )
        yield from leaves(value, here) if is_inner else [here]


def tables(data, path=()):
    """Paths of all tables, members of arrays included."""
    if isinstance(data, dict):
        yield path
        for key, value in data.items():
            yield from tables(value, (*path, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            if isinstance(value, dict):
                yield from tables(value, (*path, number))


LEAVES, TABLES = sorted(leaves(DATA), key=str), sorted(tables(DATA), key=str)
ARRAYS = sorted({path[:-1] for path in TABLES if path and isinstance(path[-1], int)}, key=str)


def changed(path, value):
    data = copy.deepcopy(DATA)
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return data


def comments(text: str) -> list[str]:
    return COMMENT.findall(text)


@given(st.sampled_from(LEAVES), VALUES)
def test_a_changed_value_is_all_that_changes(path, value):
    after = with_value(example(), path, value)
    assert tomllib.loads(after) == changed(path, value)
    assert len(after.splitlines()) <= len(example().splitlines())
    if "#" in str(value):
        return
    lost = len(comments(example())) - len(comments(after))
    assert lost == 0 or (lost > 0 and len(after.splitlines()) < len(example().splitlines()))


@given(st.sampled_from(TABLES), KEYS, SCALARS)
def test_a_new_key_is_all_that_comes(table, key, value):
    inner = DATA
    for part in table:
        inner = inner[part]
    if key in inner:
        return
    after = with_value(example(), (*table, key), value)
    assert tomllib.loads(after) == changed((*table, key), value)
    gone = set(example().splitlines()) - set(after.splitlines())
    assert all("{" in line for line in gone)


@settings(max_examples=40)
@given(
    st.sampled_from(ARRAYS),
    st.lists(st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_added_members_stand_at_the_end_of_their_array(path, members):
    after = with_tables(example(), path, members)
    inner, before = tomllib.loads(after), DATA
    for part in path:
        inner, before = inner[part], before[part]
    assert inner == [*before, *members]
    assert comments(example()) == [c for c in comments(after) if c in set(comments(example()))]


@given(st.lists(st.sampled_from([path for path in TABLES if path]), min_size=1, max_size=4))
def test_what_is_taken_out_is_gone_and_everything_else_stays(paths):
    after = without(example(), paths)
    lines = example().splitlines()
    assert all(line in lines for line in after.splitlines())
    assert tomllib.loads(after) is not None
