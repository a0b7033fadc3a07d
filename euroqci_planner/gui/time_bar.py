"""The one time: a slider over the planning window, steps, play, and the instant in words."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from euroqci_planner.gui.icons import icon
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.timebase import instant_after, iso_text, seconds_between

FRAME_MS = 33
SPEEDS = (1, 10, 60, 300, 1_000, 3_600, 10_000)
_START_SPEED = 300
STEP_S = 60
PAGE_S = 3_600


class TimeBar(QWidget):
    """Shows and sets `Workspace.time_utc`."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the workspace from now on."""
        super().__init__(parent)
        self._workspace = workspace
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self._clock = QElapsedTimer()
        self.play_button = self._button("play", "Play (Space)", "Play or stop the time")
        self.play_button.setCheckable(True)
        self.speed = QComboBox(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.label = QLabel(self)
        self._lay_out()
        self.play_button.toggled.connect(lambda is_on: self.play(is_playing=is_on))
        self.slider.valueChanged.connect(self._lead)
        workspace.time_changed.connect(self._follow)
        workspace.document_changed.connect(self._on_document)
        self._on_document()

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""
        return self._timer.isActive()

    def play(self, *, is_playing: bool) -> None:
        """Let the time run from where it is, or stop it; at the end it begins anew."""
        scenario = self._workspace.scenario
        if is_playing and scenario is not None:
            if self._workspace.time_utc >= scenario.end_utc:
                self._workspace.set_time(scenario.start_utc)
            self._clock.start()
            self._timer.start()
        else:
            self._timer.stop()
        self.play_button.setChecked(self.is_playing)
        self.refresh_icons()

    def step(self, seconds: float) -> None:
        """Move the time by so many seconds."""
        if self._workspace.scenario is not None:
            self._workspace.set_time(instant_after(self._workspace.time_utc, seconds))

    def refresh_icons(self) -> None:
        """Draw the buttons in the colours of the theme."""
        self.play_button.setIcon(icon("pause" if self.is_playing else "play"))

    def _button(self, name: str, tip: str, spoken: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(tip)
        button.setAccessibleName(spoken)
        button.setAutoRaise(True)
        return button

    def _lay_out(self) -> None:
        for factor in SPEEDS:
            self.speed.addItem(f"× {factor:,}".replace(",", " "), factor)
        self.speed.setCurrentIndex(SPEEDS.index(_START_SPEED))
        self.speed.setToolTip("How fast the time runs while it plays")
        self.speed.setAccessibleName("Speed of time")
        self.slider.setAccessibleName("Time within the planning window")
        self.slider.setToolTip("Time: arrow keys step a minute, Page keys an hour")
        self.slider.setSingleStep(STEP_S)
        self.slider.setPageStep(PAGE_S)
        self.slider.setMinimumWidth(90)
        self.label.setAccessibleName("Time")
        self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        font = self.label.font()
        font.setBold(True)
        self.label.setFont(font)
        self.label.setMinimumWidth(
            QFontMetrics(font).horizontalAdvance("2026-00-00 00:00:00 UTC") + 8
        )
        box = QHBoxLayout(self)
        box.setContentsMargins(4, 0, 4, 0)
        box.setSpacing(4)
        for item in (self.play_button, self.speed):
            box.addWidget(item)
        box.addWidget(self.slider, 1)
        box.addWidget(self.label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def _on_document(self) -> None:
        scenario = self._workspace.scenario
        self.setEnabled(scenario is not None)
        if scenario is None:
            self.label.clear()
            return
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, round(scenario.duration_s))
        self._follow()

    def _follow(self) -> None:
        scenario = self._workspace.scenario
        instant = self._workspace.time_utc
        if scenario is None or np.isnat(instant):
            return
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(float(seconds_between(scenario.start_utc, instant))))
        self.label.setText(iso_text(instant, "s").replace("T", " ").replace("Z", " UTC"))

    def _lead(self, seconds: int) -> None:
        scenario = self._workspace.scenario
        if scenario is not None:
            self._workspace.set_time(instant_after(scenario.start_utc, float(seconds)))

    def _advance(self) -> None:
        scenario = self._workspace.scenario
        spent_s = self._clock.restart() / 1_000.0
        self.step(spent_s * float(self.speed.currentData()))
        if scenario is None or self._workspace.time_utc >= scenario.end_utc:
            self.play(is_playing=False)
