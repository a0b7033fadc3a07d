"""Stations whose day begins with the light: usable windows by background in place of a Sun limit.

The one step of the geometry that needs the link: how bright the sky is where the telescope looks,
and how much light comes down beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.link_and_key import budget_of, pieces_of, receiver_of
from euroqci_planner.link.usable import free_of_daylight, usable_span_s
from euroqci_planner.mission.assets import SunRule
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.narrowed_windows import NarrowedWindows, narrowed
from euroqci_planner.timebase import UtcArray, after

if TYPE_CHECKING:
    from euroqci_planner.app.sky import Sky


def has_background_rule(scenario: Scenario) -> bool:
    """Whether any station of the scenario works while the noise allows a key."""
    return any(item.sun_rule is SunRule.BY_BACKGROUND for item in scenario.stations)


def limited_by_background(
    scenario: Scenario, sky: Sky, passes: PassTable, conditions: PassConditions
) -> PassConditions:
    """Conditions in which passes over stations of `sun_rule = by_background` end with their light.

    A second falls out where the Sun is above -18 degrees and the noise alone would put the error
    rate over what any key survives (`link.usable`). The longest stretch that is left is the usable
    window, to the slots of `step_s`; where none is, the reason is DAYLIGHT.
    """
    left = _what_is_left(scenario, sky, passes, conditions)
    if not len(left.row):
        return conditions
    return narrowed(
        passes,
        conditions,
        left,
        sky.fleet,
        scenario.stations,
        sky.bodies,
        scenario.schedule.min_dwell_s,
    )


def _what_is_left(
    scenario: Scenario, sky: Sky, passes: PassTable, conditions: PassConditions
) -> NarrowedWindows:
    """The passes that lose a part of their window, and what they keep."""
    rows: list[NDArray[np.intp]] = [np.zeros(0, np.intp)]
    begins, ends = [_NO_TIMES], [_NO_TIMES]
    for piece in pieces_of(scenario, passes, conditions):
        if piece.station.sun_rule is not SunRule.BY_BACKGROUND:
            continue
        samples, budget = budget_of(scenario, sky, passes, conditions, piece)
        free = free_of_daylight(budget, samples, piece.satellite.payload, receiver_of(piece))
        start_s, end_s = usable_span_s(free, samples)
        cut = np.flatnonzero(~np.logical_and.reduceat(free, samples.first_sample[:-1]))
        whole = conditions.usable_start_utc[piece.rows[cut]]
        rows.append(piece.rows[cut])
        begins.append(after(whole, start_s[cut]))
        ends.append(after(whole, end_s[cut]))
    return NarrowedWindows(
        np.concatenate(rows), np.concatenate(begins), np.concatenate(ends), Exclusion.DAYLIGHT
    )


_NO_TIMES: UtcArray = np.zeros(0, "datetime64[us]")
