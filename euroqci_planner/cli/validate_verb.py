"""`validate`: published numbers, recomputed."""

from __future__ import annotations

from argparse import Namespace

from euroqci_planner.app.validation import runner as validation
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.tables import text_table
from euroqci_planner.errors import EXIT_DONE, UsageError

COLUMNS = ("id", "quantity", "unit", "published", "computed", "deviation", "tolerance", "status")


def validate(options: Namespace, console: Console) -> int:
    """Recompute the published rows; a row that is not reproduced is shown, not hidden."""
    groups = tuple(options.group or validation.GROUPS)
    unknown = [name for name in groups if name not in validation.GROUPS]
    if unknown:
        raise UsageError(f"unknown group {unknown[0]!r}: choose {', '.join(validation.GROUPS)}")
    rows = validation.validate(groups, console.progress("validate"))
    if console.as_json:
        console.json({"rows": [row.as_plain() for row in rows], "counts": validation.counts(rows)})
        return EXIT_DONE
    for group in groups:
        mine = [row for row in rows if row.group == group]
        console.line(f"{group}")
        console.line(text_table(COLUMNS, [row.as_texts(COLUMNS) for row in mine]))
        for row in mine:
            if row.seen:
                console.line(f"  {row.number.id}: {row.seen}")
        console.line()
    console.line(", ".join(f"{count} {name}" for name, count in validation.counts(rows).items()))
    return EXIT_DONE
