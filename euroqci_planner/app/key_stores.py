"""From contacts to key stores: what the plan leaves with every link and every pair of users."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_outlook import QUICK, key_outlook
from euroqci_planner.app.pair_stores import pair_deposits, pair_members
from euroqci_planner.mission.key_course import DepositTable, KeyCourse, KeyForecast
from euroqci_planner.mission.key_details import KeyDetails
from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import PassDecisions, is_flown
from euroqci_planner.mission.scenario import Scenario, SkyModel, WeatherModel
from euroqci_planner.network.course import key_course
from euroqci_planner.network.deposits import CloudyContacts, ContactKeys, MemberSky, deposits_of
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.timebase import UtcArray, after
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members, sky_members

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


@dataclass(frozen=True, slots=True)
class KeysAtHand:
    """Keys of passes in clear sky and, in `details`, under clouds; None where nobody knows."""

    clear: KeyYield
    details: KeyDetails | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInputs:
    """What the stores are filled from, contact by contact.

    `expected` counts the key of each contact in every sky with its chance, `in_full` holds it by
    sky; `chance` is that of clear sky. `sky` says what each contact meets in each member, None
    where no forecast is made, and why not.
    """

    network: KeyNetwork
    expected: DepositTable
    in_full: DepositTable
    chance: FloatArray
    sky: MemberSky | None
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
    keys: KeysAtHand,
    decisions: PassDecisions,
    contacts: PairContacts | None = None,
) -> KeyStores:
    """Take every store through the planning window with the contacts of the plan.

    The course counts each contact with its expected key. The forecast draws as many skies
    as `[weather] members` says; there is none where the sky is always clear. The outlook has the
    parts that are quick to make.
    """
    inputs = store_inputs(scenario, found, keys, decisions, contacts)
    course = key_course(inputs.network, inputs.expected)
    forecast = None
    if inputs.sky is not None:
        forecast = key_forecast(inputs.network, inputs.in_full, inputs.sky)
    return KeyStores(
        course=course,
        forecast=forecast,
        warnings=tuple(dict.fromkeys((*course.warnings, *inputs.warnings))),
        outlook=key_outlook(inputs, QUICK),
    )


def store_inputs(
    scenario: Scenario,
    found: PassesAtHand,
    keys: KeysAtHand,
    decisions: PassDecisions,
    contacts: PairContacts | None = None,
) -> StoreInputs:
    """Deposits of the contacts that are flown, and the skies of the forecast.

    `contacts` are those of two stations: theirs is one deposit, of key between the stations, by
    the skies over both.
    """
    rows: Rows = np.flatnonzero(decisions.flown_alone).astype(np.intp)
    pairs = None if contacts is None else contacts.take(is_flown(contacts.state))
    warning = _too_many_stores(scenario, found, rows, pairs)
    is_drawn = scenario.weather.model is not WeatherModel.CLEAR and not warning
    single = partial(_deposits, scenario, found, keys, decisions, rows)
    expected, in_full = single(in_full=False), single(in_full=True)
    chance = decisions.clear_probability[rows]
    sky = _sky(scenario, found, rows, decisions) if is_drawn else None
    if pairs is not None:
        counted = pair_deposits(scenario, pairs, in_full=False)
        whole = pair_deposits(scenario, pairs, in_full=True)
        expected = DepositTable.joined([expected, counted])
        in_full = DepositTable.joined([in_full, whole])
        chance = np.concatenate((chance, pairs.clear_probability))
        if sky is not None:
            sky = _beside(sky, pair_members(scenario, pairs))
    return StoreInputs(
        network=key_network_of(scenario),
        expected=expected,
        in_full=in_full,
        chance=chance,
        sky=sky,
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
    keys: KeysAtHand,
    decisions: PassDecisions,
    rows: Rows,
    *,
    in_full: bool,
) -> DepositTable:
    """Deposits of the contacts `rows`: by sky, or counted with their chances."""
    passes, ones = found.passes, np.ones(len(rows))
    contacts = ContactKeys(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=passes.satellite[rows],
        station=passes.station[rows],
        contact_end_utc=_block_ends(scenario, found, decisions)[rows],
        key_bits=keys.clear.key_bits[rows],
        weight=ones if in_full else decisions.clear_probability[rows],
        cloudy=_cloudy(keys, decisions, rows, in_full=in_full),
    )
    return deposits_of(contacts, scenario.policy)


def _cloudy(
    keys: KeysAtHand, decisions: PassDecisions, rows: Rows, *, in_full: bool
) -> CloudyContacts | None:
    if keys.details is None:
        return None
    thin, broken = decisions.thin_probability[rows], decisions.broken_probability[rows]
    none = np.zeros(len(rows))
    return CloudyContacts(
        thin_bits=keys.details.key_thin_bits[rows],
        thin_weight=none if in_full else thin,
        broken_bits=keys.details.key_broken_bits[rows],
        broken_weight=none if in_full else broken,
    )


def _beside(sky: MemberSky, of_pairs: MemberSky) -> MemberSky:
    """The sky of single contacts, then that of contacts of two stations."""
    found = np.zeros((len(sky), sky.shape[1] + of_pairs.shape[1]), dtype=sky.dtype)
    found[:, : sky.shape[1]] = sky
    found[:, sky.shape[1] :] = of_pairs
    return found


def _sky(
    scenario: Scenario, found: PassesAtHand, rows: Rows, decisions: PassDecisions
) -> MemberSky:
    """The sky of every contact in every member."""
    questions = SkyQuestions(
        station=found.passes.station[rows],
        instants_utc=found.passes.highest_utc[rows],
        clear_probability=decisions.clear_probability[rows],
        thin_probability=decisions.thin_probability[rows],
        broken_probability=decisions.broken_probability[rows],
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )
    draw = clear_members if scenario.weather.sky_states is SkyModel.TWO else sky_members
    return draw(scenario.stations, questions, scenario.weather, scenario.seed)
