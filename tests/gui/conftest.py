"""Real widgets without a screen; Qt warnings fail, and so does whatever a test leaves behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the extra [gui] is not installed")
pytest.importorskip("pytestqt", reason="the group gui-test is not installed")

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from euroqci_planner.gui import theme
from euroqci_planner.gui.application import make_application
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.gui.session import Session
from euroqci_planner.gui.shell import Shell
from euroqci_planner.gui.theme import ThemeChoice
from euroqci_planner.resources import resource

PLAN_MS = 60_000
HERE = Path(__file__).parent
# The offscreen platform says so of every window that has a minimum size.
HARMLESS = (r"This plugin does not support",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(item.path).is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            item.add_marker(pytest.mark.qt_log_ignore(*HARMLESS, extend=True))


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application as the program makes it, with the guard of plain keys."""
    return make_application()


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Session, recovery and recent files of one test alone."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(autouse=True)
def _nothing_is_left(qapp: QApplication) -> Iterator[None]:
    """Fail where a test leaves a window, a running timer, or a thread of ours."""
    if theme.chosen() is not ThemeChoice.DARK:
        theme.apply(ThemeChoice.DARK)
    before = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield
    _delete_what_is_due()
    left = [
        widget
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and widget.parent() is None
    ]
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    _delete_what_is_due()
    timers = [item for item in gc.get_objects() if type(item) is QTimer and _runs(item)]
    threads = [item.name for item in threading.enumerate() if item.name.startswith("planner")]
    assert not names, f"windows are left: {names}"
    assert not timers, f"timers still run: {timers}"
    assert not threads, f"threads still run: {threads}"


def _runs(timer: QTimer) -> bool:
    try:
        return timer.isActive()
    except RuntimeError:
        return False


def _delete_what_is_due() -> None:
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()


@pytest.fixture
def scenario_path(tmp_path: Path) -> Path:
    """The sample cut to two days, in a folder that a test may write to."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    sample = resource("samples", "first-plan")
    for file in sample.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    path = folder / "first-plan.scenario.toml"
    text = path.read_text(encoding="utf-8")
    assert "duration_days = 7.0" in text
    path.write_text(text.replace("duration_days = 7.0", "duration_days = 2.0"), encoding="utf-8")
    return path


OpenWindow = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[OpenWindow]:
    """Open windows of the program; they are closed after the test."""
    windows: list[MainWindow] = []

    def opened(path: Path | None = None, *, waits: bool = True) -> MainWindow:
        shell = Shell(Session())
        window = MainWindow(shell)
        windows.append(window)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        if path is None:
            shell.documents.open_sample()
        else:
            shell.documents.open_path(path)
        if waits:
            wait_for_plan(qtbot, window)
        return window

    yield opened
    for window in windows:
        close(window)


@pytest.fixture
def window(open_window: OpenWindow, scenario_path: Path) -> MainWindow:
    """The window with the two-day scenario and its plan."""
    return open_window(scenario_path)


def wait_for_plan(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.shell.workspace.plan is not None, timeout=PLAN_MS)
    qtbot.waitUntil(lambda: window.shell.background.current is None, timeout=PLAN_MS)


def close(window: MainWindow) -> None:
    """Close a window and everything that belongs to it."""
    for widget in QApplication.topLevelWidgets():
        if widget is not window and isinstance(widget, QWidget) and widget.isVisible():
            widget.close()
    window.close_now()
    window.shell.deleteLater()
    window.deleteLater()
