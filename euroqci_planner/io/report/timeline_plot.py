"""Contacts and candidates per station over the planning window."""

from __future__ import annotations

import numpy as np

from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.satellite_styles import legend
from euroqci_planner.io.report.svg_plot import (
    Drawing,
    Frame,
    boxes_path,
    label,
    line,
    path,
    rect,
    shortened,
    text_px,
)
from euroqci_planner.io.report.time_axis import TimeAxis, time_axis
from euroqci_planner.io.report.view import MOST_SINGLE_MARKS, View
from euroqci_planner.units import FloatArray

_WIDTH_PX = 1080.0
_RIGHT_PX = 1060.0
_TOP_PX = 6.0
_LONGEST_NAME = 26
_MARK_PX = 4.6
_ROOM_PER_MARK_PX = 12.0


def timeline(view: View) -> tuple[str, Markup, Markup]:
    """Caption, legend and picture: one row per station, time to the right."""
    stations = view.plan.scenario.stations
    row_px = float(np.clip(900.0 / max(len(stations), 1), 16.0, 30.0))
    names = [shortened(view.station_labels[item.id], _LONGEST_NAME) for item in stations]
    left = 22.0 + max((text_px(name) for name in names), default=0.0)
    frame = Frame(left, _TOP_PX, _RIGHT_PX, _TOP_PX + row_px * max(len(stations), 1))
    axis = time_axis(view.plan, frame)
    drawing = Drawing(
        "timeline",
        _WIDTH_PX,
        frame.bottom + axis.height_px,
        "Contacts and candidates per station",
        f"{view.contacts.rows} contacts at {len(stations)} stations over the planning window, "
        "time in UTC to the right.",
    )
    drawing.add(_nights(view, axis, row_px), axis.markup())
    for row, name in enumerate(names):
        bottom = _TOP_PX + (row + 1.0) * row_px
        drawing.add(label(frame.left - 10.0, bottom - 0.5 * row_px, name, "row-name", "end"))
        drawing.add(*(line(p.left, bottom, p.right, bottom, "grid") for p in axis.panels))
    drawing.add(_candidates(view, axis, row_px), _contacts(view, axis, row_px))
    return _caption(axis), _legend(view), drawing.markup()


def _caption(axis: TimeAxis) -> str:
    caption = "Coloured: contacts. Grey: passes that could be used but are not flown."
    left_out = " Hours of the day in which no pass can be used are left out."
    return caption + left_out if len(axis.panels) > 1 else caption


def _legend(view: View) -> Markup:
    more = [_entry(rect(5.0, 2.0, 3.0, 10.0, "candidate"), "usable, not flown")]
    if view.plan.nights is not None:
        more.append(_entry(rect(0.0, 1.0, 14.0, 12.0, "night"), "Sun below the station's limit"))
    return legend(view.styles, view.satellite_labels, *more)


def _entry(shape: Markup, text: str) -> Markup:
    icon = tag("svg", shape, viewBox="0 0 14 14", class_="icon", aria_hidden="true")
    return tag("li", icon, text)


def _nights(view: View, axis: TimeAxis, row_px: float) -> Markup:
    nights = view.plan.nights
    if nights is None or not len(nights):
        return Markup("")
    lefts, widths, rows = axis.spans(view.window_s(nights.start_utc), view.window_s(nights.end_utc))
    tops = _TOP_PX + nights.station[rows.astype(np.intp)] * row_px
    boxes = zip(lefts, tops, widths, np.full(len(lefts), row_px), strict=True)
    return path(boxes_path(boxes), "night")


def _candidates(view: View, axis: TimeAxis, row_px: float) -> Markup:
    """Usable windows that are not flown, wide enough to be seen; equal boxes are drawn once."""
    passes, conditions = view.plan.passes, view.plan.conditions
    usable = ~np.isnat(conditions.usable_start_utc)
    usable[view.contact_rows] = False
    lefts, widths, rows = axis.spans(
        view.window_s(conditions.usable_start_utc[usable]),
        view.window_s(conditions.usable_end_utc[usable]),
    )
    stations = passes.station[usable][rows.astype(np.intp)]
    boxes = np.stack(
        [stations, np.round(2.0 * lefts) / 2.0, np.maximum(np.round(widths), 1.5)], axis=1
    )
    high = 0.5 * row_px
    data = boxes_path(
        (x, _TOP_PX + (row + 0.25) * row_px, wide, high)
        for row, x, wide in np.unique(boxes, axis=0)
    )
    return path(data, "candidate") if data else Markup("")


def _contacts(view: View, axis: TimeAxis, row_px: float) -> Markup:
    """A mark per contact; narrow bars by satellite class where there are too many for marks."""
    contacts, rows = view.contacts, view.contact_rows
    middle = 0.5 * (view.window_s(contacts["start_utc"]) + view.window_s(contacts["end_utc"]))
    x = axis.x(middle)
    y = _TOP_PX + (view.plan.passes.station[rows].astype(np.float64) + 0.5) * row_px
    ids = contacts["satellite_id"].tolist()
    room = sum(panel.right - panel.left for panel in axis.panels) * len(view.stations)
    if contacts.rows > min(MOST_SINGLE_MARKS, room / _ROOM_PER_MARK_PX):
        return _bars(view, x, y, ids, row_px)
    size = min(_MARK_PX, 0.28 * row_px)
    marks = []
    for row, name in enumerate(ids):
        style = view.styles[name]
        mark = style.mark(float(x[row]), float(y[row]), size)
        marks.append(path(mark, f"mark {style.class_}", view.contact_title(row)))
    return joined(marks)


def _bars(view: View, x: FloatArray, y: FloatArray, ids: list[str], row_px: float) -> Markup:
    classes = np.array([view.styles[name].class_ for name in ids])
    parts = []
    for class_ in sorted(set(classes.tolist())):
        mine = classes == class_
        spots = np.unique(np.stack([np.round(x[mine]), y[mine]], axis=1), axis=0)
        boxes = ((at - 1.0, row - 0.35 * row_px, 2.0, 0.7 * row_px) for at, row in spots)
        parts.append(path(boxes_path(boxes), f"bar {class_}"))
    return joined(parts)
