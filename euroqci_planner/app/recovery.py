"""Unsaved work that survives a crash: one private file per open document, removed by a clean end.

A recovery file holds the text as edited, where it belongs, and which process wrote it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from euroqci_planner.app.document_lock import process_lives
from euroqci_planner.app.user_folders import state_folder
from euroqci_planner.errors import OutputError
from euroqci_planner.io.atomic_write import write_text

_SUFFIX = ".recovery.json"
_MAX_BYTES = 1 << 23
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Recovery:
    """Work that a former process left: `path` is '' for a document that was never saved.

    `folder` is where the files that the text names are looked for; `written_utc` is ISO 8601.
    """

    file: Path
    path: str
    folder: str
    text: str
    written_utc: str


class RecoveryFile:
    """The recovery file of one open document."""

    def __init__(self, path: Path | None, folder: Path) -> None:
        """Choose the file; nothing is written yet."""
        self._path = "" if path is None else str(path.resolve())
        self._folder = str(folder.resolve())
        token = _digest(self._path) if self._path else f"unsaved-{secrets.token_hex(8)}"
        self.file = recovery_folder() / f"{token}{_SUFFIX}"

    def write(self, text: str) -> None:
        """Keep the text; raises `OutputError` where that fails."""
        now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        content = {
            "version": _VERSION,
            "path": self._path,
            "folder": self._folder,
            "text": text,
            "written_utc": f"{now.isoformat()}Z",
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started": _started(os.getpid()),
        }
        write_text(self.file, json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def clear(self) -> None:
        """Remove the file: the work is saved, or was given up on purpose."""
        with contextlib.suppress(OSError):
            self.file.unlink(missing_ok=True)


def recovery_folder() -> Path:
    """Where recovery files are."""
    return state_folder() / "recovery"


def recovery_of(path: Path) -> Recovery | None:
    """What a former process left of this document; the caller holds the document's lock."""
    return _read(recovery_folder() / f"{_digest(str(path.resolve()))}{_SUFFIX}", own_lock=True)


def orphans() -> list[Recovery]:
    """What ended processes of this host left, the newest first."""
    found = [item for file in _files() if (item := _read(file, own_lock=False)) is not None]
    return sorted(found, key=lambda item: item.written_utc, reverse=True)


def discard(recovery: Recovery) -> None:
    """Give the work up; raises `OutputError` where the file cannot be removed."""
    try:
        recovery.file.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{recovery.file}: cannot be removed: {error.strerror}") from error


def _files() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from sorted(recovery_folder().glob(f"*{_SUFFIX}"))


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(file: Path, *, own_lock: bool) -> Recovery | None:
    """One recovery file; None where it is missing, damaged, or its writer may still live."""
    try:
        with file.open("rb") as stream:
            found = json.loads(stream.read(_MAX_BYTES))
        if found["version"] != _VERSION or not isinstance(found["text"], str):
            return None
        if not own_lock and not _is_orphan(found):
            return None
        return Recovery(
            file, str(found["path"]), str(found["folder"]), found["text"], str(found["written_utc"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_orphan(found: dict[str, object]) -> bool:
    pid = int(str(found["pid"]))
    if found["host"] != socket.gethostname():
        return False
    return not process_lives(pid) or _started(pid) != found["started"]


def _started(pid: int) -> str:
    """When a process started, in the kernel's ticks: tells it from a later one of its number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return fields.rpartition(")")[2].split()[19]
