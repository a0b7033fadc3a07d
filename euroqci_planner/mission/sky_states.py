"""What stands between a satellite and a station: the states of the sky and their chances."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


class SkyState(IntEnum):
    """The sky of one contact in one member of a forecast.

    A mask of true and false is a sky of CLEAR and OVERCAST alone.
    """

    OVERCAST = 0
    CLEAR = 1
    THIN = 2
    BROKEN = 3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SkyChances(Table):
    """Chances (0..1) of the states of the sky by pass; `overcast` is what the others leave.

    CLEAR: nothing is in the way. THIN: ice cloud alone, which dims the signal. BROKEN: clouds
    with gaps; `usable_share` (0..1) of the pass meets gaps, 0 where there is no chance of it.
    OVERCAST: no light. NaN where the pass is missing.
    """

    clear: FloatArray = column("float64")
    thin: FloatArray = column("float64")
    broken: FloatArray = column("float64")
    usable_share: FloatArray = column("float64")

    @property
    def overcast(self) -> FloatArray:
        """Chance of a sky without light."""
        return 1.0 - self.clear - self.thin - self.broken
