"""A plan, and what a new one changes, in one line each: for status lines and messages."""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.app.display import bits_text, count, fixed, percent, signed_bits
from euroqci_planner.app.plan_changes import Change, PlanChanges
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import goal_gap, plan_totals
from euroqci_planner.units import SECONDS_PER_DAY


def totals_text(plan: Plan) -> str:
    """Passes and contacts, expected key, gap to the proven bound, requirements met."""
    totals = plan_totals(plan)
    parts = [f"{count(totals.passes)} passes", f"{count(totals.contacts)} contacts"]
    if plan.keys is not None:
        parts.append(f"{bits_text(totals.all_expected_bits)} expected")
    gap = goal_gap(plan)
    if math.isfinite(gap):
        what = f"{plan.goals[0].name}: " if len(plan.goals) > 1 else ""
        parts.append(f"{what}at most {percent(gap)} below the bound")
    bound_by = [item.group for item in plan.quotas if item.binds]
    if bound_by:
        parts.append(f"held by the quota of {', '.join(bound_by)}")
    requirements = requirements_text(plan)
    if requirements:
        parts.append(requirements)
    return " · ".join(parts)


def requirements_text(plan: Plan) -> str:
    """How many requirements the plan meets, '' where the scenario has none."""
    if not plan.findings:
        return ""
    met = sum(item.is_met for item in plan.findings)
    return f"{count(met)} of {count(len(plan.findings))} requirements met"


def figure_text(value: float, unit: str) -> str:
    """Bits in the unit that suits them, days, a share in per cent, '' where there is no number."""
    if not math.isfinite(value):
        return ""
    if unit == "day":
        return f"{value:.2f} d"
    return bits_text(value) if unit == "bit" else percent(value)


def facts_text(plan: Plan) -> str:
    """Marking, weather model, and the largest age of an element set over its passes."""
    ages_s = plan.conditions.element_age_s
    parts = [plan.scenario.marking, f"weather: {plan.scenario.weather.model}"]
    if np.isfinite(ages_s).any():
        oldest_days = float(np.nanmax(np.abs(ages_s))) / SECONDS_PER_DAY
        parts.append(f"elements up to {fixed(oldest_days, 1)} d old")
    return " · ".join(part for part in parts if part)


def changes_text(changes: PlanChanges) -> str:
    """How many contacts a new plan gains, loses and moves, and what that does to the key."""
    if changes.is_empty:
        what = "every contact is as it was"
    else:
        counts = ((kind, changes.count(kind)) for kind in Change)
        what = ", ".join(f"{count(number)} {kind}" for kind, number in counts if number)
        what += f", {count(changes.new_contacts)} contacts now"
    bits = changes.key_expected_bits
    key = f"; expected key {signed_bits(bits)}" if math.isfinite(bits) else ""
    return f"{what}{key}"
