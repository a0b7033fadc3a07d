"""The schedule as it stands in `summary.json`: its goals, bounds, quotas and pairs of users."""

from __future__ import annotations

from typing import Any

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import gap_bits, relative_gap
from euroqci_planner.mission.quota_use import QuotaUse

_BITS_DECIMALS = 1
_SHARE_DECIMALS = 6
_SECONDS_DECIMALS = 3


def schedule_plain(plan: Plan) -> dict[str, Any]:
    """How the contacts were chosen.

    `value_bits` is the expected key of all contacts whatever the objective, `bound_bits` what no
    schedule can exceed that keeps every goal but the last.
    """
    return {
        "method": plan.schedule_method,
        "objective": plan.objective,
        "value_bits": round(plan.value_bits, _BITS_DECIMALS),
        "bound_bits": round(plan.bound_bits, _BITS_DECIMALS),
        "gap_bits": round(gap_bits(plan), _BITS_DECIMALS),
        "relative_gap": round(relative_gap(plan), _SHARE_DECIMALS),
        "goals": [_goal(item) for item in plan.goals],
        "quotas": [_quota(item) for item in plan.quotas],
        "pairs": [] if plan.pairs is None else _pairs(plan.pairs),
    }


def _goal(goal: Goal) -> dict[str, Any]:
    decimals = _BITS_DECIMALS if goal.unit == "bit" else _SHARE_DECIMALS
    return {
        "name": goal.name,
        "unit": goal.unit or None,
        "value": round(goal.value, decimals),
        "bound": round(goal.bound, decimals),
        "relative_gap": round(goal.relative_gap, _SHARE_DECIMALS),
    }


def _pairs(pairs: PairShares) -> list[dict[str, Any]]:
    """By demand: what is served, the share, what its pair could have at most, value of stocks."""
    classes = tuple(DemandClass)
    return [
        {
            "demand": name,
            "a": pairs.pairs[row][0],
            "b": pairs.pairs[row][1],
            "class": classes[int(pairs.rank[row])].value,
            "requested_bits": round(float(pairs.requested_bits[row]), _BITS_DECIMALS),
            "served_bits": round(float(pairs.served_bits[row]), _BITS_DECIMALS),
            "served_share": round(float(pairs.served_share[row]), _SHARE_DECIMALS),
            "most_share": round(float(pairs.most_share[row]), _SHARE_DECIMALS),
            "is_reached": bool(pairs.is_reached[row]),
            "stock_value_days": round(float(pairs.stock_value[row]), _SHARE_DECIMALS),
            "most_value_days": round(float(pairs.most_value[row]), _SHARE_DECIMALS),
        }
        for row, name in enumerate(pairs.demand_ids)
    ]


def _quota(quota: QuotaUse) -> dict[str, Any]:
    return {
        "group": quota.group,
        "share": round(quota.share, _SHARE_DECIMALS),
        "max_share": quota.max_share,
        "credited_s": round(quota.credited_s, _SECONDS_DECIMALS),
        "contact_s": round(quota.contact_s, _SECONDS_DECIMALS),
        "binds": quota.binds,
        "passes_kept_out": quota.kept_out,
        "stations": list(quota.station_ids),
    }
