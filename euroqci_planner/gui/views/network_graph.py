"""The painted network: stations on a plain chart, satellites beside it, key or risk as lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from euroqci_planner.app.user_pairs import stores_of_pair
from euroqci_planner.gui import theme
from euroqci_planner.gui.hover_tips import HoverTips
from euroqci_planner.gui.views.network_paint import (
    NODE_PX,
    paint_edge,
    paint_edge_texts,
    paint_ground,
    paint_satellites,
    paint_stations,
    paint_users,
)
from euroqci_planner.gui.views.network_scene import Edges, NetworkData, Picture, picture_of
from euroqci_planner.gui.views.network_tips import edge_tip, station_tip

_NEAR_PX = 3.5
_NODE_REACH_PX = 8.0

Links = list[tuple[str, str]]


class NetworkGraph(QWidget):
    """The graph; a click speaks of a link, a station, a satellite or a pair.

    `links_clicked` carries pairs of satellite and station id, or of two station ids; `laid_out`
    comes with another size.
    """

    links_clicked = Signal(object)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to show yet."""
        super().__init__(parent)
        self.data: NetworkData | None = None
        self.edges = Edges.LINKS
        self.chosen: frozenset[tuple[str, str]] = frozenset()
        self._picture: Picture | None = None
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setAccessibleName("Network of stations and satellites")
        HoverTips(self, lambda place: self.tip_at(QPointF(place)))
        theme.signals().changed.connect(self.refresh)

    def set_data(self, data: NetworkData | None) -> None:
        """Show another plan or another instant."""
        self.data = data
        if data is not None:
            self.setAccessibleDescription(
                f"{len(data.plan.passes.station_ids)} stations, {data.link_count} links with "
                f"contacts, {len(data.pairs)} pairs of stations that share a satellite"
            )
        self.refresh()

    def set_edges(self, edges: Edges) -> None:
        """Lines for links, for pairs of stations, or for pairs of users."""
        self.edges = edges
        self.refresh()

    def set_chosen(self, links: frozenset[tuple[str, str]]) -> None:
        """Stress these links (satellite and station id); their satellites are always shown."""
        if links != self.chosen:
            self.chosen = links
            self.refresh()

    def refresh(self) -> None:
        """Lay out and paint anew."""
        self._picture, self._hovered = None, None
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Small, but still a graph."""
        return QSize(220, 140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        del event
        self._picture = None
        self.laid_out.emit()

    def picture(self) -> Picture | None:
        """Where everything stands, None before the first plan."""
        if self._picture is None and self.data is not None:
            size = QRectF(self.rect())
            self._picture = picture_of(self.data, self.edges, size, self.font(), self.chosen)
        return self._picture

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, lines, stations, users, satellites."""
        del event
        painter, ink = QPainter(self), theme.current()
        painter.fillRect(self.rect(), ink.base)
        picture = self.picture()
        if picture is None or self.data is None:
            painter.setPen(ink.muted)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No plan yet")
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter, picture, self.data)
        painter.end()

    def _paint(self, painter: QPainter, picture: Picture, data: NetworkData) -> None:
        paint_ground(painter, picture.chart)
        stressed = [place for place in range(len(picture.edges)) if self._is_stressed(place)]
        for place, edge in enumerate(picture.edges):
            if place not in stressed:
                paint_edge(painter, data, self.edges, edge, is_stressed=False)
        for place in stressed:
            paint_edge(painter, data, self.edges, picture.edges[place], is_stressed=True)
        paint_stations(
            painter, picture, data, frozenset(name for link in self.chosen for name in link)
        )
        paint_users(painter, picture)
        paint_satellites(painter, picture, data)
        if self.edges is Edges.USERS:
            paint_edge_texts(painter, picture, data)

    def _is_stressed(self, place: int) -> bool:
        if place == self._hovered:
            return True
        if self.data is None or self._picture is None or self.edges is not Edges.LINKS:
            return False
        return self.data.link(self._picture.edges[place].number) in self.chosen

    def edge_at(self, place: QPointF) -> int | None:
        """Number of the link or pair whose line is under a point."""
        picture = self.picture()
        found = None if picture is None else picture.nearest_edge(place, _NEAR_PX)
        return None if picture is None or found is None else picture.edges[found].number

    def station_at(self, place: QPointF) -> int | None:
        """Station whose node or label is under a point."""
        picture = self.picture()
        if picture is None:
            return None
        for row, point in enumerate(picture.stations):
            is_near = (point - place).manhattanLength() <= _NODE_REACH_PX + NODE_PX
            if is_near or picture.station_labels[row].contains(place):
                return row
        return None

    def satellite_at(self, place: QPointF) -> int | None:
        """Satellite whose marker or name is under a point."""
        picture = self.picture()
        for index, point in picture.satellites if picture is not None else ():
            near = QRectF(point.x() - 10.0, point.y() - 9.0, self.width() - point.x(), 18.0)
            if near.contains(place):
                return index
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stress the line under the mouse."""
        place, picture = event.position(), self.picture()
        is_node = self.station_at(place) is not None or self.satellite_at(place) is not None
        is_ground = picture is None or is_node
        found = None if is_ground or picture is None else picture.nearest_edge(place, _NEAR_PX)
        if found != self._hovered:
            self._hovered = found
            self.update()
        is_something = is_node or found is not None
        shape = Qt.CursorShape.PointingHandCursor if is_something else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the links of what was clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.links_clicked.emit(self.links_at(event.position()))

    def links_at(self, place: QPointF) -> Links:
        """Links of the station, satellite, line or pair under a point."""
        data = self.data
        if data is None:
            return []
        station, satellite = self.station_at(place), self.satellite_at(place)
        if station is not None:
            return self.links_of_stations({data.plan.passes.station_ids[station]})
        if satellite is not None:
            name = data.plan.passes.satellite_ids[satellite]
            return [link for link in self._every_link() if link[0] == name]
        number = self.edge_at(place)
        return [] if number is None else self.links_of_edge(number)

    def links_of_edge(self, number: int) -> Links:
        """The link of a line; of a pair those of its stations; of users those that served them."""
        data = self.data
        if data is None:
            return []
        if self.edges is Edges.LINKS:
            return [data.link(number)]
        if self.edges is Edges.PAIRS:
            return self.links_of_stations(set(data.pair(number)))
        pair = data.users.names[number] if data.users is not None else ("", "")
        return list(stores_of_pair(data.plan.course, pair))

    def links_of_stations(self, names: set[str]) -> Links:
        """Links that end at these stations."""
        return [link for link in self._every_link() if not names.isdisjoint(link)]

    def _every_link(self) -> Links:
        data = self.data
        return [] if data is None else [data.link(number) for number in range(data.link_count)]

    def tip_at(self, place: QPointF) -> str:
        """What the tooltip says at a point."""
        station = self.station_at(place)
        if self.data is None:
            return ""
        if station is not None:
            return station_tip(self.data, station)
        number = self.edge_at(place)
        return "" if number is None else edge_tip(self.data, self.edges, number)
