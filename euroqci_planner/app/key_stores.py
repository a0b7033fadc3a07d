"""From contacts to key stores: what the plan leaves with every link and every pair of users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_outlook import QUICK, key_outlook
from euroqci_planner.app.pair_stores import pair_deposits, pair_members
from euroqci_planner.mission.key_course import DepositTable, KeyCourse, KeyForecast
from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import PassDecisions, is_flown
from euroqci_planner.mission.scenario import Scenario, WeatherModel
from euroqci_planner.network.course import key_course
from euroqci_planner.network.deposits import ContactKeys, Mask, deposits_of
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.timebase import UtcArray, after
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members

Rows = NDArray[np.intp]

# More than this and the quantiles of every store would not fit beside the plan.
MOST_MEMBER_STORES = 2_000_000


class PassesAtHand(Protocol):
    """What has passes with their windows: the geometry of a plan in the making, or a plan."""

    @property
    def passes(self) -> PassTable:
        """The passes."""

    @property
    def conditions(self) -> PassConditions:
        """Their windows, row for row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInputs:
    """What the stores are filled from, contact by contact.

    `expected` counts each contact with its chance of clear sky, `in_clear_sky` in full; `clear`
    says which contacts succeed in each member, None where no forecast is made, and why not.
    """

    network: KeyNetwork
    expected: DepositTable
    in_clear_sky: DepositTable
    chance: FloatArray
    clear: Mask | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStores:
    """The course with the expected deposits, and the forecast over the weather, if there is one."""

    course: KeyCourse
    forecast: KeyForecast | None
    warnings: tuple[str, ...]
    outlook: KeyOutlook | None = None


def key_stores_of(
    scenario: Scenario,
    found: PassesAtHand,
    keys: KeyYield,
    decisions: PassDecisions,
    contacts: PairContacts | None = None,
) -> KeyStores:
    """Take every store through the planning window with the contacts of the plan.

    The course counts each contact with its chance of clear sky. The forecast draws as many skies
    as `[weather] members` says; there is none where the sky is always clear. The outlook has the
    parts that are quick to make.
    """
    inputs = store_inputs(scenario, found, keys, decisions, contacts)
    course = key_course(inputs.network, inputs.expected)
    forecast = None
    if inputs.clear is not None:
        forecast = key_forecast(inputs.network, inputs.in_clear_sky, inputs.clear)
    return KeyStores(
        course=course,
        forecast=forecast,
        warnings=tuple(dict.fromkeys((*course.warnings, *inputs.warnings))),
        outlook=key_outlook(inputs, QUICK),
    )


def store_inputs(
    scenario: Scenario,
    found: PassesAtHand,
    keys: KeyYield,
    decisions: PassDecisions,
    contacts: PairContacts | None = None,
) -> StoreInputs:
    """Deposits of the contacts that are flown, and the skies of the forecast.

    `contacts` are those of two stations: theirs is one deposit, of key between the stations.
    """
    rows: Rows = np.flatnonzero(decisions.flown_alone).astype(np.intp)
    chance = decisions.clear_probability[rows]
    pairs = None if contacts is None else contacts.take(is_flown(contacts.state))
    warning = _too_many_stores(scenario, found, rows, pairs)
    is_drawn = scenario.weather.model is not WeatherModel.CLEAR and not warning
    expected = _deposits(scenario, found, keys, decisions, rows, chance)
    in_clear_sky = _deposits(scenario, found, keys, decisions, rows, np.ones(len(rows)))
    clear = _clear(scenario, found, rows, chance) if is_drawn else None
    if pairs is not None:
        expected = DepositTable.joined(
            [expected, pair_deposits(scenario, pairs, pairs.clear_probability)]
        )
        whole = pair_deposits(scenario, pairs, np.ones(len(pairs)))
        in_clear_sky = DepositTable.joined([in_clear_sky, whole])
        chance = np.concatenate((chance, pairs.clear_probability))
        if clear is not None:
            clear = np.concatenate((clear, pair_members(scenario, pairs)), axis=1)
    return StoreInputs(
        network=key_network_of(scenario),
        expected=expected,
        in_clear_sky=in_clear_sky,
        chance=chance,
        clear=clear,
        warnings=(warning,) if warning else (),
    )


def key_network_of(scenario: Scenario) -> KeyNetwork:
    """What key is stored, relayed and consumed in."""
    return KeyNetwork(
        network=scenario.network,
        satellites=scenario.satellites,
        stations=scenario.stations,
        policy=scenario.policy,
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )


def _too_many_stores(
    scenario: Scenario, found: PassesAtHand, rows: Rows, pairs: PairContacts | None
) -> str:
    """Why there is no forecast; '' where there is one, or none is wanted."""
    passes, network = found.passes, scenario.network
    links = {
        (passes.satellite_ids[a], passes.station_ids[b])
        for a, b in zip(passes.satellite[rows], passes.station[rows], strict=True)
    } | {(stock.satellite_id, stock.station_id) for stock in network.link_stocks}
    direct = (
        set()
        if pairs is None
        else {*zip(pairs.station_a.tolist(), pairs.station_b.tolist(), strict=True)}
    )
    stores = len(links) + len(direct) + len({demand.pair for demand in network.demands})
    members = scenario.weather.members
    if scenario.weather.model is WeatherModel.CLEAR or stores * members <= MOST_MEMBER_STORES:
        return ""
    return (
        f"no forecast: {stores} key stores in {members} members are more than"
        f" {MOST_MEMBER_STORES:,}; set fewer [weather] members"
    )


def _block_ends(scenario: Scenario, found: PassesAtHand, decisions: PassDecisions) -> UtcArray:
    """When the block of each pass is complete: with its contact, or the last one it waits for.

    Post-processing starts there, and there the key is made.
    """
    ready = decisions.key_usable_utc
    complete = after(ready, -scenario.policy.post_processing_s)
    return np.where(np.isnat(ready), found.conditions.usable_end_utc, complete)


def _deposits(
    scenario: Scenario,
    found: PassesAtHand,
    keys: KeyYield,
    decisions: PassDecisions,
    rows: Rows,
    weight: FloatArray,
) -> DepositTable:
    passes = found.passes
    contacts = ContactKeys(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=passes.satellite[rows],
        station=passes.station[rows],
        contact_end_utc=_block_ends(scenario, found, decisions)[rows],
        key_bits=keys.key_bits[rows],
        weight=weight,
    )
    return deposits_of(contacts, scenario.policy)


def _clear(
    scenario: Scenario, found: PassesAtHand, rows: Rows, chance: FloatArray
) -> NDArray[np.bool_]:
    questions = SkyQuestions(
        station=found.passes.station[rows],
        instants_utc=found.passes.highest_utc[rows],
        clear_probability=chance,
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )
    return clear_members(scenario.stations, questions, scenario.weather, scenario.seed)
