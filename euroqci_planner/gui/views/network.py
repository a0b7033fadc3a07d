"""The network: who shares key with whom, as a graph and as a table of links, pairs or demands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.direct_links import direct_links
from euroqci_planner.app.link_totals import (
    contacts_of_links,
    link_totals,
    pair_bounds,
    station_supply,
)
from euroqci_planner.app.pair_card import link_of_pass
from euroqci_planner.app.user_pairs import stores_of_pair, user_pairs
from euroqci_planner.gui.views.data_table import DataTable
from euroqci_planner.gui.views.network_graph import NetworkGraph
from euroqci_planner.gui.views.network_paint import legend_entries
from euroqci_planner.gui.views.network_scene import Edges, NetworkData
from euroqci_planner.gui.views.network_tables import content_of, note_of
from euroqci_planner.gui.views.timeline_legend import Legend
from euroqci_planner.gui.views.view_parts import ElidedLabel, tool_button
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan

_SETTLE_MS = 120
_TITLES = {
    Edges.LINKS: ("Links", "Lines from satellites to the stations that they serve"),
    Edges.PAIRS: ("Stations", "Lines between stations that share a satellite"),
    Edges.USERS: ("Users", "Lines between users that have demands"),
}
_EMPTY = {
    Edges.LINKS: "No link is flown",
    Edges.PAIRS: "No two stations share a satellite",
    Edges.USERS: "Nobody has a demand",
}


class NetworkView(QWidget):
    """Graph above, table below."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow plan, selection and time of the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        self.graph = NetworkGraph(self)
        self.table = DataTable("Links of the network", self)
        self.legend = Legend(self)
        self.note = ElidedLabel(self)
        self.buttons: dict[Edges, QToolButton] = {}
        self._is_due = True
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.refresh)
        self._lay_out()
        self.graph.links_clicked.connect(self._on_links)
        self.graph.laid_out.connect(self._say)
        self.table.rows_selected.connect(self._on_rows)
        workspace.plan_changed.connect(self._on_change)
        workspace.time_changed.connect(self._on_change)
        workspace.selection_changed.connect(self._follow)
        self._was_chosen = False
        self.graph.set_edges(Edges.LINKS)
        self.refresh()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(6, 2, 6, 2)
        line.setSpacing(2)
        group = QButtonGroup(self)
        for edges, (title, tip) in _TITLES.items():
            button = tool_button(title, tip, partial(self.choose, edges))
            button.setCheckable(True)
            group.addButton(button)
            line.addWidget(button)
            self.buttons[edges] = button
        line.addSpacing(10)
        line.addWidget(self.legend, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(self.graph)
        splitter.addWidget(self.table)
        splitter.setSizes([300, 140])
        splitter.setChildrenCollapsible(False)
        self.note.setContentsMargins(8, 0, 8, 3)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self.note)
        box.addWidget(splitter, 1)
        self.setFocusProxy(self.table)

    def choose(self, edges: Edges) -> None:
        """Links, pairs of stations, or pairs of users."""
        self._was_chosen = True
        self.graph.set_edges(edges)
        self.refresh()

    def _on_change(self) -> None:
        """Work out the figures soon, and only while somebody sees them."""
        self._is_due = True
        if self.isVisible():
            self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Make up for what changed while hidden."""
        super().showEvent(event)
        if self._is_due:
            self.refresh()

    def refresh(self) -> None:
        """Show the plan at the time of the workspace."""
        self._is_due = False
        self._settle.stop()
        plan = self._workspace.plan
        data = None if plan is None else self._data(plan)
        has_users = data is not None and data.users is not None
        has_direct = data is not None and len(data.direct) > 0
        if self.graph.edges is Edges.USERS and not has_users:
            self.graph.set_edges(Edges.LINKS)
        elif has_users and not self._was_chosen:
            self.graph.set_edges(Edges.USERS)
        self.buttons[Edges.USERS].setVisible(has_users)
        edges = self.graph.edges
        self.buttons[edges].setChecked(True)
        self.legend.set_entries(legend_entries(edges, has_direct=has_direct))
        self.graph.set_data(data)
        self.table.set_content(None if data is None else content_of(data, edges))
        self.table.empty_text = "No plan yet" if data is None else _EMPTY[edges]
        self._follow()
        self._say()

    def _say(self) -> None:
        data, picture = self.graph.data, self.graph.picture()
        shown = 0 if picture is None else len(picture.satellites)
        text = "" if data is None else note_of(data, self.graph.edges, shown)
        self.note.set_full_text(text)

    def _data(self, plan: Plan) -> NetworkData:
        at_utc = self._workspace.time_utc
        return NetworkData(
            plan=plan,
            at_utc=at_utc,
            links=link_totals(plan, at_utc),
            direct=direct_links(plan, at_utc),
            stations=station_supply(plan, at_utc),
            pairs=pair_bounds(plan),
            users=user_pairs(plan),
        )

    def _follow(self) -> None:
        plan, content = self._workspace.plan, self.table.table_model.content
        links = () if plan is None else _links_of(plan, self._workspace.selected_rows)
        self.graph.set_chosen(frozenset(links))
        if content is None or self.graph.edges is not Edges.LINKS:
            return
        data = self.graph.data
        count = 0 if data is None else data.link_count
        places = {} if data is None else {data.link(row): row for row in range(count)}
        rows = [places[link] for link in links if link in places]
        if set(rows) != set(self.table.selected_rows()):
            self.table.select_rows(rows)

    def _on_links(self, links: Sequence[tuple[str, str]]) -> None:
        plan = self._workspace.plan
        if plan is not None:
            self._workspace.select(contacts_of_links(plan, links))

    def _on_rows(self) -> None:
        content, plan, edges = (
            self.table.table_model.content,
            self._workspace.plan,
            self.graph.edges,
        )
        if content is None or plan is None:
            return
        rows, data = self.table.selected_rows(), self.graph.data
        if edges is Edges.LINKS:
            self._on_links([] if data is None else [data.link(row) for row in rows])
            return
        first, second = (content.table[name] for name in ("a", "b"))
        ends = [(str(first[row]), str(second[row])) for row in rows]
        if edges is Edges.PAIRS:
            ends = self.graph.links_of_stations({name for pair in ends for name in pair})
        elif edges is Edges.USERS:
            ends = [
                link
                for pair in ends
                for link in stores_of_pair(plan.course, (min(pair), max(pair)))
            ]
        self._on_links(ends)

    def state(self) -> str:
        """Kind of lines as a short text."""
        return json.dumps({"edges": self.graph.edges})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave; a text that does not fit changes nothing."""
        with suppress(ValueError, KeyError, TypeError):
            self.choose(Edges(json.loads(text)["edges"]))


def _links_of(plan: Plan, rows: Sequence[int]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(link_of_pass(plan, row) for row in rows))
