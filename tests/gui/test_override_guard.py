"""An exception in an overridden method of Qt is an exception, and not the end of the process."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

CODE = """
    import sys
    from PySide6.QtWidgets import QApplication, QWidget
    from euroqci_planner.gui.override_guard import guard_overrides

    class Fragile(QWidget):
        def paintEvent(self, event):
            {fault}

    Fragile.__module__ = "euroqci_planner.gui.fragile"
    sys.modules["euroqci_planner.gui.fragile"] = sys.modules["__main__"]
    assert guard_overrides() >= 1
    assert guard_overrides() == 0
    application = QApplication([])
    widget = Fragile()
    try:
        widget.grab()
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.mark.parametrize(
    ("fault", "name"),
    [("1 / 0", "ZeroDivisionError"), ("[][1]", "IndexError"), ("iter(5)", "TypeError")],
)
def test_an_exception_while_painting_reaches_the_caller(fault, name):
    code = textwrap.dedent(CODE).format(fault=fault)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, f"{name}\n"), run.stderr
