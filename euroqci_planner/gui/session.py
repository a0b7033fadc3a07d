"""What the program remembers between two runs: window, docks, theme, scale, and each view's state.

Kept in an INI file of the user's state folder. Whatever cannot be read counts as absent.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from euroqci_planner.app.user_folders import state_folder
from euroqci_planner.gui.theme import ThemeChoice

# Raised when docks or toolbars change: an older layout is dropped then.
LAYOUT_VERSION = 1
SCALES = (100, 125, 150, 175, 200, 250, 300)


class Session:
    """The session file; `is_kept` false keeps nothing and begins anew (screenshots, tests)."""

    def __init__(self, *, is_kept: bool = True) -> None:
        """Open the session of the user."""
        self.is_kept = is_kept
        path = state_folder() / "session.ini"
        self._settings = QSettings(str(path), QSettings.Format.IniFormat) if is_kept else None
        if is_kept:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def theme(self) -> ThemeChoice:
        """Chosen theme, by default the system's."""
        found = self.text("theme")
        return ThemeChoice(found) if found in set(ThemeChoice) else ThemeChoice.SYSTEM

    @property
    def scale_percent(self) -> int:
        """Chosen scale of the interface."""
        found = self.text("scale")
        return int(found) if found.isdigit() and int(found) in SCALES else 100

    @property
    def last_document(self) -> Path | None:
        """Scenario that was open at the end of the last run, if it is still there."""
        found = self.text("document")
        path = Path(found) if found else None
        return path if path is not None and path.is_file() else None

    def text(self, key: str) -> str:
        """A remembered text, '' for none."""
        value = None if self._settings is None else self._settings.value(key)
        return value if isinstance(value, str) else ""

    def set_text(self, key: str, value: str) -> None:
        """Remember a text."""
        if self._settings is not None:
            self._settings.setValue(key, value)

    def bytes_of(self, key: str) -> QByteArray | None:
        """Remembered bytes of Qt, None for none."""
        value = None if self._settings is None else self._settings.value(key)
        return value if isinstance(value, QByteArray) else None

    def set_bytes(self, key: str, value: QByteArray) -> None:
        """Remember bytes of Qt."""
        if self._settings is not None:
            self._settings.setValue(key, value)

    def view_states(self, document: Path | None) -> dict[str, str]:
        """State of each view, by name, as it was left with this document."""
        found = self.text(_key(document))
        try:
            states = json.loads(found) if found else {}
        except ValueError:
            return {}
        if not isinstance(states, dict):
            return {}
        return {str(name): text for name, text in states.items() if isinstance(text, str)}

    def set_view_states(self, document: Path | None, states: dict[str, str]) -> None:
        """Remember the state of each view."""
        self.set_text(_key(document), json.dumps(states))

    def close(self) -> None:
        """Write what is not written yet."""
        if self._settings is not None:
            self._settings.sync()


def _key(document: Path | None) -> str:
    if document is None:
        return "views/sample"

    return f"views/{hashlib.sha256(str(document.resolve()).encode()).hexdigest()[:16]}"
