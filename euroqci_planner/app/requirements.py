"""Requirements against the plan: the figure of each, and whether it keeps the limit."""

from __future__ import annotations

import numpy as np

from euroqci_planner.app.user_pairs import direct_links_of_pair, links_of_pair, outcome_of
from euroqci_planner.mission.key_course import DemandOutcome
from euroqci_planner.mission.plan import Plan, is_flown
from euroqci_planner.mission.plan_totals import plan_totals
from euroqci_planner.mission.requirements import Finding, Metric, Requirement
from euroqci_planner.units import KILO, SECONDS_PER_DAY

DAYS_PER_WEEK = 7.0
_NO_STORES = (float("nan"), "the plan holds no key stores")


def findings_of(plan: Plan) -> tuple[Finding, ...]:
    """One finding per requirement of the scenario, in its order.

    Of a demand: its availability, its chance to be without key at least once (without a forecast
    1 where the course of expected deposits runs out, else 0), the key served to it per day, and
    the contacts per week on the links whose key it takes. Of the whole plan: expected key of all
    contacts per day, and contacts per week.
    """
    return tuple(_finding(plan, item) for item in plan.scenario.requirements)


def failed(plan: Plan) -> tuple[Finding, ...]:
    """The requirements that the plan does not meet."""
    return tuple(item for item in plan.findings if not item.is_met)


def _finding(plan: Plan, requirement: Requirement) -> Finding:
    figure, evidence = _figure(plan, requirement)
    return Finding(requirement=requirement, figure=figure, evidence=evidence)


def _figure(plan: Plan, requirement: Requirement) -> tuple[float, str]:
    if not requirement.demand_id:
        return _of_all_contacts(plan, requirement.metric)
    outcome = outcome_of(plan)
    if outcome is None:
        return _NO_STORES
    row = outcome.demand_ids.index(requirement.demand_id)
    if requirement.metric is Metric.AVAILABILITY:
        return float(outcome.availability[row]), f"share of the asked-for time, {_basis(plan)}"
    if requirement.metric is Metric.P_EMPTY:
        return _p_empty(plan, outcome, row)
    if requirement.metric is Metric.KEY_PER_DAY:
        per_day = float(outcome.served_bits[row]) / _days(plan) / KILO
        return per_day, f"key served to the demand, {_basis(plan)}"
    return _of_links(plan, outcome, row)


def _basis(plan: Plan) -> str:
    if plan.forecast is None:
        return "in the course of expected deposits"
    return f"mean over {plan.forecast.members} members"


def _p_empty(plan: Plan, outcome: DemandOutcome, row: int) -> tuple[float, str]:
    if plan.forecast is not None:
        return float(outcome.p_empty[row]), f"share of {plan.forecast.members} members"
    runs_out = bool(np.isfinite(outcome.time_to_empty_s[row]))
    return float(runs_out), f"the one course {'runs out' if runs_out else 'never runs out'}"


def _of_all_contacts(plan: Plan, metric: Metric) -> tuple[float, str]:
    rows = plan.contact_rows
    if metric is Metric.CONTACTS_PER_WEEK:
        return len(rows) / _days(plan) * DAYS_PER_WEEK, f"{len(rows)} contacts in the window"
    bits = float(np.nansum(plan.decisions.key_expected_bits[rows]))
    bits += plan_totals(plan).pair_expected_bits
    return bits / _days(plan) / KILO, f"expected key of {len(rows)} contacts"


def _of_links(plan: Plan, outcome: DemandOutcome, row: int) -> tuple[float, str]:
    ends = sorted((outcome.a[row], outcome.b[row]))
    links = links_of_pair(plan.course, (ends[0], ends[1]))
    passes, rows = plan.passes, plan.contact_rows
    names = zip(passes.satellite[rows].tolist(), passes.station[rows].tolist(), strict=True)
    mine = sum((passes.satellite_ids[a], passes.station_ids[b]) in links for a, b in names)
    direct = direct_links_of_pair(plan.course, (ends[0], ends[1]))
    mine += _pair_contacts_on(plan, direct)
    text = f"{mine} contacts on {len(links) + len(direct)} links whose key the pair takes"
    return mine / _days(plan) * DAYS_PER_WEEK, text


def _pair_contacts_on(plan: Plan, links: tuple[tuple[str, str], ...]) -> int:
    """Flown contacts of two stations that share one of these links."""
    contacts = plan.pair_contacts
    if contacts is None:
        return 0
    flown = contacts.take(is_flown(contacts.state))
    ends = zip(flown.station_a.tolist(), flown.station_b.tolist(), strict=True)
    return sum((flown.station_ids[a], flown.station_ids[b]) in links for a, b in ends)


def _days(plan: Plan) -> float:
    return plan.scenario.duration_s / SECONDS_PER_DAY
