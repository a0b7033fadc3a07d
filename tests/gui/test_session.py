"""What outlives the window: recovery after a crash, locks, session, recent files."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from euroqci_planner.app.recent_files import recent_files
from euroqci_planner.app.recovery import recovery_of
from euroqci_planner.gui.application import open_first
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.timebase import utc

OTHER = """
    import sys, time
    from pathlib import Path
    from euroqci_planner.app.document import open_document
    from euroqci_planner.app.scenario_edits import add_station
    document = open_document(Path(sys.argv[1]))
    document.replace(add_station(document.text, document.scenario, "OGS-OP").text)
    document.keep_for_recovery()
    print("ready", flush=True)
    time.sleep(60)
"""


CRASHED = """
    import sys, time
    from pathlib import Path
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from euroqci_planner.gui.application import make_application
    from euroqci_planner.gui.main_window import MainWindow
    from euroqci_planner.gui.session import Session
    from euroqci_planner.gui.shell import Shell
    application = make_application()
    shell = Shell(Session())
    window = MainWindow(shell)
    window.show()
    shell.documents.open_path(Path(sys.argv[1]))
    while shell.workspace.plan is None:
        application.processEvents()
    shell.workspace.select([int(shell.workspace.plan.contact_rows[0])])
    QTest.keyClick(window, Qt.Key.Key_P)
    print(shell.editing.stack.text(0), flush=True)
    application.exec()
"""


@pytest.fixture
def other(scenario_path: Path):
    """Another process with the scenario open and unsaved work in it."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(OTHER), str(scenario_path)],
        stdout=subprocess.PIPE, text=True, env=os.environ.copy(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def question() -> QMessageBox:
    boxes = [item for item in QApplication.topLevelWidgets() if isinstance(item, QMessageBox)]
    (box,) = [item for item in boxes if item.isVisible()]
    return box


def answer(text: str) -> None:
    button = next(item for item in question().buttons() if item.text().replace("&", "") == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_after_a_crash_the_unsaved_work_is_offered_and_taken(open_window, scenario_path, other):
    other.kill()
    other.wait()
    window = open_window(scenario_path)
    assert question().text() == "Unsaved work was found"
    answer("Recover")
    assert window.isWindowModified()
    assert window.shell.workspace.scenario.stations[-1].id == "ogs-op"
    assert window.shell.editing.stack.text(0) == "Recover unsaved work"
    window.shell.editing.stack.undo()
    assert len(window.shell.workspace.scenario.stations) == 10


def test_a_window_that_is_killed_loses_no_edit(open_window, scenario_path):
    before = scenario_path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CRASHED), str(scenario_path)],
        stdout=subprocess.PIPE, text=True, env=os.environ.copy(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Pin ")
    process.kill()
    process.wait()
    process.stdout.close()
    assert scenario_path.read_bytes() == before
    window: MainWindow = open_window(scenario_path)
    assert question().text() == "Unsaved work was found"
    answer("Recover")
    assert "[[schedule.pin]]" in window.shell.documents.document.text
    assert window.isWindowModified()


def test_unsaved_work_that_nobody_decided_on_is_offered_again(open_window, scenario_path, other):
    other.kill()
    other.wait()
    first = open_window(scenario_path)
    answer("Later")
    first.close_now()
    assert recovery_of(scenario_path) is not None
    open_window(scenario_path)
    answer("Discard")
    assert recovery_of(scenario_path) is None


def test_a_second_instance_is_read_only_and_says_who_holds_the_file(
    open_window, scenario_path, other
):
    window = open_window(scenario_path)
    assert "(read-only)" in window.windowTitle()
    text = window.message_bar.label.text()
    assert text.startswith(f"{scenario_path.name} is read-only: ")
    assert f"(process {other.pid}) since 20" in text
    before = window.shell.documents.document.text
    window.shell.workspace.select([int(window.shell.workspace.plan.contact_rows[0])])
    QTest.keyClick(window, Qt.Key.Key_P)
    window.shell.editing.pin(window.shell.workspace.selected_rows)
    assert window.shell.documents.document.text == before
    assert not window.registry.action("pass.pin").isEnabled()
    assert not window.registry.action("file.save").isEnabled()
    assert window.registry.action("file.save_as").isEnabled()


def test_an_interrupted_program_keeps_unsaved_work_for_the_next_start(open_window, scenario_path):
    window: MainWindow = open_window(scenario_path)
    window.shell.workspace.select([int(window.shell.workspace.plan.contact_rows[0])])
    QTest.keyClick(window, Qt.Key.Key_B)
    window.close_now(keep_unsaved=True)
    found = recovery_of(scenario_path)
    assert found is not None
    assert "[[schedule.ban]]" in found.text


def test_window_docks_theme_and_views_come_back(open_window, scenario_path, qtbot: QtBot):
    first: MainWindow = open_window(scenario_path)
    first.resize(1500, 900)
    first.registry.run("view.dock_history")
    first.registry.run("view.theme_light")
    passes = first.docks.views["passes"]
    passes.filter_line.set_text("sat:qube-2")
    first.shell.workspace.select([int(first.shell.workspace.plan.contact_rows[5])])
    first.shell.workspace.set_time(utc("2026-06-15T02:00:00Z"))
    rows = first.shell.workspace.selected_rows
    first.close_now()
    second: MainWindow = open_window(scenario_path)
    assert second.docks.docks["history"].isHidden()
    assert second.shell.session.theme == "light"
    assert second.docks.views["passes"].filter_line.text() == "sat:qube-2"
    assert second.shell.workspace.selected_rows == rows
    assert second.shell.workspace.time_utc == utc("2026-06-15T02:00:00Z")


def test_a_damaged_session_file_is_a_first_start(open_window, scenario_path):
    state = Path(os.environ["XDG_STATE_HOME"]) / "euroqci-planner"
    state.mkdir(parents=True)
    (state / "session.ini").write_bytes(b"[General]\ngeometry=@ByteArray(xx)\nlayout=\xff\xfe\n")
    window = open_window(scenario_path)
    assert all(not dock.isHidden() for dock in window.docks.docks.values())


def test_the_next_start_without_a_file_opens_the_last_one(open_window, scenario_path, qtbot: QtBot):
    first: MainWindow = open_window(scenario_path)
    assert recent_files() == (scenario_path,)
    first.close_now()
    second: MainWindow = open_window(scenario_path)
    assert second.shell.session.last_document == scenario_path.resolve()
    open_first(second.shell, None)
    qtbot.waitUntil(lambda: second.shell.background.current is None, timeout=60_000)
    assert second.shell.documents.document.path == scenario_path.resolve()
