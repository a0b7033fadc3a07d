"""The plan of passes alone: geometry and windows, nothing decided, no link and no key."""

from __future__ import annotations

from typing import Any

from euroqci_planner.app.decisions import undecided
from euroqci_planner.app.provenance import provenance
from euroqci_planner.app.registry import ORBIT_MODELS
from euroqci_planner.app.sky import Sky
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Scenario


def plan_without_keys(
    scenario: Scenario, sky: Sky, passes: PassTable, conditions: PassConditions, **more: Any
) -> Plan:
    """A plan whose passes are all candidates; `more` are its other fields."""
    return Plan(
        scenario=scenario,
        passes=passes,
        conditions=conditions,
        decisions=undecided(scenario, passes, conditions),
        link=None,
        keys=None,
        schedule_method="",
        objective="",
        value_bits=0.0,
        bound_bits=float("nan"),
        ledgers={},
        models=ORBIT_MODELS,
        warnings=scenario.warnings + sky.warnings,
        provenance=provenance(sky),
        **more,
    )
