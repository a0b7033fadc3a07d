"""What a schedule was asked for, as named columns: its goals with their bounds, and its quotas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.named_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.table import locked

SCHEDULE_COLUMNS: Mapping[str, ColumnFormat] = {
    "kind": ColumnFormat(ColumnKind.TEXT, "goal, quota or demand"),
    "name": ColumnFormat(ColumnKind.TEXT, "what is maximised, the group, or the demand"),
    "figure": ColumnFormat(
        ColumnKind.NUMBER, "what the plan reaches, the group takes, or the demand is served", "", 6
    ),
    "limit": ColumnFormat(
        ColumnKind.NUMBER,
        "proven bound, largest share, or what its pair could have; empty: none",
        "",
        6,
    ),
    "unit": ColumnFormat(ColumnKind.TEXT, "unit of figure and limit; empty for a share"),
    "verdict": ColumnFormat(
        ColumnKind.TEXT, "gap to the bound, whether the quota binds, value of stocks"
    ),
}


def schedule_columns(plan: Plan) -> PlanColumns:
    """A row per goal, in order of priority, then a row per quota, then one per demand of pairs."""
    goals, quotas = plan.goals, plan.quotas
    demands, shares, most, verdicts = _served(plan.pairs)
    values = {
        "kind": np.array(
            ["goal"] * len(goals) + ["quota"] * len(quotas) + ["demand"] * len(demands), np.str_
        ),
        "name": np.array(
            [item.name for item in goals] + [item.group for item in quotas] + demands, np.str_
        ),
        "figure": np.array(
            [item.value for item in goals] + [item.share for item in quotas] + shares, float
        ),
        "limit": np.array(
            [item.bound for item in goals] + [item.max_share for item in quotas] + most, float
        ),
        "unit": np.array(
            [item.unit for item in goals] + [""] * (len(quotas) + len(demands)), np.str_
        ),
        "verdict": np.array(
            [*map(goal_verdict, goals), *map(quota_verdict, quotas), *verdicts], np.str_
        ),
    }
    frozen = {name: locked(column, column.dtype.str) for name, column in values.items()}
    return PlanColumns(SCHEDULE_COLUMNS, frozen)


def _served(pairs: PairShares | None) -> tuple[list[str], list[float], list[float], list[str]]:
    """Demands of pairs of users: names, served shares, largest shares, and what they mean."""
    if pairs is None:
        return [], [], [], []
    rows = range(len(pairs))
    verdicts = [served_verdict(pairs, row) for row in rows]
    return list(pairs.demand_ids), pairs.served_share.tolist(), pairs.most_share.tolist(), verdicts


def served_verdict(pairs: PairShares, row: int) -> str:
    """What a demand gets in words: no new key, the value of its stocks, or the pair it is of."""
    if not pairs.is_reached[row]:
        return "no schedule brings new key"
    if np.isfinite(pairs.stock_value[row]):
        return f"value {pairs.stock_value[row]:.2f} of {pairs.most_value[row]:.2f} days"
    return "expected share of what is asked for"


def goal_verdict(goal: Goal) -> str:
    """How far the plan may be from the best."""
    gap = goal.relative_gap
    return f"at most {gap:.2%} below the bound" if np.isfinite(gap) else "no bound proven"


def quota_verdict(quota: QuotaUse) -> str:
    """Whether a quota costs key."""
    if not quota.binds:
        return "does not bind"
    if not quota.kept_out:
        return "binds"
    return f"binds, keeps out {quota.kept_out} pass{'' if quota.kept_out == 1 else 'es'}"
