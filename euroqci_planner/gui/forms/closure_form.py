"""Close a station for an interval: by default from the afternoon to the next noon."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QDateTime, QTimeZone, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateTimeEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QWidget,
)

from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.timebase import instant_after, seconds_of_day

_FORMAT = "yyyy-MM-dd HH:mm"
_HALF_DAY_S = 43_200.0
_DAY_S = 86_400.0


class ClosureForm(QDialog):
    """Emits `chosen(station_id, from_utc, to_utc)`."""

    chosen = Signal(str, object, object)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Offer the night around the one time, at the station of the selected pass."""
        super().__init__(parent)
        self.setWindowTitle("Close a station")
        self.station = QComboBox(self)
        self.start, self.end = self._moment("From"), self._moment("Until")
        self.note = QLabel(self)
        self.note.setProperty("fault", "true")
        self.buttons = QDialogButtonBox(self)
        self.close_button = self.buttons.addButton("Close", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        form = QFormLayout(self)
        form.addRow("Station", self.station)
        form.addRow("From [UTC]", self.start)
        form.addRow("Until [UTC]", self.end)
        form.addRow(self.note)
        form.addRow(self.buttons)
        self._offer(workspace)
        self.start.dateTimeChanged.connect(self._judge)
        self.end.dateTimeChanged.connect(self._judge)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def accept(self) -> None:
        """Close the station."""
        self.chosen.emit(self.station.currentData(), _instant(self.start), _instant(self.end))
        super().accept()

    def _moment(self, spoken: str) -> QDateTimeEdit:
        edit = QDateTimeEdit(self)
        edit.setDisplayFormat(_FORMAT)
        edit.setTimeZone(QTimeZone(QTimeZone.Initialization.UTC))
        edit.setCalendarPopup(True)
        edit.setAccessibleName(f"{spoken}, UTC")
        return edit

    def _offer(self, workspace: Workspace) -> None:
        scenario, plan, row = workspace.scenario, workspace.plan, workspace.primary_row
        if scenario is None:
            return
        for item in scenario.stations:
            self.station.addItem(item.name, item.id)
        centre = workspace.time_utc
        if plan is not None and row is not None:
            name = plan.passes.station_ids[int(plan.passes.station[row])]
            self.station.setCurrentIndex(max(0, self.station.findData(name)))
            centre = plan.passes.highest_utc[row]
        of_day = float(seconds_of_day(centre))
        noon = instant_after(centre, _HALF_DAY_S - of_day - (_DAY_S if of_day < _HALF_DAY_S else 0))
        self.start.setDateTime(_shown(noon))
        self.end.setDateTime(_shown(instant_after(noon, _DAY_S)))

    def _judge(self) -> None:
        is_good = self.start.dateTime() < self.end.dateTime()
        self.note.setText("" if is_good else "the end must be after the start")
        self.close_button.setEnabled(is_good)


def _shown(instant: np.datetime64) -> QDateTime:
    milliseconds = int(instant.astype("datetime64[ms]").astype(np.int64))
    return QDateTime.fromMSecsSinceEpoch(milliseconds, QTimeZone(QTimeZone.Initialization.UTC))


def _instant(edit: QDateTimeEdit) -> np.datetime64:
    return np.datetime64(edit.dateTime().toMSecsSinceEpoch() * 1_000, "us")
