"""The last net: an exception in a slot becomes a message and a log entry, the document stays open.

Also sets up the log file, and brings Qt's own messages into it.
"""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from euroqci_planner.app.user_folders import state_folder

LOG = logging.getLogger("euroqci_planner.gui")
_LOG_BYTES = 1 << 20
_LOG_FILES = 3
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
Report = Callable[[BaseException], None]


def start_log() -> None:
    """Write a log into the user's state folder; without one the program runs all the same."""
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
    if LOG.handlers:
        return
    try:
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            folder / "euroqci-planner.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.addHandler(handler)
    if sys.stderr is not None:
        faulthandler.enable()


def catch_exceptions(report: Report) -> Callable[[], None]:
    """Send exceptions that nobody caught to the log and to `report`; the result undoes it.

    PySide hands exceptions of slots and of overridden methods to `sys.excepthook`.
    """
    former, former_thread = sys.excepthook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            former(kind, error, trace)
            return
        LOG.error("%s", "".join(traceback.format_exception(kind, error, trace)))
        report(error)

    def undo() -> None:
        sys.excepthook, threading.excepthook = former, former_thread

    def thread_hook(arguments: threading.ExceptHookArgs) -> None:
        LOG.error("in thread %s: %s", arguments.thread, arguments.exc_value)

    sys.excepthook, threading.excepthook = hook, thread_hook
    return undo


def log_qt_messages() -> None:
    """Bring what Qt says on standard error into the log."""

    def note(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        del context
        LOG.log(_QT_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)

    qInstallMessageHandler(note)
