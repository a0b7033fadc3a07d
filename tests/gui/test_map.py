"""The map, driven by mouse and keyboard over the plan of the sample scenario."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from plan_cases import scenario as other_scenario
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QImage, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip
from sample_case import sample_plan
from tolerances import DEGREE, within
from view_cases import shown, workspace_of

from euroqci_planner.gui import theme as themes
from euroqci_planner.gui.background import Background
from euroqci_planner.gui.map.map_view import MapView
from euroqci_planner.gui.map.presets import Layer, MapMode
from euroqci_planner.gui.map.stage import MapTarget, TargetKind
from euroqci_planner.gui.map.tips import tip_of
from euroqci_planner.gui.theme import ThemeChoice
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import instant_after

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plan() -> Plan:
    return sample_plan()


@pytest.fixture
def workspace(plan: Plan) -> Workspace:
    return workspace_of(plan)


@pytest.fixture
def view(qtbot, workspace: Workspace) -> MapView:
    made = MapView(workspace)
    return shown(qtbot, made, 800, 500)


@pytest.fixture
def contact(workspace: Workspace, plan: Plan) -> int:
    """A contact, with the time in its middle."""
    row = int(plan.contact_rows[1])
    workspace.set_time(plan.passes.highest_utc[row])
    return row


def test_stations_far_from_europe_show_at_first_and_a_chosen_map_stays(qtbot, plan: Plan):
    scenario = plan.scenario
    island = replace(scenario.stations[0], id="reunion", latitude_rad=-0.37, longitude_rad=0.97)
    far = replace(plan, scenario=replace(scenario, stations=(*scenario.stations[1:], island)))
    workspace = workspace_of(far)
    view = shown(qtbot, MapView(workspace), 800, 500)
    assert view.mode is MapMode.WORLD
    assert view.tools.modes.currentData() == MapMode.WORLD
    view.set_mode(MapMode.EUROPE)
    workspace.set_document(replace(far.scenario, name="renamed"), is_stale=True)
    assert view.mode is MapMode.EUROPE


def satellite_at(view: MapView, index: int) -> QPoint:
    stage = view.canvas.stage
    return QPoint(round(stage.satellite_x[index]), round(stage.satellite_y[index]))


def station_at(view: MapView, index: int) -> QPoint:
    stage = view.canvas.stage
    return QPoint(round(stage.station_x[index]), round(stage.station_y[index]))


def picture(view: MapView) -> QImage:
    QApplication.processEvents()
    return view.canvas.grab().toImage()


def near(image: QImage, at: QPoint, colour, reach: int = 6) -> int:
    """Pixels of about this colour around a point."""
    found = 0
    for y in range(at.y() - reach, at.y() + reach + 1):
        for x in range(at.x() - reach, at.x() + reach + 1):
            if image.valid(x, y):
                seen = image.pixelColor(x, y)
                apart = abs(seen.red() - colour.red()) + abs(seen.green() - colour.green())
                found += apart + abs(seen.blue() - colour.blue()) < 24
    return found


def test_clicking_a_satellite_in_contact_selects_its_contact(view, workspace, plan, contact):
    QTest.mouseClick(view.canvas, LEFT, pos=satellite_at(view, plan.passes.satellite[contact]))
    assert workspace.selected_rows == (contact,)


def test_clicking_within_eight_pixels_is_enough_and_farther_is_not(view, workspace, plan, contact):
    middle = satellite_at(view, plan.passes.satellite[contact])
    ways = [QPoint(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if (dx == 0) != (dy == 0)]
    far = [middle + 10 * way for way in ways]
    free = [
        n
        for n, at in enumerate(far)
        if view.canvas.stage.target(at.x(), at.y()).kind is TargetKind.GROUND
    ]
    way = ways[free[0]]
    QTest.mouseClick(view.canvas, LEFT, pos=middle + 10 * way)
    assert workspace.selected_rows == ()
    QTest.mouseClick(view.canvas, LEFT, pos=middle + 7 * way)
    assert workspace.selected_rows == (contact,)


def test_clicking_a_link_selects_its_pass(view, workspace, contact):
    view.canvas.set_layers(view.canvas.layers)
    link = next(link for link in view.canvas.stage.contacts if link.row == contact)
    x0, y0, x1, y1 = link.ends
    view.canvas.zoom(6.0, QPointF(0.5 * (x0 + x1), 0.5 * (y0 + y1)))
    link = next(link for link in view.canvas.stage.contacts if link.row == contact)
    x0, y0, x1, y1 = link.ends
    QTest.mouseClick(view.canvas, LEFT, pos=QPoint(round(0.5 * (x0 + x1)), round(0.5 * (y0 + y1))))
    assert workspace.selected_rows == (contact,)


def test_clicking_a_station_selects_its_contact_under_way(view, workspace, plan, contact):
    station = int(plan.passes.station[contact])
    QTest.mouseClick(view.canvas, LEFT, pos=station_at(view, station))
    assert workspace.primary_row is not None
    assert plan.passes.station[workspace.primary_row] == station
    assert workspace.primary_row == contact


def test_control_click_adds_to_the_selection_and_takes_away_again(view, workspace, plan, contact):
    workspace.select((0,))
    at = satellite_at(view, plan.passes.satellite[contact])
    QTest.mouseClick(view.canvas, LEFT, CONTROL, at)
    assert workspace.selected_rows == (contact, 0)
    QTest.mouseClick(view.canvas, LEFT, CONTROL, at)
    assert workspace.selected_rows == (0,)


def test_clicking_bare_ground_leaves_the_selection(view, workspace):
    workspace.select((3,))
    QTest.mouseClick(view.canvas, LEFT, pos=QPoint(3, 3))
    assert workspace.selected_rows == (3,)


def test_every_satellite_is_painted_where_the_stage_has_it_in_its_colour(view, plan, contact):
    view.set_mode(MapMode.WORLD)
    view.canvas.go_home()
    QTest.qWait(200)
    image = picture(view)
    for index in view.canvas.stage.in_view.tolist():
        at = satellite_at(view, index)
        if at.y() < 440:
            assert near(image, at, themes.current().satellite(index)) > 12


def test_satellites_move_with_the_time(view, workspace, contact, plan):
    index = int(plan.passes.satellite[contact])
    before = satellite_at(view, index)
    workspace.set_time(instant_after(workspace.time_utc, 60.0))
    after = satellite_at(view, index)
    assert (after - before).manhattanLength() > 20
    assert near(picture(view), after, themes.current().satellite(index)) > 12


def test_night_is_bluer_than_day(view, workspace, plan):
    view.set_mode(MapMode.WORLD)
    for layer in Layer:
        view.set_layer(layer, layer is Layer.NIGHT)
    workspace.set_time(plan.scenario.start_utc)
    QTest.qWait(200)
    image = picture(view)
    scene = view.canvas.scene
    sun = scene.sub_solar_point(workspace.time_utc)
    opposite = scene.night_bands(workspace.time_utc)[-1].circle
    dark = view.canvas.viewport.place(
        np.array([opposite.centre_latitude_rad]), np.array([opposite.centre_longitude_rad])
    )
    bright = view.canvas.viewport.place(np.array(sun[:1]), np.array(sun[1:]) - 0.4)
    colours = [image.pixelColor(round(p[0][0]), round(p[1][0])) for p in (dark, bright)]
    blueness = [colour.blue() - colour.red() for colour in colours]
    assert blueness[0] > blueness[1] + 10


def test_the_wheel_zooms_around_the_pointer(view):
    canvas = view.canvas
    at = QPointF(250.0, 180.0)
    ground, scale = canvas.viewport.ground(at.x(), at.y()), canvas.viewport.scale_px
    event = QWheelEvent(
        at,
        canvas.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 (Qt takes it by position)
    )
    QApplication.sendEvent(canvas, event)
    assert canvas.viewport.scale_px == pytest.approx(1.2 * scale)
    assert canvas.viewport.ground(at.x(), at.y()) == pytest.approx(ground, abs=1e-9)


def test_dragging_moves_the_map_and_selects_nothing(view, workspace, contact):
    canvas = view.canvas
    canvas.zoom(2.0)
    start, end = QPoint(400, 250), QPoint(340, 290)
    ground = canvas.viewport.ground(start.x(), start.y())
    QTest.mousePress(canvas, LEFT, pos=start)
    QTest.mouseMove(canvas, QPoint(370, 270))
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, pos=end)
    assert canvas.viewport.ground(end.x(), end.y()) == pytest.approx(ground, abs=1e-6)
    assert workspace.selected_rows == ()


def test_dragging_turns_the_globe(view):
    view.set_mode(MapMode.GLOBE)
    before = view.canvas.viewport.projection
    QTest.mousePress(view.canvas, LEFT, pos=QPoint(400, 250))
    QTest.mouseMove(view.canvas, QPoint(460, 250))
    QTest.mouseRelease(view.canvas, LEFT, pos=QPoint(460, 250))
    after = view.canvas.viewport.projection
    assert after.longitude_rad < before.longitude_rad
    assert after.latitude_rad == pytest.approx(before.latitude_rad)


def test_keys_move_zoom_and_show_all(view):
    canvas = view.canvas
    canvas.setFocus()
    home = canvas.viewport
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport.scale_px == pytest.approx(1.44 * home.scale_px)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.viewport.centre_x > home.centre_x
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    assert canvas.viewport.centre_y > home.centre_y
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.viewport == home
    assert canvas.is_home


def test_full_stop_steps_from_satellite_to_satellite(view, workspace, plan):
    view.set_mode(MapMode.WORLD)
    view.canvas.setFocus()
    seen = []
    for _ in range(len(plan.scenario.satellites)):
        QTest.keyClick(view.canvas, Qt.Key.Key_Period)
        seen.append(int(plan.passes.satellite[workspace.primary_row]))
    assert sorted(set(seen)) == list(range(len(plan.scenario.satellites)))
    QTest.keyClick(view.canvas, Qt.Key.Key_Comma)
    assert int(plan.passes.satellite[workspace.primary_row]) == seen[-2]


def test_around_a_station_the_station_of_the_selected_pass_is_in_the_middle(view, workspace, plan):
    row = int(plan.contact_rows[4])
    workspace.select((row,))
    view.set_mode(MapMode.STATION)
    station = int(plan.passes.station[row])
    assert (station_at(view, station) - view.canvas.rect().center()).manhattanLength() <= 2


def test_another_station_can_be_put_in_the_middle_by_the_list(view, plan):
    view.set_mode(MapMode.STATION)
    assert view.tools.stations.isVisible()
    view.tools.stations.setFocus()
    QTest.keyClick(view.tools.stations, Qt.Key.Key_End)
    last = len(plan.scenario.stations) - 1
    assert (station_at(view, last) - view.canvas.rect().center()).manhattanLength() <= 2


def test_europe_and_its_stations_are_in_view_at_first(view, plan):
    assert view.mode is MapMode.EUROPE
    stage = view.canvas.stage
    assert np.all((stage.station_x > 0) & (stage.station_x < view.canvas.width()))
    assert np.all((stage.station_y > 0) & (stage.station_y < view.canvas.height()))


def test_resizing_fits_the_first_view_again_and_keeps_a_chosen_one(view):
    canvas = view.canvas
    view.resize(1000, 700)
    stage = canvas.stage
    assert np.all((stage.station_x > 0) & (stage.station_x < canvas.width()))
    canvas.zoom(3.0)
    centre = canvas.viewport.ground(0.5 * canvas.width(), 0.5 * canvas.height())
    view.resize(700, 500)
    assert canvas.viewport.ground(0.5 * canvas.width(), 0.5 * canvas.height()) == pytest.approx(
        centre, abs=1e-6
    )


def test_a_layer_that_is_switched_off_is_gone(view, plan):
    station = station_at(view, 0)
    colour = themes.current().station
    assert near(picture(view), station, colour) > 10
    action = next(a for a in view.tools.layers.menu().actions() if a.data() == Layer.STATIONS)
    action.trigger()
    assert near(picture(view), station, colour) == 0
    assert Layer.STATIONS not in view.canvas.layers


def test_the_legend_button_shows_and_hides_the_legend(view):
    before = picture(view)
    QTest.mouseClick(view.tools.legend, LEFT)
    shown = picture(view)
    corner = QRect(10, view.canvas.height() - 120, 160, 100)
    assert shown.copy(corner) != before.copy(corner)
    QTest.mouseClick(view.tools.legend, LEFT)
    assert picture(view).copy(corner) == before.copy(corner)


def test_the_track_and_footprint_of_the_selection_are_drawn(view, workspace, plan, contact):
    before = picture(view)
    workspace.select((contact,))
    after = picture(view)
    colour = themes.current().satellite(int(plan.passes.satellite[contact]))
    points = view.canvas.scene.track(
        int(plan.passes.satellite[contact]),
        plan.conditions.usable_start_utc[contact],
        plan.conditions.usable_end_utc[contact],
        30.0,
    )
    x, y = view.canvas.viewport.place(points.latitude_rad, points.longitude_rad)
    quarter = QPoint(round(x[len(x) // 4]), round(y[len(y) // 4]))
    assert near(after, quarter, colour, 3) > near(before, quarter, colour, 3) + 8


def test_tooltips_say_what_is_under_the_pointer(view, workspace, plan, contact):
    stage = view.canvas.stage
    satellite = int(plan.passes.satellite[contact])
    station = int(plan.passes.station[contact])
    text = tip_of(MapTarget(TargetKind.SATELLITE, satellite, 0.0, 0.0), stage, plan)
    height_km = stage.points.altitude_m[satellite] / 1e3
    assert f"{height_km:.0f} km high" in text
    assert f"in contact with {plan.scenario.stations[station].name}" in text
    text = tip_of(MapTarget(TargetKind.STATION, station, 0.0, 0.0), stage, plan)
    contacts = np.count_nonzero(plan.passes.station[plan.contact_rows] == station)
    assert f"{contacts} contacts" in text
    assert "in contact with" in text
    text = tip_of(MapTarget(TargetKind.PASS, contact, 0.0, 0.0), stage, plan)
    assert "scheduled" in text
    assert tip_of(MapTarget(TargetKind.GROUND, -1, 0.0, 0.0), stage, plan) == ""


def test_a_tooltip_opens_over_a_station(view, plan):
    at = station_at(view, 2)
    event = QHelpEvent(QEvent.Type.ToolTip, at, view.canvas.mapToGlobal(at))
    QApplication.sendEvent(view.canvas, event)
    assert plan.scenario.stations[2].id in QToolTip.text()
    QToolTip.hideText()


def test_the_pointer_reads_coordinates(view, plan):
    at = station_at(view, 0)
    QTest.mouseMove(view.canvas, at)
    latitude = np.degrees(plan.scenario.stations[0].latitude_rad)
    text = view.tools.coordinates.text()
    assert float(text.split("°")[0]) == within(0.2, of=latitude)


@dataclass
class Recorder:
    """Takes edits and remembers them."""

    can_edit: bool = True
    added: list[str] = field(default_factory=list)
    pinned: list[Sequence[int]] = field(default_factory=list)

    def pin(self, rows: Sequence[int]) -> None:
        self.pinned.append(tuple(rows))

    def ban(self, rows: Sequence[int]) -> None: ...

    def free(self, rows: Sequence[int]) -> None: ...

    def move(self, row: int, station_id: str) -> None: ...

    def close_station(self, station_id: str, from_utc, to_utc) -> None: ...

    def add_station(self, catalogue_id: str) -> None:
        self.added.append(catalogue_id)


def entry(menu: QMenu, text: str):
    return next(action for action in menu.actions() if text in action.text())


def test_the_menu_of_a_satellite_edits_its_pass_and_that_of_a_station_centres(
    view, workspace, plan, contact
):
    workspace.actions = Recorder()
    satellite = int(plan.passes.satellite[contact])
    menu = view.menu_for(MapTarget(TargetKind.SATELLITE, satellite, 0.0, 0.0))
    entry(menu, "Pin").trigger()
    assert workspace.actions.pinned == [(contact,)]
    menu = view.menu_for(MapTarget(TargetKind.STATION, 3, 0.0, 0.0))
    entry(menu, "Map around").trigger()
    assert view.mode is MapMode.STATION
    assert (station_at(view, 3) - view.canvas.rect().center()).manhattanLength() <= 2


def test_hooks_add_to_the_menu_what_the_window_offers(view):
    seen: list[MapTarget] = []

    def hook(menu: QMenu, target: MapTarget) -> None:
        seen.append(target)
        menu.addAction("Close the station")

    view.menu_hooks.append(hook)
    target = MapTarget(TargetKind.STATION, 1, 0.0, 0.0)
    assert entry(view.menu_for(target), "Close the station") is not None
    assert seen == [target]


def test_a_right_click_selects_and_opens_the_menu(view, workspace, plan, contact, qtbot):
    at = satellite_at(view, plan.passes.satellite[contact])
    with qtbot.waitSignal(view.canvas.menu_wanted):
        QTest.mouseClick(view.canvas, Qt.MouseButton.RightButton, pos=at)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.canvas.mapToGlobal(at))
        QApplication.sendEvent(view.canvas, event)
    assert workspace.primary_row == contact
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()


def test_a_station_of_the_catalogue_is_offered_and_added(view, workspace):
    workspace.actions = Recorder()
    assert view.canvas.stage.offers == ()
    view.set_layer(Layer.CATALOGUE, is_shown=True)
    stage = view.canvas.stage
    assert len(stage.offers) > 30
    present = {(round(s.latitude_rad, 3), round(s.longitude_rad, 3)) for s in stage.stations}
    assert not present & {
        (round(np.radians(o.latitude_deg), 3), round(np.radians(o.longitude_deg), 3))
        for o in stage.offers
    }
    target = MapTarget(TargetKind.OFFER, 0, 0.0, 0.0)
    entry(view.menu_for(target), "Add").trigger()
    assert workspace.actions.added == [stage.offers[0].id]
    assert stage.offers[0].name in tip_of(target, stage, None)


def test_a_station_that_is_not_in_the_plan_yet_is_shown_hollow_and_says_so(view, workspace, plan):
    new = replace(other_scenario().stations[3], id="new-station")
    edited = replace(plan.scenario, stations=(*plan.scenario.stations, new))
    workspace.set_document(edited, is_stale=True)
    stage = view.canvas.stage
    assert stage.stations[-1] == new
    target = MapTarget(TargetKind.STATION, len(stage.stations) - 1, 0.0, 0.0)
    assert "not in the plan yet" in tip_of(target, stage, plan)
    assert view.row_of(target) is None


def test_a_stale_plan_says_so(view, workspace):
    before = picture(view)
    workspace.set_stale(is_stale=True)
    corner = QRect(view.canvas.width() - 140, 4, 136, 26)
    after = picture(view)
    assert after.copy(corner) != before.copy(corner)


def test_the_state_of_the_view_can_be_kept_and_restored(view, workspace, qtbot):
    view.set_mode(MapMode.STATION)
    view.centre_on(5)
    view.set_layer(Layer.GRID, is_shown=False)
    view.canvas.zoom(2.0, QPointF(100.0, 100.0))
    kept = view.state()
    other = MapView(workspace)
    qtbot.addWidget(other)
    other.resize(view.size())
    other.show()
    other.restore_state(kept)
    assert other.mode is MapMode.STATION
    assert Layer.GRID not in other.canvas.layers
    assert other.canvas.viewport == view.canvas.viewport


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"mode": "moon"}', json.dumps({"mode": "world", "layers": ["x"]})]
)
def test_a_state_that_cannot_be_read_changes_nothing(view, text):
    before = (view.mode, view.canvas.layers, view.canvas.viewport)
    view.restore_state(text)
    assert (view.mode, view.canvas.layers, view.canvas.viewport) == before


def test_both_themes_paint_the_map_in_their_colours(view, qtbot):
    choice = themes.chosen()
    try:
        for wanted in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            themes.apply(wanted)
            image = picture(view)
            assert near(image, station_at(view, 0), themes.current().station) > 10
    finally:
        themes.apply(choice)


def test_a_vector_file_of_the_map_holds_no_pictures(view, workspace, contact):
    workspace.select((contact,))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.canvas.size())
    painter = QPainter(generator)
    view.canvas.render(painter, QPoint(0, 0))
    painter.end()
    text = bytes(content.data()).decode()
    assert "<image" not in text
    assert text.count("<path") > 30


def test_a_map_without_a_plan_shows_the_world(qtbot):
    view = MapView(Workspace())
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    assert near(picture(view), QPoint(250, 150), themes.current().land, 120) > 500
    QTest.mouseClick(view.canvas, LEFT, pos=QPoint(250, 150))
    assert view.canvas.stage.points is None


def test_orbits_are_prepared_beside_the_window(qtbot, workspace, plan):
    background = Background()
    view = MapView(workspace, background=background)
    qtbot.addWidget(view)
    qtbot.waitUntil(lambda: view.canvas.scene is not None, timeout=5_000)
    assert view.canvas.scene.plan is plan
    background.close()


def test_another_plan_replaces_the_satellites(view, workspace, plan):
    workspace.set_plan(None)
    assert view.canvas.scene is None
    workspace.set_plan(plan)
    assert view.canvas.scene.plan is plan


def test_the_map_can_be_reached_by_keys_and_names_itself(view):
    assert view.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert view.canvas.accessibleName() == "Map of satellites and ground stations"
    view.setFocus()
    assert view.focusProxy() is view.canvas


def test_every_command_of_the_map_runs(view):
    for command in view.commands():
        command.run()
        if command.checked is not None:
            assert isinstance(command.checked(), bool)
    picture(view)


def test_the_middle_of_the_station_map_is_the_station_to_a_fraction_of_a_degree(view, plan):
    view.centre_on(0)
    centre = view.canvas.viewport.ground(0.5 * view.canvas.width(), 0.5 * view.canvas.height())
    site = plan.scenario.stations[0]
    assert centre[0] == within(0.001 * DEGREE, of=site.latitude_rad)
    assert centre[1] == within(0.001 * DEGREE, of=site.longitude_rad)
