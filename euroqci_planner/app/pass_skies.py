"""The sky of every pass: the weather of a scenario at the highest point."""

from __future__ import annotations

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.weather.sky_chances import sky_chances


def skies_of_passes(scenario: Scenario, passes: PassTable) -> SkyChances:
    """Chances of the states of the sky, row for row with the passes."""
    return sky_chances(
        scenario.stations,
        passes.station,
        passes.highest_utc,
        scenario.weather,
        passes.max_elevation_rad,
    )
