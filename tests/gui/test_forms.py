"""The scenario in forms: every value, its limits while it is typed, and one step per change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from euroqci_planner.gui.forms.closure_form import ClosureForm
from euroqci_planner.gui.forms.scenario_form import ScenarioForm
from euroqci_planner.gui.forms.station_picker import StationPicker
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.mission.plan_totals import plan_totals, station_totals
from euroqci_planner.timebase import utc

APERTURE = ("station", 1, "receiver", "aperture_mm")
PLAN_MS = 60_000


@pytest.fixture
def form(window: MainWindow) -> ScenarioForm:
    window.docks.focus("scenario")
    found = window.docks.views["scenario"]
    assert isinstance(found, ScenarioForm)
    return found


def retype(
    form: ScenarioForm, path: tuple[str | int, ...], text: str, *, enter: bool = True
) -> None:
    edit = form.form.editors[path].edit
    assert edit is not None
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    if enter:
        QTest.keyClick(edit, Qt.Key.Key_Return)


def test_a_larger_telescope_gives_more_key(window: MainWindow, form: ScenarioForm, qtbot: QtBot):
    before = station_totals(window.shell.workspace.plan)["calar-alto"].key_clear_bits
    form.show_record(("station", 1))
    retype(form, APERTURE, "1600")
    assert window.shell.editing.stack.text(0) == "Set aperture of calar-alto to 1600.0 mm"
    assert "aperture_mm = 1600.0" in window.shell.documents.document.text
    assert (
        "# assumed: the catalogue knows no telescope there" in window.shell.documents.document.text
    )
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not window.shell.workspace.is_stale, timeout=PLAN_MS)
    after = station_totals(window.shell.workspace.plan)["calar-alto"].key_clear_bits
    assert after > 1.5 * before
    assert plan_totals(window.shell.workspace.plan).passes > 0


def test_limits_are_told_while_a_value_is_typed_and_nothing_is_taken_over(
    window: MainWindow, form: ScenarioForm, qtbot: QtBot
):
    text = window.shell.documents.document.text
    form.show_record(("station", 1))
    retype(form, APERTURE, "-5", enter=False)
    editor = form.form.editors[APERTURE]
    qtbot.waitUntil(lambda: bool(editor.note.text()), timeout=5_000)
    assert editor.note.text() == ("must be above 0 and at most 50000 (Diameter of the telescope.)")
    assert window.shell.documents.document.text == text
    retype(form, APERTURE, "12,5", enter=False)
    qtbot.waitUntil(lambda: "must be a number" in editor.note.text(), timeout=5_000)
    assert "with a point: 12.5" in editor.note.text()


def test_a_draft_collects_values_until_all_are_valid_and_is_one_step(
    window: MainWindow, form: ScenarioForm
):
    form.show_record(("payload", 3))
    beam = form.form.editors["payload", 3, "beam"]
    assert beam.combo is not None
    beam.combo.setCurrentText("divergence")
    beam.combo.activated.emit(beam.combo.currentIndex())
    assert window.shell.editing.has_draft
    assert not window.status.draft.isHidden()
    assert window.shell.editing.stack.count() == 0
    retype(form, ("payload", 3, "divergence_urad"), "20")
    assert window.shell.editing.has_draft
    convention = form.form.editors["payload", 3, "divergence_convention"]
    assert convention.combo is not None
    convention.combo.setCurrentText("fwhm")
    convention.combo.activated.emit(convention.combo.currentIndex())
    assert not window.shell.editing.has_draft
    assert window.shell.editing.stack.count() == 1
    assert window.shell.editing.stack.text(0).startswith("Set beam of leo-1550 to divergence, set")


def test_an_objective_of_pairs_without_a_demand_says_what_is_missing(
    window: MainWindow, form: ScenarioForm
):
    text = window.shell.documents.document.text
    form.show_record(("schedule",))
    editor = form.form.editors["schedule", "objective"]
    assert editor.combo is not None
    editor.combo.setCurrentText("fair_pairs")
    editor.combo.activated.emit(editor.combo.currentIndex())
    assert editor.note.text().startswith("no pair of users asks for key")
    assert "add a [[demand]]" in editor.note.text()
    assert window.shell.documents.document.text == text
    form.drop_button.click()


def test_a_draft_can_be_given_up(window: MainWindow, form: ScenarioForm):
    form.show_record(("policy",))
    retype(form, ("policy", "error_correction_efficiency"), "0.5")
    assert window.shell.editing.has_draft
    QTest.mouseClick(form.drop_button, Qt.MouseButton.LeftButton)
    assert not window.shell.editing.has_draft
    edit = form.form.editors["policy", "error_correction_efficiency"].edit
    assert edit.text() == "1.16"
    assert form.form.editors["policy", "error_correction_efficiency"].note.text() == ""


def test_an_emptied_value_lets_the_default_count_again(window: MainWindow, form: ScenarioForm):
    form.show_record(("policy",))
    edit = form.form.editors["policy", "post_processing_min"].edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Delete)
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert "post_processing_min" not in window.shell.documents.document.text
    assert edit.placeholderText() == "30.0 (default)"


def test_records_are_added_and_removed_and_undone(window: MainWindow, form: ScenarioForm):
    before = window.shell.documents.document.text
    form.show_record(("satellite", 0))
    QTest.mouseClick(form.add_button, Qt.MouseButton.LeftButton)
    assert form.record == ("satellite", 5)
    assert len(window.shell.workspace.scenario.satellites) == 6
    QTest.mouseClick(form.remove_button, Qt.MouseButton.LeftButton)
    assert len(window.shell.workspace.scenario.satellites) == 5
    assert window.shell.documents.document.text == before
    stack = window.shell.editing.stack
    assert [stack.text(number) for number in range(2)] == [
        "Add satellite satellite-1", "Remove satellite satellite-1",
    ]  # fmt: skip


def test_a_value_is_found_by_its_name(window: MainWindow, form: ScenarioForm):
    form.show_record(("station", 1))
    form.search.setText("dark")
    shown = [path[-1] for path, editor in form.form.editors.items() if editor.isVisible()]
    assert shown == ["dark_count_hz"]


def test_a_station_is_closed_for_the_night_of_the_selected_pass(window: MainWindow):
    plan = window.shell.workspace.plan
    row = int(plan.contact_rows[0])
    window.shell.workspace.select([row])
    window.registry.run("edit.close_station")
    (dialog,) = window.findChildren(ClosureForm)
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    name = plan.passes.station_ids[int(plan.passes.station[row])]
    station = next(item for item in window.shell.workspace.scenario.stations if item.id == name)
    assert station.closures[-1].from_utc == utc("2026-06-14T12:00:00Z")
    assert station.closures[-1].to_utc == utc("2026-06-15T12:00:00Z")


def test_stations_of_the_catalogue_are_found_and_added(window: MainWindow):
    window.registry.run("edit.add_stations")
    (dialog,) = window.findChildren(StationPicker)
    QTest.keyClicks(dialog.search, "noordwijk")
    assert dialog.tree.topLevelItemCount() == 1
    dialog.tree.topLevelItem(0).setSelected(True)
    assert "Confidence" in dialog.about.text()
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert window.shell.workspace.scenario.stations[-1].id == "ogs-nwk"


def test_every_editor_can_be_reached_and_read_aloud(window: MainWindow, form: ScenarioForm):
    form.show_record(("station", 1))
    for editor in form.form.editors.values():
        inner = editor.focusProxy()
        assert inner.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert inner.accessibleName()
    for button in form.findChildren(QPushButton):
        assert button.text()
