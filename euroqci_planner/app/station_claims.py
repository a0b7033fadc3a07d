"""What the demands say of the stations: whose contact time it is, and how much key each is due."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.plan import PassDecisions, PassState, Resource
from euroqci_planner.mission.scenario import Objective, Scenario
from euroqci_planner.network.service_area import Service, services_of


def stations_with_claims(
    scenario: Scenario, stations: tuple[Resource, ...]
) -> tuple[Resource, ...]:
    """The stations with `group_shares` and `weight`, where quotas or fairness need them.

    The contact time at a station is credited to the groups of the demands that it serves, in
    proportion to the mean rates that these ask for; demands without a group count as nobody's.
    A station is due the mean rates of the users that it serves; a user's rate is split evenly
    over its stations. Weights have the mean 1 over the stations that are due any. Every station
    weighs 1 where no demand can be served through space.
    """
    settings = scenario.schedule
    if not settings.quotas and settings.objective is not Objective.FAIR_STATIONS:
        return stations
    services = _services(scenario)
    shares, weights = _shares(services), _weights(services)
    return tuple(
        replace(item, group_shares=shares.get(item.id, ()), weight=weights.get(item.id, 0.0))
        if weights
        else item
        for item in stations
    )


def warnings_of_claims(
    scenario: Scenario, passes: PassTable, decisions: PassDecisions
) -> tuple[str, ...]:
    """What a planner should know of quotas and fairness."""
    settings, usable = scenario.schedule, _stations_with_key(passes, decisions)
    is_fair = settings.objective is Objective.FAIR_STATIONS
    if not settings.quotas and not is_fair:
        return ()
    services = _services(scenario)
    shares = {name: dict(items) for name, items in _shares(services).items()}
    texts = []
    for quota in settings.quotas:
        credited = {name: mine.get(quota.group, 0.0) for name, mine in shares.items()}
        if not any(credited.values()):
            texts.append(
                f"[[schedule.quota]] {quota.group}: no station serves its demands through space; "
                "it limits nothing"
            )
        elif usable and all(credited.get(name, 0.0) > quota.max_share for name in usable):
            texts.append(
                f"[[schedule.quota]] {quota.group}: every station credits this group more than "
                f"{quota.max_share:.0%}; no contact keeps the quota"
            )
    return (*texts, *(_fairness_warnings(scenario, _weights(services), usable) if is_fair else ()))


def _fairness_warnings(
    scenario: Scenario, weights: Mapping[str, float], usable: frozenset[str]
) -> tuple[str, ...]:
    names = [station.id for station in scenario.stations]
    without_pass = sorted(name for name in names if name not in usable)
    without_claim = sorted(name for name in names if weights and name not in weights)
    texts = []
    if without_pass:
        texts.append(f"fair_stations does not count {_list(without_pass)}: no pass there gives key")
    if without_claim:
        texts.append(f"fair_stations: no demand gives a claim to {_list(without_claim)}")
    return tuple(texts)


def _stations_with_key(passes: PassTable, decisions: PassDecisions) -> frozenset[str]:
    """Stations with a pass that may be flown for its key."""
    may = (decisions.key_expected_bits > 0.0) & (decisions.state != PassState.BANNED)
    return frozenset(passes.station_ids[index] for index in np.unique(passes.station[may]))


def _list(names: list[str]) -> str:
    return ", ".join(names)


def _services(scenario: Scenario) -> tuple[Service, ...]:
    over_pairs = any(item.role is Role.ENTANGLED_SOURCE for item in scenario.satellites)
    found = services_of(scenario.network, scenario.stations, over_pairs=over_pairs)
    return tuple(item for item in found.values() if item.at_a)


def _shares(services: tuple[Service, ...]) -> dict[str, tuple[tuple[str, float], ...]]:
    """By station, the share of each group in what is asked of it; no share without a group."""
    asked: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for item in services:
        for name in sorted({*item.at_a, *item.at_b}):
            asked[name][item.demand.quota_group].append(item.mean_rate_bps)
    shares = {}
    for name, groups in asked.items():
        rates = {group: math.fsum(values) for group, values in sorted(groups.items())}
        total = math.fsum(rates.values())
        mine = ((group, rate / total) for group, rate in rates.items() if group and total > 0.0)
        shares[name] = tuple(mine)
    return shares


def _weights(services: tuple[Service, ...]) -> dict[str, float]:
    due: dict[str, list[float]] = defaultdict(list)
    for item in services:
        for names in (item.at_a, item.at_b):
            for name in names:
                due[name].append(item.mean_rate_bps / len(names))
    rates = {name: math.fsum(values) for name, values in sorted(due.items())}
    counted = {name: rate for name, rate in rates.items() if rate > 0.0}
    mean = math.fsum(counted.values()) / len(counted) if counted else 1.0
    return {name: rate / mean for name, rate in counted.items()}
