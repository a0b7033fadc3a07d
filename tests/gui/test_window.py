"""The window as a planner meets it: start, edit, plan, undo, cancel, save, close."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from euroqci_planner.app.document import open_document
from euroqci_planner.errors import InvalidInput
from euroqci_planner.gui import crash_net
from euroqci_planner.gui.forms.satellite_picker import SatellitePicker
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.mission.plan import PassState

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAN_MS = 60_000


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(window, key, modifiers or Qt.KeyboardModifier.NoModifier)


def states(window: MainWindow, rows: list[int]) -> list[int]:
    plan = window.shell.workspace.plan
    assert plan is not None
    return [int(plan.decisions.state[row]) for row in rows]


def contacts(window: MainWindow, count: int) -> list[int]:
    plan = window.shell.workspace.plan
    assert plan is not None
    return [int(row) for row in plan.contact_rows[:count]]


def text_of(window: MainWindow) -> str:
    document = window.shell.documents.document
    assert document is not None
    return document.text


def planned(qtbot: QtBot, window: MainWindow) -> None:
    workspace = window.shell.workspace
    qtbot.waitUntil(
        lambda: not workspace.is_stale and not window.shell.planning.is_planning, timeout=PLAN_MS
    )


def question() -> QMessageBox:
    boxes = [item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox)]
    (box,) = [item for item in boxes if item.isVisible()]
    return box


def answer(text: str) -> None:
    button = next(item for item in question().buttons() if item.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_first_start_shows_the_sample_with_its_plan(open_window):
    window = open_window()
    plan = window.shell.workspace.plan
    assert len(plan.passes) == 831
    assert window.windowTitle() == "first-plan.scenario.toml[*] (sample) – euroqci_planner"
    assert re.match(r"831 passes · \d+ contacts · .* expected", window.status.totals.text())
    first = int(plan.contact_rows[0])
    assert window.shell.workspace.selected_rows == (first,)
    assert window.shell.workspace.time_utc == plan.passes.highest_utc[first]
    assert window.time_bar.label.text().endswith(" UTC")
    assert not window.isWindowModified()


def test_pin_then_plan_then_undo_by_keys(window, qtbot):
    workspace, before = window.shell.workspace, text_of(window)
    former = workspace.plan
    (row,) = contacts(window, 1)
    workspace.select([row])
    press(window, Qt.Key.Key_P)
    assert "[[schedule.pin]]" in text_of(window)
    assert workspace.is_stale
    assert not window.status.stale.isHidden()
    titles = {
        name: window.docks.docks[name].windowTitle() for name in ("map", "timeline", "stores")
    }
    assert titles == {"map": "Map ◌", "timeline": "Timeline ◌", "stores": "Key stores ◌"}
    assert workspace.plan is former, "the old plan stays until there is a new one"
    assert window.isWindowModified()
    press(window, Qt.Key.Key_R, CTRL)
    planned(qtbot, window)
    assert states(window, [row]) == [PassState.PINNED]
    press(window, Qt.Key.Key_Z, CTRL)
    assert text_of(window) == before
    assert workspace.plan is former, "a plan that is known is not made again"
    assert not workspace.is_stale
    assert window.docks.docks["timeline"].windowTitle() == "Timeline"
    assert not window.isWindowModified()


def test_ban_three_passes_undo_and_redo_with_a_readable_history(window, qtbot):
    rows = contacts(window, 3)
    window.shell.workspace.select(rows)
    press(window, Qt.Key.Key_B)
    stack = window.shell.editing.stack
    assert stack.text(0).startswith("Ban 3 passes")
    banned = text_of(window)
    press(window, Qt.Key.Key_Z, CTRL)
    assert "OGS" in text_of(window)
    assert text_of(window) != banned
    press(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert text_of(window) == banned
    press(window, Qt.Key.Key_R, CTRL)
    planned(qtbot, window)
    assert states(window, rows) == [PassState.BANNED] * 3
    changes = window.shell.planning.changes
    assert changes is not None
    assert len(changes.contacts) >= 3
    assert window.change_list.tree.topLevelItemCount() == len(changes.contacts)


def test_live_planning_follows_every_edit(window, qtbot):
    press(window, Qt.Key.Key_L, CTRL)
    (row,) = contacts(window, 1)
    window.shell.workspace.select([row])
    press(window, Qt.Key.Key_B)
    planned(qtbot, window)
    assert states(window, [row]) == [PassState.BANNED]


def test_the_selection_survives_a_new_plan(window, qtbot):
    rows = contacts(window, 2)
    window.shell.workspace.select(rows)
    press(window, Qt.Key.Key_P)
    press(window, Qt.Key.Key_R, CTRL)
    planned(qtbot, window)
    assert window.shell.workspace.selected_rows == tuple(rows)


def test_escape_stops_the_planning_within_a_fifth_of_a_second(window, qtbot):
    workspace, former = window.shell.workspace, window.shell.workspace.plan
    workspace.select(contacts(window, 1))
    press(window, Qt.Key.Key_B)
    press(window, Qt.Key.Key_R, CTRL)
    assert window.shell.background.current is not None
    start = time.monotonic()
    press(window, Qt.Key.Key_Escape)
    assert window.shell.background.current is None
    assert time.monotonic() - start < 0.2
    qtbot.wait(1_000)
    assert workspace.plan is former
    assert workspace.is_stale
    assert workspace.selected_rows, "the selection goes with the next Esc only"


def test_escape_stops_work_that_never_ends_by_itself(window, qtbot):
    seen = []

    def work(progress):
        with progress.stage("endless") as advance:
            while True:
                advance(0.5)
                time.sleep(0.01)

    window.shell.background.start(work, title="Work", done=seen.append, failed=seen.append)
    qtbot.waitUntil(lambda: "endless" in window.status.stage.text(), timeout=5_000)
    assert window.status.bar.isVisible()
    start = time.monotonic()
    press(window, Qt.Key.Key_Escape)
    assert time.monotonic() - start < 0.2
    assert not window.status.bar.isVisible()
    assert seen == []


def test_an_exception_in_a_slot_becomes_a_message_and_the_document_stays(window, qtbot):
    undo = crash_net.catch_exceptions(
        lambda error: window.shell.messages.fail("Something went wrong", error)
    )
    try:
        link = window.shell.workspace.time_changed.connect(lambda: 1 / 0)
        press(window, Qt.Key.Key_Period)
        window.shell.workspace.time_changed.disconnect(link)
    finally:
        undo()
    assert window.message_bar.label.text() == (
        "Something went wrong: internal error: ZeroDivisionError: division by zero"
    )
    assert window.shell.workspace.plan is not None
    press(window, Qt.Key.Key_Comma)


def test_a_space_on_a_button_presses_it_and_plays_nothing(window):
    button = window.message_bar._close
    window.shell.messages.warn("look here")
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not window.time_bar.is_playing
    window.setFocus()
    press(window, Qt.Key.Key_Space)
    assert window.time_bar.is_playing
    press(window, Qt.Key.Key_Space)
    assert not window.time_bar.is_playing


def test_the_time_slider_sets_the_one_time(window):
    window.time_bar.slider.setFocus()
    QTest.keyClick(window.time_bar.slider, Qt.Key.Key_Home)
    assert window.time_bar.label.text() == "2026-06-14 12:00:00 UTC"
    QTest.keyClick(window.time_bar.slider, Qt.Key.Key_Right)
    assert window.time_bar.label.text() == "2026-06-14 12:01:00 UTC"
    QTest.keyClick(window.time_bar.slider, Qt.Key.Key_End)
    assert window.time_bar.label.text() == "2026-06-16 12:00:00 UTC"


def test_save_writes_a_minimal_change_and_a_backup(window, scenario_path):
    before = scenario_path.read_text(encoding="utf-8").splitlines()
    window.shell.workspace.select(contacts(window, 1))
    press(window, Qt.Key.Key_P)
    press(window, Qt.Key.Key_S, CTRL)
    after = scenario_path.read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before) + 5
    assert [line for line in before if line not in after] == []
    assert scenario_path.with_name(scenario_path.name + ".bak").is_file()
    assert not window.isWindowModified()
    assert not window.shell.is_modified


def test_a_file_changed_by_another_program_is_not_overwritten_unasked(window, scenario_path):
    theirs = scenario_path.read_text(encoding="utf-8") + "\n# theirs\n"
    window.shell.workspace.select(contacts(window, 1))
    press(window, Qt.Key.Key_P)
    scenario_path.write_text(theirs, encoding="utf-8")
    press(window, Qt.Key.Key_S, CTRL)
    assert question().text() == f"{scenario_path.name} was changed by another program"
    answer("Cancel")
    assert scenario_path.read_text(encoding="utf-8") == theirs
    press(window, Qt.Key.Key_S, CTRL)
    answer("Overwrite")
    assert scenario_path.read_text(encoding="utf-8") == text_of(window)


def test_closing_with_unsaved_work_asks_first(window):
    window.shell.workspace.select(contacts(window, 1))
    press(window, Qt.Key.Key_P)
    window.close()
    assert window.isVisible()
    answer("Cancel")
    assert window.isVisible()
    window.close()
    answer("Discard")
    assert not window.isVisible()


def test_a_scenario_with_faults_is_refused_with_all_of_them_and_the_old_one_stays(
    window, scenario_path, qtbot
):
    former = window.shell.documents.document
    bad = scenario_path.with_name("bad.scenario.toml")
    text = scenario_path.read_text(encoding="utf-8")
    text = text.replace("min_elevation_deg = 20.0", "min_elevation_deg = 200.0")
    bad.write_text(text.replace("duration_days = 2.0", "duration_days = -2.0"), encoding="utf-8")
    window.files.open_path(bad)
    qtbot.waitUntil(window.message_bar.isVisible, timeout=PLAN_MS)
    assert window.message_bar.label.text().startswith("Cannot open bad.scenario.toml: ")
    message = window.shell.messages.kept[-1]
    assert len(message.lines) == 11
    assert "scenario.duration_days = -2.0" in message.lines[0]
    assert window.shell.documents.document is former


def test_a_message_leads_to_the_value_that_it_is_about(window):
    window.shell.messages.warn("nothing to see", ("just words",))
    line = window.message_list.tree.topLevelItem(0).child(0)
    window.message_list.tree.itemActivated.emit(line, 1)
    error = InvalidInput.single("is too low", where="station[1].receiver.aperture_mm")
    window.shell.messages.fail("Not done", error)
    line = window.message_list.tree.topLevelItem(0).child(0)
    assert line.text(1) == "station[1].receiver.aperture_mm: is too low"
    window.message_list.tree.itemActivated.emit(line, 1)
    form = window.docks.views["scenario"]
    assert form.record == ("station", 1)
    assert form.form.editors["station", 1, "receiver", "aperture_mm"].edit.hasFocus()
    window.message_list.tree.topLevelItem(0).setSelected(True)
    window.message_list.copy()
    assert "is too low" in QApplication.clipboard().text()


def test_a_dropped_orbit_file_offers_its_satellites(window, scenario_path, tmp_path):
    dropped = tmp_path / "more.tle"
    lines = (scenario_path.parent / "qkd-relevant-2026-06-14.tle").read_text().splitlines()
    used = {"69023", "66769", "47448"}
    start = next(
        number for number, line in enumerate(lines) if line[:2] == "1 " and line[2:7] not in used
    )
    dropped.write_text("\n".join(lines[start - 1 : start + 2]) + "\n", encoding="ascii")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(dropped))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(50.0, 50.0), copy, data, left, none))
    (picker,) = [
        item for item in QApplication.topLevelWidgets() if isinstance(item, SatellitePicker)
    ]
    assert len(picker.ticked()) == 1
    QTest.mouseClick(picker.add_button, Qt.MouseButton.LeftButton)
    scenario = window.shell.workspace.scenario
    assert len(scenario.satellites) == 6
    assert (scenario_path.parent / "more.tle").is_file()
    assert window.shell.editing.stack.text(0).endswith("from more.tle")


def test_a_station_without_aperture_asks_for_it_and_is_added_when_it_is_given(window, qtbot):
    window.shell.editing.add_station("OGS-ORM")
    form = window.docks.views["scenario"]
    assert window.shell.editing.has_draft
    assert form.record == ("station", 10)
    assert len(window.shell.workspace.scenario.stations) == 10
    editor = form.form.editors["station", 10, "receiver", "aperture_mm"]
    assert "is missing" in editor.note.text()
    QTest.keyClicks(editor.edit, "800")
    QTest.keyClick(editor.edit, Qt.Key.Key_Return)
    assert not window.shell.editing.has_draft
    assert len(window.shell.workspace.scenario.stations) == 11
    assert window.shell.editing.stack.count() == 1


def test_a_saved_document_can_be_opened_by_the_file_door(window, scenario_path):
    window.shell.workspace.select(contacts(window, 2))
    press(window, Qt.Key.Key_B)
    press(window, Qt.Key.Key_S, CTRL)
    again = open_document(scenario_path)
    assert again.is_read_only, "this window still holds it"
    assert len(again.scenario.schedule.bans) == 3
    again.close()


def test_the_sample_is_saved_under_a_name(open_window, tmp_path: Path):
    window = open_window()
    window.shell.workspace.select(contacts(window, 1))
    press(window, Qt.Key.Key_P)
    assert window.shell.documents.save_as(tmp_path / "mine" / "mine.scenario.toml")
    assert window.windowTitle() == "mine.scenario.toml[*] – euroqci_planner"
    assert not window.shell.workspace.is_stale or window.shell.workspace.plan is not None


@pytest.mark.parametrize("name", ["system", "light", "dark"])
def test_themes_are_chosen_from_the_menu_and_remembered(window, name):
    window.registry.run(f"view.theme_{name}")
    assert window.shell.session.theme == name
    assert window.registry.action(f"view.theme_{name}").isChecked()
