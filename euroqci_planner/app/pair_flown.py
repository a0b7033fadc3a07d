"""Passes that are flown with a partner: their windows and links are those of the common window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from euroqci_planner.app.key_work import KeyWork
from euroqci_planner.app.link_and_key import budget_of, culmination_samples, pieces_of
from euroqci_planner.link.budget import pass_link
from euroqci_planner.mission.link_budget import PassLink
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_table import Exclusion
from euroqci_planner.mission.plan import is_flown
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.narrowed_windows import NarrowedWindows, narrowed
from euroqci_planner.timebase import NOT_A_TIME


def with_flown_pairs(scenario: Scenario, work: KeyWork, contacts: PairContacts | None) -> KeyWork:
    """The work with the window of the contact, and the link in it, in both passes of each."""
    if contacts is None or not is_flown(contacts.state).any():
        return work
    found, flown = work.found, contacts.take(is_flown(contacts.state))
    passes = np.concatenate((flown.pass_a, flown.pass_b))
    left = NarrowedWindows(
        passes,
        np.tile(flown.start_utc, 2),
        np.tile(flown.end_utc, 2),
        Exclusion.TOO_SHORT,
    )
    sky, stations = found.sky, scenario.stations
    conditions = narrowed(
        found.passes, found.conditions, left, sky.fleet, stations, sky.bodies, 0.0
    )
    cut = replace(work, found=replace(found, conditions=conditions))
    return replace(cut, link=_links_again(scenario, cut, passes))


def _links_again(scenario: Scenario, work: KeyWork, passes: np.ndarray) -> PassLink:
    """The links of all passes, those of these rows over their new windows."""
    found = work.found
    mine = np.isin(np.arange(len(found.passes)), passes)
    start_utc = np.where(mine, found.conditions.usable_start_utc, NOT_A_TIME)
    alone = replace(found.conditions, usable_start_utc=start_utc)
    columns: dict[str, Any] = {
        name: getattr(work.link, name).copy() for name in work.link.column_names()
    }
    for piece in pieces_of(scenario, found.passes, alone):
        samples, budget = budget_of(scenario, found.sky, found.passes, alone, piece)
        link = pass_link(budget, samples, culmination_samples(found.passes, alone, samples))
        for name, values in columns.items():
            values[piece.rows] = getattr(link, name)
    return replace(work.link, **columns)
