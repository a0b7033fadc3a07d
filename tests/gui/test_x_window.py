"""The installed program in a window of a real X server, as a user starts it."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from ctypes import CDLL, POINTER, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from euroqci_planner.cli.gui_verb import _X11_LIBRARIES, _loads
from euroqci_planner.gui import theme
from euroqci_planner.gui.theme import ThemeChoice
from euroqci_planner.mission.plan import PassState

PATIENCE_S = 90.0
SCREEN = (1600, 1000)

pytestmark = [
    pytest.mark.skipif(
        shutil.which("Xvfb") is None, reason="Xvfb is missing: install the Debian package xvfb"
    ),
    pytest.mark.skipif(
        not all(_loads(name) for name in _X11_LIBRARIES),
        reason=f"X libraries are missing: install {' '.join(_X11_LIBRARIES.values())}",
    ),
]


class Screen:
    """A virtual screen: its name, its picture, and the titles of its windows."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self._folder = name, folder
        self._x11 = CDLL("libX11.so.6")
        self._x11.XOpenDisplay.restype = c_void_p
        self._x11.XDefaultRootWindow.restype = c_ulong
        self._x11.XDefaultRootWindow.argtypes = [c_void_p]
        self._x11.XInternAtom.restype = c_ulong
        self._x11.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        self._x11.XGetWindowProperty.argtypes = [
            c_void_p, c_ulong, c_ulong, c_long, c_long, c_int, c_ulong, POINTER(c_ulong),
            POINTER(c_int), POINTER(c_ulong), POINTER(c_ulong), POINTER(c_char_p),
        ]  # fmt: skip
        self._x11.XQueryTree.argtypes = [
            c_void_p, c_ulong, POINTER(c_ulong), POINTER(c_ulong), POINTER(POINTER(c_ulong)),
            POINTER(c_uint),
        ]  # fmt: skip
        self._display = self._x11.XOpenDisplay(name.encode())

    def titles(self) -> list[str]:
        root, parent, count = c_ulong(), c_ulong(), c_uint()
        children = POINTER(c_ulong)()
        top = self._x11.XDefaultRootWindow(self._display)
        self._x11.XQueryTree(
            self._display, top, byref(root), byref(parent), byref(children), byref(count)
        )
        return [self._title(children[number]) for number in range(count.value)]

    def _title(self, window: int) -> str:
        """`_NET_WM_NAME`, as Qt sets it."""
        name = self._x11.XInternAtom(self._display, b"_NET_WM_NAME", 0)
        kind, form, items, rest = c_ulong(), c_int(), c_ulong(), c_ulong()
        found = c_char_p()
        self._x11.XGetWindowProperty(
            self._display, window, name, 0, 256, 0, 0, byref(kind), byref(form), byref(items),
            byref(rest), byref(found),
        )  # fmt: skip
        return (found.value or b"").decode("utf-8", "replace")

    def picture(self) -> QImage:
        """The framebuffer, in the format of xwd."""
        raw = (self._folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", raw[:100])
        start = head[0] + head[19] * 12
        width, height, line = head[4], head[5], head[12]
        image = QImage(raw[start:], width, height, line, QImage.Format.Format_RGB32)
        return image.copy()

    def close(self) -> None:
        self._x11.XCloseDisplay.argtypes = [c_void_p]
        self._x11.XCloseDisplay(self._display)


@pytest.fixture
def screen(tmp_path: Path):
    reading, writing = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    server = subprocess.Popen(
        ["Xvfb", "-screen", "0", size, "-nolisten", "tcp", "-fbdir", str(tmp_path), "-displayfd",
         str(writing)],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    assert number, "the X server did not start"
    found = Screen(f":{number}", tmp_path)
    yield found
    found.close()
    server.terminate()
    server.wait()


def colours(image: QImage) -> int:
    wide, high = image.width(), image.height()
    return len({image.pixel(x, y) for x in range(0, wide, 9) for y in range(0, high, 9)})


def contact_pixels(image: QImage) -> int:
    """Pixels in the colour of contacts: there is none before there is a plan."""
    theme.apply(ThemeChoice.SYSTEM)
    wanted = theme.current().states[PassState.SCHEDULED].rgb() & 0xFFFFFF
    wide, high = image.width(), image.height()
    found = (image.pixel(x, y) & 0xFFFFFF for x in range(0, wide, 2) for y in range(0, high, 2))
    return sum(pixel == wanted for pixel in found)


def waited(is_done, program: subprocess.Popen[str]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not is_done():
        if program.poll() is not None:
            assert program.stderr is not None
            pytest.fail(f"the program has ended: {program.stderr.read()}")
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def test_the_installed_program_opens_a_window_and_ends_on_a_signal(
    screen: Screen, scenario_path: Path, tmp_path: Path
):
    program = Path(sys.executable).parent / "euroqci-planner"
    environment = {**os.environ, "DISPLAY": screen.name, "QT_QPA_PLATFORM": "xcb"}
    running = subprocess.Popen(
        [program, "gui", scenario_path], env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert waited(lambda: any(scenario_path.name in name for name in screen.titles()), running)
        assert waited(lambda: contact_pixels(screen.picture()) > 50, running), "no plan was painted"
        picture = screen.picture()
        assert picture.save(str(tmp_path / "window.png"))
        assert colours(picture) > 40
    finally:
        running.send_signal(signal.SIGTERM)
        output, messages = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 130, messages
    assert messages == ""
    assert output == ""


def test_the_picture_command_works_in_a_real_window_too(screen: Screen, scenario_path, tmp_path):
    program = Path(sys.executable).parent / "euroqci-planner"
    environment = {**os.environ, "DISPLAY": screen.name, "QT_QPA_PLATFORM": "xcb"}
    run = subprocess.run(
        [program, "gui", scenario_path, "--screenshot", tmp_path / "pictures"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    names = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert len(names) == 4
    for name in names:
        image = QImage(str(tmp_path / "pictures" / name))
        assert f"{image.width()}x{image.height()}" in name
        assert colours(image) > 40
