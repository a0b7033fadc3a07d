"""The open scenario: its text, what the text means, and where it is kept.

The text is the document: edits exchange it as a whole, and it is always one that the file door
accepts. Every way to write goes through the atomic writer; nothing half-written is left behind.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from euroqci_planner.app.document_lock import DocumentLock, Holder, lock_document
from euroqci_planner.app.recovery import RecoveryFile
from euroqci_planner.errors import Fault, InvalidInput, OutputError
from euroqci_planner.io.atomic_write import write_folder, write_text
from euroqci_planner.io.scenario_file import load_scenario, parse_scenario
from euroqci_planner.io.scenario_text import display_name, scenario_bytes
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.resources import resource

SUFFIX = ".scenario.toml"
SAMPLE = ("samples", "first-plan", "first-plan.scenario.toml")


class Document:
    """One scenario that is open; close it when done.

    `path` is None for one that was never saved. `holder` says who else has the file open for
    writing; then `is_read_only` is true and edits are refused. `revision` counts changes of the
    text.
    """

    def __init__(self, path: Path | None, folder: Path, text: str, display: str) -> None:
        """Check the text; raises `InvalidInput` with all its faults. No lock is taken yet."""
        self.path = path
        self.folder = folder
        self.display = display
        self.scenario = parse_scenario(text, folder, display)
        self._text = self._saved_text = text
        self.revision = 0
        self.holder: Holder | None = None
        self._lock: DocumentLock | None = None
        self._recovery = RecoveryFile(path, folder)

    @property
    def text(self) -> str:
        """The scenario as it stands now, in TOML."""
        return self._text

    @property
    def saved_text(self) -> str:
        """The scenario as it was read or saved last."""
        return self._saved_text

    @property
    def name(self) -> str:
        """Name for titles."""
        return self.display if self.path is None else self.path.name

    @property
    def is_modified(self) -> bool:
        """Whether there is something to save."""
        return self._text != self._saved_text

    @property
    def is_read_only(self) -> bool:
        """Whether somebody else has the file open for writing."""
        return self.holder is not None

    @property
    def data(self) -> dict[str, Any]:
        """The text as plain data."""
        return tomllib.loads(plain_text(self._text))

    def checked(self, text: str) -> Scenario:
        """The scenario that `text` would be here; raises `InvalidInput` with all faults."""
        return parse_scenario(text, self.folder, self.display)

    def replace(self, text: str) -> None:
        """Exchange the text; raises `InvalidInput`, and then nothing has changed."""
        if text == self._text:
            return
        if self.is_read_only:
            raise OutputError(f"{self.name} is read-only: {self.holder} has it open")
        self.scenario = self.checked(text)
        self._text = text
        self.revision += 1

    def keep_for_recovery(self) -> None:
        """Write the unsaved work where a crash does not lose it, or clear what is saved.

        Raises `OutputError` where that fails.
        """
        if self.is_modified:
            self._recovery.write(self._text)
        else:
            self._recovery.clear()

    def is_changed_on_disk(self) -> bool:
        """Whether the file no longer holds what was read or saved last."""
        if self.path is None:
            return False
        try:
            return scenario_bytes(self.path) != self._saved_text.encode()
        except InvalidInput:
            return True

    def save(self) -> None:
        """Write the file; the former content stays beside it as `.bak`.

        Raises `OutputError`: then the former file is untouched. A document without a path is
        saved by `save_as`.
        """
        if self.path is None:
            raise OutputError(f"{self.name} has no file yet: save it under a name")
        if self.is_read_only:
            raise OutputError(f"{self.name} is read-only: {self.holder} has it open")
        write_text(self.path, self._text, keep_backup=True)
        self._saved_text = self._text
        self._recovery.clear()

    def save_as(self, path: Path) -> None:
        """Save under another name and go on with that file.

        The files that the scenario names are copied beside it where they are missing. Raises
        `OutputError` where a different file of such a name is there, where somebody holds `path`,
        or where writing fails; then the document is as it was.
        """
        if self.path is not None and path.resolve() == self.path.resolve():
            self.save()
            return
        taken = lock_document(path) if path.parent.is_dir() else None
        if isinstance(taken, Holder):
            raise OutputError(f"{path.name} is open elsewhere: {taken}")
        try:
            self._write_to(path)
            scenario = parse_scenario(self._text, path.parent, display_name(path))
        except BaseException:
            if taken is not None:
                taken.release()
            raise
        self.close()
        self.path, self.folder, self.display = path, path.parent, display_name(path)
        self.scenario, self._saved_text, self.holder = scenario, self._text, None
        self._lock = taken or self._locked(path)
        self._recovery = RecoveryFile(path, path.parent)

    def close(self, *, keep_recovery: bool = False) -> None:
        """Give the lock back and drop the recovery file: the work is saved or given up."""
        if not self.is_read_only and not keep_recovery:
            self._recovery.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def lock(self) -> None:
        """Take the file for writing, or learn who has it."""
        if self.path is None or self._lock is not None:
            return
        taken = lock_document(self.path)
        self.holder = taken if isinstance(taken, Holder) else None
        self._lock = taken if isinstance(taken, DocumentLock) else None

    def _locked(self, path: Path) -> DocumentLock | None:
        taken = lock_document(path)
        return taken if isinstance(taken, DocumentLock) else None

    def _write_to(self, path: Path) -> None:
        """The scenario and the files that it names, all or nothing."""
        groups: dict[Path, dict[str, bytes]] = {path.parent: {path.name: self._text.encode()}}
        for named in named_files(self.data):
            source, target = self.folder / named, path.parent / named
            content = _content(source)
            if target.exists() and _content(target) == content:
                continue
            if target.exists():
                problem = "another file of this name is there already"
                mend = "save into another folder"
                raise OutputError(str(Fault(problem, file=display_name(target), mend=mend)))
            groups.setdefault(target.parent, {})[target.name] = content
        for folder in sorted(groups, key=lambda item: item == path.parent):
            write_folder(folder, groups[folder], keep_backup=folder == path.parent)


def open_document(path: Path) -> Document:
    """Open a scenario file for editing, or read-only where somebody else edits it.

    Raises `InvalidInput` with all faults.
    """
    document = read_document(path)
    document.lock()
    return document


def read_document(path: Path) -> Document:
    """Read a scenario file without taking it for writing; `lock` does that.

    Raises `InvalidInput` with all faults.
    """
    data = scenario_bytes(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        load_scenario(path)  # says which byte it is, and raises
        raise
    return Document(path, path.parent, text, display_name(path))


def sample_document() -> Document:
    """The sample scenario as a document that was never saved."""
    text = resource(*SAMPLE).read_bytes().decode("utf-8")
    return Document(None, resource(*SAMPLE[:-1]), text, SAMPLE[-1])


def named_files(data: dict[str, Any]) -> tuple[str, ...]:
    """Relative paths of the files that a scenario reads, in order, each once."""
    return tuple(dict.fromkeys(_named(data)))


def plain_text(text: str) -> str:
    """The text without a byte-order mark."""
    return text.removeprefix("\ufeff")


def _named(data: dict[str, Any]) -> Iterator[str]:
    for item in data.get("orbit_file", []):
        yield item["path"]
    forecast = data.get("weather", {}).get("forecast_file")
    if forecast:
        yield forecast
    for item in data.get("demand", []):
        status = item.get("store", {}).get("status_file")
        if status:
            yield status


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault(f"cannot be read: {error.strerror}", file=display_name(path))
        raise OutputError(str(fault)) from error
