"""What comes next for each demand: deposits, what holds it back, what is left to sell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.key_course import FlowTable


@dataclass(frozen=True, slots=True)
class NextDeposit:
    """A deposit that a demand can hope for: key in clear sky, and its chance.

    `partner_id` is the second station of a direct link, '' for a link with the satellite.
    """

    usable_utc: np.datetime64
    satellite_id: str
    station_id: str
    key_bits: int
    chance: float
    partner_id: str = ""

    @property
    def stations_text(self) -> str:
        """The station, or both stations of a direct link."""
        return self.station_id + (f"+{self.partner_id}" if self.partner_id else "")

    @property
    def link_text(self) -> str:
        """Satellite and stations."""
        return f"{self.satellite_id}/{self.stations_text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareRate:
    """The constant rate that industry can have between two users beside all demands."""

    a: str
    b: str
    availability: float
    rate_bps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowComparison:
    """The best use of fibre alone, of satellites alone, and of both, for the same demands."""

    fibre: FlowTable
    satellite: FlowTable
    hybrid: FlowTable


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateRange:
    """What the error of the climatology means for one demand.

    With every monthly chance of clear sky higher and lower by `shift`, certain ones but for: the
    chance to run empty and the availability.
    """

    demand_id: str
    shift: float
    p_empty_clearer: float
    p_empty_cloudier: float
    availability_clearer: float
    availability_cloudier: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOutlook:
    """What a planner asks after the forecast; parts are empty or None where they were not made.

    `next_deposits` and `main_drivers` go by demand id; `spare` has a row per pair of users,
    `climate` one per demand. `notes` say what was left out and why.
    """

    next_deposits: Mapping[str, tuple[NextDeposit, ...]]
    main_drivers: Mapping[str, str]
    spare: tuple[SpareRate, ...] = ()
    flow: FlowComparison | None = None
    climate: tuple[ClimateRange, ...] = ()
    notes: tuple[str, ...] = ()
