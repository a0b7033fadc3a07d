"""The plan: which passes are flown, why the others are not, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.key_course import NO_PARTNER, KeyCourse, KeyForecast
from euroqci_planner.mission.key_details import KeyDetails, PayloadSettings, Pooling
from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.key_yield import EpsilonLedger, KeyYield
from euroqci_planner.mission.link_budget import PassLink
from euroqci_planner.mission.orbits import ImportRecord
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_counts import PassCounts
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.requirements import Finding
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


class PassState(IntEnum):
    """What became of a pass."""

    CANDIDATE = 0
    SCHEDULED = 1
    PINNED = 2
    BANNED = 3
    REJECTED = 4


class Reason(IntEnum):
    """Why a pass is not flown: the fixed list behind the `reason` column.

    The first entries repeat `Exclusion` one to one. NONE stands where a pass is flown, or is
    still a candidate.
    """

    NONE = 0
    NOT_IN_SERVICE = 1
    STATION_CLOSED = 2
    OUTSIDE_OPENING_HOURS = 3
    HORIZON_MASK = 4
    DAYLIGHT = 5
    SUN_TOO_CLOSE = 6
    MOON_TOO_CLOSE = 7
    SATELLITE_SUNLIT = 8
    ELEMENTS_UNUSABLE = 9
    TOO_SHORT = 10
    NO_KEY = 11
    BANNED = 12
    SATELLITE_BUSY = 13
    STATION_BUSY = 14
    ORBIT_LIMIT = 15
    DAY_LIMIT = 16
    LINK_OUT_OF_RANGE = 17
    QUOTA = 18
    NO_PARTNER_STATION = 19


REASON_TEXTS: Mapping[Reason, str] = {
    Reason.NONE: "",
    Reason.NOT_IN_SERVICE: "not in service",
    Reason.STATION_CLOSED: "station closed",
    Reason.OUTSIDE_OPENING_HOURS: "outside opening hours",
    Reason.HORIZON_MASK: "below the horizon mask",
    Reason.DAYLIGHT: "daylight",
    Reason.SUN_TOO_CLOSE: "too close to the Sun",
    Reason.MOON_TOO_CLOSE: "too close to the Moon",
    Reason.SATELLITE_SUNLIT: "satellite in sunlight",
    Reason.ELEMENTS_UNUSABLE: "element set unusable",
    Reason.TOO_SHORT: "shorter than the minimum dwell",
    Reason.NO_KEY: "no key",
    Reason.BANNED: "banned",
    Reason.SATELLITE_BUSY: "satellite busy",
    Reason.STATION_BUSY: "station busy",
    Reason.ORBIT_LIMIT: "contact limit per orbit",
    Reason.DAY_LIMIT: "contact limit per day",
    Reason.LINK_OUT_OF_RANGE: "outside the link model",
    Reason.QUOTA: "quota of the group",
    Reason.NO_PARTNER_STATION: "no partner station",
}

NO_BLOCKER = -1


def is_flown(state: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which states mean that a contact is flown."""
    return np.asarray(np.isin(state, (PassState.SCHEDULED, PassState.PINNED)))


