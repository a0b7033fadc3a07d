"""What a schedule was asked for, as named columns: its goals with their bounds, and its quotas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.table import locked

SCHEDULE_COLUMNS: Mapping[str, ColumnFormat] = {
    "kind": ColumnFormat(ColumnKind.TEXT, "goal or quota"),
    "name": ColumnFormat(ColumnKind.TEXT, "what is maximised, or the group"),
    "figure": ColumnFormat(ColumnKind.NUMBER, "what the plan reaches, or the group takes", "", 6),
    "limit": ColumnFormat(ColumnKind.NUMBER, "proven bound, or largest share; empty: none", "", 6),
    "unit": ColumnFormat(ColumnKind.TEXT, "unit of figure and limit; empty for a share"),
    "verdict": ColumnFormat(ColumnKind.TEXT, "gap to the bound, or whether the quota binds"),
}


def schedule_columns(plan: Plan) -> PlanColumns:
    """A row per goal, in order of priority, then a row per quota."""
    goals, quotas = plan.goals, plan.quotas
    values = {
        "kind": np.array(["goal"] * len(goals) + ["quota"] * len(quotas), dtype=np.str_),
        "name": np.array([item.name for item in goals] + [item.group for item in quotas], np.str_),
        "figure": np.array([item.value for item in goals] + [item.share for item in quotas], float),
        "limit": np.array(
            [item.bound for item in goals] + [item.max_share for item in quotas], float
        ),
        "unit": np.array([item.unit for item in goals] + [""] * len(quotas), dtype=np.str_),
        "verdict": np.array([*map(goal_verdict, goals), *map(quota_verdict, quotas)], np.str_),
    }
    frozen = {name: locked(column, column.dtype.str) for name, column in values.items()}
    return PlanColumns(SCHEDULE_COLUMNS, frozen)


def goal_verdict(goal: Goal) -> str:
    """How far the plan may be from the best."""
    gap = goal.relative_gap
    return f"at most {gap:.2%} below the bound" if np.isfinite(gap) else "no bound proven"


def quota_verdict(quota: QuotaUse) -> str:
    """Whether a quota costs key."""
    if not quota.binds:
        return "does not bind"
    return f"binds, keeps out {quota.kept_out} passes"
