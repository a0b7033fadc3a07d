"""Paints the network: ground, lines, stations, users and satellites, and their legend."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from euroqci_planner.app.display import percent
from euroqci_planner.app.user_pairs import Risk, risk_of
from euroqci_planner.app.world_map import MapScale, world_map
from euroqci_planner.gui import theme
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.views.network_layout import Chart
from euroqci_planner.gui.views.network_scene import (
    Edge,
    Edges,
    NetworkData,
    Picture,
    Supply,
    has_second_line,
    supply_of,
)
from euroqci_planner.gui.views.rect_array import draw_lines
from euroqci_planner.gui.views.timeline_legend import Entry
from euroqci_planner.gui.views.timeline_style import mixed

NODE_PX = 6.5
_MOST_TEXTS = 8
_USER_PX = 5.5
_MOST_COVERED = 0.05
_LABEL_ALPHA = 170
_TEXT_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)

SUPPLY_TEXTS: Mapping[Supply, str] = {
    Supply.FRESH: "deposit within 1 d",
    Supply.AGEING: "1 to 3 d ago",
    Supply.OLD: "over 3 d ago",
    Supply.NONE: "none yet",
}
DIRECT_TEXT = "key of two stations"
RISK_TEXTS: Mapping[Risk, str] = {
    Risk.LOW: "empty: up to 1 %",
    Risk.RAISED: "up to 10 %",
    Risk.HIGH: "over 10 %",
}
_RISK_PENS = {
    Risk.LOW: Qt.PenStyle.SolidLine,
    Risk.RAISED: Qt.PenStyle.DashLine,
    Risk.HIGH: Qt.PenStyle.DotLine,
}


def draw_station(painter: QPainter, centre: QPointF, supply: Supply, radius: float) -> None:
    """A station: filled, half filled, a ring with a dot, or an empty ring."""
    ink = theme.current()
    colour = {
        Supply.FRESH: ink.good,
        Supply.AGEING: ink.warning,
        Supply.OLD: ink.bad,
        Supply.NONE: ink.muted,
    }[supply]
    painter.setPen(QPen(colour, 1.8))
    painter.setBrush(colour if supply is Supply.FRESH else ink.base)
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(colour)
    if supply is Supply.AGEING:
        box = QRectF(centre.x() - radius, centre.y() - radius, 2.0 * radius, 2.0 * radius)
        painter.drawChord(box, 180 * 16, 180 * 16)
    elif supply is Supply.OLD:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(centre, 0.38 * radius, 0.38 * radius)


def risk_pen(risk: Risk, width: float) -> QPen:
    """Colour and pattern of a risk."""
    ink = theme.current()
    colour = {Risk.LOW: ink.good, Risk.RAISED: ink.warning, Risk.HIGH: ink.bad}[risk]
    return QPen(colour, width, _RISK_PENS[risk])


def legend_entries(edges: Edges, *, has_direct: bool = False) -> tuple[Entry, ...]:
    """What the colours and shapes mean; `has_direct` where links of two stations are drawn."""
    stations = tuple(Entry(SUPPLY_TEXTS[supply], _station_entry(supply)) for supply in Supply)
    if edges is Edges.LINKS and has_direct:
        return (Entry(DIRECT_TEXT, _draw_direct), *stations)
    if edges is not Edges.USERS:
        return stations
    return (*(Entry(RISK_TEXTS[risk], _risk_entry(risk)) for risk in Risk), *stations)


def _station_entry(supply: Supply) -> Callable[[QPainter, QRectF], None]:
    def draw(painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_station(painter, area.center(), supply, 4.5)

    return draw


def _draw_direct(painter: QPainter, area: QRectF) -> None:
    painter.setPen(QPen(theme.current().accent, 2.5))
    y = area.center().y()
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))


def _risk_entry(risk: Risk) -> Callable[[QPainter, QRectF], None]:
    def draw(painter: QPainter, area: QRectF) -> None:
        painter.setPen(risk_pen(risk, 2.5))
        y = area.center().y()
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    return draw


def paint_ground(painter: QPainter, chart: Chart) -> None:
    """Coasts, faintly."""
    coast, ink = world_map(MapScale.SMALL).coast, theme.current()
    x, y = chart.xy(coast.latitude_rad, coast.longitude_rad)
    area = chart.area
    near = (x > area.left() - 50) & (x < area.right() + 50)
    near &= (y > area.top() - 50) & (y < area.bottom() + 50)
    follows = near[:-1] & near[1:]
    follows[coast.first[1:-1] - 1] = False
    painter.save()
    painter.setClipRect(area)
    painter.setPen(QPen(mixed(ink.coast, ink.base, 0.55), 1.0))
    draw_lines(painter, x[:-1][follows], y[:-1][follows], x[1:][follows], y[1:][follows])
    painter.restore()


def paint_edge(
    painter: QPainter, data: NetworkData, edges: Edges, edge: Edge, *, is_stressed: bool
) -> None:
    """One line; a stressed one has an edge in the colour of the text."""
    ink = theme.current()
    if is_stressed:
        painter.strokePath(edge.path, QPen(ink.text, edge.width + 3.0))
    if edges is Edges.USERS and data.users is not None:
        painter.strokePath(edge.path, risk_pen(_risk(data, edge.number), edge.width))
        return
    is_pair = edges is Edges.PAIRS or data.direct_row(edge.number) is not None
    colour = ink.accent if is_pair else ink.satellite(int(data.links.satellite[edge.number]))
    pen = QPen(colour if is_stressed else mixed(QColor(colour), ink.base, 0.72), edge.width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.strokePath(edge.path, pen)


def _risk(data: NetworkData, number: int) -> Risk:
    if data.users is None:
        raise AssertionError("a risk without demands")
    return risk_of(float(data.users.p_empty[number]), float(data.users.served_share[number]))


def paint_edge_texts(painter: QPainter, picture: Picture, data: NetworkData) -> None:
    """The chance to run empty on the line of each pair; without a forecast what is served.

    The riskiest first; among many pairs those without a risk, and those whose text would cover
    another one, go without: the table below has them all.
    """
    taken = [box for _, _, box in picture.users]
    taken += [_square(point) for _, point, _ in picture.users]
    taken += picture.station_labels
    is_full = len(picture.edges) > _MOST_TEXTS
    for edge in reversed(picture.edges):
        if is_full and _risk(data, edge.number) is Risk.LOW:
            continue
        text = _edge_text(data, edge.number)
        size = (painter.fontMetrics().horizontalAdvance(text) + 8.0, painter.fontMetrics().height())
        boxes = [_centred(edge.path.pointAtPercent(share), size) for share in _TEXT_PLACES]
        costs = [sum(_overlap(box, other) for other in taken) for box in boxes]
        box = boxes[int(np.argmin(costs))]
        if is_full and min(costs) > _MOST_COVERED * box.width() * box.height():
            continue
        taken.append(box)
        painter.setPen(QPen(risk_pen(_risk(data, edge.number), 1.0).color(), 1.0))
        painter.setBrush(theme.current().base)
        painter.drawRoundedRect(box, 4.0, 4.0)
        painter.setPen(theme.current().text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _edge_text(data: NetworkData, number: int) -> str:
    if data.users is None:
        return ""
    chance, share = float(data.users.p_empty[number]), float(data.users.served_share[number])
    return percent(chance, 0) if np.isfinite(chance) else f"{percent(share, 0)} served"


def _centred(middle: QPointF, size: tuple[float, float]) -> QRectF:
    return QRectF(middle.x() - 0.5 * size[0], middle.y() - 0.5 * size[1], size[0], size[1])


def _square(point: QPointF) -> QRectF:
    return _centred(point, (2.0 * _USER_PX, 2.0 * _USER_PX))


def _overlap(box: QRectF, other: QRectF) -> float:
    common = box.intersected(other)
    return max(common.width(), 0.0) * max(common.height(), 0.0)


def paint_stations(
    painter: QPainter, picture: Picture, data: NetworkData, chosen: frozenset[str]
) -> None:
    """Nodes with name and days since the last deposit."""
    for row, point in enumerate(picture.stations):
        days = float(data.stations.days_without[row])
        draw_station(painter, point, supply_of(days), NODE_PX)
        name = data.plan.passes.station_ids[row]
        under = f"{days:.1f} d ago" if np.isfinite(days) else "none yet"
        is_tall = has_second_line(len(picture.stations), len(picture.users))
        texts = (name, under) if is_tall else (name,)
        box = picture.station_labels[row]
        if not any(_overlap(box, other) for _, _, other in picture.users):
            _label(painter, point, box, texts, is_bold=name in chosen)


def paint_users(painter: QPainter, picture: Picture) -> None:
    """Users as squares with their names."""
    ink = theme.current()
    for node, point, box in picture.users:
        painter.setPen(QPen(ink.text, 1.6))
        painter.setBrush(ink.header)
        painter.drawRect(_square(point))
        _label(painter, point, box, (node.id,), is_bold=True)


def _label(
    painter: QPainter, point: QPointF, box: QRectF, texts: tuple[str, ...], *, is_bold: bool
) -> None:
    """One or two lines beside a node, on a ground that lines shine through."""
    ink, plain = theme.current(), painter.font()
    ground = QColor(ink.base)
    ground.setAlpha(_LABEL_ALPHA)
    painter.fillRect(box, ground)
    font = QFont(plain)
    font.setBold(is_bold)
    painter.setFont(font)
    is_left = box.center().x() < point.x() - 4.0
    side = Qt.AlignmentFlag.AlignRight if is_left else Qt.AlignmentFlag.AlignLeft
    if abs(box.center().x() - point.x()) <= 4.0:
        side = Qt.AlignmentFlag.AlignHCenter
    painter.setPen(ink.text)
    painter.drawText(box, side | Qt.AlignmentFlag.AlignTop, texts[0])
    painter.setFont(plain)
    painter.setPen(ink.muted)
    if len(texts) > 1:
        painter.drawText(box, side | Qt.AlignmentFlag.AlignBottom, texts[1])


def paint_satellites(painter: QPainter, picture: Picture, data: NetworkData) -> None:
    """Markers and names at the right."""
    ink, names = theme.current(), data.plan.passes.satellite_ids
    for index, point in picture.satellites:
        painter.save()
        painter.translate(point)
        painter.setPen(QPen(ink.base, 1.0))
        painter.setBrush(ink.satellite(index))
        painter.drawPath(marker_path(theme.satellite_marker(index), 6.0))
        painter.restore()
        painter.setPen(ink.text)
        room = QRectF(point.x() + 11.0, point.y() - 12.0, 400.0, 24.0)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, names[index])
