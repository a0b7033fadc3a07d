"""What commands do that ask for something first: files, folders, stations, satellites, help."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QMessageBox

from euroqci_planner import __version__
from euroqci_planner.app.user_folders import state_folder
from euroqci_planner.errors import PlannerError
from euroqci_planner.gui import dialogs
from euroqci_planner.gui.command_palette import CommandPalette
from euroqci_planner.gui.exporting import PictureKind, picture_name, save_picture
from euroqci_planner.gui.model_sheet import ModelSheet
from euroqci_planner.gui.planner_window import PlannerWindow
from euroqci_planner.gui.shortcut_sheet import ShortcutSheet

if TYPE_CHECKING:
    from euroqci_planner.app.satellite_import import OrbitOffer

NEW_NAME = "new.scenario.toml"
SCENARIO_ENDING = ".scenario.toml"


def new(window: PlannerWindow) -> None:
    """Ask for a name, write a scenario to start from, open it."""

    def take(path: Path) -> None:
        from euroqci_planner.app.planner import write_new_scenario  # noqa: PLC0415

        try:
            write_new_scenario(path, overwrite=True)
        except PlannerError as error:
            window.shell.messages.fail(f"{path.name} is not written", error)
        else:
            window.shell.documents.open_path(path)

    def ask() -> None:
        start = home_folder(window) / NEW_NAME
        dialogs.ask_save(window, "New scenario", dialogs.SCENARIOS, take, start)

    window.files.guarded(ask)


def open_file(window: PlannerWindow) -> None:
    """Ask for a scenario and open it."""
    folder = home_folder(window)
    dialogs.ask_open(window, "Open a scenario", dialogs.SCENARIOS, window.files.open_path, folder)


def open_recent(window: PlannerWindow) -> None:
    """Choose among the scenarios that were open lately."""
    from euroqci_planner.app.recent_files import recent_files  # noqa: PLC0415 (early first paint)

    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName("Recent scenarios")
    for number, path in enumerate(recent_files(), start=1):
        mark = f"&{number} " if number < 10 else ""
        action = menu.addAction(f"{mark}{path.name}   {path.parent}")
        action.triggered.connect(lambda _=False, path=path: window.files.open_path(path))
    if menu.isEmpty():
        menu.addAction("no scenario was open yet").setEnabled(False)
    place = window.mapToGlobal(window.rect().center())
    menu.popup(QCursor.pos() if window.underMouse() else place)


def reload(window: PlannerWindow) -> None:
    """Read the file again; unsaved work is asked about."""
    document = window.shell.documents.document
    if document is not None and document.path is not None:
        path = document.path
        window.files.guarded(lambda: window.shell.documents.open_path(path))


def pick_stations(window: PlannerWindow) -> None:
    """Choose stations of the catalogue and add them."""
    from euroqci_planner.gui.forms.station_picker import StationPicker  # noqa: PLC0415

    picker = StationPicker(window)
    picker.chosen.connect(window.shell.editing.add_station)
    dialogs.show_dialog(picker)


def pick_orbit_file(window: PlannerWindow) -> None:
    """Ask for an orbit file, then for its satellites."""
    folder = home_folder(window)
    dialogs.ask_open(
        window, "Orbit file", dialogs.ORBITS, lambda path: offer_satellites(window, path), folder
    )


def offer_satellites(window: PlannerWindow, path: Path) -> None:
    """Show the satellites of an orbit file, to add them or to renew element sets.

    The file has to lie beside the scenario: a scenario without a file is saved first.
    """
    from euroqci_planner.app.satellite_import import orbit_offer  # noqa: PLC0415

    document = window.shell.documents.document
    if document is None or not window.shell.can_edit:
        window.shell.messages.warn("This scenario takes no edits: save it under another name first")
        return
    if document.path is None:
        dialogs.ask(
            window,
            "Save the scenario first",
            "Its orbit files lie beside it, so it needs a folder of its own.",
            (
                ("Save as…", lambda: window.files.save_as(lambda: offer_satellites(window, path))),
                ("Cancel", None),
            ),
        )
        return
    try:
        offer = orbit_offer(document, path)
    except PlannerError as error:
        window.shell.messages.fail(f"{path.name} gives no satellites", error)
        return
    _show_offer(window, offer)


def _show_offer(window: PlannerWindow, offer: OrbitOffer) -> None:
    from euroqci_planner.app.satellite_import import (  # noqa: PLC0415 (early first paint)
        add_satellites,
        update_element_sets,
    )
    from euroqci_planner.gui.forms.satellite_picker import SatellitePicker  # noqa: PLC0415

    document = window.shell.documents.document
    if document is None:
        return
    payloads = tuple(str(item["id"]) for item in document.data.get("payload", ()))

    def take(numbers: Sequence[int], payload: str, renews: bool) -> None:
        try:
            if renews:
                window.shell.editing.commit(update_element_sets(document, offer))
            if numbers:
                window.shell.editing.commit(add_satellites(document, offer, numbers, payload))
        except PlannerError as error:
            window.shell.messages.fail("No satellite was added", error)

    picker = SatellitePicker(offer, payloads, window)
    picker.chosen.connect(take)
    dialogs.show_dialog(picker)


def close_station(window: PlannerWindow) -> None:
    """Ask for a station and an interval, and close it."""
    from euroqci_planner.gui.forms.closure_form import ClosureForm  # noqa: PLC0415

    def take(station_id: str, start: np.datetime64, end: np.datetime64) -> None:
        window.shell.editing.close_station(station_id, start, end)

    form = ClosureForm(window.shell.workspace, window)
    form.chosen.connect(take)
    dialogs.show_dialog(form)


def compare(window: PlannerWindow) -> None:
    """Keep the plan as it is shown, and bring the comparison to the front."""
    window.shell.keep_for_comparison()
    window.docks.raise_dock("compare")


def duplicate(window: PlannerWindow) -> None:
    """Ask for a name, go on with a copy under it, and compare its plans with the shown one."""
    document = window.shell.documents.document
    if document is None:
        return

    def take(path: Path) -> None:
        if window.shell.documents.save_as(path):
            compare(window)

    name = Path(document.name).name.removesuffix(SCENARIO_ENDING)
    start = home_folder(window) / f"{name}-copy{SCENARIO_ENDING}"
    dialogs.ask_save(window, "Name of the copy", dialogs.SCENARIOS, take, start)


def compare_file(window: PlannerWindow) -> None:
    """Ask for another scenario and compare with its plan."""

    def take(path: Path) -> None:
        window.shell.compare_with(path)
        window.docks.raise_dock("compare")

    title = "Compare with"
    dialogs.ask_open(window, title, dialogs.SCENARIOS, take, home_folder(window))


def export_folder(window: PlannerWindow) -> None:
    """Ask for a folder and write all files of the plan."""
    title = "Folder for the files of the plan"
    dialogs.ask_folder(window, title, window.shell.export_folder, home_folder(window))


def has_forecast(window: PlannerWindow) -> bool:
    """Whether the forecast view has something to write."""
    return getattr(window.docks.views.get("forecast"), "found", None) is not None


def export_forecast(window: PlannerWindow) -> None:
    """Ask for a folder and write the files of the forecast."""
    view = window.docks.views["forecast"]
    if has_forecast(window):
        title = "Folder for the files of the forecast"
        dialogs.ask_folder(window, title, view.export, home_folder(window))  # type: ignore[attr-defined]


def export_file(window: PlannerWindow, name: str) -> None:
    """Ask where to write one file of the plan."""

    def take(path: Path) -> None:
        window.shell.export_file(name, path)

    dialogs.ask_save(window, f"Export {name}", "All files (*)", take, home_folder(window) / name)


def export_picture(window: PlannerWindow, view: str, kind: PictureKind) -> None:
    """Ask where to write a picture of a view."""
    title = window.docks.titles[view]

    def take(path: Path) -> None:
        try:
            save_picture(window.docks.views[view], title, path)
        except (PlannerError, ValueError) as error:
            window.shell.messages.fail(f"{path.name} is not written", error)
        else:
            window.shell.messages.say(f"Wrote {path}")

    start = home_folder(window) / picture_name(title, kind)
    dialogs.ask_save(window, f"{title} as {kind.upper()}", f"*.{kind}", take, start)


def show_manual(window: PlannerWindow) -> None:
    """Open the manual, or bring it to the front."""
    window.manual().show()
    window.manual().raise_()
    window.manual().activateWindow()


def show_shortcuts(window: PlannerWindow) -> None:
    """Open the shortcut sheet."""
    dialogs.show_dialog(ShortcutSheet(window.registry, window))


def show_palette(window: PlannerWindow) -> None:
    """Open the command palette."""
    palette = CommandPalette(window.registry, window)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    palette.show_over(window)


def show_models(window: PlannerWindow) -> None:
    """List the models that took part in the plan, with their sources."""
    plan = window.shell.workspace.plan
    if plan is None:
        return
    dialogs.show_dialog(ModelSheet(plan.models, window))


def show_about(window: PlannerWindow) -> None:
    """Version, licence, and where the log is."""
    text = (
        f"euroqci_planner {__version__}\n"
        "Satellite-QKD mission planner for the European Quantum Communication Infrastructure\n\n"
        "Apache License 2.0. Map: Natural Earth (public domain), its borders de facto.\n"
        f"Log and recovery files: {state_folder()}"
    )
    _tell(window, "About euroqci_planner", text)


def home_folder(window: PlannerWindow) -> Path:
    """Folder in which file dialogs begin."""
    document = window.shell.documents.document
    return Path.home() if document is None or document.path is None else document.path.parent


def _tell(window: PlannerWindow, title: str, text: str) -> None:
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(title)
    box.setText(text)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.open()
