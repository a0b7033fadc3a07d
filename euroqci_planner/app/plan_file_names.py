"""Names of the files that a plan is written to: what an export menu offers before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from euroqci_planner.mission.plan import Plan

_OF_PASSES = ("passes.csv", "summary.json", "tables.meta.json")
_OF_STORES = ("stores.csv", "demands.csv", "requirements.csv", "security.csv")
PLAN_FILE_NAMES = (
    "contacts.csv",
    "pair_contacts.csv",
    "passes.csv",
    *_OF_STORES,
    "settings.csv",
    "contacts.ics",
    "report.html",
    "summary.json",
    "tables.meta.json",
)


def has_plan_file(plan: Plan, name: str) -> bool:
    """Whether the output folder of a plan has this file; nothing is written to find out."""
    if plan.keys is None:
        return name in _OF_PASSES
    if name == "pair_contacts.csv":
        return plan.pair_contacts is not None
    if name == "settings.csv":
        return plan.key_details is not None and any(item.is_sought for item in plan.key_settings)
    return plan.course is not None if name in _OF_STORES else name in PLAN_FILE_NAMES
