"""What the key of a pass rests on: protocol settings, the block it belongs to, and its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource, PairSource, SettingsPolicy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import NOT_A_TIME, UtcArray
from euroqci_planner.units import FloatArray

INTENSITIES = ("signal", "decoy", "weakest")
NO_BLOCK = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyDetails(Table):
    """Details of the keys of a plan, row for row with its passes; NaN where there is no key model.

    `intensities` and `probabilities` (n, 3) are the settings that the pass is flown with, NaN
    beyond the intensities of the protocol; `receiver_key_basis_probability` goes with an active
    receiver and is that of the beam splitter otherwise. `separate_bits` is the key of the pass as
    a block of its own, `key_pN_bits` the quantiles of the key in clear sky over loss, background
    and count noise. `key_thin_bits` and `key_broken_bits` are the key of the pass under thin and
    under broken cloud, of which `broken_usable_share` is usable; NaN where the sky has no such
    state. `block` numbers the pooled block, -1 without one; `waiting_s` runs from the
    end of the pass to that of the last one in its block, NaN without one.
    """

    intensities: FloatArray = column("float64", per_row=("intensity_names",))
    probabilities: FloatArray = column("float64", per_row=("intensity_names",))
    key_basis_probability: FloatArray = column("float64")
    receiver_key_basis_probability: FloatArray = column("float64")
    separate_bits: FloatArray = column("float64")
    key_p10_bits: FloatArray = column("float64")
    key_p50_bits: FloatArray = column("float64")
    key_p90_bits: FloatArray = column("float64")
    no_key_probability: FloatArray = column("float64")
    key_thin_bits: FloatArray = column("float64", absent=np.nan)
    key_broken_bits: FloatArray = column("float64", absent=np.nan)
    broken_usable_share: FloatArray = column("float64", absent=np.nan)
    block: NDArray[np.intp] = column("intp")
    block_end_utc: UtcArray = column("datetime64[us]")
    waiting_s: FloatArray = column("float64")

    @classmethod
    def empty(cls, passes: int) -> KeyDetails:
        """Details of passes of which nothing is known."""
        columns: dict[str, NDArray[np.generic]] = {}
        for name, axes in cls.column_axes().items():
            shape = (passes, len(INTENSITIES)) if axes else (passes,)
            columns[name] = np.full(shape, np.nan)
        columns["block"] = np.full(passes, NO_BLOCK)
        columns["block_end_utc"] = np.full(passes, NOT_A_TIME)
        return cls(**columns)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadSettings:
    """The protocol settings that a payload needs for a plan.

    `sources` are the sets that it has to hold, `passes` how many usable passes take each, in
    order; empty where every pass has settings of its own. `expected_bits` is the expected key of
    all passes, each alone. `representation_error` is how far the search of mission-wide settings
    misjudged their key in clear sky (zero for other settings).
    """

    payload_id: str
    policy: SettingsPolicy
    sources: tuple[DecoySource | PairSource, ...]
    passes: tuple[int, ...]
    expected_bits: float
    representation_error: float = 0.0

    @property
    def is_sought(self) -> bool:
        """Whether the planner chose them; given ones stand in the scenario."""
        return self.policy is not SettingsPolicy.FIXED


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """What pooled blocks do for the contacts of a plan: expected bits, in the weather to expect.

    `separate_bits` is what the same contacts give each alone, `pooled_bits` what their blocks give,
    `scheduled_bits` what the schedule counted on when it still could choose among all passes.
    Waiting runs from the end of a contact to that of the last contact of its block. `contacts` have
    key, `keyless_contacts` are flown for blocks that stay without.
    """

    blocks: int
    contacts: int
    keyless_contacts: int
    separate_bits: float
    pooled_bits: float
    scheduled_bits: float
    mean_waiting_s: float
    longest_waiting_s: float

    @property
    def gain_bits(self) -> float:
        """Key of the blocks beyond that of the contacts each alone."""
        return self.pooled_bits - self.separate_bits
