"""Where the program keeps what belongs to the user and not to a scenario: recovery, recent files.

XDG Base Directory Specification 0.8: `$XDG_STATE_HOME`, by default `~/.local/state`.
"""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER = "euroqci-planner"


def state_folder() -> Path:
    """Folder of session, recovery and log files; it is made private when first written to."""
    named = os.environ.get("XDG_STATE_HOME", "")
    root = Path(named) if named and Path(named).is_absolute() else Path.home() / ".local" / "state"
    return root / _FOLDER
