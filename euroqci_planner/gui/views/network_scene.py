"""What the network view draws, laid out in pixels: stations, satellites, users and their lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainterPath

from euroqci_planner.app.direct_links import DirectLinks
from euroqci_planner.app.link_totals import LinkTotals, PairBounds, StationSupply
from euroqci_planner.app.user_pairs import UserPairs, risk_of
from euroqci_planner.gui.views.network_layout import Chart, Place, chart_of, column, label_boxes
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.network import Node
from euroqci_planner.mission.plan import Plan
from euroqci_planner.units import FloatArray

WIDEST_PX, THINNEST_PX = 8.0, 0.8
_RISK_PX = 3.0
_SATELLITE_APART_PX = 22.0
_FRESH_DAYS, _OLD_DAYS = 1.0, 3.0
_MOST_TALL_LABELS = 16
_CORNERS = 24
_FIRST = 1e12
_LABEL_SAMPLE = "0.0 d ago"


class Edges(StrEnum):
    """What the lines of the graph are."""

    LINKS = "links"
    PAIRS = "pairs"
    USERS = "users"


class Supply(StrEnum):
    """How long a station has been without a deposit."""

    FRESH = "fresh"
    AGEING = "ageing"
    OLD = "old"
    NONE = "none"


@dataclass(frozen=True, slots=True, eq=False)
class NetworkData:
    """What the graph shows of a plan at one instant; `users` is None where nobody has a demand.

    Links are numbered through: those of satellites first, then the direct ones of two stations.
    """

    plan: Plan
    at_utc: np.datetime64
    links: LinkTotals
    direct: DirectLinks
    stations: StationSupply
    pairs: PairBounds
    users: UserPairs | None

    @property
    def link_count(self) -> int:
        """Number of links, direct ones among them."""
        return len(self.links) + len(self.direct)

    @property
    def link_bits(self) -> FloatArray:
        """Expected key of every link."""
        both = (self.links.key_expected_bits, self.direct.key_expected_bits)
        return np.nan_to_num(np.concatenate(both))

    def direct_row(self, number: int) -> int | None:
        """Row of a link among the direct ones, None for a link of a satellite."""
        return number - len(self.links) if number >= len(self.links) else None

    def link(self, number: int) -> tuple[str, str]:
        """Satellite and station of a link, or both stations of a direct one."""
        row = self.direct_row(number)
        if row is not None:
            first, second = sorted(self.direct.ends(row))
            return first, second
        return (
            self.links.satellite_ids[int(self.links.satellite[number])],
            self.links.station_ids[int(self.links.station[number])],
        )

    def pair(self, number: int) -> tuple[str, str]:
        """Both stations of a pair."""
        names = self.plan.passes.station_ids
        return names[int(self.pairs.a[number])], names[int(self.pairs.b[number])]


@dataclass(frozen=True, slots=True)
class Edge:
    """A line: number of its link or pair, path, width, and the corners of the path."""

    number: int
    path: QPainterPath
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Places of one layout; labels of stations come first, then those of the users."""

    chart: Chart
    stations: list[QPointF]
    station_labels: list[QRectF]
    users: list[tuple[Node, QPointF, QRectF]]
    satellites: list[tuple[int, QPointF]]
    edges: list[Edge]
    corners_x: FloatArray
    corners_y: FloatArray

    def nearest_edge(self, place: QPointF, reach_px: float) -> int | None:
        """Place in `edges` of the line nearest to a point, None where none is within reach."""
        if not self.edges:
            return None
        away = _distances(self.corners_x, self.corners_y, place)
        away -= 0.5 * np.array([edge.width for edge in self.edges])
        best = int(np.argmin(away))
        return best if away[best] <= reach_px else None


def supply_of(days: float) -> Supply:
    """The class of a number of days without a deposit."""
    if not np.isfinite(days):
        return Supply.NONE
    if days <= _FRESH_DAYS:
        return Supply.FRESH
    return Supply.AGEING if days <= _OLD_DAYS else Supply.OLD


def satellites_shown(
    data: NetworkData, height_px: float, chosen: frozenset[tuple[str, str]]
) -> list[int]:
    """Satellites with a link, in their order: those chosen, then those with most key, as far as
    they have room.
    """
    links = data.links
    key = np.bincount(
        links.satellite,
        weights=np.nan_to_num(links.key_expected_bits) + 1e-9,
        minlength=len(links.satellite_ids),
    ).astype(np.float64)
    wanted = {satellite for satellite, _ in chosen}
    key[[name in wanted for name in links.satellite_ids]] *= _FIRST
    most = max(int(height_px / _SATELLITE_APART_PX), 1)
    order = np.lexsort((np.arange(len(key)), -key))
    return sorted(int(index) for index in order[:most] if key[index] > 0.0)


