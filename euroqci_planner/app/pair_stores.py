"""What contacts of two stations bring into the stores that the stations share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.network.deposits import ContactKeys, deposits_of
from euroqci_planner.timebase import after
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members


def pair_deposits(scenario: Scenario, pairs: PairContacts, weight: FloatArray) -> DepositTable:
    """One deposit per flown contact: key between its two stations, `weight` of it counted.

    The key is made when the block is complete, with the contact or the last one it waits for.
    """
    complete = after(pairs.key_usable_utc, -scenario.policy.post_processing_s)
    ends = np.where(np.isnat(pairs.key_usable_utc), pairs.end_utc, complete)
    contacts = ContactKeys(
        satellite_ids=pairs.satellite_ids,
        station_ids=pairs.station_ids,
        satellite=pairs.satellite,
        station=pairs.station_a,
        contact_end_utc=ends,
        key_bits=pairs.key_bits,
        weight=weight,
        partner=pairs.station_b,
    )
    return deposits_of(contacts, scenario.policy)


def pair_members(scenario: Scenario, pairs: PairContacts) -> NDArray[np.bool_]:
    """Which flown contacts succeed in each member: both skies are clear at the middle of it.

    (members, contacts); the field is the one of single contacts, asked for both stations.
    """
    questions = SkyQuestions(
        station=np.concatenate((pairs.station_a, pairs.station_b)),
        instants_utc=np.tile(pairs.sky_utc, 2),
        clear_probability=np.concatenate((pairs.clear_a_probability, pairs.clear_b_probability)),
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
    )
    clear = clear_members(scenario.stations, questions, scenario.weather, scenario.seed)
    return np.asarray(clear[:, : len(pairs)] & clear[:, len(pairs) :])
