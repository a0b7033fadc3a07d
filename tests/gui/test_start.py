"""Starting: cheap until the first paint, a clear word where Qt or a screen is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from PySide6.QtGui import QImage

FIRST_PAINT_CPU_S = 2.0
HEAVY = {"scipy", "astropy", "skyfield", "pydantic", "highspy", "numba"}

FIRST_PAINT = """
    import sys, time
    from euroqci_planner.gui import theme
    from euroqci_planner.gui.application import make_application
    from euroqci_planner.gui.main_window import MainWindow
    from euroqci_planner.gui.session import Session
    from euroqci_planner.gui.shell import Shell
    application = make_application()
    theme.apply(theme.ThemeChoice.DARK)
    window = MainWindow(Shell(Session()))
    window.show()
    application.processEvents()
    window.grab()
    print(time.process_time())
    print(*{name.partition(".")[0] for name in sys.modules})
    window.close_now()
"""


def run(code: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True, text=True, check=False, env={**os.environ, **more},
    )  # fmt: skip


def test_the_first_paint_needs_under_two_seconds_and_no_engine():
    done = run(FIRST_PAINT)
    assert done.returncode == 0, done.stderr
    seconds, loaded = done.stdout.splitlines()
    assert float(seconds) < FIRST_PAINT_CPU_S
    assert set(loaded.split()) & HEAVY == set()


def verb(*arguments: str, block: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys\n{block}\nfrom euroqci_planner.__main__ import main\n"
        f"sys.exit(main({list(arguments)!r}))"
    )
    return run(code, **more)


def test_without_qt_the_gui_says_what_to_install():
    done = verb("gui", block="sys.modules['PySide6'] = None")
    assert done.returncode == 2
    assert done.stderr == (
        "error: the desktop program needs Qt, which is not installed: install"
        " euroqci-planner[gui]; every other verb works without it\n"
    )


def test_without_a_screen_the_gui_says_so():
    done = verb("gui", QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert "there is no screen" in done.stderr


def test_a_screen_that_does_not_answer_is_no_crash():
    done = verb("gui", QT_QPA_PLATFORM="", DISPLAY=":987", WAYLAND_DISPLAY="")
    assert done.returncode == 2
    assert "no screen answers" in done.stderr or "Qt misses libraries" in done.stderr


def test_pictures_of_the_window_come_in_both_themes_and_two_sizes(
    scenario_path: Path, tmp_path: Path
):
    folder = tmp_path / "pictures"
    done = verb("gui", str(scenario_path), "--screenshot", str(folder))
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "window-dark-1366x768.png", "window-dark-1920x1080.png",
        "window-light-1366x768.png", "window-light-1920x1080.png",
    ]  # fmt: skip
    for name in names:
        image = QImage(str(folder / name))
        assert name.endswith(f"{image.width()}x{image.height()}.png")
        is_dark = image.pixelColor(3, image.height() - 3).lightness() < 128
        assert is_dark == ("dark" in name)


def test_a_scenario_without_a_plan_gives_no_picture_and_the_reason(
    scenario_path: Path, tmp_path: Path
):
    text = scenario_path.read_text(encoding="utf-8")
    scenario_path.write_text(text.replace("schema = 1", "schema = 99"), encoding="utf-8")
    done = verb("gui", str(scenario_path), "--screenshot", str(tmp_path / "pictures"))
    assert done.returncode != 0
    assert "newer version of euroqci_planner" in done.stderr
    assert not (tmp_path / "pictures").exists()
