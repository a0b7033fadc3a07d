"""Scenarios that were open lately, the last one first."""

from __future__ import annotations

import json
from pathlib import Path

from euroqci_planner.app.user_folders import state_folder
from euroqci_planner.errors import OutputError
from euroqci_planner.io.atomic_write import write_text

MAX_RECENT = 12
_MAX_BYTES = 1 << 20


def recent_files() -> tuple[Path, ...]:
    """Paths that still exist, the last opened first; nothing where the list cannot be read."""
    try:
        with _file().open("rb") as stream:
            found = json.loads(stream.read(_MAX_BYTES))
    except (OSError, ValueError):
        return ()
    names = [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
    return tuple(path for name in names[:MAX_RECENT] if _exists(path := Path(name)))


def remember_file(path: Path) -> None:
    """Put a scenario first; a list that cannot be written is no reason to stop."""
    first = str(path.resolve())
    others = [str(item) for item in recent_files() if str(item) != first]
    _write([first, *others][:MAX_RECENT])


def forget_files() -> None:
    """Empty the list."""
    _write([])


def _write(names: list[str]) -> None:
    try:
        write_text(_file(), json.dumps(names, ensure_ascii=False, indent=1) + "\n")
    except (OutputError, UnicodeEncodeError):
        return


def _file() -> Path:
    return state_folder() / "recent.json"


def _exists(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
