"""Machine code of the pass search made ready: compiled once, kept on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from euroqci_planner import compilation

_KERNELS = Path(__file__).parent / "kernels"
_ENTRY_POINTS = {"search.py": "search", "windows.py": "conditions", "sgp4.py": "teme_states"}


def kept_in() -> Path | None:
    """Folder that holds the machine code, None where it cannot be kept."""
    return compilation.cache_folder(str(_KERNELS))


def is_warm() -> bool:
    """Whether all that a search needs is compiled and on the disk."""
    return all(
        compilation.is_kept(_KERNELS / file, function) for file, function in _ENTRY_POINTS.items()
    )


def warm_up() -> None:
    """Compile the search and the conditions, or load them where they are kept; needs numba.

    Takes ten seconds to a minute of one core where nothing is kept. An empty search is run.
    """
    from euroqci_planner.orbit.kernels import columns, geometry, sgp4  # noqa: PLC0415 (an extra)
    from euroqci_planner.orbit.kernels.search import search  # noqa: PLC0415
    from euroqci_planner.orbit.kernels.windows import conditions  # noqa: PLC0415

    constants = np.zeros((0, sgp4.CONSTANTS))
    earth, node_s = np.zeros((5, 2)), np.zeros(2)
    stations = np.zeros((0, geometry.STATION_COLUMNS))
    nobody, no_pass = np.zeros(0, dtype=np.int64), np.zeros((0, columns.PASS_COLUMNS))
    search(constants, earth, stations, node_s, (0.0, 0.0), nobody, no_pass)
    conditions(
        constants,
        earth,
        stations,
        np.zeros((0, 2)),
        np.zeros((2, 3, 1, 4)),
        np.zeros((2, 0)),
        np.zeros(3),
        np.zeros((0, columns.INPUTS)),
        np.zeros((0, 3)),
        np.zeros((0, columns.CONDITIONS)),
    )
    sgp4.teme_states(
        np.zeros(sgp4.CONSTANTS), np.zeros(0), np.zeros((6, 0)), np.zeros(0, dtype=np.uint8)
    )
