"""What contacts of two stations bring into the stores that the stations share."""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.scenario import Scenario, SkyModel
from euroqci_planner.mission.sky_states import sky_codes
from euroqci_planner.network.deposits import CloudyPairs, ContactKeys, MemberSky, deposits_of
from euroqci_planner.timebase import after
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members, sky_members


def pair_deposits(scenario: Scenario, pairs: PairContacts, *, in_full: bool) -> DepositTable:
    """One deposit per flown contact, of key between its two stations: by sky, or with its chances.

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
        weight=np.ones(len(pairs)) if in_full else pairs.clear_probability,
        partner=pairs.station_b,
        pairs=CloudyPairs(
            bits=pairs.cloudy_key_bits,
            weight=(0.0 if in_full else 1.0) * pairs.cloudy_probability,
        ),
    )
    return deposits_of(contacts, scenario.policy)


def pair_members(scenario: Scenario, pairs: PairContacts) -> MemberSky:
    """Both skies of every contact in each member, at the middle of it, (members, contacts).

    Codes of two skies, or whether both are clear where the sky has but two states. The field is
    the one of single contacts, asked for both stations.
    """
    questions = SkyQuestions(
        station=np.concatenate((pairs.station_a, pairs.station_b)),
        instants_utc=np.tile(pairs.sky_utc, 2),
        clear_probability=np.concatenate((pairs.clear_a_probability, pairs.clear_b_probability)),
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
        thin_probability=np.concatenate((pairs.thin_a_probability, pairs.thin_b_probability)),
        broken_probability=np.concatenate((pairs.broken_a_probability, pairs.broken_b_probability)),
    )
    where = (scenario.stations, questions, scenario.weather, scenario.seed)
    if scenario.weather.sky_states is SkyModel.TWO:
        clear = clear_members(*where)
        return np.asarray(clear[:, : len(pairs)] & clear[:, len(pairs) :])
    sky = sky_members(*where)
    return sky_codes(sky[:, : len(pairs)], sky[:, len(pairs) :])
