"""The map view: the canvas with its tools, on the one time and the one selection."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup, QCursor
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from euroqci_planner.app.progress import Progress
from euroqci_planner.app.scene import Scene
from euroqci_planner.gui.background import Background, Job
from euroqci_planner.gui.commands import Command
from euroqci_planner.gui.map.canvas import MapCanvas
from euroqci_planner.gui.map.map_tools import CENTRED_MODES, ZOOM_STEP, MapTools
from euroqci_planner.gui.map.presets import LAYER_TITLES, MODE_TITLES, Layer, MapMode, fitting_mode
from euroqci_planner.gui.map.stage import MapTarget, TargetKind
from euroqci_planner.gui.map.tips import coordinates_text
from euroqci_planner.gui.views.pass_menu import pass_menu
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan

MenuHook = Callable[[QMenu, MapTarget], None]
_EUROPE_CENTRE_RAD = (float(np.radians(47.0)), float(np.radians(10.0)))


class MapView(QWidget):
    """Satellites, stations and contacts on a map.

    `menu_hooks` are asked to add to a context menu before it opens. `failed` carries the text of
    what went wrong beside the window.
    """

    failed = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        parent: QWidget | None = None,
        background: Background | None = None,
    ) -> None:
        """A map of the workspace's plan; heavy work goes to `background` where there is one."""
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._job: Job | None = None
        self._plan: Plan | None = None
        self._is_mode_chosen = False
        self.menu_hooks: list[MenuHook] = []
        self.canvas = MapCanvas(workspace, self)
        self._build()
        self._connect()
        self._take_plan()

    def use_background(self, background: Background) -> None:
        """Do heavy work there from now on."""
        self._background = background

    @property
    def mode(self) -> MapMode:
        """What the map shows."""
        return self.canvas.mode

    def set_mode(self, mode: MapMode) -> None:
        """Look at the map in another way; it stays so whatever the stations are."""
        self._is_mode_chosen = True
        self.tools.show_mode(mode)
        if mode is MapMode.STATION and self.mode is not mode:
            self._choose_selected_station()
        self.canvas.set_mode(mode, self._centre(mode))

    def _choose_selected_station(self) -> None:
        """Put the station of the selected pass into the middle."""
        plan, row = self._workspace.plan, self._workspace.primary_row
        if plan is not None and row is not None:
            self.tools.show_station(int(plan.passes.station[row]))

    def centre_on(self, station: int, mode: MapMode = MapMode.STATION) -> None:
        """Show the map around a station of the plan."""
        self.tools.show_mode(mode)
        self.tools.show_station(station)
        self.canvas.set_mode(mode, self._centre(mode))

    def set_layer(self, layer: Layer, is_shown: bool) -> None:
        """Switch one layer on or off."""
        layers = self.canvas.layers
        self.canvas.set_layers(layers | {layer} if is_shown else layers - {layer})
        self.tools.show_layer(layer, is_shown=is_shown)

    def state(self) -> str:
        """Mode, layers and what is in view, for the session."""
        view = self.canvas.viewport
        return json.dumps(
            {
                "mode": self.mode,
                "station": self.tools.stations.currentData() or "",
                "layers": sorted(self.canvas.layers),
            }
            | ({} if self.canvas.is_home else {"at": [view.centre_x, view.centre_y, view.scale_px]})
        )

    def restore_state(self, text: str) -> None:
        """Take the state of an earlier session; what cannot be read is left as it is."""
        try:
            kept = json.loads(text)
            mode = MapMode(kept["mode"])
            layers = frozenset(Layer(name) for name in kept["layers"])
            place = [float(value) for value in kept.get("at", [])]
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        index = self.tools.stations.findData(str(kept.get("station", "")))
        if index >= 0:
            self.tools.show_station(index)
        for layer in Layer:
            self.set_layer(layer, layer in layers)
        self.set_mode(mode)
        if len(place) == 3 and np.isfinite(place).all() and place[2] > 0.0:
            self.canvas.look_at(*place)

    def commands(self) -> Sequence[Command]:
        """What menus, palette and shortcut sheet offer for the map."""
        modes = [
            Command(
                id=f"map.{mode}",
                title=f"Map: {MODE_TITLES[mode]}",
                menu="View/Map",
                run=partial(self.set_mode, mode),
                checked=partial(self._is_mode, mode),
            )
            for mode in MapMode
        ]
        moves = [
            Command(id=name, title=title, menu="View/Map", section=1, run=run)
            for name, title, run in (
                ("map.zoom_in", "Map: zoom in", partial(self.canvas.zoom, ZOOM_STEP)),
                ("map.zoom_out", "Map: zoom out", partial(self.canvas.zoom, 1.0 / ZOOM_STEP)),
                ("map.home", "Map: show all", self.canvas.go_home),
            )
        ]
        layers = [
            Command(
                id=f"map.layer_{layer}",
                title=f"Map: {LAYER_TITLES[layer].lower()}",
                menu="View/Map",
                section=2,
                run=partial(self._toggle, layer),
                checked=partial(self._is_shown, layer),
            )
            for layer in Layer
        ]
        return [*modes, *moves, *layers]

    def _is_mode(self, mode: MapMode) -> bool:
        return self.mode is mode

    def _is_shown(self, layer: Layer) -> bool:
        return layer in self.canvas.layers

    def _toggle(self, layer: Layer) -> None:
        self.set_layer(layer, layer not in self.canvas.layers)

    # construction

    def _build(self) -> None:
        self.tools = MapTools(self.canvas.layers, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.canvas, 1)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.plan_changed.connect(self._take_plan)
        workspace.document_changed.connect(self._take_stations)
        workspace.selection_changed.connect(self.canvas.select_changed)
        workspace.time_changed.connect(self.canvas.tick)
        workspace.stale_changed.connect(self.canvas.update)
        self.tools.mode_wanted.connect(self.set_mode)
        self.tools.station_wanted.connect(self._station_chosen)
        self.tools.zoom_wanted.connect(self.canvas.zoom)
        self.tools.home_wanted.connect(self.canvas.go_home)
        self.tools.layer_wanted.connect(self.set_layer)
        self.canvas.clicked.connect(self._click)
        self.canvas.hovered.connect(self._point)
        self.canvas.menu_wanted.connect(self._open_menu)

    # following the workspace

    def _take_plan(self) -> None:
        plan = self._workspace.plan
        self._take_stations()
        if plan is self._plan:
            return
        self._plan = plan
        if self._background is not None and self._job is not None:
            self._background.cancel(self._job)
        if plan is None:
            self.canvas.set_scene(None)
        elif self._background is None:
            self.canvas.set_scene(Scene(plan))
        else:
            self._job = self._background.start(
                partial(_scene_of, plan),
                title="Orbits for the map",
                done=self._take_scene,
                failed=self._on_failure,
                is_shown=False,
            )

    def _take_scene(self, scene: Scene) -> None:
        self._job = None
        if scene.plan is self._workspace.plan:
            self.canvas.set_scene(scene)

    def _on_failure(self, error: Exception) -> None:
        self._job = None
        self.canvas.set_scene(None)
        self.failed.emit(f"the map has no orbits: {error}")

    def _take_stations(self) -> None:
        self.tools.set_stations(self.canvas.stations())
        if self.canvas.is_home:
            mode = self.mode if self._is_mode_chosen else fitting_mode(self.canvas.stations())
            self.tools.show_mode(mode)
            self.canvas.set_mode(mode, self._centre(mode))
        self.canvas.refresh()

    def _centre(self, mode: MapMode) -> tuple[float, float]:
        sites, at = self.canvas.stations(), self.tools.station_index
        if 0 <= at < len(sites) and mode in CENTRED_MODES:
            return sites[at].latitude_rad, sites[at].longitude_rad
        return _EUROPE_CENTRE_RAD

    def _station_chosen(self) -> None:
        self.canvas.set_mode(self.mode, self._centre(self.mode))

    # what the user does on the canvas

    def _click(self, target: MapTarget, modifiers: Qt.KeyboardModifier) -> None:
        if target.kind is TargetKind.OFFER:
            self._open_menu(target, QCursor.pos())
            return
        row = self.row_of(target)
        if row is None:
            return
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        rows = self._workspace.selected_rows
        if not modifiers & both:
            self._workspace.select((row,))
        elif row in rows and modifiers & Qt.KeyboardModifier.ControlModifier:
            self._workspace.select([known for known in rows if known != row])
        else:
            self._workspace.select((row, *rows))

    def row_of(self, target: MapTarget) -> int | None:
        """The pass that a click on something means: under way, else the next one."""
        scene, time = self.canvas.scene, self._workspace.time_utc
        if target.kind is TargetKind.PASS:
            return target.index
        if scene is None or target.kind in {TargetKind.GROUND, TargetKind.OFFER}:
            return None
        if target.kind is TargetKind.SATELLITE:
            return scene.pass_of_satellite(target.index, time)
        if target.index < len(scene.plan.passes.station_ids):
            return scene.pass_of_station(target.index, time)
        return None

    def _point(self, target: MapTarget | None) -> None:
        text = "" if target is None else coordinates_text(target.latitude_rad, target.longitude_rad)
        self.tools.coordinates.setText(text)

    def menu_for(self, target: MapTarget) -> QMenu:
        """The context menu of something on the map, with what the hooks add."""
        row = self.row_of(target)
        rows = self._workspace.selected_rows if row in self._workspace.selected_rows else (row,)
        menu = QMenu(self) if row is None else pass_menu(self._workspace, _known(rows), self)
        if menu.actions():
            menu.addSeparator()
        if target.kind is TargetKind.STATION:
            name = self.canvas.stations()[target.index].id
            menu.addAction(f"Map around {name}", partial(self.centre_on, target.index))
            globe = partial(self.centre_on, target.index, MapMode.GLOBE)
            menu.addAction(f"Globe turned to {name}", globe)
        if target.kind is TargetKind.OFFER:
            offer = self.canvas.stage.offers[target.index]
            add = partial(self._workspace.actions.add_station, offer.id)
            action = menu.addAction(f"Add {offer.name} to the scenario", add)
            action.setEnabled(self._workspace.actions.can_edit)
        for hook in self.menu_hooks:
            hook(menu, target)
        if menu.actions():
            menu.addSeparator()
        group = QActionGroup(menu)
        for mode in MapMode:
            action = menu.addAction(MODE_TITLES[mode], partial(self.set_mode, mode))
            action.setCheckable(True)
            action.setChecked(mode is self.mode)
            group.addAction(action)
        menu.addAction("Show all", self.canvas.go_home)
        return menu

    def _open_menu(self, target: MapTarget, at: QPoint) -> None:
        row = self.row_of(target)
        if row is not None and row not in self._workspace.selected_rows:
            self._workspace.select((row,))
        menu = self.menu_for(target)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)


def _known(rows: Sequence[int | None]) -> list[int]:
    return [row for row in rows if row is not None]


def _scene_of(plan: Plan, progress: Progress) -> Scene:
    progress.check()
    scene = Scene(plan)
    scene.satellites_at(plan.scenario.start_utc)
    return scene
