"""Requirements of a checked document as nouns."""

from __future__ import annotations

from euroqci_planner.io.schema_network import RequirementRecord
from euroqci_planner.mission.requirements import Metric, Requirement


def requirement_noun(record: RequirementRecord) -> Requirement:
    """The requirement of a record that has one limit."""
    is_floor = record.at_least is not None
    limit = record.at_least if record.at_least is not None else record.at_most
    if limit is None:
        raise ValueError("a requirement without limit has passed the door")
    return Requirement(
        id=record.id,
        metric=Metric(record.metric),
        limit=limit,
        is_floor=is_floor,
        demand_id=record.demand or "",
    )
