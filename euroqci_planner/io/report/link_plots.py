"""Loss against elevation over all passes, and the budget of the best contact term by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.io.report.bits_axis import bits_axis
from euroqci_planner.io.report.display import fixed
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.satellite_styles import OTHER_CLASS, SatelliteStyle, legend
from euroqci_planner.io.report.svg_plot import (
    Drawing,
    Frame,
    Scale,
    label,
    line,
    path,
    rect,
    text_px,
    x_axis,
    y_axis,
)
from euroqci_planner.io.report.ticks import number_ticks, rounded_up
from euroqci_planner.io.report.view import MOST_SINGLE_MARKS, View
from euroqci_planner.mission.link_budget import PassLink
from euroqci_planner.units import FloatArray, decibel_loss

_ROW_PX = 22.0
_MARK_PX = 3.8
_CIRCLE = SatelliteStyle(OTHER_CLASS, 0)

TERM_NAMES: Mapping[str, str] = {
    "transmit_optics": "transmit optics",
    "wavefront": "wavefront error",
    "pointing": "pointing jitter, bias",
    "rayleigh": "Rayleigh scattering",
    "aerosol": "aerosol",
    "gas": "gas absorption",
    "cirrus": "cirrus",
    "receive_optics": "receive optics",
    "filter": "spectral filter",
    "gate": "time gate",
    "detector": "detector efficiency",
    "night_sky": "night sky",
    "light_pollution": "light pollution",
    "sunlit_satellite": "sunlit satellite",
    "dark_counts": "dark counts",
}


def term_name(term: str) -> str:
    """A term of the link budget in words."""
    return TERM_NAMES.get(term, term.replace("_", " "))


_SCATTER_FRAME = Frame(58.0, 10.0, 518.0, 320.0)


def loss_over_elevation(view: View) -> tuple[Markup, Markup]:
    """Legend and picture: loss near culmination against the largest elevation of usable passes."""
    loss, frame = view.usable["loss_culmination_db"], _SCATTER_FRAME
    low, high = _range(loss[np.isfinite(loss)], 5.0)
    up = Scale(low, high, frame.bottom, frame.top)
    title = "loss near culmination [dB]"
    axis = y_axis(frame, up, number_ticks(low, high, 6), title)
    return _over_elevation(view, up(loss), axis, "loss-over-elevation", title)


def key_over_elevation(view: View) -> tuple[Markup, Markup]:
    """Legend and picture: key in clear sky against the largest elevation of usable passes."""
    bits = view.usable["key_clear_bits"]
    up = bits_axis(bits, _SCATTER_FRAME)
    title = up.title("key in clear sky")
    axis = y_axis(_SCATTER_FRAME, up.scale, up.ticks, title)
    return _over_elevation(view, up.y(bits), axis, "key-over-elevation", title)


def _over_elevation(
    view: View, y: FloatArray, upright: Markup, key: str, title: str
) -> tuple[Markup, Markup]:
    frame, elevation = _SCATTER_FRAME, view.usable["max_elevation_deg"]
    shown = np.isfinite(y) & np.isfinite(elevation)
    least = float(10.0 * np.floor(np.min(elevation[shown], initial=20.0) / 10.0))
    across = Scale(least, 90.0, frame.left, frame.right)
    drawing = Drawing(
        key,
        530.0,
        370.0,
        f"{title} against largest elevation",
        f"{int(np.sum(shown))} usable passes; filled marks are flown.",
    )
    drawing.add(
        upright,
        x_axis(frame, across, number_ticks(least, 90.0, 8), "largest elevation [\u00b0]"),
        _passes(view, across(elevation), y, shown),
    )
    icon = tag(
        "svg",
        path("M4 7a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z", "unflown"),
        viewBox="0 0 14 14",
        class_="icon",
        aria_hidden="true",
    )
    return legend(
        view.styles, view.satellite_labels, tag("li", icon, "not flown")
    ), drawing.markup()


def _range(values: FloatArray, step: float) -> tuple[float, float]:
    """Whole steps around the values."""
    if not len(values):
        return 0.0, step
    low = step * np.floor(np.min(values) / step)
    high = step * np.ceil(np.max(values) / step)
    return float(low), float(max(high, low + step))


def _passes(view: View, x: FloatArray, y: FloatArray, shown: NDArray[np.bool_]) -> Markup:
    flown = np.zeros(len(x), dtype=np.bool_)
    flown[view.flown_usable] = True
    spots = np.unique(np.round(np.stack([x, y], axis=1)[shown & ~flown]), axis=0)
    unflown = "".join(_CIRCLE.mark(float(at), float(up), 2.4) for at, up in spots)
    parts = [path(unflown, "unflown")] if unflown else []
    return joined([*parts, *_flown_marks(view, x, y, shown)])


def _flown_marks(
    view: View, x: FloatArray, y: FloatArray, shown: NDArray[np.bool_]
) -> list[Markup]:
    """Single marks with tooltips, or one element per satellite where there are very many."""
    ids = view.contacts["satellite_id"].tolist()
    rows = [(row, at) for row, at in enumerate(view.flown_usable.tolist()) if shown[at]]
    if len(rows) <= MOST_SINGLE_MARKS:
        return [
            path(
                view.styles[ids[row]].mark(float(x[at]), float(y[at]), _MARK_PX),
                f"mark {view.styles[ids[row]].class_}",
                view.contact_title(row),
            )
            for row, at in rows
        ]
    data: dict[str, dict[str, None]] = {}
    for row, at in rows:
        style = view.styles[ids[row]]
        mark = style.mark(round(float(x[at])), round(float(y[at])), 2.2)
        data.setdefault(style.class_, {})[mark] = None
    return [path("".join(marks), f"bar {class_}") for class_, marks in sorted(data.items())]


def best_contact(view: View) -> int | None:
    """Row in the contacts of the one with the most expected key; None where nothing is flown."""
    if not view.contacts.rows:
        return None
    return int(np.argmax(np.nan_to_num(view.contacts["key_expected_bits"], nan=-1.0)))


@dataclass(frozen=True, slots=True)
class _Step:
    """One row of a picture of bars: from `low` to `high` on the scale."""

    name: str
    low: float
    high: float
    text: str
    class_: str


def loss_waterfall(link: PassLink, row: int) -> Markup:
    """Picture: how the loss of one contact adds up."""
    terms = decibel_loss(link.transmittance_terms[row])
    ends = np.cumsum(np.where(np.isfinite(terms), terms, 0.0))
    steps = [
        _Step(term_name(name), end - value, end, f"{fixed(value, 2)} dB", "bar step")
        if np.isfinite(value)
        else _Step(term_name(name), end, end, "no light", "bar step")
        for name, value, end in zip(link.loss_terms, terms.tolist(), ends.tolist(), strict=True)
    ]
    total = float(np.sum(terms))
    steps.append(_Step("total", 0.0, float(ends[-1]), f"{fixed(total, 2)} dB", "bar total"))
    return _rows(
        "loss-waterfall",
        "Loss of the best contact, term by term",
        f"{fixed(total, 2)} dB in all at culmination.",
        steps,
        "loss near culmination [dB]",
    )


def noise_bars(link: PassLink, row: int) -> Markup:
    """Picture: where the noise of one contact comes from."""
    noise = np.nan_to_num(link.noise_terms_hz[row])
    steps = [
        _Step(term_name(name), 0.0, value, f"{fixed(value, 1)} Hz", "bar step")
        for name, value in zip(link.noise_terms, noise.tolist(), strict=True)
    ]
    total = float(np.sum(noise))
    steps.append(_Step("total", 0.0, total, f"{fixed(total, 1)} Hz", "bar total"))
    return _rows(
        "noise",
        "Noise of the best contact by source",
        f"{fixed(total, 1)} Hz in all per detector.",
        steps,
        "noise clicks per detector [Hz]",
    )


def _rows(
    key: str, title: str, description: str, steps: Sequence[_Step], axis_title: str
) -> Markup:
    top = rounded_up(max(step.high for step in steps), 5)
    left = 16.0 + max(text_px(step.name) for step in steps)
    frame = Frame(left, 4.0, 446.0, 4.0 + _ROW_PX * len(steps))
    scale = Scale(0.0, top, frame.left, frame.right)
    drawing = Drawing(key, 530.0, frame.bottom + 48.0, title, description)
    drawing.add(x_axis(frame, scale, number_ticks(0.0, top, 5), axis_title))
    for number, step in enumerate(steps):
        y = frame.top + (number + 0.5) * _ROW_PX
        start, end = scale.at(step.low), scale.at(step.high)
        drawing.add(
            label(frame.left - 8.0, y, step.name, "row-name", "end"),
            rect(start, y - 0.31 * _ROW_PX, max(end - start, 1.0), 0.62 * _ROW_PX, step.class_),
            label(end + 6.0, y, step.text, "value"),
        )
    drawing.add(line(frame.left, frame.top, frame.left, frame.bottom, "axis"))
    return drawing.markup()
