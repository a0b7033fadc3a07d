"""Key per contact over time, and key by satellite and by station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.report.bits_axis import bits_axis
from euroqci_planner.io.report.display import bit_unit, bits_text, counted
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.satellite_styles import legend
from euroqci_planner.io.report.svg_plot import (
    Drawing,
    Frame,
    Scale,
    label,
    line,
    path,
    rect,
    shortened,
    text_px,
    x_axis,
    y_axis,
)
from euroqci_planner.io.report.ticks import number_ticks, rounded_up
from euroqci_planner.io.report.time_axis import time_axis
from euroqci_planner.io.report.view import MOST_SINGLE_MARKS, View
from euroqci_planner.mission.plan_totals import Totals
from euroqci_planner.units import FloatArray

_MARK_PX = 4.2
_MOST_BARS = 40
_BAR_ROW_PX = 26.0
_LONGEST_NAME = 24


def key_over_time(view: View) -> tuple[str, Markup, Markup]:
    """Caption, legend and picture: each contact's key against its start.

    Clear sky and expected; expected alone where there are too many contacts to show both.
    """
    clear = np.nan_to_num(view.contacts["key_clear_bits"])
    expected = np.nan_to_num(view.contacts["key_expected_bits"])
    crowded = view.contacts.rows > MOST_SINGLE_MARKS
    frame = Frame(66.0, 12.0, 1060.0, 292.0)
    axis = time_axis(view.plan, frame)
    up = bits_axis(expected if crowded else np.concatenate([clear, expected]), frame)
    drawing = Drawing(
        "key-over-time",
        1080.0,
        frame.bottom + axis.height_px,
        "Key of each contact over time",
        f"{view.contacts.rows} contacts in order of time.",
    )
    drawing.add(y_axis(frame, up.scale, up.ticks, up.title("key per contact")), axis.markup())
    x = axis.x(view.window_s(view.contacts["start_utc"]))
    if crowded:
        drawing.add(_dots(view, x, up.y(expected)))
        return "Expected key.", legend(view.styles, view.satellite_labels), drawing.markup()
    drawing.add(_stems(view, x, up.y(clear), up.y(expected)))
    caption = "What a contact yields in clear sky, and what is expected over all skies."
    return caption, _key_legend(view), drawing.markup()


def _key_legend(view: View) -> Markup:
    icon = tag(
        "svg",
        path("M7 3.5V10.5", "stem"),
        path("M4.6 3.4a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0z", "hollow s0"),
        path("M4.6 10.6a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0z", "mark s0"),
        viewBox="0 0 14 14",
        class_="icon",
        aria_hidden="true",
    )
    return legend(
        view.styles, view.satellite_labels, tag("li", icon, "hollow: clear sky, filled: expected")
    )


def _stems(view: View, x: FloatArray, clear_y: FloatArray, expected_y: FloatArray) -> Markup:
    stems = "".join(
        f"M{at:.1f} {high:.1f}V{low:.1f}"
        for at, high, low in zip(x, clear_y, expected_y, strict=True)
    )
    parts = [path(stems, "stem")] if stems else []
    for row, name in enumerate(view.contacts["satellite_id"].tolist()):
        style, at, title = view.styles[name], float(x[row]), view.contact_title(row)
        hollow = style.mark(at, float(clear_y[row]), 0.7 * _MARK_PX)
        parts.append(path(hollow, f"hollow {style.class_}", title))
        filled = style.mark(at, float(expected_y[row]), _MARK_PX)
        parts.append(path(filled, f"mark {style.class_}", title))
    return joined(parts)


def _dots(view: View, x: FloatArray, y: FloatArray) -> Markup:
    """Marks of one satellite in one element, those on one spot drawn once."""
    ids = view.contacts["satellite_id"]
    parts = []
    for name, style in view.styles.items():
        mine = ids == name
        spots = np.unique(np.round(np.stack([x[mine], y[mine]], axis=1)), axis=0)
        data = "".join(style.mark(float(at), float(high), 2.0) for at, high in spots)
        if data:
            parts.append(path(data, f"bar {style.class_}"))
    return joined(parts)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: expected key inside key in clear sky."""

    name: str
    class_: str
    clear_bits: float
    expected_bits: float
    contacts: int


