"""The first half of the sentence: scenario → ephemeris → passes and their usable windows."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.app.background_windows import has_background_rule, limited_by_background
from euroqci_planner.app.link_and_key import refuse_links
from euroqci_planner.app.outcomes import refuse_lost_satellites
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.sky import Sky, sky_over
from euroqci_planner.app.warm_up import compile_for
from euroqci_planner.compilation import THREADS
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.usable_windows import pass_conditions

PASS_STAGES = (("orbits", 2.0), ("passes", 3.0), ("windows", 2.0))


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the passes follow from, and the passes."""

    sky: Sky
    passes: PassTable
    conditions: PassConditions


def geometry_of(scenario: Scenario, progress: Progress) -> Geometry:
    """Orbits, passes and the windows in which they can be used."""
    compile_for(scenario, progress)
    with progress.stage("orbits"):
        sky = sky_over(scenario)
        refuse_lost_satellites(scenario, sky)
    with progress.stage("passes") as advance:
        passes = find_passes(
            sky.fleet,
            sky.satellite_ids,
            scenario.stations,
            scenario.start_utc,
            scenario.duration_s,
            progress=advance,
            usable=sky.usable_bounds_s,
        )
    with progress.stage("windows"):
        if has_background_rule(scenario):
            refuse_links(scenario)
        conditions = conditions_of(scenario, sky, passes)
    return Geometry(sky, passes, conditions)


def conditions_of(
    scenario: Scenario,
    sky: Sky,
    passes: PassTable,
    engine: Engine = Engine.AUTO,
    threads: int = THREADS,
) -> PassConditions:
    """Usable windows of passes, and what stands around them; the links must have been checked."""
    conditions = pass_conditions(
        passes,
        sky.fleet,
        scenario.satellites,
        scenario.stations,
        sky.bodies,
        scenario.start_utc,
        scenario.schedule.min_dwell_s,
        sky.usable_bounds_s,
        engine,
        threads,
    )
    if has_background_rule(scenario):
        return limited_by_background(scenario, sky, passes, conditions)
    return conditions
