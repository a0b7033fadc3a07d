"""The way of a pass over the sky of its station: zenith in the middle, horizon at the edge."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from euroqci_planner.app.display import fixed, time_of_day
from euroqci_planner.app.inspection import PassInspection
from euroqci_planner.gui.hover_tips import HoverTips
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.theme import Theme, satellite_marker
from euroqci_planner.gui.views.chart import Chart, fainter, text_at
from euroqci_planner.timebase import NOT_A_TIME, instant_after, seconds_between
from euroqci_planner.units import SECONDS_PER_MINUTE, FloatArray

_RINGS_DEG = (0.0, 30.0, 60.0)
_HIT_PX = 10.0
_TICK_ROOM_PX = 30.0
_TICK_STEPS_MIN = (1, 2, 5, 10, 30, 60, 180, 720)


class SkyPlot(Chart):
    """Arc with time ticks, horizon mask, Sun and Moon; north is up, east to the right."""

    title = "Sky over the station"
    least_px = (170, 128)

    def __init__(self) -> None:
        """No pass."""
        super().__init__()
        self._pass: PassInspection | None = None
        self._time: np.datetime64 = NOT_A_TIME
        HoverTips(self, self.tip_at)
        self.setAccessibleDescription("Polar plot of elevation and azimuth")

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show another pass."""
        self._pass = inspection
        self.title = "Sky" if inspection is None else f"Sky over {inspection.station_id}"
        self.update()

    def show_time(self, instant_utc: np.datetime64) -> None:
        """Move the dot; outside the pass there is none."""
        was_inside, self._time = self._is_inside(), instant_utc
        if was_inside or self._is_inside():
            self.update()

    def _is_inside(self) -> bool:
        if self._pass is None or np.isnat(self._time):
            return False
        at_s = float(seconds_between(self._pass.highest_utc, self._time))
        return bool(self._pass.arc.t_s[0] <= at_s <= self._pass.arc.t_s[-1])

    def paint_plot(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Rings, mask, bodies, arc."""
        if self._pass is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = self._disc(area)
        self._paint_rings(painter, disc, theme)
        self._paint_limit(painter, disc, theme, self._pass)
        self._paint_ring_names(painter, disc, theme, self._pass)
        self._paint_bodies(painter, disc, theme, self._pass)
        self._paint_arc(painter, disc, theme, self._pass)

    def place(
        self, elevation_rad: FloatArray, azimuth_rad: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Pixels of directions, from the present size."""
        return _place(self._disc(self._area()), elevation_rad, azimuth_rad)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(6.0, self.title_height, -6.0, -6.0)

    def _disc(self, area: QRectF) -> QRectF:
        """The circle of the horizon, with room for the letters around it."""
        letter = self.metrics.height()
        radius = max(0.5 * min(area.width() - 2.0 * letter, area.height() - 2.0 * letter), 20.0)
        box = QRectF(0.0, 0.0, 2.0 * radius, 2.0 * radius)
        box.moveCenter(area.center())
        return box

    def _paint_rings(self, painter: QPainter, disc: QRectF, theme: Theme) -> None:
        painter.setPen(QPen(theme.line, 1.0))
        painter.setBrush(theme.sea)
        painter.drawEllipse(disc)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.grid, 1.0))
        centre, radius = disc.center(), 0.5 * disc.width()
        for ring in _RINGS_DEG[1:]:
            part = radius * (1.0 - ring / 90.0)
            painter.drawEllipse(centre, part, part)
        painter.drawLine(QLineF(disc.left(), centre.y(), disc.right(), centre.y()))
        painter.drawLine(QLineF(centre.x(), disc.top(), centre.x(), disc.bottom()))
        painter.setPen(theme.muted)
        for letter, box in self._letters(disc):
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)

    def _letters(self, disc: QRectF) -> list[tuple[str, QRectF]]:
        """The points of the compass around the disc, with their boxes."""
        size = self.metrics.height()
        away = 0.5 * (disc.width() + 1.1 * size)
        found = []
        for letter, dx, dy in (("N", 0, -1), ("E", 1, 0), ("S", 0, 1), ("W", -1, 0)):
            box = QRectF(0.0, 0.0, size, size)
            box.moveCenter(disc.center() + QPointF(dx * away, dy * away))
            found.append((letter, box))
        return found

    def _paint_ring_names(
        self, painter: QPainter, disc: QRectF, theme: Theme, shown: PassInspection
    ) -> None:
        """Elevations of the rings on that diagonal from which the arc stays away farthest."""
        x, y = _place(disc, shown.arc.elevation_rad, shown.arc.azimuth_rad)
        centre, radius = disc.center(), 0.5 * disc.width()

        def room(bearing: float) -> float:
            part = 0.5 * radius
            off_x = x - centre.x() - part * np.sin(bearing)
            return float(np.min(np.hypot(off_x, y - centre.y() + part * np.cos(bearing))))

        bearing = max((np.radians(value) for value in (135.0, 225.0, 45.0, 315.0)), key=room)
        painter.setPen(theme.muted)
        for ring in _RINGS_DEG[1:]:
            part = radius * (1.0 - ring / 90.0)
            at = centre + QPointF(part * np.sin(bearing), -part * np.cos(bearing))
            text_at(painter, at, f"{ring:.0f}°", Qt.AlignmentFlag.AlignHCenter, 40.0)

    def _paint_limit(
        self, painter: QPainter, disc: QRectF, theme: Theme, shown: PassInspection
    ) -> None:
        """Sky below the horizon mask or the least elevation is shaded."""
        x, y = _place(disc, shown.limit_elevation_rad, shown.limit_azimuth_rad)
        path = QPainterPath()
        path.addEllipse(disc)
        path.addPolygon(QPolygonF([QPointF(a, b) for a, b in zip(x, y, strict=True)]))
        path.setFillRule(Qt.FillRule.OddEvenFill)
        painter.fillPath(path, fainter(theme.muted, 60))
        painter.setPen(QPen(theme.muted, 1.0, Qt.PenStyle.DotLine))
        painter.drawPolyline([QPointF(a, b) for a, b in zip(x, y, strict=True)])

    def _paint_bodies(
        self, painter: QPainter, disc: QRectF, theme: Theme, shown: PassInspection
    ) -> None:
        """Sun and Moon where they are above the horizon at the highest point."""
        arc = shown.arc
        at = int(np.argmin(np.abs(arc.t_s)))
        for name, elevation, azimuth in (
            ("Sun", arc.sun_elevation_rad[at], arc.sun_azimuth_rad[at]),
            ("Moon", arc.moon_elevation_rad[at], arc.moon_azimuth_rad[at]),
        ):
            if elevation < 0.0:
                continue
            x, y = _place(disc, np.array([elevation]), np.array([azimuth]))
            middle = QPointF(float(x[0]), float(y[0]))
            painter.setPen(QPen(theme.base, 1.0))
            painter.setBrush(theme.warning if name == "Sun" else theme.text)
            painter.drawEllipse(middle, 5.0, 5.0)
            if name == "Moon":
                painter.setBrush(theme.muted)
                painter.drawChord(
                    QRectF(middle.x() - 5.0, middle.y() - 5.0, 10.0, 10.0), 90 * 16, 180 * 16
                )
            painter.setPen(theme.text)
            # On opposite sides: at new Moon both stand in one place.
            if name == "Sun":
                text_at(painter, middle + QPointF(8.0, 0.0), name, Qt.AlignmentFlag.AlignLeft, 60.0)
            else:
                text_at(
                    painter, middle - QPointF(8.0, 0.0), name, Qt.AlignmentFlag.AlignRight, 60.0
                )

    def _paint_arc(
        self, painter: QPainter, disc: QRectF, theme: Theme, shown: PassInspection
    ) -> None:
        arc, colour = shown.arc, theme.satellite(shown.satellite)
        x, y = _place(disc, arc.elevation_rad, arc.azimuth_rad)
        points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.4))
        painter.drawPolyline(points)
        if shown.window_s is not None:
            inside = (arc.t_s >= shown.window_s[0]) & (arc.t_s <= shown.window_s[1])
            painter.setPen(QPen(colour, 3.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(
                [point for point, is_in in zip(points, inside, strict=True) if is_in]
            )
        self._paint_times(painter, theme, shown, x, y)
        self._paint_dot(painter, theme, shown, x, y)

    def _paint_times(
        self, painter: QPainter, theme: Theme, shown: PassInspection, x: FloatArray, y: FloatArray
    ) -> None:
        """Whole minutes along the arc, labelled where there is room; the end has an arrow."""
        t_s = shown.arc.t_s
        length = float(np.sum(np.hypot(np.diff(x), np.diff(y))))
        minutes = (t_s[-1] - t_s[0]) / SECONDS_PER_MINUTE
        step = next(
            (n for n in _TICK_STEPS_MIN if length / max(minutes / n, 1e-9) >= _TICK_ROOM_PX),
            _TICK_STEPS_MIN[-1],
        )
        highest = shown.highest_utc
        start = instant_after(highest, float(t_s[0])).astype("datetime64[m]")
        count = int(minutes) + 2
        painter.setFont(self.plot_font)
        taken = [box for _, box in self._letters(self._disc(self._area()))]
        for number in range(count):
            instant = start + np.timedelta64(number, "m")
            at_s = float(seconds_between(highest, instant))
            is_marked = int(instant.astype(np.int64)) % step == 0
            if not is_marked or not t_s[0] <= at_s <= t_s[-1]:
                continue
            at = QPointF(float(np.interp(at_s, t_s, x)), float(np.interp(at_s, t_s, y)))
            painter.setPen(QPen(theme.base, 1.0))
            painter.setBrush(theme.text)
            painter.drawEllipse(at, 2.2, 2.2)
            side = self._outward(_aside(at_s, t_s, x, y), at)
            painter.setPen(theme.text)
            label = time_of_day(instant.astype("datetime64[us]"))[:5]
            box = self._box_beside(at, side, label)
            if not any(box.intersects(other) for other in taken):
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
                taken.append(box)
        _paint_head(painter, x, y, theme, shown.satellite)

    def _outward(self, side: QPointF, at: QPointF) -> QPointF:
        """Across the arc, away from the middle of the disc."""
        out = at - self._disc(self._area()).center()
        return side if QPointF.dotProduct(side, out) >= 0.0 else -side

    def _box_beside(self, at: QPointF, side: QPointF, label: str) -> QRectF:
        width, height = self.metrics.horizontalAdvance(label), self.metrics.height()
        box = QRectF(0.0, 0.0, width + 2.0, height)
        away = 5.0 + 0.5 * (abs(side.x()) * width + abs(side.y()) * height)
        box.moveCenter(at + side * away)
        return box

    def _paint_dot(
        self, painter: QPainter, theme: Theme, shown: PassInspection, x: FloatArray, y: FloatArray
    ) -> None:
        """Where the satellite is now, if it is in this pass."""
        if not self._is_inside():
            return
        at_s, t_s = float(seconds_between(shown.highest_utc, self._time)), shown.arc.t_s
        painter.save()
        painter.translate(float(np.interp(at_s, t_s, x)), float(np.interp(at_s, t_s, y)))
        painter.setPen(QPen(theme.now, 2.0))
        painter.setBrush(theme.satellite(shown.satellite))
        painter.drawPath(marker_path(satellite_marker(shown.satellite), 5.5))
        painter.restore()

    def tip_at(self, position: QPoint) -> str:
        """What the arc says within ten pixels of a point; '' elsewhere."""
        shown = self._pass
        if shown is None or self.message:
            return ""
        arc = shown.arc
        x, y = self.place(arc.elevation_rad, arc.azimuth_rad)
        away = np.hypot(x - position.x(), y - position.y())
        at = int(np.argmin(away))
        if away[at] > _HIT_PX:
            return ""
        when = time_of_day(instant_after(shown.highest_utc, float(arc.t_s[at])))
        return (
            f"{when} UTC<br>elevation {fixed(float(np.degrees(arc.elevation_rad[at])), 1)}°, "
            f"azimuth {fixed(float(np.degrees(arc.azimuth_rad[at])), 1)}°<br>"
            f"range {fixed(float(arc.range_m[at]) / 1e3, 0)} km"
        )


def _place(
    disc: QRectF, elevation: FloatArray, azimuth: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Pixels of directions: distance from the middle falls evenly with elevation."""
    radius = 0.5 * disc.width() * (1.0 - np.asarray(elevation) / (0.5 * np.pi))
    return (
        disc.center().x() + radius * np.sin(azimuth),
        disc.center().y() - radius * np.cos(azimuth),
    )


def _aside(at_s: float, t_s: FloatArray, x: FloatArray, y: FloatArray) -> QPointF:
    """Unit vector across the arc."""
    ahead = np.interp([at_s - 5.0, at_s + 5.0], t_s, x), np.interp([at_s - 5.0, at_s + 5.0], t_s, y)
    dx, dy = float(ahead[0][1] - ahead[0][0]), float(ahead[1][1] - ahead[1][0])
    length = float(np.hypot(dx, dy)) or 1.0
    return QPointF(-dy / length, dx / length)


def _paint_head(
    painter: QPainter, x: FloatArray, y: FloatArray, theme: Theme, satellite: int
) -> None:
    """Head of an arrow at the end of the arc."""
    if len(x) < 3:
        return
    along = np.array([x[-1] - x[-3], y[-1] - y[-3]])
    length = float(np.hypot(*along))
    if length == 0.0:
        return
    ahead = along / length * 8.0
    side = np.array([-ahead[1], ahead[0]]) * 0.5
    end = np.array([x[-1], y[-1]])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.satellite(satellite))
    corners = (end + ahead, end + side, end - side)
    painter.drawPolygon(QPolygonF([QPointF(float(a), float(b)) for a, b in corners]))
