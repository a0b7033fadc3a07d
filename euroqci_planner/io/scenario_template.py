"""`new`: a commented scenario to start from, with the orbit file that it names beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from euroqci_planner.errors import Fault, OutputError
from euroqci_planner.io.atomic_write import write_folder
from euroqci_planner.io.scenario_text import display_name
from euroqci_planner.resources import resource

_SAMPLE = ("samples", "first-plan")
_SCENARIO = "first-plan.scenario.toml"
_ORBITS = "qkd-relevant-2026-06-14.tle"


def new_scenario_text(file_name: str) -> str:
    """Text of a new scenario for a file of this name: the sample, which plans as it stands."""
    text = resource(*_SAMPLE, _SCENARIO).read_text(encoding="utf-8")
    plain = file_name if file_name.isprintable() else "NAME.scenario.toml"
    return text.replace(_SCENARIO, plain)


def write_new_scenario(path: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a new scenario and its orbit file into the folder of `path`; returns both paths.

    An orbit file of the same content is left as it is. Raises `OutputError` where a file exists
    and `overwrite` is false, or where the folder cannot be written; then nothing is changed.
    """
    text = new_scenario_text(display_name(Path(path.name)))
    files = {
        path.name: text.encode("utf-8"),
        _ORBITS: resource(*_SAMPLE, _ORBITS).read_bytes(),
    }
    if not path.name or path.name == _ORBITS:
        raise OutputError(f"{display_name(path)}: give the new scenario a file name of its own")
    if not overwrite:
        _refuse_existing(path.parent, files)
    return write_folder(path.parent, files)


def _refuse_existing(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        target = folder / name
        if not target.is_symlink() and not target.exists():
            continue
        if name == _ORBITS and target.is_file() and target.read_bytes() == content:
            continue
        fault = Fault(
            "the file exists",
            file=display_name(target),
            mend="choose another name, or allow it to be overwritten",
        )
        raise OutputError(str(fault))
