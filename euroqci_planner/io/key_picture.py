"""Key of a link against loss and against the size of a block: one SVG that stands by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.report.display import bits_text
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
from euroqci_planner.io.report.ticks import Tick, number_ticks
from euroqci_planner.mission.key_study import KeyStudy
from euroqci_planner.units import FloatArray

_WIDTH, _HEIGHT = 1080.0, 470.0
_LEFT, _RIGHT = Frame(72.0, 62.0, 520.0, 400.0), Frame(606.0, 62.0, 1054.0, 400.0)
_LINES = ("flown", "best", "endless")
_NAMES = {
    "flown": "settings as flown",
    "best": "best settings",
    "endless": "endless, as flown",
}
_STYLE = (
    'text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #18212b; }\n'
    ".page { fill: #ffffff; } .tick, .axis-title, .soft { fill: #56626f; }\n"
    ".head { font-weight: 600; } .axis { stroke: #65717e; } .grid { stroke: #e8ecf0; }\n"
    ".flown, .best, .endless { fill: none; stroke-width: 2; }\n"
    ".flown { stroke: #0072b2; } .best { stroke: #d55e00; stroke-dasharray: 7 3; }\n"
    ".endless { stroke: #8a95a1; stroke-dasharray: 2 3; } .here { stroke: #18212b; }\n"
)
_DECADES = 7


@dataclass(frozen=True, slots=True)
class _Curve:
    """One line of a panel: keys that are not above zero are left out."""

    kind: str
    x: FloatArray
    bits: FloatArray


def key_picture(study: KeyStudy) -> bytes:
    """Two panels side by side, logarithmic in the key; UTF-8 text of the file."""
    title = f"{study.satellite_id} over {study.station_id}: secret key"
    drawing = Drawing("key", _WIDTH, _HEIGHT, title, study.channel)
    loss, block = study.against_loss, study.against_block
    by_loss = (
        _Curve("endless", loss.loss_db, loss.endless_key_bits),
        _Curve("best", loss.loss_db, loss.best_key_bits),
        _Curve("flown", loss.loss_db, loss.key_bits),
    )
    sizes = np.log10(block.passes)
    by_block = (
        _Curve("best", sizes, block.best_key_bits_per_pass),
        _Curve("flown", sizes, block.key_bits_per_pass),
    )
    across = _span(loss.loss_db)
    drawing.add(
        tag("style", Markup(_STYLE)),
        rect(0.0, 0.0, _WIDTH, _HEIGHT, "page"),
        label(_LEFT.left, 20.0, title, "head"),
        label(_LEFT.left, 38.0, study.channel, "soft"),
        *_panel(_LEFT, by_loss, number_ticks(*across, 8), across, "smallest loss [dB]", "key"),
        _here(_LEFT, across, study.loss_db),
        *_panel(
            _RIGHT,
            by_block,
            [Tick(math.log10(size), f"{size:g}") for size in block.passes.tolist()],
            _span(sizes),
            "passes in one block",
            "key per pass",
        ),
        *_legend(by_loss),
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing.markup()}\n'.encode()


def _span(values: FloatArray) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _panel(
    frame: Frame,
    curves: Sequence[_Curve],
    ticks: Sequence[Tick],
    across: tuple[float, float],
    x_title: str,
    y_title: str,
) -> list[Markup]:
    """Axes and lines of one panel."""
    right = Scale(*across, frame.left, frame.right)
    low, high = _decades(curves)
    up = Scale(low, high, frame.bottom, frame.top)
    marks = [Tick(float(n), bits_text(10.0**n)) for n in range(int(low), int(high) + 1)]
    parts = [y_axis(frame, up, marks, y_title), x_axis(frame, right, ticks, x_title)]
    parts += [piece for curve in curves for piece in _lines(curve, right, up)]
    if not any(np.any(curve.bits > 0.0) for curve in curves):
        middle = 0.5 * (frame.left + frame.right)
        parts.append(label(middle, 0.5 * (frame.top + frame.bottom), "no key", "soft", "middle"))
    return parts


def _decades(curves: Sequence[_Curve]) -> tuple[float, float]:
    """Whole decades around the keys, seven at most."""
    bits = np.concatenate([curve.bits[curve.bits > 0.0] for curve in curves])
    if not bits.size:
        return 0.0, 1.0
    high = math.ceil(math.log10(float(bits.max())) + 1e-9)
    low = math.floor(math.log10(max(float(bits.min()), 1.0)))
    return float(max(min(low, high - 1), high - _DECADES)), float(high)


def _lines(curve: _Curve, right: Scale, up: Scale) -> list[Markup]:
    """The line where there is a key; it ends where the last one is."""
    keyed = curve.bits > 0.0
    if not keyed.any():
        return []
    x = right(curve.x[keyed]).tolist()
    y = up(np.maximum(np.log10(curve.bits[keyed]), up.low)).tolist()
    steps = "L".join(f"{px(a)} {px(b)}" for a, b in zip(x, y, strict=True))
    return [path(f"M{steps}", curve.kind, _NAMES[curve.kind])]


def _here(frame: Frame, across: tuple[float, float], loss_db: float) -> Markup:
    """A mark at the loss of the pass itself."""
    x = Scale(*across, frame.left, frame.right).at(loss_db)
    return path(f"M{px(x)} {px(frame.bottom)}v-8", "here", "the pass itself")


def _legend(curves: Sequence[_Curve]) -> list[Markup]:
    parts, x = [], _RIGHT.left
    shown = {curve.kind for curve in curves if np.any(curve.bits > 0.0)}
    for kind in _LINES:
        if kind in shown:
            parts.append(path(f"M{px(x)} 38h26", kind))
            parts.append(label(x + 32.0, 38.0, _NAMES[kind]))
            x += 150.0
    return parts
