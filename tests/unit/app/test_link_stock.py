"""Deposits per link against sums made pass by pass."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from plan_cases import empty_plan, example_plan, geometry_plan
from tolerances import within

from euroqci_planner.app.link_stock import deposit_near, deposits, deposits_of_link
from euroqci_planner.app.link_totals import link_totals, pair_bounds, station_supply
from euroqci_planner.app.store_lines import StoreLine, store_book
from euroqci_planner.mission.key_course import StoreKind
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import flown, plan_totals
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import SECONDS_PER_DAY

HUNDREDTH_BIT = 0.01


@pytest.fixture(scope="module")
def plan() -> Plan:
    return example_plan(satellites=4, stations=5, days=3.0)


def events(plan: Plan) -> dict[tuple[str, str], list[tuple[np.datetime64, float]]]:
    """Deposits by link, found pass by pass."""
    found: dict[tuple[str, str], list[tuple[np.datetime64, float]]] = defaultdict(list)
    passes, decisions = plan.passes, plan.decisions
    for row in np.flatnonzero(flown(plan)).tolist():
        link = (
            passes.satellite_ids[passes.satellite[row]],
            passes.station_ids[passes.station[row]],
        )
        if decisions.key_expected_bits[row] > 0.0:
            found[link].append(
                (decisions.key_usable_utc[row], float(decisions.key_expected_bits[row]))
            )
    return {link: sorted(items) for link, items in found.items()}


def lines_of(plan: Plan) -> list[StoreLine]:
    book = store_book(plan)
    return [book.line(number) for number in range(len(book.names))]


def test_each_line_steps_up_by_its_contacts_when_their_key_can_be_used(plan):
    wanted = events(plan)
    lines = {(line.name.a, line.name.b): line for line in lines_of(plan)}
    assert set(lines) == set(wanted)
    for link, items in wanted.items():
        line = lines[link]
        assert line.name.kind is StoreKind.LINK
        assert line.time_utc.tolist() == [when.item() for when, _ in items]
        sums = np.cumsum([bits for _, bits in items])
        assert line.expected_bits == within(HUNDREDTH_BIT, of=sums)


def test_all_deposits_together_are_the_expected_key_of_the_plan(plan):
    total = sum(float(line.expected_bits[-1]) for line in lines_of(plan))
    assert total == within(1.0, of=plan_totals(plan).key_expected_bits)


def test_the_stock_holds_between_deposits_and_is_nothing_before_the_first(plan):
    line = max(lines_of(plan), key=lambda item: len(item.time_utc))
    first, second = line.time_utc[:2]
    instants = np.array([first - np.timedelta64(1, "us"), first, second - np.timedelta64(1, "us")])
    assert line.bits_at(instants).tolist() == [0.0, line.expected_bits[0], line.expected_bits[0]]
    assert not line.has_quantiles


def test_the_deposits_of_a_link_and_the_pass_behind_one_are_found(plan):
    (satellite, station), items = max(events(plan).items(), key=lambda entry: len(entry[1]))
    table = deposits(plan)
    assert deposits_of_link(table, satellite, station).tolist() == [w.item() for w, _ in items]
    row = deposit_near(table, satellite, station, items[1][0] + np.timedelta64(5, "s"))
    assert plan.decisions.key_usable_utc[row] == items[1][0]
    assert deposit_near(table, "nobody", station, items[0][0]) is None
    assert len(deposits_of_link(table, satellite, "nowhere")) == 0


def test_a_deposit_points_at_its_pass(plan):
    table = deposits(plan)
    assert np.array_equal(plan.passes.satellite[table.pass_row], table.satellite)
    assert np.array_equal(plan.decisions.key_usable_utc[table.pass_row], table.usable_utc)


@pytest.mark.parametrize("made", [empty_plan(), geometry_plan()])
def test_plans_without_contacts_or_without_keys_have_no_stores(made):
    assert store_book(made).names == ()
    at = made.scenario.start_utc
    assert len(link_totals(made, at)) == 0
    assert len(pair_bounds(made)) == 0
    assert np.isnan(station_supply(made, at).days_without).all()


def test_link_totals_add_up_to_the_plan(plan):
    totals, whole = link_totals(plan, plan.scenario.end_utc), plan_totals(plan)
    assert totals.contacts.sum() == whole.contacts
    assert totals.contact_s.sum() == within(1e-3, of=whole.contact_s)
    assert totals.key_expected_bits.sum() == within(1.0, of=whole.key_expected_bits)
    assert totals.key_clear_bits.sum() == within(1.0, of=whole.key_clear_bits)


def test_a_link_knows_its_last_and_its_next_deposit(plan):
    wanted = events(plan)
    at = plan.scenario.start_utc + np.timedelta64(36, "h")
    totals = link_totals(plan, at)
    for row in range(len(totals)):
        link = (
            totals.satellite_ids[totals.satellite[row]],
            totals.station_ids[totals.station[row]],
        )
        items = wanted.get(link, [])
        before = [item for item in items if item[0] <= at]
        later = [item for item in items if item[0] > at]
        assert totals.deposited_bits[row] == within(0.01, of=sum(bits for _, bits in before))
        assert np.isnat(totals.last_utc[row]) == (not before)
        if before:
            assert totals.last_utc[row] == before[-1][0]
        assert np.isnat(totals.next_utc[row]) == (not later)
        if later:
            assert totals.next_utc[row] == later[0][0]


def test_a_station_counts_its_days_from_its_last_deposit(plan):
    wanted = events(plan)
    at = plan.scenario.start_utc + np.timedelta64(36, "h")
    supply = station_supply(plan, at)
    for row, name in enumerate(plan.passes.station_ids):
        items = sorted(item for link, found in wanted.items() if link[1] == name for item in found)
        before = [when for when, _ in items if when <= at]
        if not before:
            assert np.isnan(supply.days_without[row])
        else:
            days = float(seconds_between(before[-1], at)) / SECONDS_PER_DAY
            assert supply.days_without[row] == within(1e-9, of=days)
    assert supply.contacts.sum() == plan_totals(plan).contacts


def test_a_pair_shares_no_more_than_the_smaller_link_of_each_satellite(plan):
    wanted = {link: sum(bits for _, bits in items) for link, items in events(plan).items()}
    names, satellites = plan.passes.station_ids, plan.passes.satellite_ids
    pairs = pair_bounds(plan)
    found = {
        (names[a], names[b]): bits for a, b, bits in zip(pairs.a, pairs.b, pairs.bits, strict=True)
    }
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            bound = sum(min(wanted.get((s, a), 0.0), wanted.get((s, b), 0.0)) for s in satellites)
            assert found.get((a, b), 0.0) == within(0.01, of=bound)
