"""Add satellites of an orbit file: which of them, with which payload; or renew element sets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.satellite_import import OrbitOffer
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.timebase import iso_text

_SIZE = (620, 480)
_NUMBER = Qt.ItemDataRole.UserRole
_SHOWN_REFUSALS = 5


class SatellitePicker(QDialog):
    """Emits `chosen(norad_ids, payload_id, renews)`."""

    chosen = Signal(object, str, bool)

    def __init__(
        self, offer: OrbitOffer, payload_ids: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        """List what the file holds; all new satellites are ticked while they are few."""
        super().__init__(parent)
        self.setWindowTitle(f"Satellites of {offer.path.name}")
        self.resize(*_SIZE)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Satellites of the file")
        self.tree.setHeaderLabels(["Satellite", "NORAD id", "Epoch [UTC]"])
        self.tree.setRootIsDecorated(False)
        self.tree.addTopLevelItems([_line(item) for item in offer.new])
        for column in range(3):
            self.tree.resizeColumnToContents(column)
        self.payload = QComboBox(self)
        self.payload.addItems(list(payload_ids))
        self.payload.setAccessibleName("Payload of the satellites")
        self.renew = QCheckBox(_renewal(offer), self)
        self.renew.setVisible(bool(offer.known))
        self.renew.setChecked(bool(offer.known) and not offer.new)
        self.refused = QLabel(_refusals(offer), self)
        self.refused.setWordWrap(True)
        self.refused.setProperty("fault", "true")
        self.refused.setVisible(bool(offer.refused))
        self.buttons = QDialogButtonBox(self)
        self.add_button = self.buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        form = QFormLayout()
        form.addRow("Payload", self.payload)
        box = QVBoxLayout(self)
        box.addWidget(self.tree, 1)
        box.addLayout(form)
        for item in (self.renew, self.refused, self.buttons):
            box.addWidget(item)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def ticked(self) -> list[int]:
        """Catalogue numbers of the satellites that are ticked."""
        items = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return [
            int(item.data(0, _NUMBER))
            for item in items
            if item is not None and item.checkState(0) == Qt.CheckState.Checked
        ]

    def accept(self) -> None:
        """Take what is ticked."""
        renews = self.renew.isChecked() and not self.renew.isHidden()
        self.chosen.emit(self.ticked(), self.payload.currentText(), renews)
        super().accept()


def _line(item: ElementSet) -> QTreeWidgetItem:
    name = item.name or f"NORAD {item.norad_id}"
    line = QTreeWidgetItem([name, str(item.norad_id), iso_text(item.epoch_utc, "s")])
    line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    line.setCheckState(0, Qt.CheckState.Checked)
    line.setData(0, _NUMBER, item.norad_id)
    return line


def _renewal(offer: OrbitOffer) -> str:
    count = len(offer.known)
    satellites = "satellite" if count == 1 else "satellites"
    return f"Use this file for {count} {satellites} that the scenario has already"


def _refusals(offer: OrbitOffer) -> str:
    lines = [f"line {item.line}: {item.message}" for item in offer.refused[:_SHOWN_REFUSALS]]
    more = len(offer.refused) - len(lines)
    return "\n".join(
        (
            f"{len(offer.refused)} records are refused:",
            *lines,
            *([f"and {more} more"] if more else []),
        )
    )
