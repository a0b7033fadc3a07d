"""Requirements and the security of pairs as named columns: what their CSV files hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from euroqci_planner.mission.named_columns import (
    ColumnFormat,
    ColumnKind,
    PlanColumns,
    named_columns,
    number_column,
    number_format,
    text_column,
    text_format,
)
from euroqci_planner.mission.pair_security import PairSecurity
from euroqci_planner.mission.requirements import Finding
from euroqci_planner.units import SECONDS_PER_DAY

REQUIREMENT_COLUMNS: Mapping[str, ColumnFormat] = {
    "requirement_id": text_format("id of the requirement"),
    "metric": text_format("figure that is checked"),
    "demand_id": text_format("whose figure it is; empty for the whole plan"),
    "rule": text_format("at_least or at_most"),
    "limit": number_format("", 6, "limit, in the unit of the metric"),
    "figure": number_format("", 6, "figure of the plan, in the unit of the metric; empty if none"),
    "unit": text_format("unit of limit and figure; empty for a fraction"),
    "verdict": text_format("pass or fail"),
    "evidence": text_format("where the figure comes from"),
}


SECURITY_COLUMNS: Mapping[str, ColumnFormat] = {
    "a": text_format("first user of the pair"),
    "b": text_format("second user of the pair"),
    "demands": text_format("demands of the pair"),
    "trusted_nodes": number_format("", 0, "most trusted places on a way; empty without a way"),
    "trusted_places": text_format("trusted places by id, over all ways"),
    "countries": text_format("countries of the trusted places, and owners of the satellites"),
    "single_points": text_format("trusted places that every used way passes"),
    "ways_used": number_format("", 0, "ways that the key of the pair took"),
    "disjoint_ways": number_format("", 0, "ways that share no place at all"),
    "key_blocks": number_format("", 0, "key blocks that may be in the key of the pair"),
    "epsilon": ColumnFormat(ColumnKind.TEXT, "security parameters of these blocks, added up"),
    "mean_key_age_days": number_format("d", 4, "of relayed key at its arrival; empty without any"),
    "oldest_key_age_days": number_format("d", 4, "the oldest relayed key at its arrival"),
    "age_is_complete": text_format("no: key at hand at the start, of unknown age, is among it"),
    "route": text_format("way of most key, or the best that is open"),
    "requirements": text_format("requirements on the demands of the pair, each with its verdict"),
    "satellites_to_collude": number_format(
        "", 0, "satellites that must work together to know key of the pair; empty without one"
    ),
}


def requirements_columns(findings: Sequence[Finding]) -> PlanColumns:
    """Rows of `requirements.csv`, in the order of the scenario."""
    asked = [item.requirement for item in findings]
    values = {
        "requirement_id": text_column(item.id for item in asked),
        "metric": text_column(item.metric.value for item in asked),
        "demand_id": text_column(item.demand_id for item in asked),
        "rule": text_column("at_least" if item.is_floor else "at_most" for item in asked),
        "limit": number_column(item.limit for item in asked),
        "figure": number_column(item.figure for item in findings),
        "unit": text_column(item.metric.unit for item in asked),
        "verdict": text_column(item.verdict for item in findings),
        "evidence": text_column(item.evidence for item in findings),
    }
    return named_columns(REQUIREMENT_COLUMNS, values)


def security_columns(pairs: Sequence[PairSecurity], findings: Sequence[Finding]) -> PlanColumns:
    """Rows of `security.csv`, in order of the pairs."""
    trusted = [float("nan") if item.trusted_nodes < 0 else item.trusted_nodes for item in pairs]
    values = {
        "a": text_column(item.a for item in pairs),
        "b": text_column(item.b for item in pairs),
        "demands": text_column(" ".join(item.demand_ids) for item in pairs),
        "trusted_nodes": number_column(trusted),
        "trusted_places": text_column(" ".join(item.places) for item in pairs),
        "countries": text_column(" ".join(item.countries) for item in pairs),
        "single_points": text_column(" ".join(item.common_places) for item in pairs),
        "ways_used": number_column(sum(way.bits > 0 for way in item.ways) for item in pairs),
        "disjoint_ways": number_column(item.disjoint_ways for item in pairs),
        "key_blocks": number_column(item.blocks for item in pairs),
        "epsilon": text_column(f"{item.epsilon:.3e}" if item.blocks else "" for item in pairs),
        "mean_key_age_days": number_column(item.mean_age_s / SECONDS_PER_DAY for item in pairs),
        "oldest_key_age_days": number_column(item.oldest_age_s / SECONDS_PER_DAY for item in pairs),
        "age_is_complete": text_column("yes" if item.is_age_known else "no" for item in pairs),
        "route": text_column(item.ways[0].text if item.ways else "no way" for item in pairs),
        "requirements": text_column(
            "; ".join(
                f"{found.requirement.id} {found.verdict}"
                for found in findings_on(item.demand_ids, findings)
            )
            for item in pairs
        ),
        "satellites_to_collude": number_column(
            float("nan") if item.satellites_to_collude < 0 else item.satellites_to_collude
            for item in pairs
        ),
    }
    return named_columns(SECURITY_COLUMNS, values)


def findings_on(demand_ids: Sequence[str], findings: Sequence[Finding]) -> list[Finding]:
    """Findings on any of these demands, in order."""
    return [item for item in findings if item.requirement.demand_id in demand_ids]
