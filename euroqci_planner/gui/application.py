"""The start of the desktop program: colours, window, first paint, then the scenario."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QListWidget,
)

from euroqci_planner import __version__
from euroqci_planner.errors import EXIT_DONE, EXIT_INTERRUPTED
from euroqci_planner.gui import crash_net, theme
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.gui.session import Session
from euroqci_planner.gui.shell import Shell

APPLICATION_ID = "eu.euroqci.planner"
_PLAIN_KEYS = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)


def run(scenario: Path | None) -> int:
    """Run the desktop program; returns the exit code."""
    session = Session()
    if session.scale_percent != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{session.scale_percent / 100.0:g}")
    application = make_application()
    crash_net.start_log()
    crash_net.log_qt_messages()
    theme.apply(session.theme)
    theme.follow_system()
    shell = Shell(session)
    window = MainWindow(shell)
    undo = crash_net.catch_exceptions(
        lambda error: shell.messages.fail("Something went wrong; the document stays open", error)
    )
    codes: list[int] = []

    def interrupt() -> None:
        codes.append(EXIT_INTERRUPTED)
        window.close_now(keep_unsaved=True)

    release = _on_signals(interrupt)
    window.show()
    window.share_space()
    QTimer.singleShot(0, lambda: open_first(shell, scenario))
    code = application.exec()
    release()
    undo()
    return codes[0] if codes else code or EXIT_DONE


def make_application() -> QApplication:
    """The one application of the process, with its name and the guard of plain keys."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication([sys.argv[0]])
    application.setApplicationName("euroqci-planner")
    application.setApplicationDisplayName("euroqci_planner")
    application.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(APPLICATION_ID)
    for child in application.children():
        if isinstance(child, KeyGuard):
            return application
    guard = KeyGuard(application)
    application.installEventFilter(guard)
    return application


def open_first(shell: Shell, scenario: Path | None) -> None:
    """Open what was asked for, else what was open last, else the sample."""
    wanted = scenario or shell.session.last_document
    if wanted is None:
        shell.documents.open_sample()
    else:
        shell.documents.open_path(wanted)


class KeyGuard(QObject):
    """Plain keys belong to the control that has the focus where that knows what to do with them.

    Otherwise Space on a button would play the time, and a letter typed to choose from a list
    would ban a pass.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep shortcuts of one plain key from buttons and lists."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.modifiers() in _PLAIN_KEYS and _takes_plain_keys(watched, event):
            event.accept()
            return True
        return False


def _takes_plain_keys(watched: QObject, event: QKeyEvent) -> bool:
    if isinstance(watched, QAbstractButton):
        return event.key() == Qt.Key.Key_Space
    is_chooser = isinstance(watched, QComboBox | QAbstractSpinBox | QListWidget)
    return is_chooser and bool(event.text()) and event.text().isprintable()


def _on_signals(stop: Callable[[], object]) -> Callable[[], None]:
    """Call `stop` in the event loop on SIGINT and SIGTERM; the result undoes it."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)  # noqa: FBT003 (the only way to say it)
    former_handle = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read)

    def wake() -> None:
        reading.recv(64)
        stop()

    def ignore(number: int, frame: FrameType | None) -> None:
        """The wake-up is enough."""

    notifier.activated.connect(wake)
    former = {number: signal.signal(number, ignore) for number in (signal.SIGINT, signal.SIGTERM)}

    def undo() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(former_handle)
        for number, handler in former.items():
            signal.signal(number, handler)
        reading.close()
        writing.close()

    return undo
