"""The sample scenario and its plan, made once per test process."""

from __future__ import annotations

from functools import lru_cache

from euroqci_planner.app import planner
from euroqci_planner.mission.plan import Plan
from euroqci_planner.resources import resource

SAMPLE = ("samples", "first-plan", "first-plan.scenario.toml")


@lru_cache(maxsize=1)
def sample_plan() -> Plan:
    """Five satellites over ten stations, seven nights."""
    return planner.make_plan(planner.load_scenario(resource(*SAMPLE)))
