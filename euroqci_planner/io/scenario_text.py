"""The bytes of a scenario file, and its schema version: what comes before its content."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.nearest_name import nearest
from euroqci_planner.io.scenario_places import Problem, shown
from euroqci_planner.io.scenario_schema import SCHEMA_VERSION
from euroqci_planner.io.toml_guard import MAX_BYTES
from euroqci_planner.io.toml_reader import TomlDocument


def display_name(path: Path) -> str:
    """A path as text that can be printed and written as UTF-8 whatever its bytes are."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def scenario_bytes(path: Path) -> bytes:
    """Content of a regular file, at most one byte over the limit; raises `InvalidInput`."""
    display = display_name(path)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise _unreadable(path, display, error) from error
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            raise InvalidInput.single(f"is {what}", file=display, mend="give a scenario file")
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, display, error) from error
    finally:
        os.close(handle)


def _unreadable(path: Path, display: str, error: OSError | ValueError) -> InvalidInput:
    reason = getattr(error, "strerror", None) or str(error)
    mend = "check the path and its permissions"
    if isinstance(error, FileNotFoundError):
        reason = "there is no such file"
        beside = nearest(path.name, _scenarios_in(path.parent))
        mend = f"did you mean {beside}?" if beside else "check the path"
    return InvalidInput.single(f"cannot be read: {reason}", file=display, mend=mend)


def _scenarios_in(folder: Path) -> list[str]:
    try:
        return sorted(display_name(Path(item.name)) for item in folder.glob("*.toml"))
    except OSError:
        return []


def version_problems(document: TomlDocument) -> Iterator[Problem]:
    """Whether `schema` is there, first, and one that exists."""
    version = document.data.get("schema")
    if version is None:
        mend = f"write schema = {SCHEMA_VERSION} into the first line"
        yield Problem(("schema",), "the version of the format is missing", mend)
        return
    if isinstance(version, bool) or not isinstance(version, int):
        yield Problem(("schema",), "must be a whole number", f"write schema = {SCHEMA_VERSION}")
    elif version < 1:
        mend = f"write schema = {SCHEMA_VERSION}"
        yield Problem(("schema",), "there is no such version of the format", mend)
    if next(iter(document.data)) != "schema":
        yield Problem(("schema",), "must be the first key of the file", "move it up", at_key=True)


def refuse_newer(document: TomlDocument, display: str) -> None:
    """Raise `InvalidInput` for a file of a later version: nothing else about it can be judged."""
    version = document.data.get("schema")
    if isinstance(version, bool) or not isinstance(version, int) or version <= SCHEMA_VERSION:
        return
    place = document.places.of(("schema",))
    raise InvalidInput(
        [
            Fault(
                "the file was made by a newer version of euroqci_planner",
                file=display,
                line=place.line,
                column=place.column,
                where="schema",
                value=shown(version),
                mend=f"update the program: this one reads schema {SCHEMA_VERSION}",
            )
        ]
    )
