"""Questions to the user that do not stop the program: each ends in a callback.

Nothing here runs an event loop of its own, so that work, timers and tests go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QPushButton, QWidget

SCENARIOS = "Scenarios (*.toml)"
ORBITS = "Orbit files (*.tle *.txt *.3le *.xml *.json *.csv *.kvn *.omm);;All files (*)"
Taker = Callable[[Path], object]


def ask_open(parent: QWidget, title: str, kinds: str, take: Taker, folder: Path | None) -> None:
    """Ask for a file that exists."""
    dialog = _file_dialog(parent, title, kinds, folder)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.open()


def ask_save(parent: QWidget, title: str, kinds: str, take: Taker, start: Path) -> None:
    """Ask where to write; overwriting is confirmed by the dialog itself."""
    dialog = _file_dialog(parent, title, kinds, start.parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.selectFile(start.name)
    dialog.setDefaultSuffix(start.suffix.removeprefix("."))
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.open()


def ask_folder(parent: QWidget, title: str, take: Taker, folder: Path | None) -> None:
    """Ask for a folder."""
    dialog = _file_dialog(parent, title, "", folder)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.open()


def ask(
    parent: QWidget,
    text: str,
    details: str,
    choices: Sequence[tuple[str, Callable[[], object] | None]],
) -> QMessageBox:
    """Ask with one button per choice; the last one is what Esc means, None does nothing."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("euroqci_planner")
    box.setText(text)
    box.setInformativeText(details)
    made: dict[QPushButton, Callable[[], object] | None] = {}
    for number, (label, run) in enumerate(choices):
        is_last = number == len(choices) - 1
        role = QMessageBox.ButtonRole
        button = box.addButton(label, role.RejectRole if is_last else role.AcceptRole)
        made[button] = run
        if is_last:
            box.setEscapeButton(button)
        if number == 0:
            box.setDefaultButton(button)

    def chosen() -> None:
        clicked = box.clickedButton()
        run = next((run for button, run in made.items() if button is clicked), None)
        if run is not None:
            run()

    box.finished.connect(chosen)
    box.open()
    return box


def show_dialog(dialog: QDialog) -> None:
    """Show a dialog beside the running program; it goes when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def _file_dialog(parent: QWidget, title: str, kinds: str, folder: Path | None) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder or ""), kinds)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
