"""The losses of a link drawn over elevation or range: one SVG that stands by itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.io.report.markup import Markup, tag
from euroqci_planner.io.report.svg_plot import (
    Drawing,
    Frame,
    Scale,
    label,
    path,
    px,
    rect,
    x_axis,
    y_axis,
)
from euroqci_planner.io.report.ticks import number_ticks
from euroqci_planner.mission.link_table import LinkTable
from euroqci_planner.units import KILO, FloatArray

_WIDTH, _HEIGHT = 900.0, 460.0
_FRAME = Frame(64.0, 40.0, 730.0, 400.0)
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "diffraction": ("diffraction",),
    "pointing": ("pointing", "beam_spread"),
    "air": ("rayleigh", "aerosol", "ozone", "gas", "cirrus"),
    "field stop, fibre": ("field_stop", "coupling"),
    "optics, filter": ("transmit_optics", "wavefront", "receive_optics", "filter"),
    "detector, gate": ("detector", "gate"),
}
_FILLS = ("#0072b2", "#56b4e9", "#e69f00", "#cc79a7", "#009e73", "#8a95a1")
_LABEL_PX = 15.0
_STYLE = (
    'text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #18212b; }\n'
    ".page { fill: #ffffff; } .tick, .axis-title { fill: #56626f; } .head { font-weight: 600; }\n"
    ".axis { stroke: #65717e; } .grid { stroke: #e8ecf0; }\n"
    ".edge { fill: none; stroke: #18212b; stroke-width: 1.5; }\n"
    + "".join(f".g{at} {{ fill: {fill}; }}\n" for at, fill in enumerate(_FILLS))
)


def link_picture(table: LinkTable) -> bytes:
    """Stacked losses in dB by group of terms, named at their bands; UTF-8 text of the file."""
    is_range = bool(np.isnan(table.elevation_rad).all())
    across = table.range_m / KILO if is_range else np.degrees(table.elevation_rad)
    order = np.argsort(across)
    across, bands = across[order], _bands(table)[:, order]
    ends = np.cumsum(np.nan_to_num(bands), axis=0)
    top = float(10.0 * np.ceil(max(float(ends[-1].max(initial=1.0)), 1.0) / 10.0))
    right, up = _scales(across, top)
    title = f"{table.sender_id} to {' and '.join(table.receiver_ids)}: loss term by term"
    drawing = Drawing("link", _WIDTH, _HEIGHT, title, f"{table.direction}, total and its parts.")
    drawing.add(
        tag("style", Markup(_STYLE)),
        rect(0.0, 0.0, _WIDTH, _HEIGHT, "page"),
        label(_FRAME.left, 18.0, title, "head"),
        y_axis(_FRAME, up, number_ticks(0.0, top, 8), "loss [dB]"),
        x_axis(
            _FRAME,
            right,
            number_ticks(right.low, right.high, 9),
            "range [km]" if is_range else "elevation [°]",
        ),
        *_areas(right(across), up(np.concatenate([np.zeros((1, len(across))), ends]))),
        path(_polyline(right(across), up(ends[-1])), "edge"),
        *_names(up, ends),
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing.markup()}\n'.encode()


def _bands(table: LinkTable) -> FloatArray:
    """Loss of every group of terms, (groups, rows); both arms of a dual downlink together."""
    names = [name.removesuffix("_a").removesuffix("_b") for name in table.loss_terms]
    return np.array(
        [
            np.sum(table.loss_db[:, [name in terms for name in names]], axis=1)
            for terms in _GROUPS.values()
        ]
    )


def _scales(across: FloatArray, top: float) -> tuple[Scale, Scale]:
    low, high = float(across.min()), float(across.max())
    high = high if high > low else low + 1.0
    return (
        Scale(low, high, _FRAME.left, _FRAME.right),
        Scale(0.0, top, _FRAME.bottom, _FRAME.top),
    )


def _areas(x: FloatArray, edges: FloatArray) -> list[Markup]:
    return [
        path(
            _polyline(np.append(x, x[::-1]), np.append(lower, upper[::-1])) + "z",
            f"g{at}",
            name,
        )
        for at, (name, lower, upper) in enumerate(zip(_GROUPS, edges[:-1], edges[1:], strict=True))
    ]


def _polyline(x: FloatArray, y: FloatArray) -> str:
    return "M" + "L".join(f"{px(a)} {px(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _names(up: Scale, ends: FloatArray) -> list[Markup]:
    """Names of the bands beside their right ends, from below, kept apart."""
    middles = up(0.5 * (np.concatenate([[0.0], ends[:-1, -1]]) + ends[:, -1]))
    parts, free = [], _FRAME.bottom
    for at, (name, middle) in enumerate(zip(_GROUPS, middles.tolist(), strict=True)):
        y = min(middle, free)
        free = y - _LABEL_PX
        parts.append(rect(_FRAME.right + 10.0, y - 5.0, 10.0, 10.0, f"g{at}"))
        parts.append(label(_FRAME.right + 26.0, y, name))
    total = label(_FRAME.right + 26.0, min(up.at(float(ends[-1, -1])), free), "total", "head")
    return [*parts, total]
