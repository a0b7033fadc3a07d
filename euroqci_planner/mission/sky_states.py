"""What stands between a satellite and a station: the states of the sky and their chances.

A contact of two stations meets two skies at once. Its code is `SkyState.CLEAR` where both are
clear, `SkyState.OVERCAST` where either is overcast, else the code of one of `CLOUDY_SKIES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import product

import numpy as np
from numpy.typing import NDArray

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


LIT_STATES = (SkyState.CLEAR, SkyState.THIN, SkyState.BROKEN)
# The skies over two stations that let some light through without being both clear, in order.
CLOUDY_SKIES = tuple(
    both for both in product(LIT_STATES, repeat=2) if both != (SkyState.CLEAR, SkyState.CLEAR)
)
FIRST_CLOUDY_CODE = len(SkyState)
LAST_CODE = FIRST_CLOUDY_CODE + len(CLOUDY_SKIES) - 1
NO_CLOUDY_BITS = (0,) * len(CLOUDY_SKIES)


def sky_codes(one: NDArray[np.int8], other: NDArray[np.int8]) -> NDArray[np.int8]:
    """Codes of two skies at once from the `SkyState` of each, elementwise."""
    codes = np.full((len(SkyState), len(SkyState)), SkyState.OVERCAST, dtype=np.int8)
    codes[SkyState.CLEAR, SkyState.CLEAR] = SkyState.CLEAR
    for code, both in enumerate(CLOUDY_SKIES, FIRST_CLOUDY_CODE):
        codes[both] = code
    return codes[one, other]
