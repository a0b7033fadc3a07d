"""The painted part of the key stores: courses of stock over the shared time axis."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from euroqci_planner.app.display import bits_text, percent, short_day_and_time
from euroqci_planner.app.link_stock import (
    Deposits,
    deposit_near,
    deposits,
    deposits_of_link,
    direct_deposits,
)
from euroqci_planner.app.pair_card import link_of_pass
from euroqci_planner.app.store_lines import StoreLine
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.store_paint import (
    Look,
    paint_deposits,
    paint_empty,
    paint_end_labels,
    paint_line,
    paint_line_notes,
    paint_reserve,
)
from euroqci_planner.gui.views.time_plot import TimePlot
from euroqci_planner.gui.views.timeline_style import mixed
from euroqci_planner.gui.views.value_axis import ValueScale, ValueTick, bit_ticks, decade_ticks
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.key_course import StoreKind

_HEADROOM = 1.06
_TICK_APART_EM = 2.0
_LABELS_FROM_PX = 84.0
_NEAR_PX = 14.0
_MOST_STRONG = 14
_MOST_NAMES = 6
_MOST_FANS = 7
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DashDotDotLine,
)


class StorePlot(TimePlot):
    """Lines of the stores that were chosen; the link of the selected pass stands in front."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """No lines yet."""
        super().__init__(workspace, parent)
        self.lines: tuple[StoreLine, ...] = ()
        self.message = ""
        self.is_logarithmic = False
        self._deposits: Deposits | None = None
        self._hovered: int | None = None
        self._version = 0
        self.setAccessibleName("Key stores over time")
        workspace.selection_changed.connect(self.update)
        workspace.plan_changed.connect(self._forget)

    def _forget(self) -> None:
        self._deposits = None

    def set_lines(self, lines: Sequence[StoreLine], message: str) -> None:
        """Show these lines, most important first; `message` where there are none."""
        self.lines, self.message = tuple(lines), message
        self._hovered = None
        self._version += 1
        names = ", ".join(f"{line.name.a} to {line.name.b}" for line in self.lines[:8])
        self.setAccessibleDescription(f"{len(self.lines)} stores: {names}")
        self.refresh()

    def chosen(self) -> tuple[str, str] | None:
        """The ends of the link of the primary pass."""
        plan, row = self.workspace.plan, self.workspace.primary_row
        return None if plan is None or row is None else link_of_pass(plan, row)

    def scene_key(self) -> tuple[object, ...]:
        """The scene shows which link is chosen."""
        return (self._version, self.chosen(), self._hovered)

    @property
    def values(self) -> ValueScale:
        """Bits from 0 to a little more than the largest stock inside the window."""
        area = self.plot
        top = max((self._top(line) for line in self.lines), default=0.0) * _HEADROOM
        top = top if top > 0.0 else 1.0
        floor = self._floor(top) if self.is_logarithmic else 0.0
        return ValueScale(top, area.bottom() - 1.0, area.top() + 2.0, floor)

    def _top(self, line: StoreLine) -> float:
        """Largest value of a line inside the window, with its fan and its reserve."""
        edges = np.array([self.scale.start_utc, self.scale.end_utc])
        first, last = np.searchsorted(line.time_utc, edges, side="right")
        inside = line.line_bits[first:last]
        if line.has_quantiles and self._has_fan:
            first = max(first - 1, 0)
            inside = np.concatenate((inside, line.p90_bits[first : last + 1]))
        top = max(float(np.max(inside, initial=0.0)), float(line.bits_at(edges).max()))
        return max(top, float(np.nan_to_num(line.reserve_bits)))

    def _floor(self, top: float) -> float:
        """A power of ten below the smallest stock above nothing, at most six decades down."""
        firsts = [float(np.min(line.line_bits[line.line_bits > 0.0], initial=top))
                  for line in self.lines]  # fmt: skip
        least = min(firsts, default=top)
        return float(10.0 ** np.floor(np.log10(max(min(least, 0.1 * top), 1e-6 * top))))

    @property
    def _has_fan(self) -> bool:
        """Whether fans are drawn for all lines: only while they can be told apart."""
        return len(self.lines) <= _MOST_FANS

    def set_logarithmic(self, *, is_on: bool) -> None:
        """Equal distances for equal factors, or for equal amounts."""
        self.is_logarithmic = is_on
        self.refresh()

    def look_of(self, number: int, *, is_front: bool) -> Look:
        """Colour and shape; pale where there are many lines and it is not in front."""
        ink, index = theme.current(), self.index_of(number)
        colour = ink.satellite(index)
        is_pale = not is_front and len(self.lines) > _MOST_STRONG
        return Look(
            mixed(colour, ink.base, 0.55) if is_pale else colour,
            theme.satellite_marker(index),
            dashes=self.dashes_of(number),
            is_strong=is_front,
            has_fan=self._has_fan or is_front,
        )

    def index_of(self, number: int) -> int:
        """Index of colour and marker: a link has its satellite's, pairs count on their own."""
        name, plan = self.lines[number].name, self.workspace.plan
        ids = () if plan is None else plan.passes.satellite_ids
        return ids.index(name.a) if name.kind is StoreKind.LINK and name.a in ids else number

    def dashes_of(self, number: int) -> Qt.PenStyle:
        """Dashes that tell lines of one colour apart: by their rank among those of that colour.

        Where there are too many lines to tell apart, all are solid.
        """
        if len(self.lines) > _MOST_STRONG:
            return Qt.PenStyle.SolidLine
        colours = len(theme.current().satellites)
        mine = self.index_of(number) % colours
        rank = sum(self.index_of(other) % colours == mine for other in range(number))
        return _DASHES[rank % len(_DASHES)]

    def paint_scene(self, painter: QPainter) -> None:
        """Grid, reserve lines, courses, marks of depletion, names."""
        area, values = self.plot, self.values
        painter.fillRect(area, theme.current().base)
        self._paint_values(painter, values)
        painter.setClipRect(area.adjusted(0.0, -1.0, 0.0, 0.0))
        self.paint_grid(painter)
        if not self.lines:
            painter.setPen(theme.current().muted)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.message)
            return
        front = self._front()
        order = [number for number in range(len(self.lines)) if number not in front]
        for number in [*order[::-1], *front]:
            self._paint_line(painter, number, values, is_front=number in front)
        has_names = area.height() >= _LABELS_FROM_PX
        names = self._paint_names(painter, values, front) if has_names else []
        paint_line_notes(painter, self.lines, area, self.scale, values, names)
        painter.setClipping(False)

    def _paint_line(
        self, painter: QPainter, number: int, values: ValueScale, *, is_front: bool
    ) -> None:
        line, look = self.lines[number], self.look_of(number, is_front=is_front)
        paint_reserve(painter, line, look, self.plot, values)
        paint_line(painter, line, look, self.scale, values)
        if line.name.kind is StoreKind.LINK and (is_front or len(self.lines) <= _MOST_STRONG):
            events = deposits_of_link(self._all_deposits(), line.name.a, line.name.b)
            paint_deposits(painter, line, events, look, self.scale, values)
        paint_empty(painter, line, look, self.plot, self.scale)

    def _all_deposits(self) -> Deposits:
        plan = self.workspace.plan
        if plan is None:
            raise AssertionError("lines without a plan")
        if self._deposits is None:
            self._deposits = deposits(plan)
        return self._deposits

    def _front(self) -> list[int]:
        """Lines in front: of the primary pass, then the one under the mouse."""
        chosen = self.chosen()
        found = [
            number
            for number, line in enumerate(self.lines)
            if (line.name.a, line.name.b) == chosen or number == self._hovered
        ]
        return sorted(found, key=lambda number: number == self._hovered)

    def _paint_values(self, painter: QPainter, values: ValueScale) -> None:
        area, ink, metrics = self.plot, theme.current(), painter.fontMetrics()
        gutter = QRectF(0.0, 0.0, area.left(), area.bottom())
        painter.fillRect(gutter, ink.window)
        most = max(int(area.height() / (_TICK_APART_EM * metrics.height())), 1)
        for tick in self._ticks(values, most):
            y = round(values.y(tick.value)) + 0.5
            painter.setPen(QPen(ink.grid, 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            room = QRectF(2.0, y - 0.5 * metrics.height(), area.left() - 8.0, metrics.height())
            room.moveBottom(min(room.bottom(), area.bottom()))
            room.moveTop(max(room.top(), 0.0))
            painter.setPen(ink.muted)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, flags, tick.label if self.lines else "")
        painter.setPen(QPen(ink.line, 1.0))
        x = area.left() - 0.5
        painter.drawLine(QPointF(x, area.top() - 1.0), QPointF(x, area.bottom()))

    def _ticks(self, values: ValueScale, most: int) -> list[ValueTick]:
        """Ticks with the unit at the highest one, at each where the scale is logarithmic."""
        if values.is_logarithmic:
            return decade_ticks(values.floor, values.top, most)
        ticks, unit = bit_ticks(values.top, most)
        return [*ticks[:-1], ValueTick(ticks[-1].value, f"{ticks[-1].label} {unit}")]

    def _paint_names(self, painter: QPainter, values: ValueScale, front: list[int]) -> list[QRectF]:
        labels = []
        end, ink = np.array([self.scale.end_utc]), theme.current()
        order = [*front[::-1], *(n for n in range(len(self.lines)) if n not in front)]
        for number in order[: _MOST_NAMES + len(front)]:
            line = self.lines[number]
            bits = float(line.bits_at(end)[0])
            risk = f", empty {percent(line.p_empty, 0)}" if np.isfinite(line.p_empty) else ""
            text = f"{line.name.a} \u2013 {line.name.b}  {bits_text(bits)}{risk}"
            labels.append((values.y(bits), text, ink.satellite(self.index_of(number))))
        plain = painter.font()
        font = QFont(plain)
        font.setPixelSize(max(painter.fontInfo().pixelSize() - 1, 8))
        painter.setFont(font)
        boxes = paint_end_labels(painter, labels, self.plot)
        painter.setFont(plain)
        return boxes

    def line_at(self, place: QPointF) -> int | None:
        """The line that is nearest to a point, None where none is near."""
        if not self.lines or not self.plot.contains(place):
            return None
        values, instant = self.values, np.array([self.scale.instant_at(place.x())])
        stocks = np.array([float(line.bits_at(instant)[0]) for line in self.lines])
        away = np.abs(values.ys(stocks) - place.y())
        best = int(np.argmin(away))
        return best if away[best] <= _NEAR_PX else None

    def hover(self, place: QPointF) -> None:
        """Bring the line under the mouse to the front."""
        before, self._hovered = self._hovered, self.line_at(place)
        if before != self._hovered:
            self.update()
        super().hover(place)

    def click(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Select the pass whose deposit is nearest on the line that was clicked."""
        del modifiers
        number, plan = self.line_at(place), self.workspace.plan
        if number is None or plan is None:
            return
        name, instant = self.lines[number].name, self.scale.instant_at(place.x())
        if name.kind is StoreKind.LINK:
            row = deposit_near(self._all_deposits(), name.a, name.b, instant)
            ready, passes = direct_deposits(plan, name.a, name.b)
            if len(ready):
                row = int(passes[np.argmin(np.abs(ready - instant))])
            if row is not None:
                self.workspace.select([row])

    def tip_at(self, place: QPointF) -> str:
        """Stock of the line under the mouse at that instant, its spread, its next deposit."""
        number = self.line_at(place)
        if number is None:
            return ""
        line, instant = self.lines[number], self.scale.instant_at(place.x())
        when = f"{short_day_and_time(instant).strip()} UTC"
        title = f"<b>{escape(line.name.a)} \u2013 {escape(line.name.b)}</b>"
        stock = bits_text(float(line.bits_at(np.array([instant]))[0]))
        lines = [title, f"{when}: {stock}{' (P50)' if line.has_quantiles else ''}"]
        if line.has_quantiles:
            place_in = min(int(np.searchsorted(line.time_utc, instant)), len(line.time_utc) - 1)
            low, high = float(line.p10_bits[place_in]), float(line.p90_bits[place_in])
            lines.append(f"P10 {bits_text(low)}, P90 {bits_text(high)}")
        if np.isfinite(line.p_empty):
            lines.append(f"chance to run empty {percent(line.p_empty)}")
        lines += self._next_deposit(line, instant)
        return "<br>".join(lines)

    def _next_deposit(self, line: StoreLine, instant: np.datetime64) -> list[str]:
        plan = self.workspace.plan
        if line.name.kind is not StoreKind.LINK or plan is None:
            return []
        events = deposits_of_link(self._all_deposits(), line.name.a, line.name.b)
        direct, _ = direct_deposits(plan, line.name.a, line.name.b)
        events = direct if len(direct) else events
        later = events[events > instant]
        if not len(later):
            return ["no further deposit"]
        return [f"next deposit {short_day_and_time(later[0]).strip()} UTC"]
