"""The inspector: everything that is known of the pass in focus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from euroqci_planner.app.display import bits_text, fixed, percent, time_of_day
from euroqci_planner.app.inspection import PassInspection, inspect_pass
from euroqci_planner.app.progress import Progress
from euroqci_planner.gui import theme as themes
from euroqci_planner.gui.background import Background, Job
from euroqci_planner.gui.theme import STATE_SIGNS
from euroqci_planner.gui.views.epsilon_table import EpsilonTable
from euroqci_planner.gui.views.flow_layout import FlowLayout
from euroqci_planner.gui.views.panel_board import Page, PanelBoard
from euroqci_planner.gui.views.pass_budget import KeyLedgerChart, LossWaterfall, NoiseBars
from euroqci_planner.gui.views.pass_curves import PassCurves
from euroqci_planner.gui.views.sky_plot import SkyPlot
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan

_NOTHING = "Select a pass in the map, the table or the timeline to look into it."
_LEAST_BOARD_PX = 48
_BLOCKER = "blocker"
_PARTNER = "partner"


class InspectorView(QWidget):
    """Follows the primary pass of the selection; its numbers are computed beside the window."""

    def __init__(
        self,
        workspace: Workspace,
        parent: QWidget | None = None,
        background: Background | None = None,
    ) -> None:
        """Nothing is selected; without `background` passes are inspected on the spot."""
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._job: Job | None = None
        self._shown: PassInspection | None = None
        self._plan: Plan | None = None
        self.sky, self.curves = SkyPlot(), PassCurves()
        self.losses, self.noise = LossWaterfall(), NoiseBars()
        self.key, self.epsilons = KeyLedgerChart(), EpsilonTable()
        self._build()
        self._connect()
        self.follow()

    def use_background(self, background: Background) -> None:
        """Inspect passes there from now on."""
        self._background = background

    @property
    def shown(self) -> PassInspection | None:
        """The pass that is shown, None for none."""
        return self._shown

    def state(self) -> str:
        """The page in view, for the session."""
        return self.board.page

    def restore_state(self, text: str) -> None:
        """Take the state of an earlier session."""
        self.board.show_page(text)

    def follow(self) -> None:
        """Show the primary pass of the workspace."""
        plan, row = self._workspace.plan, self._workspace.primary_row
        if self._job is not None and self._background is not None:
            self._background.cancel(self._job)
            self._job = None
        if plan is None or row is None:
            self._show(None)
        elif self._background is None:
            self._show(inspect_pass(plan, row))
        else:
            self._job = self._background.start(
                partial(_inspected, plan, row),
                title="Pass",
                done=partial(self._take, plan),
                failed=self._on_failure,
                is_shown=False,
            )

    def _take(self, plan: Plan, inspection: PassInspection) -> None:
        self._job = None
        if plan is self._workspace.plan and inspection.row == self._workspace.primary_row:
            self._show(inspection)

    def _on_failure(self, error: Exception) -> None:
        self._job = None
        self._show(None)
        self._empty.setText(f"This pass cannot be shown: {error}")

    # construction

    def _build(self) -> None:
        self._empty = QLabel(_NOTHING)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setProperty("muted", "true")
        self._title, self._state = QLabel(), QLabel()
        self._facts = [QLabel() for _ in _FACTS]
        for label in (self._title, self._state, *self._facts):
            label.setContentsMargins(0, 0, 10, 0)
            label.setTextFormat(Qt.TextFormat.RichText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.board = PanelBoard(
            (
                Page("Course", (self.sky, self.curves)),
                Page("Link", (self.losses, self.noise)),
                Page("Key", (self.key, self.epsilons)),
            ),
            self,
        )
        self.board.setMinimumHeight(_LEAST_BOARD_PX)
        words = FlowLayout(None, 3)
        for label in (self._title, self._state, *self._facts):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 4, 3)
        head.addLayout(words, 1)
        head.addWidget(self.board.tabs, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.board, 1)
        layout.addWidget(self._empty, 1)
        self.setFocusProxy(self.board.tabs)

    def _connect(self) -> None:
        self._workspace.selection_changed.connect(self.follow)
        self._workspace.plan_changed.connect(self.follow)
        self._workspace.stale_changed.connect(self._write_head)
        self._workspace.time_changed.connect(self._follow_time)
        self._state.linkActivated.connect(self._open_link)
        self.curves.time_wanted.connect(self._workspace.set_time)
        themes.signals().changed.connect(self._write_head)

    # showing

    def _show(self, inspection: PassInspection | None) -> None:
        self._shown = inspection
        self._empty.setText(_NOTHING)
        for panel in (self.sky, self.curves, self.losses, self.noise, self.key, self.epsilons):
            panel.show_pass(inspection)
        self._follow_time()
        self._write_head()

    def _follow_time(self) -> None:
        for panel in (self.sky, self.curves):
            panel.show_time(self._workspace.time_utc)

    def _write_head(self) -> None:
        shown, theme = self._shown, themes.current()
        for part in (self._title, self._state, *self._facts, self.board):
            part.setVisible(shown is not None)
        self._empty.setVisible(shown is None)
        if shown is None:
            self.board.tabs.hide()
            return
        self._title.setText(f"<b>{escape(shown.pass_id)}</b>")
        texts = [fact(shown) for fact in _FACTS]
        names = (shown.satellite_name, f"over {shown.station_name}", *filter(None, texts))
        self._title.setToolTip("<br>".join(map(escape, names)))
        self._state.setText(_state_html(shown, self._workspace.is_stale, theme))
        for label, text in zip(self._facts, texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))

    def _open_link(self, link: str) -> None:
        shown = self._shown
        if link == _BLOCKER and shown is not None and shown.blocked_by is not None:
            self._workspace.select((shown.blocked_by,))
        if link == _PARTNER and shown is not None and shown.pair is not None:
            self._workspace.select((shown.pair.partner_row,))


def _inspected(plan: Plan, row: int, progress: Progress) -> PassInspection:
    progress.check()
    return inspect_pass(plan, row)


def _state_html(shown: PassInspection, is_stale: bool, theme: themes.Theme) -> str:
    colour = theme.states[shown.state].name()
    text = (
        f"<span style='color:{colour}'>{STATE_SIGNS[shown.state]} {shown.state.name.lower()}</span>"
    )
    if shown.reason:
        text += f": {escape(shown.reason)}"
    if shown.blocked_by is not None:
        text += (
            f" by <a style='color:{theme.states[shown.state.SCHEDULED].name()}' href='{_BLOCKER}'>"
            f"{escape(shown.blocker_name)}</a>"
        )
    if shown.pair is not None:
        ink = theme.states[shown.state.SCHEDULED].name()
        partner = escape(shown.pair.partner_id)
        text += f" with <a style='color:{ink}' href='{_PARTNER}'>{partner}</a>"
    if is_stale:
        text += f" <span style='color:{theme.warning.name()}'>(the plan is stale)</span>"
    return text


def _highest(shown: PassInspection) -> str:
    return f"highest at {time_of_day(shown.highest_utc)} UTC"


def _elevation(shown: PassInspection) -> str:
    return f"max {fixed(float(np.degrees(shown.max_elevation_rad)), 1)}°"


def _pair(shown: PassInspection) -> str:
    """Key of both stations, for a pass of a source of entangled pairs."""
    if shown.pair is None:
        return ""
    key = bits_text(float(np.floor(shown.pair.key_bits)))
    expected = bits_text(shown.pair.key_expected_bits)
    return f"key of both {key}, expected {expected}"


def _loss(shown: PassInspection) -> str:
    return "" if shown.link is None else f"{fixed(shown.loss_culmination_db, 1)} dB"


def _qber(shown: PassInspection) -> str:
    return "" if shown.account is None else f"QBER {percent(shown.account.qber, 2)}"


def _key(shown: PassInspection) -> str:
    return "" if shown.account is None else f"key {bits_text(shown.account.key_bits)}"


def _weather(shown: PassInspection) -> str:
    return f"clear sky {percent(shown.clear_probability, 0)}"


def _cloudy(shown: PassInspection, number: int) -> str:
    """Chance of one of the skies between clear and overcast, with the key in it."""
    if number >= len(shown.cloudy_skies):
        return ""
    name, chance, bits = shown.cloudy_skies[number]
    return f"{name} {percent(chance, 0)} ({bits_text(bits)})"


def _expected(shown: PassInspection) -> str:
    return "" if shown.account is None else f"expected {bits_text(shown.key_expected_bits)}"


# What matters most comes first: a low window has no room for the last ones.
_FACTS: tuple[Callable[[PassInspection], str], ...] = (
    _key,
    _pair,
    _expected,
    _elevation,
    _loss,
    _qber,
    _weather,
    partial(_cloudy, number=0),
    partial(_cloudy, number=1),
    _highest,
)
