"""What a result was made with: versions of the program, its libraries and its tables."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from euroqci_planner import __version__

if TYPE_CHECKING:
    from euroqci_planner.app.sky import Sky

LIBRARIES = ("numpy", "scipy", "sgp4", "skyfield", "pyerfa", "highspy", "pydantic")


def provenance(sky: Sky) -> dict[str, Any]:
    """Plain data for `summary.json`; nothing in it depends on when or where the plan was made."""
    return {
        "program": "euroqci-planner",
        "version": __version__,
        "python": platform.python_version(),
        "libraries": {name: library_version(name) for name in LIBRARIES},
        "earth_orientation": sky.orientation.table_version,
    }


def library_version(name: str) -> str:
    """Installed version of a library, '' where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
