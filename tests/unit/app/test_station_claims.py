"""Whose contact time it is at a station, and how much key the station is due."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import demand, fibre, satellite, sites
from plan_cases import example_plan, scenario
from tolerances import within

from euroqci_planner.app.station_claims import stations_with_claims, warnings_of_claims
from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.network import Network
from euroqci_planner.mission.plan import Resource
from euroqci_planner.mission.scenario import Objective, Quota, ScheduleSettings

EXACTLY = 1e-12
NORTH = Quota(group="north", max_share=0.4)


def case(demands, links=(), names="abcd", **settings):
    """A scenario of stations A to D with a user on each site."""
    stations, nodes = sites(names)
    schedule = ScheduleSettings(**({"quotas": (NORTH,)} | settings))
    network = Network(nodes=nodes, fibre_links=tuple(links), demands=tuple(demands))
    return replace(scenario(), stations=stations, network=network, schedule=schedule)


def claims(made):
    plain = tuple(Resource(id=item.id, terminals=1, setup_s=0.0) for item in made.stations)
    return {item.id: item for item in stations_with_claims(made, plain)}


def test_time_is_shared_by_the_mean_rates_that_the_demands_of_a_station_ask_for():
    made = case(
        [
            demand("one", "a", "b", 3_000.0, quota_group="north"),
            demand("two", "a", "c", 1_000.0, quota_group="south"),
        ]
    )
    found = claims(made)
    assert [group for group, _ in found["A"].group_shares] == ["north", "south"]
    assert dict(found["A"].group_shares)["north"] == within(EXACTLY, of=0.75)
    assert dict(found["A"].group_shares)["south"] == within(EXACTLY, of=0.25)
    assert found["B"].group_shares == (("north", 1.0),)
    assert found["D"].group_shares == ()


def test_a_demand_without_a_group_counts_as_nobodys():
    made = case(
        [demand("one", "a", "b", 3_000.0, quota_group="north"), demand("two", "a", "c", 1_000.0)]
    )
    ((group, share),) = claims(made)["A"].group_shares
    assert group == "north"
    assert share == within(EXACTLY, of=0.75)


def test_weights_of_the_week_enter_as_their_mean():
    half = tuple(1.0 if hour < 84 else 0.0 for hour in range(168))
    busy = demand("one", "a", "b", 1_000.0, quota_group="north", weights=half)
    ((_, share),) = claims(case([busy, demand("two", "a", "c", 1_000.0)]))["A"].group_shares
    assert share == within(EXACTLY, of=0.5)


def test_a_user_is_served_by_the_stations_that_its_fibre_reaches_and_no_other():
    far = fibre("b", "D", 60.0)
    made = case([demand("one", "a", "b", 1_000.0, quota_group="north")], [far])
    found = claims(made)
    assert {name for name, item in found.items() if item.group_shares} == {"A", "B", "D"}


def test_a_station_with_only_one_of_the_users_in_reach_of_any_serves_nobody():
    stations, nodes = sites("ab")
    made = replace(
        case([demand("one", "a", "b", 1_000.0, quota_group="north")], names="ab"),
        stations=stations[:1],
        network=Network(nodes=nodes, demands=(demand("one", "a", "b", 1.0, quota_group="north"),)),
    )
    assert claims(made)["A"].group_shares == ()


def test_a_users_rate_is_split_over_its_stations_and_weights_have_the_mean_one():
    far = fibre("b", "D", 60.0)
    made = case([demand("one", "a", "b", 1_000.0)], [far], objective=Objective.FAIR_STATIONS)
    weights = {name: item.weight for name, item in claims(made).items()}
    assert weights["A"] == within(EXACTLY, of=1.5)
    assert weights["B"] == weights["D"] == within(EXACTLY, of=0.75)
    assert weights["C"] == 0.0


def test_every_station_weighs_the_same_where_no_demand_is_served():
    found = claims(case([], objective=Objective.FAIR_STATIONS))
    assert {item.weight for item in found.values()} == {1.0}


def test_nothing_is_looked_up_where_neither_quotas_nor_fairness_need_it():
    made = case([demand("one", "a", "b", 1.0, quota_group="north")], quotas=())
    assert {item.group_shares for item in claims(made).values()} == {()}


def test_a_source_of_entangled_pairs_serves_a_user_from_every_station_in_reach():
    links = [fibre("a", name, 30.0 + k) for k, name in enumerate("CDEF")]
    made = case([demand("one", "a", "b", 1.0, quota_group="north")], links, names="abcdef")
    trusted = {name for name, item in claims(made).items() if item.group_shares}
    source = replace(made, satellites=(satellite("e", role=Role.ENTANGLED_SOURCE),))
    pairs = {name for name, item in claims(source).items() if item.group_shares}
    assert len(trusted) < len(pairs) == 6


@pytest.fixture
def plan():
    return example_plan()


def test_a_group_without_any_station_is_named(plan):
    made = case([demand("one", "a", "a2", 1.0, quota_group="north")], names="ab")
    network = replace(made.network, demands=())
    texts = warnings_of_claims(replace(made, network=network), plan.passes, plan.decisions)
    assert texts == (
        "[[schedule.quota]] north: no station serves its demands through space; it limits nothing",
    )


def test_a_quota_that_no_station_can_keep_is_named(plan):
    passes = plan.passes
    made = case([demand("one", "a", "b", 1.0, quota_group="north")], names="ab")
    two = replace(passes, station_ids=("A", "B"), station=np.minimum(passes.station, 1))
    (text,) = warnings_of_claims(made, two, plan.decisions)
    assert "every station credits this group more than 40%; no contact keeps the quota" in text


def test_stations_that_fairness_does_not_count_are_named(plan):
    passes = plan.passes
    made = case([demand("one", "a", "b", 1.0)], names="abc", quotas=(),
                objective=Objective.FAIR_STATIONS)  # fmt: skip
    one = replace(passes, station_ids=("A", "B", "C"), station=np.zeros_like(passes.station))
    assert warnings_of_claims(made, one, plan.decisions) == (
        "fair_stations does not count B, C: no pass there gives key",
        "fair_stations: no demand gives a claim to C",
    )
