"""One source of pairs over two stations: common windows, pair loss, key."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from link_cases import PAIRS
from sample_case import SAMPLE
from tolerances import MICROSECOND, within

from euroqci_planner.app import planner
from euroqci_planner.app.common_windows import common_windows
from euroqci_planner.app.link_tables import link_table
from euroqci_planner.errors import InvalidInput
from euroqci_planner.resources import resource
from euroqci_planner.timebase import seconds_between

ENDS = ("matera", "helmos")


@lru_cache(maxsize=1)
def scenario():
    whole = planner.load_scenario(resource(*SAMPLE))
    craft = next(item for item in whole.satellites if item.id == "midnight")
    source = replace(PAIRS, pair_rate_hz=50e6, intrinsic_error=0.01)
    payload = replace(craft.payload, source=source, terminals=2)
    stations = tuple(item for item in whole.stations if item.id in {*ENDS, "tenerife"})
    return replace(
        whole,
        satellites=(replace(craft, payload=payload),),
        stations=stations,
        schedule=replace(whole.schedule, bans=(), pins=()),
    )


@lru_cache(maxsize=1)
def found():
    return common_windows(scenario(), "midnight", ENDS)


def test_common_windows_are_the_overlaps_of_the_windows_of_both_stations():
    plan = planner.find_passes(scenario())
    names = list(plan.passes.station_ids)
    spans = []
    for name in ENDS:
        mine = plan.passes.station == names.index(name)
        usable = mine & ~np.isnat(plan.conditions.usable_start_utc)
        spans.append(
            [
                (plan.conditions.usable_start_utc[row], plan.conditions.usable_end_utc[row])
                for row in np.flatnonzero(usable)
            ]
        )
    wanted = sorted(
        (max(a[0], b[0]), min(a[1], b[1]))
        for a in spans[0]
        for b in spans[1]
        if seconds_between(max(a[0], b[0]), min(a[1], b[1])) >= 30.0
    )
    assert len(wanted) >= 4
    assert len(found()) == len(wanted)
    begin, end = (np.array(times) for times in zip(*wanted, strict=True))
    assert seconds_between(begin, found().begin_utc) == within(MICROSECOND, of=np.zeros(len(begin)))
    assert seconds_between(end, found().end_utc) == within(MICROSECOND, of=np.zeros(len(end)))


def test_the_loss_of_a_pair_lies_between_those_of_its_two_highest_points():
    best = link_table(scenario(), "midnight", ENDS, np.array([np.pi / 2.0])).total_loss_db()[0]
    assert np.all(found().min_loss_db > best)
    assert np.all(found().min_loss_db < best + 12.0)
    assert np.all(found().max_loss_db >= found().min_loss_db)


def test_more_coincidences_make_more_key():
    order = np.argsort(found().coincidences)
    assert np.all(np.diff(found().key_bits[order]) >= 0.0)
    assert found().key_bits.max() > 1e5
    assert np.all(found().key_bits < found().coincidences)
    assert found().qber == within(0.01, of=np.full(len(found()), 0.034))


def test_the_order_of_the_stations_does_not_matter():
    other = common_windows(scenario(), "midnight", ENDS[::-1])
    np.testing.assert_array_equal(other.begin_utc, found().begin_utc)
    np.testing.assert_allclose(other.key_bits, found().key_bits, atol=1.0)
    np.testing.assert_allclose(other.max_elevation_a_rad, found().max_elevation_b_rad)


def test_stations_too_far_apart_have_none():
    assert len(common_windows(scenario(), "midnight", ("helmos", "tenerife"))) == 0


@pytest.mark.parametrize(
    ("satellite", "ends", "words"),
    [
        ("midnigt", ENDS, "did you mean midnight"),
        ("midnight", ("matera", "matra"), "did you mean matera"),
        ("midnight", ("matera", "matera"), "is named twice"),
    ],
)
def test_what_is_not_there_is_said(satellite, ends, words):
    with pytest.raises(InvalidInput, match=words):
        common_windows(scenario(), satellite, ends)


def test_weak_pulses_and_a_single_telescope_are_refused_together():
    whole = planner.load_scenario(resource(*SAMPLE))
    with pytest.raises(InvalidInput) as caught:
        common_windows(whole, "midnight", ENDS)
    assert [fault.where for fault in caught.value.faults] == [
        "payload leo-785.source.protocol",
        "payload leo-785.terminals",
    ]
