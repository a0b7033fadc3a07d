"""`gui`: the door to the desktop program; Qt is looked for here and loaded only behind it."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from euroqci_planner.app.warm_up import compiling_beside
from euroqci_planner.cli.console import Console
from euroqci_planner.errors import UsageError

_NEEDED = ("PySide6.QtWidgets", "PySide6.QtSvg")
_OFFSCREEN = "offscreen"
# What Qt loads for a window under X11 and Debian 12 brings in packages of its own.
_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def gui(options: Namespace, console: Console) -> int:
    """Open the window, or save pictures of it; returns the exit code."""
    del console
    scenario = None if options.scenario is None else Path(options.scenario)
    if options.screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", _OFFSCREEN)
    _refuse_without_qt()
    if options.screenshot is None:
        _refuse_without_screen()
        with compiling_beside():
            return int(_face("application").run(scenario))
    return int(_face("screenshots").save_screenshots(scenario, Path(options.screenshot)))


def _face(module: str) -> Any:
    """A module of the other face, loaded when it is asked for: neither face knows the other."""
    return import_module(f"euroqci_planner.gui.{module}")


def _refuse_without_qt() -> None:
    """Raise `UsageError` that names what is missing and how to get it."""
    if _is_missing("PySide6"):
        raise UsageError(
            "the desktop program needs Qt, which is not installed: install euroqci-planner[gui];"
            " every other verb works without it"
        )
    try:
        for name in _NEEDED:
            import_module(name)
    except ImportError as error:
        raise UsageError(
            f"Qt cannot be loaded: {error}; on Debian 12 install libegl1 libgl1 libxkbcommon0"
            " libdbus-1-3 libfontconfig1"
        ) from error


def _is_missing(package: str) -> bool:
    try:
        return find_spec(package) is None
    except ValueError:
        return True


def _refuse_without_screen() -> None:
    """Raise `UsageError` where Qt would end the process because it finds no window system."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if not sys.platform.startswith("linux") or platform not in {"", "xcb"}:
        return
    if os.environ.get("WAYLAND_DISPLAY") and not platform:
        return
    if not os.environ.get("DISPLAY"):
        raise UsageError(
            "there is no screen: neither DISPLAY nor WAYLAND_DISPLAY is set;"
            " `gui --screenshot DIR` saves pictures without one"
        )
    missing = [package for name, package in _X11_LIBRARIES.items() if not _loads(name)]
    if missing:
        raise UsageError(f"Qt misses libraries of the X window system: install {' '.join(missing)}")
    if not _answers():
        raise UsageError(
            f"no screen answers at DISPLAY={os.environ['DISPLAY']};"
            " `gui --screenshot DIR` saves pictures without one"
        )


def _answers() -> bool:
    """Whether the X server can be reached."""
    from ctypes import CDLL, c_void_p  # noqa: PLC0415 (only here)

    try:
        x11 = CDLL("libX11.so.6")
    except OSError:
        return True  # nothing to ask with: Qt will say it
    x11.XOpenDisplay.restype = c_void_p
    x11.XCloseDisplay.argtypes = [c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    x11.XCloseDisplay(display)
    return True


def _loads(name: str) -> bool:
    from ctypes import CDLL  # noqa: PLC0415 (only here)

    try:
        CDLL(name)
    except OSError:
        return False
    return True
