"""One list of commands behind menus, toolbar, palette and sheet; each of them runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from euroqci_planner.gui.command_palette import CommandPalette, rank
from euroqci_planner.gui.commands import Command, Registry
from euroqci_planner.gui.exporting import PictureKind, picture_bytes
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.gui.model_sheet import ModelSheet
from euroqci_planner.gui.shortcut_sheet import ShortcutSheet

# They close the document or the window: the last ones, in this order.
LAST = ("file.reload", "file.sample", "file.quit")


def dismiss(window: MainWindow) -> None:
    """Close whatever a command opened."""
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog | QMenu) and widget.isVisible():
            widget.close()
    if window._manual is not None:
        window._manual.close()


def prepare(window: MainWindow) -> None:
    """A state in which nearly every command makes sense."""
    plan = window.shell.workspace.plan
    window.shell.workspace.select([int(plan.contact_rows[0]), int(plan.contact_rows[1])])
    window.shell.workspace.set_compared(plan)
    for row in plan.contact_rows[2:4]:
        window.shell.editing.ban([int(row)])
    window.shell.editing.stack.undo()
    window.registry.refresh()


def test_every_command_runs_once_without_an_exception_or_a_warning(
    window: MainWindow, qtbot: QtBot
):
    ran, off = [], []
    names = [item.id for item in window.registry.commands if item.id not in LAST]
    prepare(window)
    for name in (*names, *LAST):
        qtbot.waitUntil(lambda: window.shell.workspace.plan is not None, timeout=60_000)
        if not window.registry.command(name).enabled():
            prepare(window)
        if not window.registry.run(name):
            off.append(name)
            continue
        ran.append(name)
        QApplication.processEvents()
        dismiss(window)
        if window.shell.planning.is_live:
            window.shell.planning.set_live(is_live=False)
    errors = [item for item in window.shell.messages.kept if item.severity == "error"]
    assert errors == []
    assert len(ran) > 100
    # Without a demand there is no forecast: its commands are run by its own tests.
    of_forecasts = {"forecast.run", "forecast.copy", "forecast.reset", "export.forecast"}
    # Nor has its plan stores, contacts of two stations, or settings that were sought.
    names = ("stores", "demands", "requirements", "security", "pair_contacts", "settings")
    of_other_plans = {f"export.{name}.csv" for name in names}
    assert set(off) <= {"edit.drop_draft", "passes.show_all", *of_forecasts, *of_other_plans}


def test_ids_titles_and_shortcuts_are_whole(window: MainWindow):
    for command in window.registry.commands:
        assert command.title
        assert command.help or command.plain_title
        assert command.id.count(".") >= 1
    menus = {command.menu.partition("/")[0] for command in window.registry.commands}
    assert {"File", "Edit", "View", "Plan", "Export", "Help"} <= menus


def test_a_repeated_id_or_shortcut_is_refused(window: MainWindow):
    registry = Registry(window)
    registry.add([Command(id="a.b", title="A", run=bool, shortcuts=("Ctrl+J",))])
    with pytest.raises(ValueError, match="two commands"):
        registry.add([Command(id="a.b", title="A", run=bool)])
    with pytest.raises(ValueError, match=r"share Ctrl\+J"):
        registry.add([Command(id="a.c", title="A", run=bool, shortcuts=("Ctrl+J",))])


def test_the_palette_finds_a_command_by_letters_and_runs_it(window: MainWindow):
    QTest.keyClick(
        window, Qt.Key.Key_P,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )  # fmt: skip
    (palette,) = window.findChildren(CommandPalette)
    QTest.keyClicks(palette.edit, "theme light")
    assert palette.list.topLevelItem(0).text(0) == "View › Theme › Light"
    QTest.keyClick(palette.edit, Qt.Key.Key_Return)
    assert window.shell.session.theme == "light"


def test_words_in_order_rank_before_letters_in_order():
    light = Command(id="a.a", title="&Light", run=bool, menu="View/Theme")
    assert rank(light, "light") < rank(light, "vth")
    assert rank(light, "xyz") is None
    assert rank(light, "") == 0


def test_the_sheet_lists_every_shortcut(window: MainWindow):
    QTest.keyClicks(window, "?")
    (sheet,) = window.findChildren(ShortcutSheet)
    groups = [sheet.tree.topLevelItem(n) for n in range(sheet.tree.topLevelItemCount())]
    shown = [group.child(n).text(0) for group in groups for n in range(group.childCount())]
    wanted = [c for c in window.registry.commands if c.shortcuts]
    assert len(shown) == len(wanted) + 5
    sheet.search.setText("never fly")
    assert [sheet.tree.topLevelItem(0).child(0).text(0)] == ["B"]
    assert sheet.tree.topLevelItemCount() == 1


def test_the_manual_opens_inside_the_program_and_is_searched(window: MainWindow):
    QTest.keyClick(window, Qt.Key.Key_F1)
    manual = window.manual()
    assert manual.isVisible()
    assert manual.page == "index.md"
    every = manual.contents.count()
    QTest.keyClicks(manual.search, "catalogue")
    assert 0 < manual.contents.count() < every
    assert manual.show_page("plan.md")
    assert len(manual.browser.toPlainText()) > 500
    manual.go_back()
    assert manual.page == "index.md"
    manual.go_forward()
    assert manual.page == "plan.md"
    manual.close()


def test_every_page_link_of_the_manual_leads_to_a_page(window: MainWindow):
    manual = window.manual()
    manual._on_link(QUrl("plan.md"))
    assert manual.page == "plan.md"
    manual._on_link(QUrl("no-such-page.md"))
    assert manual.page == "plan.md"


def test_the_models_of_the_plan_can_be_read_and_copied(window: MainWindow):
    window.registry.run("help.models")
    (sheet,) = window.findChildren(ModelSheet)
    plan = window.shell.workspace.plan
    assert "Vallado et al. 2006" in sheet.page.toPlainText()
    assert sheet.height() <= window.height()
    QTest.mouseClick(sheet.copy_button, Qt.MouseButton.LeftButton)
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == len(plan.models) + 1
    assert lines[0].split("\t") == ["Used for", "Model", "Source"]
    sheet.close()


def test_pictures_of_the_manual_are_no_wider_than_their_page(window: MainWindow):
    manual = window.manual()
    manual.show()
    manual.show_page("gui.md")
    room = manual.browser.viewport().width()
    assert manual.browser.document().size().width() <= room
    found = manual.browser.loadResource(
        QTextDocument.ResourceType.ImageResource.value, QUrl("images/window-dark.png")
    )
    assert 300 < found.width() <= room
    manual.close()


def test_a_copy_of_the_scenario_is_compared_with_its_origin(
    window: MainWindow, scenario_path: Path
):
    workspace = window.shell.workspace
    before = workspace.plan
    window.registry.run("plan.duplicate")
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
    copy = scenario_path.with_name("first-plan-copy.scenario.toml")
    assert dialog.selectedFiles() == [str(copy)]
    dialog.fileSelected.emit(str(copy))
    dialog.close()
    assert window.shell.documents.document.path == copy
    assert copy.read_bytes() == scenario_path.read_bytes()
    assert workspace.compared_plan is before
    workspace.select([int(before.contact_rows[0])])
    QTest.keyClick(window, Qt.Key.Key_B)
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    bans = [
        path.read_text(encoding="utf-8").count("[[schedule.ban]]") for path in (copy, scenario_path)
    ]
    assert bans[0] == bans[1] + 1


def chosen_folder(folder: Path) -> None:
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
    dialog.setDirectory(str(folder))
    dialog.fileSelected.emit(str(folder))
    dialog.close()


def test_exports_have_the_bytes_of_the_command_line(
    window: MainWindow, scenario_path: Path, tmp_path: Path
):
    window.registry.run("export.folder")
    chosen_folder(tmp_path / "window")
    run = subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "plan", scenario_path, "--out", tmp_path / "cli"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr.decode()
    names = sorted(path.name for path in (tmp_path / "cli").iterdir())
    assert sorted(path.name for path in (tmp_path / "window").iterdir()) == names
    for name in names:
        assert (tmp_path / "window" / name).read_bytes() == (tmp_path / "cli" / name).read_bytes()


@pytest.mark.parametrize("kind", list(PictureKind))
def test_every_view_becomes_a_picture(window: MainWindow, kind: PictureKind):
    heads = {PictureKind.PNG: b"\x89PNG", PictureKind.SVG: b"<?xml", PictureKind.PDF: b"%PDF"}
    for name, view in window.docks.views.items():
        content = picture_bytes(view, kind, window.docks.titles[name])
        assert content.startswith(heads[kind]), name
        assert len(content) > 500, name
