"""Names of the files that a plan is written to: what an export menu offers before it is made."""

from __future__ import annotations

PLAN_FILE_NAMES = (
    "contacts.csv",
    "passes.csv",
    "stores.csv",
    "demands.csv",
    "requirements.csv",
    "security.csv",
    "contacts.ics",
    "report.html",
    "summary.json",
    "tables.meta.json",
)