def satellite_bars(view: View, totals: dict[str, Totals]) -> Markup:
    """Picture: key by satellite."""
    bars = [
        _bar(view.satellite_labels[name], f"bar {view.styles[name].class_}", item)
        for name, item in totals.items()
    ]
    return _bars("key-by-satellite", "satellite", bars)


def station_bars(view: View, totals: dict[str, Totals]) -> Markup:
    """Picture: key by station."""
    bars = [_bar(view.station_labels[name], "bar plain", item) for name, item in totals.items()]
    return _bars("key-by-station", "station", bars)


def _bar(name: str, class_: str, totals: Totals) -> Bar:
    return Bar(
        name=shortened(name, _LONGEST_NAME),
        class_=class_,
        clear_bits=totals.key_clear_bits,
        expected_bits=totals.key_expected_bits,
        contacts=totals.contacts,
    )


def _gathered(bars: Sequence[Bar], noun: str) -> list[Bar]:
    """Largest first; the tail of a long list becomes one bar."""
    ranked = sorted(bars, key=lambda bar: (-bar.expected_bits, -bar.clear_bits))
    if len(ranked) <= _MOST_BARS:
        return ranked
    rest = ranked[_MOST_BARS - 1 :]
    others = Bar(
        name=f"{len(rest)} other {noun}s",
        class_="bar s0",
        clear_bits=sum(bar.clear_bits for bar in rest),
        expected_bits=sum(bar.expected_bits for bar in rest),
        contacts=sum(bar.contacts for bar in rest),
    )
    return [*ranked[: _MOST_BARS - 1], others]


def _bars(key: str, noun: str, every: Sequence[Bar]) -> Markup:
    bars = _gathered(every, noun)
    top = rounded_up(max((bar.clear_bits for bar in bars), default=0.0), 4)
    size, unit = bit_unit(top)
    left = 16.0 + max((text_px(bar.name) for bar in bars), default=0.0)
    right = 520.0 - max((text_px(_value(bar)) for bar in bars), default=0.0)
    frame = Frame(left, 4.0, right, 4.0 + _BAR_ROW_PX * max(len(bars), 1))
    scale = Scale(0.0, top / size, frame.left, frame.right)
    drawing = Drawing(
        key,
        530.0,
        frame.bottom + 48.0,
        f"Key by {noun}",
        "; ".join(f"{bar.name}: {bits_text(bar.expected_bits)} expected" for bar in bars[:10]),
    )
    ticks = number_ticks(0.0, top / size, 4)
    drawing.add(x_axis(frame, scale, ticks, f"key of all contacts [{unit}]"))
    for row, bar in enumerate(bars):
        drawing.add(_drawn(bar, frame, scale, frame.top + (row + 0.5) * _BAR_ROW_PX, size))
    drawing.add(line(frame.left, frame.top, frame.left, frame.bottom, "axis"))
    return drawing.markup()


def _value(bar: Bar) -> str:
    return f"{bits_text(bar.expected_bits)} \u00b7 {counted(bar.contacts, 'contact', 'contacts')}"


def _drawn(bar: Bar, frame: Frame, scale: Scale, y: float, size: float) -> Markup:
    wide, narrow = scale.at(bar.clear_bits / size), scale.at(bar.expected_bits / size)
    high = 0.62 * _BAR_ROW_PX
    return joined(
        [
            label(frame.left - 8.0, y, bar.name, "row-name", "end"),
            rect(frame.left, y - 0.5 * high, wide - frame.left, high, "clear"),
            rect(frame.left, y - 0.3 * high, narrow - frame.left, 0.6 * high, bar.class_),
            label(wide + 7.0, y, _value(bar), "value"),
        ]
    )
