"""Geometry of the map without a widget: projections, cuts, viewport, labels, painter paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from station_cases import station as plain_station
from tolerances import DEGREE, within

from euroqci_planner.app.scene import GroundCircle
from euroqci_planner.app.world_map import MapScale, world_map
from euroqci_planner.gui.map.antimeridian import cut_line, cut_ring
from euroqci_planner.gui.map.ground import circle_ring, joined
from euroqci_planner.gui.map.labels import LabelPlacer, Wish
from euroqci_planner.gui.map.paths import path_of
from euroqci_planner.gui.map.presets import MapMode, fitting_mode
from euroqci_planner.gui.map.projections import Azimuthal, Equirectangular, Figure, is_inside
from euroqci_planner.gui.map.viewport import Viewport

EUROPE = Equirectangular(float(np.radians(48.0)))
GLOBE = Azimuthal(float(np.radians(48.0)), float(np.radians(11.0)), is_orthographic=True)
AROUND = Azimuthal(float(np.radians(48.0)), float(np.radians(11.0)), is_orthographic=False)
latitudes = st.floats(-89.0, 89.0)
longitudes = st.floats(-179.9, 179.9)


def distance_rad(one: tuple[float, float], other: tuple[float, float]) -> float:
    (a, b), (c, d) = one, other
    half = np.sin(0.5 * (c - a)) ** 2 + np.cos(a) * np.cos(c) * np.sin(0.5 * (d - b)) ** 2
    return float(2.0 * np.arcsin(np.sqrt(half)))


@settings(deadline=None)
@given(latitudes, longitudes, st.sampled_from([EUROPE, Equirectangular(), GLOBE, AROUND]))
def test_what_a_projection_places_it_finds_again(latitude, longitude, projection):
    place = np.radians([latitude]), np.radians([longitude])
    x, y = projection.forward(*place)
    if np.isnan(x[0]):
        return
    back = projection.inverse(x, y)
    apart = distance_rad((place[0][0], place[1][0]), (back[0][0], back[1][0]))
    assert apart == within(2e-6, of=0.0)


@settings(deadline=None)
@given(latitudes, longitudes)
def test_an_equidistant_map_keeps_distances_from_its_centre(latitude, longitude):
    place = np.radians([latitude]), np.radians([longitude])
    x, y = AROUND.forward(*place)
    away = distance_rad((AROUND.latitude_rad, AROUND.longitude_rad), (place[0][0], place[1][0]))
    if np.isfinite(x[0]):
        assert float(np.hypot(x[0], y[0])) == within(1e-6, of=away)


@settings(deadline=None)
@given(latitudes, longitudes)
def test_the_globe_shows_one_hemisphere(latitude, longitude):
    place = np.radians([latitude]), np.radians([longitude])
    away = distance_rad((GLOBE.latitude_rad, GLOBE.longitude_rad), (place[0][0], place[1][0]))
    x, y = GLOBE.forward(*place)
    if abs(away - 0.5 * np.pi) > 1e-6:
        assert np.isnan(x[0]) == (away > 0.5 * np.pi)
    if np.isfinite(x[0]):
        assert float(np.hypot(x[0], y[0])) == within(1e-9, of=np.sin(away))


def test_north_is_up_and_east_is_right_on_every_map():
    latitude, longitude = np.radians([48.0, 49.0, 48.0]), np.radians([11.0, 11.0, 12.0])
    for projection in (EUROPE, GLOBE, AROUND):
        x, y = projection.forward(latitude, longitude)
        assert y[1] > y[0]
        assert x[2] > x[0]


circles = st.builds(
    lambda latitude, longitude, radius: GroundCircle.around(
        float(np.radians(latitude)), float(np.radians(longitude)), float(np.radians(radius)), 180
    ),
    st.floats(-85.0, 85.0),
    longitudes,
    st.floats(2.0, 88.0),
)


@settings(max_examples=60, deadline=None)
@given(circles, latitudes, longitudes)
@example(GroundCircle.around(-0.7504915783575618, 0.2617993877991494, 0.837758, 180), 0.0, 15.0)
def test_a_cut_circle_holds_what_lies_nearer_to_its_centre_than_its_radius(
    circle, latitude, longitude
):
    point = float(np.radians(latitude)), float(np.radians(longitude))
    centre = circle.centre_latitude_rad, circle.centre_longitude_rad
    away = distance_rad(point, centre)
    if abs(away - circle.radius_rad) > 1.0 * DEGREE:
        assert is_inside(circle_ring(circle), *point) == (away < circle.radius_rad)


@settings(max_examples=60, deadline=None)
@given(circles, st.sampled_from([EUROPE, GLOBE, AROUND]), latitudes, longitudes)
def test_a_filled_circle_covers_the_right_pixels_on_every_map(
    circle, projection, latitude, longitude
):
    point = float(np.radians(latitude)), float(np.radians(longitude))
    away = distance_rad(point, (circle.centre_latitude_rad, circle.centre_longitude_rad))
    x, y = projection.forward(np.array(point[:1]), np.array(point[1:]))
    if np.isnan(x[0]) or abs(away - circle.radius_rad) < 2.0 * DEGREE:
        return
    if projection.is_round and np.hypot(x[0], y[0]) > 0.98 * projection.half_size[0]:
        return
    path = path_of(projection.areas(circle_ring(circle)))
    assert path.contains(QPointF(x[0], y[0])) == (away < circle.radius_rad)


@pytest.mark.parametrize("scale", list(MapScale))
@pytest.mark.parametrize("centre_deg", [(48.0, 11.0), (0.0, -160.0), (-80.0, 0.0)])
@pytest.mark.parametrize("is_orthographic", [True, False])
def test_land_covers_places_on_land_on_round_maps_from_any_side(scale, centre_deg, is_orthographic):
    projection = Azimuthal(*(float(v) for v in np.radians(centre_deg)), is_orthographic)
    path = path_of(projection.areas(world_map(scale).land))
    for place, is_land in (
        ((47.07, 15.44), True),
        ((43.2, 34.0), False),
        ((-25.0, 134.0), True),
        ((0.0, -140.0), False),
        ((-85.0, 60.0), True),
        ((40.0, -100.0), True),
    ):
        x, y = projection.forward(*(np.radians([value]) for value in place))
        if np.isfinite(x[0]) and np.hypot(x[0], y[0]) < 0.95 * projection.half_size[0]:
            assert path.contains(QPointF(x[0], y[0])) == is_land, place


def test_a_line_over_the_date_line_becomes_two_that_end_at_the_border():
    pieces = cut_line(np.radians([10.0, 20.0]), np.radians([170.0, -170.0]))
    assert len(pieces) == 2
    (first, second) = pieces
    assert np.degrees(first[1][-1]) == within(1e-9, of=180.0)
    assert np.degrees(second[1][0]) == within(1e-9, of=-180.0)
    assert np.degrees([first[0][-1], second[0][0]]) == within(1e-9, of=15.0)


def test_a_line_that_crosses_twice_comes_back():
    pieces = cut_line(np.zeros(3), np.radians([170.0, -170.0, 170.0]))
    assert [round(float(np.degrees(piece[1][0]))) for piece in pieces] == [170, -180, 180]


def test_a_ring_over_the_date_line_keeps_its_area():
    latitude, longitude = np.radians([0, 0, 10, 10]), np.radians([175, -175, -175, 175])
    parts = cut_ring(latitude, longitude)
    assert len(parts) == 2
    whole = sum(_shoelace(part) for part in parts)
    assert np.degrees(np.degrees(whole)) == within(1e-6, of=100.0)


def test_a_ring_around_a_pole_is_closed_over_it():
    longitude = np.radians(np.arange(-180.0, 180.0, 10.0))
    parts = joined(cut_ring(np.full_like(longitude, np.radians(-70.0)), longitude))
    assert is_inside(parts, np.radians(-89.0), 0.3)
    assert not is_inside(parts, np.radians(-69.0), 0.3)


def _shoelace(ring: tuple[np.ndarray, np.ndarray]) -> float:
    y, x = ring
    return abs(0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def view(projection=EUROPE, scale=800.0) -> Viewport:
    return Viewport(projection, scale, 0.1, 0.85, 640, 400)


@settings(deadline=None)
@given(st.floats(0.0, 640.0), st.floats(0.0, 400.0), st.floats(0.6, 1.8))
def test_zooming_keeps_the_ground_under_the_pointer(x, y, factor):
    before = view().ground(x, y)
    zoomed = view().zoomed(factor, x, y)
    assert zoomed.ground(x, y) == pytest.approx(before, abs=1e-9)


def test_panning_moves_the_ground_with_the_pointer():
    start = view()
    grabbed = start.ground(300.0, 200.0)
    assert start.panned(40.0, -25.0).ground(340.0, 175.0) == pytest.approx(grabbed, abs=1e-9)


def test_the_map_cannot_be_pushed_out_of_sight_or_zoomed_away():
    far = view(Equirectangular()).panned(1e6, 1e6).zoomed(1e-6, 0.0, 0.0)
    x, _ = far.to_screen((np.array([-np.pi, np.pi]), np.zeros(2)))
    assert x[0] >= 0.0
    assert x[1] <= 640.0
    assert x[1] - x[0] >= 0.5 * 640.0


def test_a_path_has_the_strokes_of_its_figure():
    starts = np.array([True, False, False, True, False])
    figure = Figure(np.arange(5.0), np.arange(5.0) ** 2, starts)
    path = path_of(figure)
    assert path.elementCount() == 5
    assert [path.elementAt(n).isMoveTo() for n in range(5)] == starts.tolist()
    assert path.elementAt(4).y == 16.0
    assert path_of(Figure(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))).isEmpty()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 640), st.floats(0, 400)), min_size=1, max_size=25))
def test_labels_cover_neither_each_other_nor_markers_nor_leave_the_map(places):
    wishes = [Wish(n, x, y, 60.0, 14.0) for n, (x, y) in enumerate(places)]
    taken = np.array([[x - 5, y - 5, x + 5, y + 5] for x, y in places])
    placed = LabelPlacer().placed(wishes, taken, (640, 400))
    boxes = [(x, y, x + 60.0, y + 14.0) for x, y in placed.values()]
    for number, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= 640
        assert box[3] <= 400
        for other in [*boxes[:number], *taken.tolist()]:
            assert not (
                box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]
            )


def test_a_label_stays_on_its_side_while_there_is_room():
    placer, nothing = LabelPlacer(), np.zeros((0, 4))
    wall = np.array([[305.0, 180.0, 400.0, 220.0]])
    wish = Wish(1, 300.0, 200.0, 60.0, 14.0)
    left = placer.placed([wish], wall, (640, 400))[1]
    assert left[0] < 300.0
    assert placer.placed([wish], nothing, (640, 400))[1] == left


@pytest.mark.parametrize(
    ("latitude", "longitude", "wanted"),
    [(48.0, 11.0, MapMode.EUROPE), (28.3, -16.5, MapMode.EUROPE), (-21.1, 55.5, MapMode.WORLD)],
)
def test_the_map_begins_with_what_holds_all_stations(latitude, longitude, wanted):
    sites = [
        plain_station("home", latitude_rad=np.radians(50.0), longitude_rad=np.radians(5.0)),
        plain_station(
            "other", latitude_rad=np.radians(latitude), longitude_rad=np.radians(longitude)
        ),
    ]
    assert fitting_mode(sites) is wanted
    assert fitting_mode([]) is MapMode.EUROPE
