"""One sky per set of orbits and window: what map, inspector and compared plans share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from euroqci_planner.app.sky import Sky, sky_over
from euroqci_planner.mission.scenario import Scenario

KEPT = 3

_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], Sky] = OrderedDict()


def sky_of(scenario: Scenario) -> Sky:
    """The sky of a scenario, computed once for equal orbits and window; the last few are kept.

    A sky follows from orbits, names and window alone, so that plans which differ in stations,
    payloads or pins share it. Safe to call from several threads.
    """
    key = (
        scenario.start_utc,
        scenario.duration_s,
        tuple((item.id, item.name, item.orbit) for item in scenario.satellites),
    )
    with _lock:
        sky = _kept.pop(key, None) or sky_over(scenario)
        _kept[key] = sky
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return sky
