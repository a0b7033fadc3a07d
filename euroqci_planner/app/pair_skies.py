"""Skies over both stations of a contact: their chances, and the key that each leaves.

Settings and windows are those of clear sky over both: nobody knows the skies when they are fixed.
Thin cloud dims the light of its arm for the whole contact and leaves its background. Broken cloud
lets its arm through for a share of the time; over both stations the gaps are taken as independent,
so that both are open for the product of the shares.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.mission.assets import Payload, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.scenario import Scenario, SkyModel, WeatherModel
from euroqci_planner.mission.sky_states import (
    CLOUDY_SKIES,
    LIT_STATES,
    SkyChances,
    SkyState,
)
from euroqci_planner.qkd.blocks import sum_of_counts, weighted_counts
from euroqci_planner.qkd.dual_keys import Arms, dimmed_counts
from euroqci_planner.timebase import NOT_A_TIME, after
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import spatial_correlation
from euroqci_planner.weather.joint_sky import joint_chances
from euroqci_planner.weather.sky_chances import sky_chances

Rows = NDArray[np.intp]
# Which arms of a contact are under thin cloud: the first, the second, both.
THIN_ARMS = ((True, False), (False, True), (True, True))


@dataclass(frozen=True, slots=True, eq=False)
class CloudyCounts:
    """What the keys under clouds follow from, row for row with the contacts.

    `thin` has the counts with each of `THIN_ARMS` dimmed, `open_share` (contacts, skies) is how
    much of the time both arms are open under each of `CLOUDY_SKIES`, `key_bits` the key of each
    contact as a block of its own there.
    """

    thin: tuple[DetectionCounts, ...]
    open_share: FloatArray
    key_bits: FloatArray

    def under(self, sky: int, clear: DetectionCounts, rows: Rows) -> DetectionCounts:
        """Counts of some contacts under one of `CLOUDY_SKIES`; `clear` are those in clear sky."""
        arms = tuple(state is SkyState.THIN for state in CLOUDY_SKIES[sky])
        counts = self.thin[THIN_ARMS.index(arms)].take(rows) if any(arms) else clear
        return weighted_counts(counts, self.open_share[rows, sky])


def has_clouds(scenario: Scenario) -> bool:
    """Whether a sky can be thin or broken."""
    weather = scenario.weather
    return weather.model is not WeatherModel.CLEAR and weather.sky_states is not SkyModel.TWO


def thin_counts(
    scenario: Scenario, payload: Payload, receivers: tuple[Receiver, Receiver], arms: Arms
) -> list[DetectionCounts]:
    """Counts with each of `THIN_ARMS` under thin cloud."""
    left = scenario.weather.thin_cloud_transmittance
    factors = [(left if one else 1.0, left if other else 1.0) for one, other in THIN_ARMS]
    return [dimmed_counts(payload, receivers, arms, both) for both in factors]


def with_skies(
    scenario: Scenario,
    contacts: PairContacts,
    clear: DetectionCounts,
    thin: tuple[DetectionCounts, ...],
) -> tuple[PairContacts, CloudyCounts | None]:
    """The contacts with the chances of their skies and the key to expect, each a block of its own.

    `clear` and `thin` are the counts of the contacts; nothing of clouds where `thin` is empty, or
    where no sky is ever thin or broken.
    """
    skies = skies_of_each(scenario, contacts)
    known = with_chances(scenario, contacts, skies)
    cloudy = None
    if thin and np.any(known.cloudy_probability > 0.0):
        share = _open_share(*skies)
        counts = CloudyCounts(thin, share, np.zeros(share.shape))
        cloudy = replace(counts, key_bits=_keys(scenario, contacts, clear, counts))
        known = replace(known, cloudy_key_bits=cloudy.key_bits)
    ready = after(contacts.end_utc, scenario.policy.post_processing_s)
    expected = known.clear_probability * known.key_bits + known.clouded_bits
    found = replace(
        known,
        key_expected_bits=expected,
        key_usable_utc=np.where(known.has_key, ready, NOT_A_TIME),
    )
    return found, cloudy


def skies_of_each(scenario: Scenario, contacts: PairContacts) -> tuple[SkyChances, SkyChances]:
    """Chances of the sky over each station, at its largest elevation in the contact."""
    one, other = (
        sky_chances(scenario.stations, station, contacts.sky_utc, scenario.weather, elevation)
        for station, elevation in (
            (contacts.station_a, contacts.max_elevation_a_rad),
            (contacts.station_b, contacts.max_elevation_b_rad),
        )
    )
    return one, other


def with_chances(
    scenario: Scenario, contacts: PairContacts, skies: tuple[SkyChances, SkyChances]
) -> PairContacts:
    """The contacts with the chances of each sky and of both at once."""
    one, other = skies
    field = spatial_correlation(scenario.stations, scenario.weather.correlation_length_m)
    joint = joint_chances(one, other, field[contacts.station_a, contacts.station_b])
    place = {state: number for number, state in enumerate(LIT_STATES)}
    cloudy = [joint[:, place[a], place[b]] for a, b in CLOUDY_SKIES]
    return replace(
        contacts,
        clear_a_probability=one.clear,
        clear_b_probability=other.clear,
        thin_a_probability=one.thin,
        thin_b_probability=other.thin,
        broken_a_probability=one.broken,
        broken_b_probability=other.broken,
        clear_probability=joint[:, 0, 0],
        cloudy_probability=np.stack(cloudy, axis=1),
    )


def expected_counts(
    contacts: PairContacts, clear: DetectionCounts, cloudy: CloudyCounts, rows: Rows
) -> DetectionCounts:
    """Mean counts of the contacts `rows` over all skies; `clear` are theirs in clear sky."""
    total = weighted_counts(clear, contacts.clear_probability[rows])
    for sky in range(len(CLOUDY_SKIES)):
        there = cloudy.under(sky, clear, rows)
        total = sum_of_counts(total, weighted_counts(there, contacts.cloudy_probability[rows, sky]))
    return total


def _open_share(one: SkyChances, other: SkyChances) -> FloatArray:
    """Share of the time in which both arms are open, under each of `CLOUDY_SKIES`."""
    every = np.ones(len(one))
    return np.stack(
        [
            (one.usable_share if a is SkyState.BROKEN else every)
            * (other.usable_share if b is SkyState.BROKEN else every)
            for a, b in CLOUDY_SKIES
        ],
        axis=1,
    )


def _keys(
    scenario: Scenario, contacts: PairContacts, clear: DetectionCounts, cloudy: CloudyCounts
) -> FloatArray:
    """Key of every contact under each of `CLOUDY_SKIES`; NaN where there is none in clear sky."""
    payloads = [item.payload for item in scenario.satellites]
    found = np.full(cloudy.open_share.shape, np.nan)
    for payload in dict.fromkeys(payloads):
        flies = np.array([item == payload for item in payloads])
        rows = np.flatnonzero(flies[contacts.satellite])
        if not rows.size:
            continue
        model, counts = KEY_MODELS[payload.source.protocol], clear.take(rows)
        for sky in range(len(CLOUDY_SKIES)):
            there = model.keys(payload, cloudy.under(sky, counts, rows), scenario.policy)
            found[rows, sky] = there.key_bits + 0.0 * contacts.key_bits[rows]
    return found
