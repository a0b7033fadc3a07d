"""Bits of several satellites behind each bit of a pair: how many can be had, from whom, how old."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from euroqci_planner.network.combined_paths import (
    attainable_bits,
    combined_ages,
    runs_of_places,
    shares_of_paths,
)
from euroqci_planner.network.relay import most_matched_first

matched_bits = st.lists(st.integers(0, 9), min_size=1, max_size=5)


def attainable(matched, paths):
    return int(attainable_bits(np.array([matched]), np.array([paths]))[0])


def shares(matched, bits, paths):
    return shares_of_paths(np.array([matched]), np.array([bits]), np.array([paths]))[0]


def most_by_hand(matched, paths):
    """Bits one by one, from the satellites that have most left: optimal by exchange."""
    left, bits = sorted(matched, reverse=True), 0
    while len(left) >= paths and left[paths - 1] > 0:
        left = sorted([*(held - 1 for held in left[:paths]), *left[paths:]], reverse=True)
        bits += 1
    return bits


def places_of(runs):
    return [[place for run in mine for place in range(*run)] for mine in runs]


@given(matched_bits, st.integers(1, 5))
def test_the_largest_number_is_that_of_taking_bit_by_bit(matched, paths):
    assert attainable(matched, paths) == most_by_hand(matched, paths)


@given(matched_bits, st.integers(1, 5))
def test_the_number_is_the_largest_that_the_sum_rule_allows(matched, paths):
    found = attainable(matched, paths)
    assert sum(min(held, found) for held in matched) >= paths * found
    assert sum(min(held, found + 1) for held in matched) < paths * (found + 1)


@given(matched_bits, st.integers(1, 4), st.data())
def test_shares_can_be_laid_so_that_each_bit_has_different_satellites(matched, paths, data):
    bits = data.draw(st.integers(0, attainable(matched, paths)))
    given_bits = shares(matched, bits, paths)
    assert given_bits.sum() == paths * bits
    assert np.all(given_bits <= np.minimum(matched, bits))
    behind = [set() for _ in range(bits)]
    count = 0
    for satellite, mine in enumerate(places_of(runs_of_places(given_bits, bits))):
        assert len(mine) == given_bits[satellite]
        for place in mine:
            behind[place].add(satellite)
            count += 1
    assert count == paths * bits
    assert all(len(satellites) == paths for satellites in behind)


def test_the_satellites_with_most_key_give_first():
    assert shares([5, 9, 7, 3], 6, 2).tolist() == [0, 6, 6, 0]
    assert shares([5, 9, 7, 3], 9, 2).tolist() == [2, 9, 7, 0]
    assert attainable([5, 9, 7, 3], 2) == 12


@pytest.mark.parametrize("bits", [0, 3, 8, 11])
def test_one_path_shares_as_the_plain_relay_does(bits):
    matched = np.array([[4, 1, 6, 0]])
    plain = most_matched_first(matched, np.array([bits]))
    assert shares(matched[0], bits, 1).tolist() == plain[0].tolist()
    assert attainable(matched[0], 1) == 11


def test_rows_with_different_numbers_of_paths_go_side_by_side():
    matched = np.array([[4, 3, 2], [4, 3, 2], [4, 3, 2], [4, 3, 2]])
    found = attainable_bits(matched, np.array([1, 2, 3, 4]))
    assert found.tolist() == [9, 4, 2, 0]


def test_a_bit_is_as_old_as_the_oldest_behind_it():
    # Two satellites in full: 3 bits each, of which 1 and 2 are old (class 1).
    by_age = np.array([[[2, 1], [1, 2]]])
    assert combined_ages(by_age, np.array([3])).tolist() == [[1, 2]]


def test_one_class_of_age_needs_no_places():
    assert combined_ages(np.array([[[3], [3]]]), np.array([3])).tolist() == [[3]]


@st.composite
def aged_shares(draw):
    paths = draw(st.integers(1, 3))
    matched = draw(st.lists(st.integers(0, 7), min_size=paths, max_size=5))
    bits = draw(st.integers(0, attainable(matched, paths)))
    by_age = []
    for share in shares(matched, bits, paths).tolist():
        old = draw(st.integers(0, share))
        oldest = draw(st.integers(0, old))
        by_age.append([share - old, old - oldest, oldest])
    return np.array(by_age), bits


@given(aged_shares())
def test_ages_are_those_of_the_bits_when_they_are_laid_out_one_by_one(drawn):
    by_age, bits = drawn
    oldest = [0] * bits
    runs = runs_of_places(by_age.sum(axis=1), bits)
    for counts, mine in zip(by_age.tolist(), places_of(runs), strict=True):
        ages = [2] * counts[2] + [1] * counts[1] + [0] * counts[0]
        for place, age in zip(mine, ages, strict=True):
            oldest[place] = max(oldest[place], age)
    laid = [oldest.count(age) for age in range(3)]
    assert combined_ages(by_age[None], np.array([bits]))[0].tolist() == laid
    # No assignment can do with fewer old bits than the satellite that has most of them.
    assert laid[2] >= max(by_age[:, 2])


def test_no_two_satellites_together_know_a_bit_of_three_paths():
    runs = places_of(runs_of_places(shares([4, 4, 4, 4], 5, 3), 5))
    for known in combinations(range(4), 2):
        for place in range(5):
            behind = {satellite for satellite in range(4) if place in runs[satellite]}
            assert len(behind) == 3
            assert behind - {*known}
