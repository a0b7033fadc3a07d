"""Pictures of the window with its plan: both themes, two sizes, nothing of the user's session."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QEventLoop, QIODevice
from PySide6.QtWidgets import QApplication

from euroqci_planner.app.plan_sentences import totals_text
from euroqci_planner.errors import EXIT_DONE, PlannerError
from euroqci_planner.gui import theme
from euroqci_planner.gui.application import make_application
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.gui.messages import Message, Severity
from euroqci_planner.gui.session import Session
from euroqci_planner.gui.shell import Shell
from euroqci_planner.gui.theme import ThemeChoice

SIZES = ((1366, 768), (1920, 1080))
THEMES = (ThemeChoice.DARK, ThemeChoice.LIGHT)
_PATIENCE_S = 600.0
_CALM_S = 0.6


def save_screenshots(scenario: Path | None, folder: Path) -> int:
    """Write one PNG per theme and size into a folder; returns the exit code.

    Raises `PlannerError` where the scenario gives no plan or the folder cannot be written.
    """
    from euroqci_planner.app.planner import write_file  # noqa: PLC0415 (early first paint)

    application = make_application()
    theme.apply(THEMES[0])
    window, failures = _window_with_plan(scenario)
    try:
        if failures:
            raise PlannerError("\n".join((failures[0].text, *failures[0].lines)))
        for choice in THEMES:
            theme.apply(choice)
            for width, height in SIZES:
                window.resize(width, height)
                _settle(application)
                window.docks.reset()
                _settle(application)
                name = f"window-{choice}-{width}x{height}.png"
                write_file(folder / name, picture(window))
                sys.stdout.write(f"  {folder / name}\n")
    finally:
        window.close_now()
        _settle(application)
    return EXIT_DONE


def picture(window: MainWindow) -> bytes:
    """The window as it stands, as PNG."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    buffer.close()
    return bytes(content.data())


def _window_with_plan(scenario: Path | None) -> tuple[MainWindow, list[Message]]:
    """A window whose plan is complete, with a contact selected; or what went wrong."""
    shell = Shell(Session(is_kept=False))
    window = MainWindow(shell)
    failures: list[Message] = []
    shell.messages.posted.connect(
        lambda message: failures.append(message) if message.severity is Severity.ERROR else None
    )
    window.resize(*SIZES[0])
    window.show()
    if scenario is None:
        shell.documents.open_sample()
    else:
        shell.documents.open_path(scenario)
    _wait_for(lambda: bool(failures) or shell.workspace.plan is not None)
    plan = shell.workspace.plan
    if plan is not None and len(plan.contact_rows):
        row = int(plan.contact_rows[len(plan.contact_rows) // 3])
        shell.workspace.select([row])
        shell.workspace.set_time(plan.passes.highest_utc[row])
        sys.stdout.write(f"{totals_text(plan)}\n")
    return window, failures


def _wait_for(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not is_done():
        if time.monotonic() > end:
            raise PlannerError(f"there is no plan after {_PATIENCE_S:.0f} s")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _settle(application: QApplication) -> None:
    """Let views finish what they do beside the window."""
    end = time.monotonic() + _CALM_S
    while time.monotonic() < end:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
