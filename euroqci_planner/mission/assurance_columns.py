"""Requirements and the security of pairs as named columns: what their CSV files hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from euroqci_planner.mission.pair_security import PairSecurity
from euroqci_planner.mission.plan_columns import Column, ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.requirements import Finding
from euroqci_planner.mission.table import locked
from euroqci_planner.units import SECONDS_PER_DAY


def _text(meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.TEXT, meaning)


def _number(unit: str, decimals: int, meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.NUMBER, meaning, unit, decimals)


REQUIREMENT_COLUMNS: Mapping[str, ColumnFormat] = {
    "requirement_id": _text("id of the requirement"),
    "metric": _text("figure that is checked"),
    "demand_id": _text("whose figure it is; empty for the whole plan"),
    "rule": _text("at_least or at_most"),
    "limit": _number("", 6, "limit, in the unit of the metric"),
    "figure": _number("", 6, "figure of the plan, in the unit of the metric; empty if none"),
    "unit": _text("unit of limit and figure; empty for a fraction"),
    "verdict": _text("pass or fail"),
    "evidence": _text("where the figure comes from"),
}


SECURITY_COLUMNS: Mapping[str, ColumnFormat] = {
    "a": _text("first user of the pair"),
    "b": _text("second user of the pair"),
    "demands": _text("demands of the pair"),
    "trusted_nodes": _number("", 0, "most trusted places on a way; empty without a way"),
    "trusted_places": _text("trusted places by id, over all ways"),
    "countries": _text("countries of the trusted places, and owners of the satellites"),
    "single_points": _text("trusted places that every used way passes"),
    "ways_used": _number("", 0, "ways that the key of the pair took"),
    "disjoint_ways": _number("", 0, "ways that share no place at all"),
    "key_blocks": _number("", 0, "key blocks that may be in the key of the pair"),
    "epsilon": ColumnFormat(ColumnKind.TEXT, "security parameters of these blocks, added up"),
    "mean_key_age_days": _number("d", 4, "of relayed key at its arrival; empty without any"),
    "oldest_key_age_days": _number("d", 4, "the oldest relayed key at its arrival"),
    "age_is_complete": _text("no: key at hand at the start, of unknown age, is among it"),
    "route": _text("way of most key, or the best that is open"),
    "requirements": _text("requirements on the demands of the pair, each with its verdict"),
    "satellites_to_collude": _number(
        "", 0, "satellites that must work together to know key of the pair; empty without one"
    ),
}


def requirements_columns(findings: Sequence[Finding]) -> PlanColumns:
    """Rows of `requirements.csv`, in the order of the scenario."""
    asked = [item.requirement for item in findings]
    values = {
        "requirement_id": _texts(item.id for item in asked),
        "metric": _texts(item.metric.value for item in asked),
        "demand_id": _texts(item.demand_id for item in asked),
        "rule": _texts("at_least" if item.is_floor else "at_most" for item in asked),
        "limit": _numbers(item.limit for item in asked),
        "figure": _numbers(item.figure for item in findings),
        "unit": _texts(item.metric.unit for item in asked),
        "verdict": _texts(item.verdict for item in findings),
        "evidence": _texts(item.evidence for item in findings),
    }
    return _columns(REQUIREMENT_COLUMNS, values)


def security_columns(pairs: Sequence[PairSecurity], findings: Sequence[Finding]) -> PlanColumns:
    """Rows of `security.csv`, in order of the pairs."""
    trusted = [float("nan") if item.trusted_nodes < 0 else item.trusted_nodes for item in pairs]
    values = {
        "a": _texts(item.a for item in pairs),
        "b": _texts(item.b for item in pairs),
        "demands": _texts(" ".join(item.demand_ids) for item in pairs),
        "trusted_nodes": _numbers(trusted),
        "trusted_places": _texts(" ".join(item.places) for item in pairs),
        "countries": _texts(" ".join(item.countries) for item in pairs),
        "single_points": _texts(" ".join(item.common_places) for item in pairs),
        "ways_used": _numbers(sum(way.bits > 0 for way in item.ways) for item in pairs),
        "disjoint_ways": _numbers(item.disjoint_ways for item in pairs),
        "key_blocks": _numbers(item.blocks for item in pairs),
        "epsilon": _texts(f"{item.epsilon:.3e}" if item.blocks else "" for item in pairs),
        "mean_key_age_days": _numbers(item.mean_age_s / SECONDS_PER_DAY for item in pairs),
        "oldest_key_age_days": _numbers(item.oldest_age_s / SECONDS_PER_DAY for item in pairs),
        "age_is_complete": _texts("yes" if item.is_age_known else "no" for item in pairs),
        "route": _texts(item.ways[0].text if item.ways else "no way" for item in pairs),
        "requirements": _texts(
            "; ".join(
                f"{found.requirement.id} {found.verdict}"
                for found in findings_on(item.demand_ids, findings)
            )
            for item in pairs
        ),
        "satellites_to_collude": _numbers(
            float("nan") if item.satellites_to_collude < 0 else item.satellites_to_collude
            for item in pairs
        ),
    }
    return _columns(SECURITY_COLUMNS, values)


def findings_on(demand_ids: Sequence[str], findings: Sequence[Finding]) -> list[Finding]:
    """Findings on any of these demands, in order."""
    return [item for item in findings if item.requirement.demand_id in demand_ids]


def _texts(values: Iterable[str]) -> Column:
    return np.array(list(values), dtype=np.str_)


def _numbers(values: Iterable[float]) -> Column:
    return np.array(list(values), dtype=np.float64)


def _columns(formats: Mapping[str, ColumnFormat], values: Mapping[str, Column]) -> PlanColumns:
    frozen = {name: locked(values[name], values[name].dtype.str) for name in formats}
    return PlanColumns(formats, frozen)
