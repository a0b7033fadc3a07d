"""What starting costs: processor time until the first paint, and until the plan of the sample."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="the extra [gui] is not installed")

START = """
    import sys, time
    from euroqci_planner.gui import theme
    from euroqci_planner.gui.application import make_application
    from euroqci_planner.gui.main_window import MainWindow
    from euroqci_planner.gui.session import Session
    from euroqci_planner.gui.shell import Shell
    application = make_application()
    theme.apply(theme.ThemeChoice.DARK)
    shell = Shell(Session(is_kept=False))
    window = MainWindow(shell)
    window.show()
    application.processEvents()
    window.grab()
    print(time.process_time())
    shell.documents.open_sample()
    while shell.workspace.plan is None:
        application.processEvents()
        time.sleep(0.002)
    window.grab()
    print(time.process_time())
    window.close_now()
"""
ROUNDS = 3


def seconds(state: Path) -> tuple[float, float]:
    environment = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(state),
    }  # fmt: skip
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(START)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    first, plan = (float(line) for line in run.stdout.split())
    return first, plan


def test_start_up(tmp_path: Path) -> None:
    found = [seconds(tmp_path) for _ in range(ROUNDS)]
    first, plan = min(item[0] for item in found), min(item[1] for item in found)
    print(f"\nfirst paint {first:.2f} s, plan of the sample {plan:.2f} s (processor time)")
    assert first < 2.0
