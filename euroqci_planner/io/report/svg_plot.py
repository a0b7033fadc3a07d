"""A small kit for plots in SVG: scales, axes, marks. Colours come from the page's style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.ticks import Tick
from euroqci_planner.units import FloatArray

_NARROW_PX, _USUAL_PX, _WIDE_PX = 4.6, 7.2, 9.2
_NARROW = frozenset("fijlrtI.,:;|!'()[] -/")
_WIDE = frozenset("mwABCDEGHKMNOQRUVWXYZ%@\u2026")
_TICK_PX = 5.0
_LABEL_GAP_PX = 8.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Linear way from values to pixels: `low` is drawn at `start_px`, `high` at `end_px`."""

    low: float
    high: float
    start_px: float
    end_px: float

    def __call__(self, values: float | FloatArray) -> FloatArray:
        """Pixels of values."""
        share = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.start_px + share * (self.end_px - self.start_px))

    def at(self, value: float) -> float:
        """Pixel of one value."""
        return float(self(value))


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle inside the axes, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left


@dataclass(slots=True)
class Drawing:
    """One picture; parts are painted in the order in which they are added.

    `key` is a name that no other picture of the page has; title and description are what a
    screen reader says.
    """

    key: str
    width: float
    height: float
    title: str
    description: str
    parts: list[Markup] = field(default_factory=list)

    def add(self, *parts: Markup) -> None:
        """Paint on top of what is there."""
        self.parts.extend(parts)

    def markup(self) -> Markup:
        """The SVG element."""
        return tag(
            "svg",
            tag("title", self.title, id=f"{self.key}-title"),
            tag("desc", self.description, id=f"{self.key}-desc"),
            *self.parts,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {px(self.width)} {px(self.height)}",
            role="img",
            aria_labelledby=f"{self.key}-title {self.key}-desc",
        )


def px(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def text_px(text: str) -> float:
    """About how wide a text of 12 px is, for a rather wide sans serif."""
    narrow = sum(character in _NARROW for character in text)
    wide = sum(character in _WIDE for character in text)
    return _NARROW_PX * narrow + _WIDE_PX * wide + _USUAL_PX * (len(text) - narrow - wide)


def shortened(text: str, most: int) -> str:
    """The text, cut with an ellipsis where it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "\u2026"


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=px(x1), y1=px(y1), x2=px(x2), y2=px(y2), class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """A rectangle."""
    return tag("rect", x=px(x), y=px(y), width=px(width), height=px(height), class_=class_)


def label(x: float, y: float, text: str, class_: str = "", anchor: str = "start") -> Markup:
    """A text whose middle line is at `y`; anchor start, middle or end."""
    return tag(
        "text", text, x=px(x), y=px(y), class_=class_ or None, text_anchor=anchor, dy="0.35em"
    )


def path(data: str, class_: str, title: str = "") -> Markup:
    """A path, with a tooltip where there is a title."""
    return tag("path", *([tag("title", title)] if title else []), d=data, class_=class_)


def boxes_path(boxes: Iterable[tuple[float, float, float, float]]) -> str:
    """Path data of many rectangles (x, y, width, height): one element instead of thousands."""
    return "".join(f"M{px(x)} {px(y)}h{px(w)}v{px(h)}h{px(-w)}z" for x, y, w, h in boxes)


def x_axis(frame: Frame, scale: Scale, ticks: Sequence[Tick], title: str) -> Markup:
    """Axis below the frame with grid lines through it."""
    parts = [line(frame.left, frame.bottom, frame.right, frame.bottom, "axis")]
    for tick in ticks:
        x = scale.at(tick.value)
        parts.append(line(x, frame.top, x, frame.bottom, "grid"))
        parts.append(line(x, frame.bottom, x, frame.bottom + _TICK_PX, "axis"))
        parts.append(label(x, frame.bottom + 16.0, tick.label, "tick", "middle"))
    middle = 0.5 * (frame.left + frame.right)
    parts.append(label(middle, frame.bottom + 36.0, title, "axis-title", "middle"))
    return joined(parts)


def minor_marks(frame: Frame, scale: Scale, values: Sequence[float]) -> Markup:
    """Short marks at the lower axis, without labels."""
    marks = (scale.at(value) for value in values)
    return joined(line(x, frame.bottom, x, frame.bottom + 3.0, "axis") for x in marks)


def y_axis(frame: Frame, scale: Scale, ticks: Sequence[Tick], title: str) -> Markup:
    """Axis left of the frame with grid lines through it; the title stands upright."""
    parts = [line(frame.left, frame.top, frame.left, frame.bottom, "axis")]
    for tick in ticks:
        y = scale.at(tick.value)
        parts.append(line(frame.left, y, frame.right, y, "grid"))
        parts.append(label(frame.left - _LABEL_GAP_PX, y, tick.label, "tick", "end"))
    middle = 0.5 * (frame.top + frame.bottom)
    widest = max((text_px(tick.label) for tick in ticks), default=0.0)
    x = max(frame.left - _LABEL_GAP_PX - widest - 14.0, 9.0)
    turned = tag(
        "text",
        title,
        x=px(x),
        y=px(middle),
        dy="0.35em",
        class_="axis-title",
        text_anchor="middle",
        transform=f"rotate(-90 {px(x)} {px(middle)})",
    )
    return joined([*parts, turned])
