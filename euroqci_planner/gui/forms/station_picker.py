"""Add a ground station of the catalogue: a list to search, with what is known of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.catalogue_offers import StationOffer, catalogue_stations

_SIZE = (860, 520)
_HEADS = ("Station", "Country", "Latitude [°]", "Longitude [°]", "Height [m]", "Status", "Id")
_NUMBERS = (2, 3, 4)


class StationPicker(QDialog):
    """Emits `chosen(catalogue_id)` for every station taken."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """List the whole catalogue."""
        super().__init__(parent)
        self.setWindowTitle("Add stations from the catalogue")
        self.resize(*_SIZE)
        self._offers = {offer.id: offer for offer in catalogue_stations()}
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search by name, country or id")
        self.search.setAccessibleName("Search the catalogue")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Stations of the catalogue")
        self.tree.setHeaderLabels(list(_HEADS))
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.tree.setSortingEnabled(False)
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.about.setProperty("muted", "true")
        self.about.setMinimumHeight(self.about.fontMetrics().lineSpacing() * 3)
        self.buttons = QDialogButtonBox(self)
        self.add_button = self.buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        box = QVBoxLayout(self)
        for item in (self.search, self.tree, self.about, self.buttons):
            box.addWidget(item)
        self.search.textChanged.connect(self._fill)
        self.tree.itemSelectionChanged.connect(self._on_selection)
        self.tree.itemDoubleClicked.connect(self._on_double_click)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._fill("")

    def accept(self) -> None:
        """Take the selected stations."""
        for item in self.tree.selectedItems():
            self.chosen.emit(item.text(len(_HEADS) - 1))
        super().accept()

    def _on_double_click(self) -> None:
        self.accept()

    def _fill(self, wanted: str) -> None:
        self.tree.clear()
        for offer in self._offers.values():
            text = f"{offer.id} {offer.name} {offer.country}".casefold()
            if all(word in text for word in wanted.casefold().split()):
                self.tree.addTopLevelItem(_line(offer))
        for column in range(1, len(_HEADS)):
            self.tree.resizeColumnToContents(column)
        self.tree.setColumnWidth(0, 290)
        self._on_selection()

    def _on_selection(self) -> None:
        items = self.tree.selectedItems()
        self.add_button.setEnabled(bool(items))
        self.add_button.setText(f"Add {len(items)}" if len(items) > 1 else "Add")
        if len(items) == 1:
            offer = self._offers[items[0].text(len(_HEADS) - 1)]
            assumed = " Parts of it are assumed." if offer.is_assumed else ""
            self.about.setText(f"Source: {offer.source}. Confidence: {offer.confidence}.{assumed}")
        else:
            self.about.clear()


def _line(offer: StationOffer) -> QTreeWidgetItem:
    line = QTreeWidgetItem(
        [
            offer.name,
            offer.country,
            f"{offer.latitude_deg:.4f}",
            f"{offer.longitude_deg:.4f}",
            f"{offer.altitude_m:.0f}",
            offer.status,
            offer.id,
        ]
    )
    for column in _NUMBERS:
        line.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    line.setToolTip(0, offer.name)
    line.setToolTip(5, offer.status)
    return line
