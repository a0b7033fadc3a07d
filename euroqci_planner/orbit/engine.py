"""Which of the two searches is used: the compiled one, or NumPy with the C++ SGP4."""

from __future__ import annotations

from enum import StrEnum

from euroqci_planner import compilation
from euroqci_planner.errors import UsageError
from euroqci_planner.units import SECONDS_PER_DAY

COMPILED_FROM_PAIR_DAYS = 3_000.0
"""Smaller searches are over sooner than the compiled code is loaded."""


class Engine(StrEnum):
    """How passes and their conditions are computed; both ways agree to a microsecond.

    AUTO takes the compiled way where numba is installed and satellites times stations times days
    are `COMPILED_FROM_PAIR_DAYS` or more: the same scenario takes the same way every time.
    """

    AUTO = "auto"
    COMPILED = "compiled"
    NUMPY = "numpy"


def is_compiled(engine: Engine, satellites: int, stations: int, duration_s: float) -> bool:
    """Whether the compiled way is taken; raises `UsageError` where it is asked for in vain."""
    if engine is Engine.COMPILED and not compilation.is_available():
        raise UsageError(
            "the compiled engine needs numba (install the extra: euroqci-planner[fast])"
        )
    if engine is not Engine.AUTO:
        return engine is Engine.COMPILED
    pair_days = satellites * stations * duration_s / SECONDS_PER_DAY
    return pair_days >= COMPILED_FROM_PAIR_DAYS and compilation.is_available()
