"""Plans with many stations, made from those of `plan_cases` for tests of views."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from plan_cases import large_plan

from euroqci_planner.mission.plan import NightTable, Plan


def wide_plan(passes: int, copies: int = 10) -> Plan:
    """At least so many passes over `copies` times six stations: each station stands for several."""
    plan = large_plan(passes)
    stations, ids = plan.scenario.stations, plan.passes.station_ids
    count = len(stations)
    sites = tuple(
        replace(item, id=f"{item.id}-{copy}") for copy in range(copies) for item in stations
    )
    spread = plan.passes.station + count * (np.arange(len(plan.passes)) % copies)
    nights = plan.nights
    if nights is None:
        raise AssertionError("the plan has nights")
    shift = np.repeat(np.arange(copies), len(nights)) * count
    return replace(
        plan,
        scenario=replace(plan.scenario, stations=sites),
        passes=replace(
            plan.passes,
            station=spread,
            station_ids=tuple(f"{name}-{copy}" for copy in range(copies) for name in ids),
        ),
        nights=NightTable(
            station=np.tile(nights.station, copies) + shift,
            start_utc=np.tile(nights.start_utc, copies),
            end_utc=np.tile(nights.end_utc, copies),
        ),
    )
