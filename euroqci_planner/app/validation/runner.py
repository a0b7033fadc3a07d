"""Recompute the published numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from euroqci_planner.app.progress import Progress
from euroqci_planner.app.validation.key_checks import KEY_CHECKS
from euroqci_planner.app.validation.link_checks import LINK_CHECKS
from euroqci_planner.app.validation.network_checks import NETWORK_CHECKS
from euroqci_planner.app.validation.orbit_checks import ORBIT_CHECKS
from euroqci_planner.app.validation.rows import GROUPS, Finding, ValidationRow, published_numbers

__all__ = ["GROUPS", "counts", "validate"]

CHECKS: dict[str, Callable[[], float | Finding]] = {
    **ORBIT_CHECKS,
    **LINK_CHECKS,
    **KEY_CHECKS,
    **NETWORK_CHECKS,
}
STATUSES = ("reproduced", "compatible", "not_reproduced", "gap")


def validate(groups: tuple[str, ...], progress: Progress | None = None) -> list[ValidationRow]:
    """Rows of these groups in the order of the file; a number without a check is a gap."""
    wanted = [number for number in published_numbers() if number.group in groups]
    work = (progress or Progress()).staged((("published numbers", 1.0),))
    rows = []
    with work.stage("published numbers") as advance:
        for done, number in enumerate(wanted):
            check = CHECKS.get(number.id)
            rows.append(ValidationRow.of(number, check() if check else None))
            advance((done + 1) / len(wanted))
    work.finished()
    return rows


def counts(rows: list[ValidationRow]) -> dict[str, int]:
    """How many rows have each status."""
    found = Counter(row.status for row in rows)
    return {status: found[status] for status in STATUSES}
