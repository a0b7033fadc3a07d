"""Requirements and the security of pairs as they stand in `summary.json`."""

from __future__ import annotations

from typing import Any

from euroqci_planner.mission.assurance_columns import findings_on
from euroqci_planner.mission.pair_security import KeyWay, PairSecurity
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.requirements import Finding

_AGE_DECIMALS = 1


def requirements_plain(plan: Plan) -> list[dict[str, Any]]:
    """One entry per requirement of the scenario."""
    return [_finding(item) for item in plan.findings]


def security_plain(plan: Plan) -> list[dict[str, Any]]:
    """One entry per pair of users with demands, with every way that its key took."""
    pairs = () if plan.course is None else plan.course.security
    return [_pair(plan, item) for item in pairs]


def _finding(item: Finding) -> dict[str, Any]:
    asked = item.requirement
    return {
        "id": asked.id,
        "metric": asked.metric.value,
        "demand": asked.demand_id or None,
        "rule": "at_least" if asked.is_floor else "at_most",
        "limit": asked.limit,
        "figure": item.figure,
        "unit": asked.metric.unit,
        "verdict": item.verdict,
        "evidence": item.evidence,
    }


def _pair(plan: Plan, item: PairSecurity) -> dict[str, Any]:
    return {
        "a": item.a,
        "b": item.b,
        "demands": list(item.demand_ids),
        "trusted_nodes": None if item.trusted_nodes < 0 else item.trusted_nodes,
        "countries": list(item.countries),
        "single_points": list(item.common_places),
        "satellites_to_collude": (
            None if item.satellites_to_collude < 0 else item.satellites_to_collude
        ),
        "disjoint_ways": item.disjoint_ways,
        "key_blocks": item.blocks,
        "epsilon": item.epsilon,
        "mean_key_age_s": round(item.mean_age_s, _AGE_DECIMALS),
        "oldest_key_age_s": round(item.oldest_age_s, _AGE_DECIMALS),
        "age_is_complete": item.is_age_known,
        "ways": [_way(way) for way in item.ways],
        "requirements": [
            found.requirement.id for found in findings_on(item.demand_ids, plan.findings)
        ],
    }


def _way(way: KeyWay) -> dict[str, Any]:
    return {
        "route": way.text,
        "bits": way.bits,
        "trusted_nodes": way.trusted_nodes,
        "trusted_places": list(way.places),
        "countries": list(way.countries),
        "satellites": list(way.satellites),
        "relay_paths": way.relay_paths,
    }
