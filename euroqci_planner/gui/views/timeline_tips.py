"""What the timeline says of a station and its nights."""

from __future__ import annotations

from html import escape

import numpy as np

from euroqci_planner.app.display import percent, short_day_and_time
from euroqci_planner.gui.views.timeline_scene import Scene


def station_tip(scene: Scene, name: str, instant: np.datetime64, *, can_edit: bool) -> str:
    """The night around an instant, its chance of cloud, and how to close the station."""
    nights, station = scene.weather, scene.rows.names.index(name)
    here = (nights.station == station) & (nights.start_utc <= instant)
    found = np.flatnonzero(here & (nights.end_utc >= instant))
    lines = [f"<b>{escape(name)}</b>"]
    if len(found):
        night = int(found[0])
        start, end = (
            short_day_and_time(edge[night]).strip() for edge in (nights.start_utc, nights.end_utc)
        )
        lines.append(f"night from {start} to {end} UTC")
        chance = float(nights.clear_probability[night])
        if np.isfinite(chance):
            lines.append(f"chance of cloud {percent(1.0 - chance, 0)}, mean of its passes")
    elif len(nights):
        lines.append("the Sun is above the station's limit")
    if can_edit:
        lines.append("drag along the lower edge of the row to close the station")
    return "<br>".join(lines)


def next_night(
    scene: Scene, name: str, instant: np.datetime64
) -> tuple[np.datetime64, np.datetime64] | None:
    """The night of a station that an instant falls into, else the next one."""
    nights, station = scene.weather, scene.rows.names.index(name)
    later = np.flatnonzero((nights.station == station) & (nights.end_utc >= instant))
    if not len(later):
        return None
    return nights.start_utc[later[0]], nights.end_utc[later[0]]
