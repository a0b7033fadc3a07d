"""What a forecast changes against the plan: stations down, satellites lost, more or less demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.key_forecast import MOST_FACTOR, Switches

_LEAST_FACTOR = 0.01
_STEP = 0.1
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class CheckList(QWidget):
    """A list of names to tick, by mouse or with Space; its heading counts them."""

    changed = Signal()

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """An empty list."""
        super().__init__(parent)
        self._heading = heading
        self.label = QLabel(heading, self)
        self.label.setProperty("muted", "true")
        self.list = QListWidget(self)
        self.list.setAccessibleName(heading)
        self.list.setUniformItemSizes(True)
        # Ticks say what is chosen: a bar of selection beside them would say something else.
        self.list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.label.setBuddy(self.list)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(1)
        box.addWidget(self.label)
        box.addWidget(self.list, 1)
        self.list.itemChanged.connect(self._on_item)
        self.setFocusProxy(self.list)

    @property
    def ticked(self) -> tuple[str, ...]:
        """Names that are ticked, in the order of the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.text() for item in items if item.checkState() is _CHECKED)

    def offer(self, names: Sequence[str]) -> None:
        """List these names; what is ticked stays so where it is still there."""
        had = {self.list.item(row).text() for row in range(self.list.count())}
        kept = self.ticked
        if had != set(names):
            self.list.blockSignals(True)  # noqa: FBT003 (the only way to say it)
            self.list.clear()
            for name in names:
                item = QListWidgetItem(name, self.list)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(_CHECKED if name in kept else _UNCHECKED)
            self.list.blockSignals(False)  # noqa: FBT003
            self.list.setCurrentRow(0)
        self._say()

    def tick(self, names: Iterable[str]) -> None:
        """Tick these names and no others."""
        wanted = set(names)
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setCheckState(_CHECKED if item.text() in wanted else _UNCHECKED)

    def _on_item(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        chosen = len(self.ticked)
        self.label.setText(f"{self._heading}: {chosen or 'none'} of {self.list.count()}")


class SwitchesPanel(QWidget):
    """Lists of stations and satellites, the factor of the demand, and how contacts are chosen."""

    changed = Signal()
    run_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Nothing to choose from yet."""
        super().__init__(parent)
        self.stations = CheckList("Stations down", self)
        self.satellites = CheckList("Satellites lost", self)
        self.factor = QDoubleSpinBox(self)
        self.replans = QCheckBox("Choose contacts anew", self)
        self._set_up()
        lists = QSplitter(Qt.Orientation.Vertical, self)
        lists.setChildrenCollapsible(False)
        lists.addWidget(self.stations)
        lists.addWidget(self.satellites)
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 2, 2, 4)
        box.setSpacing(4)
        box.addWidget(lists, 1)
        box.addWidget(self.factor)
        box.addWidget(self.replans)
        self.setFocusProxy(self.stations)
        for item in (self.stations, self.satellites):
            item.changed.connect(self.changed)
        self.factor.valueChanged.connect(self.changed)
        self.replans.toggled.connect(self.changed)
        self.factor.lineEdit().returnPressed.connect(self.run_asked)

    def _set_up(self) -> None:
        self.factor.setRange(_LEAST_FACTOR, MOST_FACTOR)
        self.factor.setDecimals(2)
        self.factor.setSingleStep(_STEP)
        self.factor.setValue(1.0)
        self.factor.setPrefix("Demand \u00d7 ")
        self.factor.setKeyboardTracking(False)
        self.factor.setAccessibleName("Demand factor")
        self.factor.setToolTip("Every demand asks for so many times as much")
        self.replans.setToolTip(
            "Choose the contacts anew without what is lost; else the others stay as planned"
        )

    @property
    def switches(self) -> Switches:
        """What is chosen."""
        return Switches(
            without_stations=self.stations.ticked,
            without_satellites=self.satellites.ticked,
            demand_factor=round(self.factor.value(), 2),
            is_replanned=self.replans.isChecked(),
        )

    def reset(self) -> None:
        """Everything as planned."""
        self.take({})

    def plain(self) -> dict[str, Any]:
        """What is chosen, for the session."""
        chosen = self.switches
        return {
            "stations": list(chosen.without_stations),
            "satellites": list(chosen.without_satellites),
            "factor": chosen.demand_factor,
            "replans": chosen.is_replanned,
        }

    def take(self, kept: Mapping[str, Any]) -> None:
        """Take up what `plain` gave; what is missing is as planned."""
        factor = float(kept.get("factor", 1.0))
        self.stations.tick(str(name) for name in kept.get("stations", ()))
        self.satellites.tick(str(name) for name in kept.get("satellites", ()))
        self.factor.setValue(factor)
        self.replans.setChecked(bool(kept.get("replans", False)))
