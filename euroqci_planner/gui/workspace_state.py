"""Time, visible window and selection as a short text, so that a session can bring them back."""

from __future__ import annotations

import json
from contextlib import suppress

import numpy as np

from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.timebase import iso_text, utc

_MAX_PASSES = 1_000


def kept_state(workspace: Workspace) -> str:
    """What a session keeps of a workspace; passes go by their ids."""
    ids: list[str] = []
    if workspace.plan is not None and workspace.selected_rows:
        rows = list(workspace.selected_rows[:_MAX_PASSES])
        ids = [str(name) for name in workspace.plan.passes.take(np.array(rows)).pass_ids()]
    return json.dumps(
        {
            "time": iso_text(workspace.time_utc, "us"),
            "window": [iso_text(instant, "us") for instant in workspace.window_utc],
            "passes": ids,
        }
    )


def restore_state(workspace: Workspace, text: str) -> None:
    """Take up what `kept_state` gave; a text that does not fit changes nothing."""
    with suppress(ValueError, KeyError, TypeError):
        kept = json.loads(text)
        start, end = kept["window"]
        if start and end:
            workspace.set_window(utc(start), utc(end))
        # The time comes last: it may follow the selection.
        _select(workspace, [str(name) for name in kept["passes"]])
        if kept["time"]:
            workspace.set_time(utc(kept["time"]))


def _select(workspace: Workspace, ids: list[str]) -> None:
    if workspace.plan is None or not ids:
        return
    place = {str(name): row for row, name in enumerate(workspace.plan.passes.pass_ids())}
    workspace.select([place[name] for name in ids if name in place])
