"""Where the packaged files are: sample scenarios, catalogue, physics tables, manual."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resources_root() -> Path:
    """Folder of the packaged resources: inside an installed wheel, or beside the source tree."""
    installed = _PACKAGE / "_resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def resource(*parts: str) -> Path:
    """Path of one packaged file or folder; raises FileNotFoundError with the name if missing."""
    path = resources_root().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"packaged resource {'/'.join(parts)} is missing under {path}")
    return path