def reason_of_exclusion(exclusion: NDArray[np.int8]) -> NDArray[np.int8]:
    """Reason codes of exclusion codes: the same numbers by construction."""
    if any(Reason[item.name].value != item.value for item in Exclusion):
        raise AssertionError("Reason must repeat Exclusion one to one")
    return exclusion


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidates(Table):
    """Passes that the scheduler may fly, in the order of the pass table.

    `pass_row` is the row there; `value_bits` is what the objective counts; `orbit_number` and
    `day_number` count revolutions since the satellite's epoch and UTC days, for the limits.
    `pinned` and `banned` come from the scenario. Ids settle ties, so they are carried.

    A contact of a source of entangled pairs holds two stations at once: `partner` is the index of
    the second one and `partner_pass_row` the row of its pass; both are -1, as they are where they
    are left out, for a contact of one station.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    pass_row: NDArray[np.int64] = column("int64")
    satellite: NDArray[np.int32] = column("int32")
    station: NDArray[np.int32] = column("int32")
    start_utc: NDArray[np.datetime64] = column("datetime64[us]")
    end_utc: NDArray[np.datetime64] = column("datetime64[us]")
    value_bits: FloatArray = column("float64")
    orbit_number: NDArray[np.int64] = column("int64")
    day_number: NDArray[np.int64] = column("int64")
    pinned: NDArray[np.bool_] = column("bool")
    banned: NDArray[np.bool_] = column("bool")
    partner: NDArray[np.int32] = column("int32", absent=NO_PARTNER)
    partner_pass_row: NDArray[np.int64] = column("int64", absent=NO_PARTNER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A satellite or a station as the scheduler sees it.

    `terminals` contacts at a time; between two contacts of one terminal at least `setup_s`. For a
    source of entangled pairs a contact with two stations counts once.
    Limits are None where there is none (stations have none). Stations alone have `group_shares`,
    the share of their contact time that is credited to each quota group, and `weight`, how much
    key they are due beside each other (0: none is due).
    """

    id: str
    terminals: int
    setup_s: float
    max_contacts_per_orbit: int | None = None
    max_contacts_per_day: int | None = None
    group_shares: tuple[tuple[str, float], ...] = ()
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Schedule(Table):
    """Decision per candidate, row for row with `Candidates`.

    `state` is a `PassState`, `reason` a `Reason`; `blocked_by` is the candidate row of the
    contact that stands in the way (for a limit the lowest-valued contact of that orbit or day),
    -1 for none.
    `method` names the algorithm. `value_bits` is the expected key of what is flown, `bound_bits`
    a proven upper bound on that of any schedule that keeps the goals before the last, or NaN.
    `goals` are what the objective maximises, the first before all others; `quotas` what the
    contacts credit to every group that has one; `pairs` what the goals mean for each demand, where
    pairs of users are the aim.
    """

    method: str
    objective: str
    value_bits: float
    bound_bits: float
    goals: tuple[Goal, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    pairs: PairShares | None = None
    state: NDArray[np.int8] = column("int8")
    reason: NDArray[np.int8] = column("int8")
    blocked_by: NDArray[np.int64] = column("int64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassDecisions(Table):
    """What the plan says of each pass, row for row with its `PassTable`.

    `blocked_by` is a row of the `PassTable`, -1 for none. `key_usable_utc` is not-a-time where
    there is no key. The chances are those of clear sky, thin and broken cloud (`SkyChances`);
    `key_expected_bits` is the key in each of these skies times its chance, summed. `partner` is the
    station with which a pass of a source of entangled pairs is flown, -1 for none: its key belongs
    to both stations and stands in `PairContacts`.
    """

    clear_probability: FloatArray = column("float64")
    thin_probability: FloatArray = column("float64", absent=0.0)
    broken_probability: FloatArray = column("float64", absent=0.0)
    key_expected_bits: FloatArray = column("float64")
    key_usable_utc: NDArray[np.datetime64] = column("datetime64[us]")
    state: NDArray[np.int8] = column("int8")
    reason: NDArray[np.int8] = column("int8")
    blocked_by: NDArray[np.int64] = column("int64")
    partner: NDArray[np.int32] = column("int32", absent=NO_PARTNER)

    @property
    def flown_alone(self) -> NDArray[np.bool_]:
        """Passes that are flown for a key of their own, without a partner."""
        return np.asarray(is_flown(self.state) & (self.partner == NO_PARTNER))


@dataclass(frozen=True, slots=True, kw_only=True)
class SatelliteOutcome:
    """What became of one satellite: its passes, and why there are none.

    `epoch_utc` and `elements` describe the orbit in use; `problem` is '' where all is well;
    `usable_from_utc`/`usable_until_utc` bound the time the propagation gate let through.
    """

    satellite_id: str
    norad_id: int
    elements: str
    epoch_utc: np.datetime64
    passes: int
    usable_passes: int
    contacts: int
    problem: str
    usable_from_utc: np.datetime64
    usable_until_utc: np.datetime64


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A model that took part in the plan, with its source."""

    role: str
    name: str
    citation: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NightTable(Table):
    """Intervals inside the planning window with the Sun below a station's `max_sun_elevation_rad`.

    `station` indexes the stations of the scenario; rows are in order of station, then start.
    """

    station: NDArray[np.int32] = column("int32")
    start_utc: NDArray[np.datetime64] = column("datetime64[us]")
    end_utc: NDArray[np.datetime64] = column("datetime64[us]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A complete plan, or the passes alone (`link`, `keys` and `schedule` are None then).

    All tables go row by row with `passes`. `provenance` is plain data ready for JSON. `nights`
    shades timelines; None where they were not computed. `course` holds the key stores with the
    expected deposits, `forecast` the same over many skies; None where there is none.
    `outlook` says what comes next for the demands, `findings` of every requirement of the scenario
    whether the plan meets it.
    `key_details` says what each key rests on, `key_settings` which settings a payload needs,
    `pooling` what blocks of several passes gain (None where each pass is a block).
    `pair_contacts` are those of sources of entangled pairs with two stations, flown or not; None
    where no satellite is one.
    `counts` stands for passes that went by in parts: the tables are empty then.
    `goals` are what the objective maximises; `value_bits` and `bound_bits` those of the schedule.
    `quotas` say what the contacts credit to every group that has one.
    `pairs` says what each demand gets under an objective of pairs of users.
    """

    scenario: Scenario
    passes: PassTable
    conditions: PassConditions
    decisions: PassDecisions
    link: PassLink | None
    keys: KeyYield | None
    schedule_method: str
    objective: str
    value_bits: float
    bound_bits: float
    outcomes: tuple[SatelliteOutcome, ...]
    import_report: tuple[ImportRecord, ...]
    ledgers: Mapping[str, EpsilonLedger]
    models: tuple[ModelUsed, ...]
    warnings: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)
    nights: NightTable | None = None
    course: KeyCourse | None = None
    forecast: KeyForecast | None = None
    outlook: KeyOutlook | None = None
    findings: tuple[Finding, ...] = ()
    counts: PassCounts | None = None
    key_details: KeyDetails | None = None
    key_settings: tuple[PayloadSettings, ...] = ()
    pooling: Pooling | None = None
    pair_contacts: PairContacts | None = None
    goals: tuple[Goal, ...] = ()
    quotas: tuple[QuotaUse, ...] = ()
    pairs: PairShares | None = None

    @property
    def contact_rows(self) -> NDArray[np.intp]:
        """Rows of the passes that are flown, in order of contact start (ties: pass order)."""
        rows = np.flatnonzero(is_flown(self.decisions.state))
        order = np.argsort(self.conditions.usable_start_utc[rows], kind="stable")
        return np.asarray(rows[order])
