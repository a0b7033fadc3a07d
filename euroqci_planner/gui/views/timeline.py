"""The timeline: a row per station or per satellite, with its controls and its legend."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QScrollBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.gui.commands import Command
from euroqci_planner.gui.views.time_plot import RIGHT_PX
from euroqci_planner.gui.views.timeline_legend import (
    Entry,
    Legend,
    closed_entry,
    cloud_entry,
    night_entry,
    satellite_entry,
    state_entry,
)
from euroqci_planner.gui.views.timeline_plot import TimelinePlot
from euroqci_planner.gui.views.timeline_rows import RowsBy
from euroqci_planner.gui.views.timeline_scene import ColourBy
from euroqci_planner.gui.views.view_parts import tool_button
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import PassState

_STATE_TEXTS = {
    PassState.SCHEDULED: "contact",
    PassState.PINNED: "pinned",
    PassState.BANNED: "banned",
    PassState.CANDIDATE: "candidate",
    PassState.REJECTED: "not flown",
}
_ZOOM = 1.5


class TimelineView(QWidget):
    """Controls, legend and the painted rows."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        self.plot = TimelinePlot(workspace, self)
        self.legend = Legend(self)
        self.colours_button = tool_button(
            "Satellite colours", "Colour contacts by satellite instead of state", None
        )
        self._scroll = QScrollBar(Qt.Orientation.Vertical, self.plot)
        self._buttons: dict[RowsBy, QToolButton] = {}
        self._lay_out()
        self.plot.scroll_changed.connect(self._on_scroll_range)
        self._scroll.valueChanged.connect(lambda value: self.plot.scroll_to(float(value)))
        workspace.plan_changed.connect(self._on_plan)
        self._on_plan()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(6, 2, 6, 2)
        line.setSpacing(2)
        self._add_row_choices(line)
        self.colours_button.setCheckable(True)
        self.colours_button.clicked.connect(lambda _=False: self._toggle_colours())
        line.addWidget(self.colours_button)
        line.addSpacing(10)
        line.addWidget(self.legend, 1)
        for text, tip, run in (
            ("\u2212", "Show more time", lambda: self.plot.axis.zoom(_ZOOM)),
            ("+", "Show less time", lambda: self.plot.axis.zoom(1.0 / _ZOOM)),
            ("all", "Show the whole planning window", self.plot.axis.show_all),
        ):
            line.addWidget(tool_button(text, tip, run))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self.plot, 1)
        self.setFocusProxy(self.plot)

    def _add_row_choices(self, line: QHBoxLayout) -> None:
        group = QButtonGroup(self)
        for choice, text in ((RowsBy.STATION, "Stations"), (RowsBy.SATELLITE, "Satellites")):
            button = tool_button(text, f"One row per {choice}", None)
            button.setCheckable(True)
            group.addButton(button)
            line.addWidget(button)
            self._buttons[choice] = button
            button.clicked.connect(lambda _=False, choice=choice: self.choose(choice))

    def choose(self, choice: RowsBy | ColourBy) -> None:
        """Rows or colours of another kind."""
        if isinstance(choice, RowsBy):
            self.plot.set_rows_by(choice)
        else:
            self.plot.set_colour_by(choice)
        self._show_choices()

    def _show_choices(self) -> None:
        self._buttons[self.plot.rows_by].setChecked(True)
        self.colours_button.setChecked(self.plot.colour_by is ColourBy.SATELLITE)
        self.legend.set_entries(self._entries())

    def _entries(self) -> tuple[Entry, ...]:
        plan = self._workspace.plan
        if plan is None:
            return ()
        made: list[Entry] = []
        present = set(np.unique(plan.decisions.state).tolist())
        is_by_state = self.plot.colour_by is ColourBy.STATE
        for state, text in _STATE_TEXTS.items():
            is_plain = is_by_state or state is not PassState.SCHEDULED
            if state in present and is_plain:
                made.append(state_entry(state, text))
        if not is_by_state:
            names = plan.passes.satellite_ids
            made += [satellite_entry(index, name) for index, name in enumerate(names)]
        if self.plot.rows_by is RowsBy.STATION:
            made += [night_entry(), cloud_entry(), closed_entry()]
        return tuple(made)

    def _on_plan(self) -> None:
        self._show_choices()
        self._on_scroll_range()

    def _on_scroll_range(self) -> None:
        hidden = round(self.plot.hidden_px)
        self._scroll.setVisible(hidden > 0)
        self._scroll.setRange(0, hidden)
        self._scroll.setPageStep(max(round(self.plot.plot.height()), 1))
        self._scroll.setSingleStep(max(round(self.plot.row_px), 1))
        self._scroll.setValue(round(self.plot.scroll_px))
        area = self.plot.plot
        self._scroll.setGeometry(
            round(area.right()) + 1, 0, round(RIGHT_PX) - 1, round(area.bottom())
        )

    def commands(self) -> Sequence[Command]:
        """Zoom, rows and colours."""
        return (*self._zoom_commands(), *self._look_commands())

    def _zoom_commands(self) -> Sequence[Command]:
        axis = self.plot.axis

        def has_time() -> bool:
            return not axis.is_empty

        return (
            Command(
                id="timeline.zoom_in",
                title="Zoom &in",
                run=lambda: axis.zoom(1.0 / _ZOOM),
                menu="View/Timeline",
                shortcuts=("+", "="),
                enabled=has_time,
                help="Show less time in timeline and key stores",
            ),
            Command(
                id="timeline.zoom_out",
                title="Zoom &out",
                run=lambda: axis.zoom(_ZOOM),
                menu="View/Timeline",
                shortcuts=("-",),
                enabled=has_time,
                help="Show more time in timeline and key stores",
            ),
            Command(
                id="timeline.zoom_all",
                title="Whole planning &window",
                run=axis.show_all,
                menu="View/Timeline",
                shortcuts=("0",),
                enabled=has_time,
                help="Show the whole planning window",
            ),
        )

    def _look_commands(self) -> Sequence[Command]:
        plot = self.plot
        return (
            Command(
                id="timeline.by_station",
                title="Rows per &station",
                run=lambda: self.choose(RowsBy.STATION),
                checked=lambda: plot.rows_by is RowsBy.STATION,
                menu="View/Timeline",
                section=1,
                help="One row per station",
            ),
            Command(
                id="timeline.by_satellite",
                title="Rows per s&atellite",
                run=lambda: self.choose(RowsBy.SATELLITE),
                checked=lambda: plot.rows_by is RowsBy.SATELLITE,
                menu="View/Timeline",
                section=1,
                help="One row per satellite",
            ),
            Command(
                id="timeline.colour_satellites",
                title="&Colour contacts by satellite",
                run=self._toggle_colours,
                checked=lambda: plot.colour_by is ColourBy.SATELLITE,
                menu="View/Timeline",
                section=2,
                help="Colour contacts by satellite instead of state",
            ),
        )

    def _toggle_colours(self) -> None:
        is_by_state = self.plot.colour_by is ColourBy.STATE
        self.choose(ColourBy.SATELLITE if is_by_state else ColourBy.STATE)

    def state(self) -> str:
        """Kind of rows and colours as a short text."""
        return json.dumps({"rows": self.plot.rows_by, "colours": self.plot.colour_by})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave; a text that does not fit changes nothing."""
        with suppress(ValueError, KeyError, TypeError):
            kept = json.loads(text)
            rows, colours = RowsBy(kept["rows"]), ColourBy(kept["colours"])
            self.choose(rows)
            self.choose(colours)
