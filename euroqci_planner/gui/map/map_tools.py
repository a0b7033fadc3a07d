"""The tools above the map: what it shows, how near, which layers, and where the pointer is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from euroqci_planner.gui.map.presets import LAYER_TITLES, MODE_TITLES, Layer, MapMode
from euroqci_planner.mission.assets import Station

ZOOM_STEP = 1.4
CENTRED_MODES = frozenset((MapMode.STATION, MapMode.GLOBE))


class MapTools(QWidget):
    """Says what the user wants; shows what the map tells it to, without saying it again."""

    mode_wanted = Signal(MapMode)
    station_wanted = Signal()
    zoom_wanted = Signal(float)
    home_wanted = Signal()
    layer_wanted = Signal(Layer, bool)

    def __init__(self, layers: frozenset[Layer], parent: QWidget | None = None) -> None:
        """Show these layers as switched on."""
        super().__init__(parent)
        self.modes, self.stations, self.coordinates = QComboBox(), QComboBox(), QLabel()
        self.layers, self.legend = _button("Layers", "What the map shows"), _legend(layers)
        self._fill_lists()
        self._fill_layers(layers)
        self.coordinates.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.coordinates.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._lay_out()
        self.modes.currentIndexChanged.connect(self._on_mode)
        self.stations.currentIndexChanged.connect(self.station_wanted)
        self.legend.toggled.connect(partial(self.layer_wanted.emit, Layer.LEGEND))

    @property
    def station_index(self) -> int:
        """Place of the chosen station in the list, -1 for none."""
        return self.stations.currentIndex()

    def show_mode(self, mode: MapMode) -> None:
        """Show the mode in use."""
        with QSignalBlocker(self.modes):
            self.modes.setCurrentIndex(self.modes.findData(mode))
        self.stations.setVisible(mode in CENTRED_MODES)

    def show_station(self, index: int) -> None:
        """Show the station in the middle by its place in the list."""
        with QSignalBlocker(self.stations):
            self.stations.setCurrentIndex(index)

    def show_layer(self, layer: Layer, *, is_shown: bool) -> None:
        """Show whether a layer is on."""
        for action in self.layers.menu().actions():
            if action.data() == layer:
                action.setChecked(is_shown)
        if layer is Layer.LEGEND:
            self.legend.setChecked(is_shown)

    def set_stations(self, stations: Sequence[Station]) -> None:
        """Offer these stations, keeping the one that was chosen."""
        chosen = self.stations.currentData()
        with QSignalBlocker(self.stations):
            self.stations.clear()
            for number, site in enumerate(stations):
                self.stations.addItem(site.id, site.id)
                self.stations.setItemData(number, site.name, Qt.ItemDataRole.ToolTipRole)
            self.stations.setCurrentIndex(max(self.stations.findData(chosen), 0))

    def _fill_lists(self) -> None:
        for mode in MapMode:
            self.modes.addItem(MODE_TITLES[mode], mode)
        self.modes.setAccessibleName("Projection of the map")
        self.modes.setToolTip("How the map is laid flat, and what it shows")
        self.stations.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.stations.setAccessibleName("Station in the middle of the map")
        self.stations.setToolTip("Station in the middle of the map")
        self.stations.hide()

    def _fill_layers(self, shown: frozenset[Layer]) -> None:
        menu = QMenu(self.layers)
        for layer in Layer:
            action = menu.addAction(LAYER_TITLES[layer])
            action.setData(layer)
            action.setCheckable(True)
            action.setChecked(layer in shown)
            action.toggled.connect(partial(self.layer_wanted.emit, layer))
        self.layers.setMenu(menu)
        self.layers.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        farther, nearer = _button("\u2212", "Zoom out (\u2212)"), _button("+", "Zoom in (+)")
        farther.clicked.connect(partial(self._zoom, 1.0 / ZOOM_STEP))
        nearer.clicked.connect(partial(self._zoom, ZOOM_STEP))
        home = _button("Fit", "Show all (0)")
        home.clicked.connect(self.home_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 3, 4, 3)
        row.setSpacing(4)
        tools = (self.modes, self.stations, farther, nearer, home, self.layers, self.legend)
        for widget in tools:
            row.addWidget(widget)
        row.addWidget(self.coordinates, 1)

    def _zoom(self, factor: float, *_: object) -> None:
        self.zoom_wanted.emit(factor)

    def _on_mode(self) -> None:
        self.mode_wanted.emit(MapMode(self.modes.currentData()))


def _button(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    return button


def _legend(layers: frozenset[Layer]) -> QToolButton:
    button = _button("Legend", "What the signs mean")
    button.setCheckable(True)
    button.setChecked(Layer.LEGEND in layers)
    return button
