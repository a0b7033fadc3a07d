"""From contacts to key stores: what the plan leaves with every link and every pair of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import DepositTable, KeyCourse, KeyForecast
from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.plan import PassDecisions, PassState
from euroqci_planner.mission.scenario import Scenario, WeatherModel
from euroqci_planner.network.course import key_course
from euroqci_planner.network.deposits import ContactKeys, deposits_of
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members

if TYPE_CHECKING:
    from euroqci_planner.app.pipeline import Geometry

Rows = NDArray[np.intp]

# More than this and the quantiles of every store would not fit beside the plan.
MOST_MEMBER_STORES = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStores:
    """The course with the expected deposits, and the forecast over the weather, if there is one."""

    course: KeyCourse
    forecast: KeyForecast | None
    warnings: tuple[str, ...]
    outlook: KeyOutlook | None = None


def key_stores_of(
    scenario: Scenario, found: Geometry, keys: KeyYield, decisions: PassDecisions
) -> KeyStores:
    """Take every store through the planning window with the contacts of the plan.

    The course counts each contact with its chance of clear sky. The forecast draws as many skies
    as `[weather] members` says; there is none where the sky is always clear.
    """
    flown = np.isin(decisions.state, (PassState.SCHEDULED, PassState.PINNED))
    rows: Rows = np.flatnonzero(flown).astype(np.intp)
    network = KeyNetwork(
        network=scenario.network,
        satellites=scenario.satellites,
        stations=scenario.stations,
        policy=scenario.policy,
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )
    chance = decisions.clear_probability[rows]
    expected = _deposits(scenario, found, keys, rows, chance)
    course = key_course(network, expected)
    warnings = list(course.warnings)
    forecast = None
    if scenario.weather.model is not WeatherModel.CLEAR:
        stores = len(course.stores.stores)
        if stores * scenario.weather.members > MOST_MEMBER_STORES:
            warnings.append(
                f"no forecast: {stores} key stores in {scenario.weather.members} members are more "
                f"than {MOST_MEMBER_STORES:,}; set fewer [weather] members"
            )
        else:
            clear = _clear(scenario, found, rows, chance)
            in_clear_sky = _deposits(scenario, found, keys, rows, np.ones(len(rows)))
            forecast = key_forecast(network, in_clear_sky, clear)
    return KeyStores(course=course, forecast=forecast, warnings=tuple(dict.fromkeys(warnings)))


def _deposits(
    scenario: Scenario, found: Geometry, keys: KeyYield, rows: Rows, weight: FloatArray
) -> DepositTable:
    passes = found.passes
    contacts = ContactKeys(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=passes.satellite[rows],
        station=passes.station[rows],
        contact_end_utc=found.conditions.usable_end_utc[rows],
        key_bits=keys.key_bits[rows],
        weight=weight,
    )
    return deposits_of(contacts, scenario.policy)


def _clear(
    scenario: Scenario, found: Geometry, rows: Rows, chance: FloatArray
) -> NDArray[np.bool_]:
    questions = SkyQuestions(
        station=found.passes.station[rows],
        instants_utc=found.passes.highest_utc[rows],
        clear_probability=chance,
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )
    return clear_members(scenario.stations, questions, scenario.weather, scenario.seed)