def picture_of(
    data: NetworkData,
    edges: Edges,
    size: QRectF,
    font: QFont,
    chosen: frozenset[tuple[str, str]] = frozenset(),
) -> Picture:
    """Lay out stations by their coordinates, satellites at the right, and the lines."""
    metrics = QFontMetricsF(_bold(font))
    names = data.plan.passes.satellite_ids
    shown = satellites_shown(data, size.height(), chosen) if edges is Edges.LINKS else []
    widest = max((metrics.horizontalAdvance(names[index]) for index in shown), default=0.0)
    side = widest + 34.0 if shown else 0.0
    area = size.adjusted(0.0, 0.0, -side, 0.0)
    stations, nodes = _stations(data), _users(data) if edges is Edges.USERS else []
    # Users first: where room is short, their names have it.
    places: list[Place] = [*nodes, *stations]
    chart = chart_of(places, area)
    points = [chart.point(item) for item in places]
    ids = [*(node.id for node in nodes), *data.plan.passes.station_ids]
    lines = 2 if has_second_line(len(stations), len(nodes)) else 1
    boxes = label_boxes(points, [_label_size(metrics, name, lines) for name in ids], area)
    right = QRectF(area.right() + 12.0, 6.0, side, size.height() - 12.0)
    satellites = list(zip(shown, column(len(shown), right), strict=True))
    count = len(nodes)
    users = list(zip(nodes, points[:count], boxes[:count], strict=True))
    made = _edges(data, edges, points[count:], dict(satellites), users)
    corners = [_corners(edge.path) for edge in made]
    return Picture(
        chart=chart,
        stations=points[count:],
        station_labels=boxes[count:],
        users=users,
        satellites=satellites,
        edges=made,
        corners_x=np.array([x for x, _ in corners]).reshape(len(made), _CORNERS),
        corners_y=np.array([y for _, y in corners]).reshape(len(made), _CORNERS),
    )


def has_second_line(stations: int, users: int) -> bool:
    """Whether there is room for a second line below the name of every station."""
    return not users and stations <= _MOST_TALL_LABELS


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made


def _stations(data: NetworkData) -> list[Station]:
    by_id = {item.id: item for item in data.plan.scenario.stations}
    return [by_id[name] for name in data.plan.passes.station_ids]


def _users(data: NetworkData) -> list[Node]:
    """Nodes that have a demand."""
    wanted = {name for pair in data.users.names for name in pair} if data.users else set()
    return [node for node in data.plan.scenario.network.nodes if node.id in wanted]


def _label_size(metrics: QFontMetricsF, name: str, lines: int) -> tuple[float, float]:
    width, least = metrics.horizontalAdvance(name), metrics.horizontalAdvance(_LABEL_SAMPLE)
    return (max(width, least) if lines > 1 else width) + 2.0, lines * metrics.height() - 3.0 * (
        lines - 1
    )


def _edges(
    data: NetworkData,
    edges: Edges,
    stations: list[QPointF],
    satellites: dict[int, QPointF],
    users: list[tuple[Node, QPointF, QRectF]],
) -> list[Edge]:
    """Lines, thin ones last so that they lie on top."""
    if edges is Edges.USERS:
        return _user_edges(data, users)
    bits = data.pairs.bits if edges is Edges.PAIRS else data.link_bits
    largest = float(np.max(bits, initial=0.0))
    made = []
    for number in np.argsort(-bits, kind="stable").tolist():
        if edges is Edges.PAIRS:
            ends = stations[int(data.pairs.a[number])], stations[int(data.pairs.b[number])]
            path = _straight(*ends)
        elif (row := data.direct_row(number)) is not None:
            path = _straight(stations[int(data.direct.a[row])], stations[int(data.direct.b[row])])
        else:
            start = satellites.get(int(data.links.satellite[number]))
            if start is None:
                continue
            path = _curve(start, stations[int(data.links.station[number])])
        share = float(bits[number]) / largest if largest > 0.0 else 0.0
        made.append(Edge(number, path, THINNEST_PX + (WIDEST_PX - THINNEST_PX) * share))
    return made


def _user_edges(data: NetworkData, users: list[tuple[Node, QPointF, QRectF]]) -> list[Edge]:
    places = {node.id: point for node, point, _ in users}
    if data.users is None:
        return []
    made = [
        Edge(number, _straight(places[a], places[b]), _RISK_PX)
        for number, (a, b) in enumerate(data.users.names)
        if a in places and b in places
    ]
    users_of = data.users
    order = {name: rank for rank, name in enumerate(("low", "raised", "high"))}

    def rank(edge: Edge) -> int:
        risk = risk_of(
            float(users_of.p_empty[edge.number]), float(users_of.served_share[edge.number])
        )
        return order[risk]

    return sorted(made, key=rank)


def _straight(start: QPointF, end: QPointF) -> QPainterPath:
    path = QPainterPath(start)
    path.lineTo(end)
    return path


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    path, bend = QPainterPath(start), 0.45 * (start.x() - end.x())
    path.cubicTo(start - QPointF(bend, 0.0), end + QPointF(0.35 * bend, 0.0), end)
    return path


def _corners(path: QPainterPath) -> tuple[list[float], list[float]]:
    points = [path.pointAtPercent(step / (_CORNERS - 1)) for step in range(_CORNERS)]
    return [point.x() for point in points], [point.y() for point in points]


def _distances(x: FloatArray, y: FloatArray, place: QPointF) -> FloatArray:
    """Distance of a point from each row of corners joined by straight lines."""
    x1, y1, dx, dy = x[:, :-1], y[:, :-1], np.diff(x, axis=1), np.diff(y, axis=1)
    length = np.maximum(dx**2 + dy**2, 1e-12)
    along = np.clip(((place.x() - x1) * dx + (place.y() - y1) * dy) / length, 0.0, 1.0)
    away = np.hypot(x1 + along * dx - place.x(), y1 + along * dy - place.y())
    return np.asarray(away.min(axis=1))
