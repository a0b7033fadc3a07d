"""The inspector, driven by mouse and keyboard over the plan of the sample scenario."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from plan_cases import geometry_plan
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sample_case import sample_plan
from tolerances import DECIBEL, within
from view_cases import shown, workspace_of

from euroqci_planner.app.display import bits_text
from euroqci_planner.app.inspection import inspect_pass
from euroqci_planner.app.pass_card import pass_card
from euroqci_planner.gui import theme as themes
from euroqci_planner.gui.background import Background
from euroqci_planner.gui.theme import ThemeChoice
from euroqci_planner.gui.views.bar_chart import Kind
from euroqci_planner.gui.views.chart import Scale, tick_texts, ticks
from euroqci_planner.gui.views.inspector import InspectorView
from euroqci_planner.gui.views.pass_curves import curves_of
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan, Reason
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import decibel_loss

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def plan() -> Plan:
    return sample_plan()


@pytest.fixture
def workspace(plan: Plan) -> Workspace:
    return workspace_of(plan)


@pytest.fixture
def view(qtbot, workspace: Workspace) -> InspectorView:
    made = InspectorView(workspace)
    return shown(qtbot, made, 1100, 760)


@pytest.fixture
def contact(plan: Plan) -> int:
    return int(plan.contact_rows[1])


@pytest.fixture
def blocked(plan: Plan) -> int:
    return int(np.flatnonzero(plan.decisions.blocked_by >= 0)[0])


def words(view: InspectorView) -> str:
    labels = [view._title, view._state, *view._facts]
    return " ".join(label.text() for label in labels if not label.isHidden())


def picture(widget) -> QImage:
    QApplication.processEvents()
    return widget.grab().toImage()


def near(image: QImage, at: QPointF, colour, reach: int = 4) -> int:
    found = 0
    for y in range(round(at.y()) - reach, round(at.y()) + reach + 1):
        for x in range(round(at.x()) - reach, round(at.x()) + reach + 1):
            if image.valid(x, y):
                seen = image.pixelColor(x, y)
                apart = abs(seen.red() - colour.red()) + abs(seen.green() - colour.green())
                found += apart + abs(seen.blue() - colour.blue()) < 30
    return found


def test_the_head_says_the_chance_of_every_sky_and_the_key_in_it(
    view: InspectorView, workspace: Workspace, plan: Plan, contact: int
) -> None:
    workspace.select((contact,))
    decisions, details = plan.decisions, plan.key_details
    assert details is not None
    for name, chance, bits in (
        ("thin cloud", decisions.thin_probability, details.key_thin_bits),
        ("broken cloud", decisions.broken_probability, details.key_broken_bits),
    ):
        wanted = f"{name} {100 * chance[contact]:.0f} % ({bits_text(float(bits[contact]))})"
        assert wanted in words(view)


@pytest.mark.parametrize("height", [120, 150, 400])
def test_the_head_stays_above_the_panels_however_low_the_window_is(
    qtbot: QtBot, workspace: Workspace, plan: Plan, contact: int, height: int
) -> None:
    view = shown(qtbot, InspectorView(workspace), 440, height)
    workspace.select((contact,))
    view.resize(440, height)
    QApplication.processEvents()
    labels = [label for label in (view._title, view._state, *view._facts) if label.height()]
    assert view._title in labels
    assert max(label.geometry().bottom() for label in labels) < view.board.geometry().top()
    assert max(label.geometry().right() for label in labels) < view.board.tabs.geometry().left()
    assert view.board.geometry().bottom() < height
    left_out = [label.text() for label in view._facts if label.text() and not label.height()]
    assert bool(left_out) == (height < 400)
    assert all(text in view._title.toolTip() for text in left_out)


def test_without_a_selection_it_says_what_to_do(view):
    assert view.shown is None
    assert view._empty.isVisible()
    assert "Select a pass" in view._empty.text()
    assert not view.board.isVisible()


def test_the_headline_names_the_pass_its_state_and_its_figures(view, workspace, plan, contact):
    workspace.select((contact,))
    text = words(view)
    assert plan.passes.pass_ids()[contact] in text
    assert "scheduled" in text
    elevation = np.degrees(plan.passes.max_elevation_rad[contact])
    assert f"max {elevation:.1f}°" in text
    loss = float(decibel_loss(plan.link.transmittance_culmination[contact]))
    assert f"{loss:.1f} dB" in text
    assert f"key {bits_text(plan.keys.key_bits[contact])}" in text
    assert f"QBER {100 * plan.keys.qber[contact]:.2f}" in text


def test_the_first_of_several_selected_passes_is_shown(view, workspace, contact, blocked):
    workspace.select((blocked, contact))
    assert view.shown.row == blocked
    workspace.select(())
    assert view.shown is None


def test_the_blocker_is_a_link_that_selects_it_by_keyboard(view, workspace, plan, blocked):
    workspace.select((blocked,))
    assert "satellite busy" in words(view) or "station busy" in words(view)
    view._state.setFocus()
    QTest.keyClick(view._state, Qt.Key.Key_Tab)
    QTest.keyClick(view._state, Qt.Key.Key_Return)
    assert workspace.primary_row == plan.decisions.blocked_by[blocked]
    assert view.shown.row == plan.decisions.blocked_by[blocked]


def test_the_waterfall_ends_at_the_loss_of_the_plan(view, workspace, plan, contact):
    workspace.select((contact,))
    bars = view.losses.bars
    assert len(bars) == len(plan.link.loss_terms) + 1
    loss = float(decibel_loss(plan.link.transmittance_culmination[contact]))
    assert bars[-1].end == within(1e-6 * DECIBEL, of=loss)
    assert all(bar.end == after.begin for bar, after in pairwise(bars[:-1]))
    assert bars[-1].kind is Kind.SUM


def test_the_background_adds_up_to_that_of_the_plan(view, workspace, plan, contact):
    workspace.select((contact,))
    bars = view.noise.bars
    assert bars[-1].end == within(1e-6, of=plan.link.noise_hz[contact])
    assert [bar.name for bar in bars[:-1]] == [
        name.replace("_", " ") for name in plan.link.noise_terms
    ]


def test_the_ledger_falls_from_sifted_bits_to_the_key_of_the_plan(view, workspace, plan, contact):
    workspace.select((contact,))
    bars = view.key.bars[:-2]
    size = plan.keys.sifted_bits[contact] / bars[0].end
    assert bars[-1].end * size == within(1.0, of=plan.keys.key_bits_signed[contact])
    assert bars[-1].text == bits_text(plan.keys.key_bits[contact])
    assert bars[-1].kind is Kind.GOOD
    assert view.key.title.endswith(f"[{view.key.unit}]")


def test_the_key_is_given_with_its_spread(view, workspace, plan, contact):
    workspace.select((contact,))
    details = plan.key_details
    low, high = details.key_p10_bits[contact], details.key_p90_bits[contact]
    assert 0.0 < low < plan.keys.key_bits[contact] < high
    assert [(bar.name, bar.text) for bar in view.key.bars[-2:]] == [
        ("key P10", bits_text(low)),
        ("key P90", bits_text(high)),
    ]
    assert dict(pass_card(plan, contact).lines)["P10 to P90"].startswith(bits_text(low))


def test_a_pass_without_key_says_how_far_it_is_from_one(view, workspace, plan):
    row = int(np.flatnonzero(plan.decisions.reason == Reason.NO_KEY)[0])
    workspace.select((row,))
    last = view.key.bars[-1]
    assert last.kind is Kind.BAD
    assert last.text.startswith("none, ")
    assert bits_text(-plan.keys.key_bits_signed[row]) in last.text


def test_the_epsilons_add_up_to_what_the_policy_promises(view, workspace, plan, contact):
    workspace.select((contact,))
    policy = plan.scenario.policy
    rows = view.epsilons._rows()
    assert rows[-1] == ("total", "", "", "10⁻⁹")
    assert policy.epsilon_secrecy == 1e-9
    total = sum(share.epsilon for share in view.shown.ledger.shares)
    assert total == within(1e-18, of=policy.epsilon_secrecy + policy.epsilon_correctness)


def test_the_curves_have_the_units_of_their_numbers(plan, contact):
    shown = inspect_pass(plan, contact)
    elevation, reach, loss, qber, key = curves_of(shown)
    assert [curve.unit for curve in (elevation, reach, loss, qber)] == ["°", "km", "dB", "%"]
    assert key.unit.endswith("bit/s")
    assert elevation.values.max() == within(
        1e-4, of=np.degrees(plan.passes.max_elevation_rad[contact])
    )
    assert reach.values.min() == within(0.05, of=plan.passes.min_range_m[contact] / 1e3)
    assert loss.values.min() == within(
        1e-6, of=float(decibel_loss(plan.link.transmittance_max[contact]))
    )
    assert np.average(qber.values, weights=shown.link.sifted_rate_hz) == within(
        1e-3, of=100 * plan.keys.qber[contact]
    )


def test_clicking_a_curve_sets_the_one_time(view, workspace, plan, contact):
    workspace.select((contact,))
    curves = view.curves
    begin = curves.time_at(QPointF(0.0, 0.0))
    assert np.isnan(begin)
    for x in range(0, curves.width(), 7):
        at = QPoint(x, round(0.3 * curves.height()))
        at_s = curves.time_at(QPointF(at))
        if np.isfinite(at_s):
            break
    QTest.mouseClick(curves, LEFT, pos=at)
    assert float(seconds_between(plan.passes.highest_utc[contact], workspace.time_utc)) == within(
        1e-5, of=at_s
    )


def test_the_values_above_the_curves_follow_pointer_and_time(view, workspace, plan, contact):
    workspace.select((contact,))
    workspace.set_time(plan.passes.highest_utc[contact])
    elevation = curves_of(view.shown)[0]
    assert float(elevation.at(view.curves._reading_s())) == within(
        0.06, of=np.degrees(plan.passes.max_elevation_rad[contact])
    )
    before = picture(view.curves)
    workspace.set_time(plan.passes.rise_utc[contact])
    assert picture(view.curves) != before
    assert view.curves._reading_s() == within(
        1e-3, of=float(seconds_between(plan.passes.highest_utc[contact], workspace.time_utc))
    )


def test_the_sky_plot_draws_the_arc_where_its_directions_are(view, workspace, plan, contact):
    workspace.select((contact,))
    QApplication.processEvents()
    arc = view.shown.arc
    x, y = view.sky.place(arc.elevation_rad, arc.azimuth_rad)
    image = picture(view.sky)
    colour = themes.current().satellite(view.shown.satellite)
    quarter = len(arc) // 4
    assert near(image, QPointF(x[quarter], y[quarter]), colour) > 6
    zenith = view.sky.place(np.array([0.5 * np.pi]), np.array([0.0]))
    north = view.sky.place(np.array([0.0]), np.array([0.0]))
    east = view.sky.place(np.array([0.0]), np.array([0.5 * np.pi]))
    assert north[1][0] < zenith[1][0]
    assert east[0][0] > zenith[0][0]
    assert zenith[0][0] - north[0][0] == within(1e-6, of=0.0)


def test_the_sky_plot_tells_time_and_direction_on_the_arc(view, workspace, contact):
    workspace.select((contact,))
    QApplication.processEvents()
    arc = view.shown.arc
    highest = int(np.argmax(arc.elevation_rad))
    x, y = view.sky.place(arc.elevation_rad, arc.azimuth_rad)
    text = view.sky.tip_at(QPoint(round(x[highest]), round(y[highest])))
    assert "UTC" in text
    assert f"elevation {np.degrees(arc.elevation_rad[highest]):.0f}" in text.replace(".", " ")
    assert view.sky.tip_at(QPoint(1, 1)) == ""


def test_the_dot_of_the_one_time_is_on_the_arc_during_the_pass_alone(
    view, workspace, plan, contact
):
    workspace.select((contact,))
    QApplication.processEvents()
    arc = view.shown.arc
    workspace.set_time(plan.passes.highest_utc[contact])
    x, y = view.sky.place(arc.elevation_rad, arc.azimuth_rad)
    middle = int(np.argmin(np.abs(arc.t_s)))
    at = QPointF(x[middle], y[middle])
    now = themes.current().now
    assert near(picture(view.sky), at, now, 8) > 8
    workspace.set_time(plan.scenario.end_utc)
    assert near(picture(view.sky), at, now, 8) == 0


def test_a_pass_by_day_shows_geometry_and_the_reason(view, workspace, plan):
    row = int(np.flatnonzero(plan.decisions.reason == Reason.DAYLIGHT)[0])
    workspace.select((row,))
    assert "rejected" in words(view)
    assert "daylight" in words(view)
    assert "daylight" in view.losses.message
    assert "daylight" in view.key.message
    assert view.sky.message == ""
    assert len(view.curves._curves[2].values) == 0
    assert view.curves._curves[2].at(0.0) == "–"
    picture(view)


def test_a_plan_of_passes_alone_can_be_inspected(qtbot):
    plan = geometry_plan()
    workspace = Workspace()
    workspace.set_document(plan.scenario, is_stale=False)
    workspace.set_plan(plan)
    view = InspectorView(workspace)
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    workspace.select((int(np.flatnonzero(~np.isnat(plan.conditions.usable_start_utc))[0]),))
    assert "passes alone" in view.losses.message
    picture(view)


def test_a_small_dock_shows_pages_under_tabs_and_a_large_one_everything(view, workspace, contact):
    workspace.select((contact,))
    QApplication.processEvents()
    assert view.board.shows_all
    assert view.board.tabs.isHidden()
    assert view.sky.isVisible()
    assert view.epsilons.isVisible()
    view.resize(720, 230)
    QApplication.processEvents()
    assert not view.board.shows_all
    assert view.board.tabs.isVisible()
    assert view.sky.isVisible()
    assert not view.losses.isVisible()
    view.board.tabs.setFocus()
    QTest.keyClick(view.board.tabs, Qt.Key.Key_Right)
    assert view.losses.isVisible()
    assert view.noise.isVisible()
    assert not view.sky.isVisible()


def test_no_panel_is_narrower_than_it_can_be_read(view, workspace, contact):
    workspace.select((contact,))
    for width, height in ((720, 230), (640, 500), (360, 300), (1500, 420), (1100, 760)):
        view.resize(width, height)
        QApplication.processEvents()
        for page in range(view.board.tabs.count()):
            view.board.tabs.setCurrentIndex(page)
            QApplication.processEvents()
            for panel in (
                view.sky,
                view.curves,
                view.losses,
                view.noise,
                view.key,
                view.epsilons,
            ):
                if panel.isVisible():
                    least = min(panel.least_px[0], view.board.viewport().width())
                    assert panel.width() >= least
                    assert panel.height() >= panel.minimumSizeHint().height()


def test_the_page_in_view_can_be_kept_and_restored(view, workspace, contact):
    workspace.select((contact,))
    view.resize(720, 230)
    view.restore_state("Key")
    assert view.state() == "Key"
    assert view.key.isVisible()
    view.restore_state("nonsense")
    assert view.state() == "Key"


def test_a_stale_plan_says_so_in_the_headline(view, workspace, contact):
    workspace.select((contact,))
    assert "stale" not in words(view)
    workspace.set_stale(is_stale=True)
    assert "stale" in words(view)


def test_the_headline_takes_the_colours_of_the_theme(view, workspace, contact):
    workspace.select((contact,))
    dark = view._state.text()
    themes.apply(ThemeChoice.LIGHT)
    assert view._state.text() != dark
    assert themes.current().states[view.shown.state].name() in view._state.text()


def test_passes_are_inspected_beside_the_window_and_the_last_one_wins(
    qtbot, workspace, contact, blocked
):
    background = Background()
    view = InspectorView(workspace)
    view.use_background(background)
    qtbot.addWidget(view)
    workspace.select((blocked,))
    workspace.select((contact,))
    assert view.shown is None
    qtbot.waitUntil(lambda: view.shown is not None, timeout=5_000)
    assert view.shown.row == contact
    QTest.qWait(50)
    assert view.shown.row == contact
    background.close()


def test_another_plan_empties_the_inspector(view, workspace, contact):
    workspace.select((contact,))
    workspace.set_plan(None)
    assert view.shown is None


def test_panels_name_themselves_and_say_their_numbers(view, workspace, contact):
    workspace.select((contact,))
    assert view.losses.accessibleName() == "Losses at the highest point [dB]"
    assert f"total {view.losses.bars[-1].text}" in view.losses.accessibleDescription()
    assert "total: 10⁻⁹" in view.epsilons.accessibleDescription()
    assert view.sky.accessibleName()
    assert view.curves.accessibleDescription()


@pytest.mark.parametrize(
    ("low", "high", "most", "wanted"),
    [
        (0.0, 10.0, 5, [0, 2, 4, 6, 8, 10]),
        (-138.0, 138.0, 3, [-100, 0, 100]),
        (25.1, 25.4, 2, [25.2, 25.4]),
        (5.0, 5.0, 4, []),
    ],
)
def test_ticks_are_round_and_few(low, high, most, wanted):
    assert ticks(low, high, most) == pytest.approx(wanted)


def test_texts_of_ticks_have_the_decimals_of_their_step_and_a_true_minus():
    assert tick_texts([-0.5, 0.0, 0.5]) == ["\u22120.5", "0.0", "0.5"]
    assert tick_texts([0.0, 2.5, 5.0]) == ["0.0", "2.5", "5.0"]
    assert tick_texts([0.0, 1000.0]) == ["0", "1\u202f000"]


def test_a_scale_goes_to_pixels_and_back():
    scale = Scale(-10.0, 30.0, 100.0, 20.0)
    assert scale.px(-10.0) == 100.0
    assert scale.px(30.0) == 20.0
    assert scale.value(scale.px(3.3)) == pytest.approx(3.3)
