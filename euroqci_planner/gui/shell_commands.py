"""The commands of the shell: files, edits, planning, looks, export and help."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from euroqci_planner.app.plan_file_names import PLAN_FILE_NAMES
from euroqci_planner.gui import dialog_actions, theme
from euroqci_planner.gui.commands import Command
from euroqci_planner.gui.docks import VIEWS
from euroqci_planner.gui.exporting import PictureKind
from euroqci_planner.gui.planner_window import PlannerWindow
from euroqci_planner.gui.session import SCALES
from euroqci_planner.gui.theme import ThemeChoice

_HOUR_S = 3_600.0
_MINUTE_S = 60.0
_FOCUS_KEYS = 9


def shell_commands(window: PlannerWindow) -> list[Command]:
    """All commands that belong to no single view."""
    groups = (
        _files,
        _edits,
        _passes,
        _looks,
        _docks,
        _time,
        _planning,
        _exports,
        _forecast_exports,
        _pictures,
        _help,
    )
    return [command for group in groups for command in group(window)]


def _files(window: PlannerWindow) -> Iterator[Command]:
    shell = window.shell

    def is_open() -> bool:
        return shell.documents.document is not None

    def can_save() -> bool:
        document = shell.documents.document
        is_writable = document is not None and not document.is_read_only
        return is_writable and (shell.is_modified or document is None or document.path is None)

    yield Command(
        id="file.new", title="&New…", run=lambda: dialog_actions.new(window), menu="File",
        shortcuts=("Ctrl+N",), needs_choice=True,
        help="Write a commented scenario to start from, and open it",
    )  # fmt: skip
    yield Command(
        id="file.open", title="&Open…", run=lambda: dialog_actions.open_file(window), menu="File",
        shortcuts=("Ctrl+O",), icon="open", needs_choice=True, help="Open a scenario file",
    )  # fmt: skip
    yield Command(
        id="file.recent", title="Open &recent…", run=lambda: dialog_actions.open_recent(window),
        menu="File", shortcuts=("Ctrl+Shift+O",), needs_choice=True,
        help="Choose among the scenarios that were open lately",
    )  # fmt: skip
    yield Command(
        id="file.sample", title="Open the sa&mple",
        run=lambda: window.files.guarded(shell.documents.open_sample), menu="File",
        help="Open the sample scenario",
    )  # fmt: skip
    yield Command(
        id="file.save", title="&Save", run=window.files.save, menu="File", section=1,
        shortcuts=("Ctrl+S",), icon="save", enabled=can_save, help="Save the scenario",
    )  # fmt: skip
    yield Command(
        id="file.save_as", title="Save &as…", run=window.files.save_as, menu="File", section=1,
        shortcuts=("Ctrl+Shift+S",), enabled=is_open, needs_choice=True,
        help="Save the scenario under another name and go on with that file",
    )  # fmt: skip
    yield Command(
        id="file.reload", title="Re&vert to the file", run=lambda: dialog_actions.reload(window),
        menu="File", section=1, enabled=lambda: is_open() and _has_path(window),
        help="Read the file again",
    )  # fmt: skip
    yield Command(
        id="file.quit", title="&Quit", run=window.close, menu="File", section=2,
        shortcuts=("Ctrl+Q",), help="Close the program",
    )  # fmt: skip


def _has_path(window: PlannerWindow) -> bool:
    document = window.shell.documents.document
    return document is not None and document.path is not None


def _edits(window: PlannerWindow) -> Iterator[Command]:
    shell, stack = window.shell, window.shell.editing.stack
    yield Command(
        id="edit.undo", title="&Undo", run=stack.undo, menu="Edit", shortcuts=("Ctrl+Z",),
        icon="undo", enabled=stack.canUndo, help="Undo the last edit",
    )  # fmt: skip
    yield Command(
        id="edit.redo", title="&Redo", run=stack.redo, menu="Edit",
        shortcuts=("Ctrl+Shift+Z", "Ctrl+Y"), icon="redo", enabled=stack.canRedo,
        help="Do again what was undone",
    )  # fmt: skip
    yield Command(
        id="edit.values", title="&Values of the scenario",
        run=lambda: window.docks.focus("scenario"), menu="Edit", section=1,
        shortcuts=("Ctrl+Shift+E",), help="Edit any value of the scenario in forms",
    )  # fmt: skip
    yield Command(
        id="edit.drop_draft", title="Undo what is &not valid", run=shell.editing.drop_draft,
        menu="Edit", section=1, enabled=lambda: shell.editing.has_draft,
        help="Give up the values in the form that are not valid",
    )  # fmt: skip
    yield Command(
        id="edit.add_stations", title="Add &stations from the catalogue…",
        run=lambda: dialog_actions.pick_stations(window), menu="Edit", section=2,
        enabled=lambda: shell.can_edit, icon="station", needs_choice=True,
        help="Add ground stations of the catalogue to the scenario",
    )  # fmt: skip
    yield Command(
        id="edit.add_satellites", title="Add sa&tellites from an orbit file…",
        run=lambda: dialog_actions.pick_orbit_file(window), menu="Edit", section=2,
        enabled=lambda: shell.can_edit, icon="satellite", needs_choice=True,
        help="Add satellites of a TLE or OMM file; dropping the file on the window does the same",
    )  # fmt: skip
    yield Command(
        id="edit.close_station", title="&Close a station…",
        run=lambda: dialog_actions.close_station(window), menu="Edit", section=2,
        enabled=lambda: shell.can_edit and shell.workspace.scenario is not None,
        context=("pass", "station"), needs_choice=True,
        help="No contacts at a station within an interval",
    )  # fmt: skip


def _passes(window: PlannerWindow) -> Iterator[Command]:
    shell = window.shell

    def may_edit() -> bool:
        return shell.can_edit and shell.has_plan and shell.has_selection

    verbs: tuple[tuple[str, str, str, Callable[[tuple[int, ...]], None], str], ...] = (
        ("pin", "&Pin", "P", shell.editing.pin, "Fly the selected passes in any case"),
        ("ban", "&Ban", "B", shell.editing.ban, "Never fly the selected passes"),
        ("free", "&Free", "F", shell.editing.free, "Take pins and bans off the selected passes"),
    )  # fmt: skip
    for name, title, key, act, text in verbs:
        yield Command(
            id=f"pass.{name}", title=title, run=partial(shell.selected, act), menu="Plan",
            section=1, shortcuts=(key,), icon=name, enabled=may_edit, context=("pass",), help=text,
        )  # fmt: skip
    yield Command(
        id="pass.show_time", title="Go to the &time of the pass", run=lambda: _to_pass(window),
        menu="Plan", section=1, shortcuts=("G",), enabled=lambda: shell.has_selection,
        context=("pass",), help="Set the time to the highest point of the selected pass",
    )  # fmt: skip
    yield Command(
        id="edit.clear", title="Cancel, close or &clear", run=window.escape, menu="Edit",
        section=3, shortcuts=("Esc",),
        help="Cancel the work; else close the message; else clear the selection",
    )  # fmt: skip


def _to_pass(window: PlannerWindow) -> None:
    workspace = window.shell.workspace
    if workspace.plan is not None and workspace.primary_row is not None:
        workspace.set_time(workspace.plan.passes.highest_utc[workspace.primary_row])


def _planning(window: PlannerWindow) -> Iterator[Command]:
    shell, planning = window.shell, window.shell.planning
    yield Command(
        id="plan.make", title="&Re-plan", run=planning.plan_now, menu="Plan", icon="plan",
        shortcuts=("Ctrl+R", "F5"), enabled=lambda: shell.documents.document is not None,
        help="Plan the scenario as it stands; the old plan stays until the new one is complete",
    )  # fmt: skip
    yield Command(
        id="plan.live", title="&Live", run=lambda: planning.set_live(is_live=not planning.is_live),
        menu="Plan", icon="live", checked=lambda: planning.is_live, shortcuts=("Ctrl+L",),
        help="Plan again after every edit",
    )  # fmt: skip
    yield Command(
        id="plan.changes", title="&Changes of the last plan",
        run=lambda: window.docks.focus("changes"), menu="Plan", shortcuts=("Ctrl+D",),
        help="Contacts that the last plan gained, lost or moved",
    )  # fmt: skip
    yield Command(
        id="plan.forecast", title="&Forecast", run=lambda: window.docks.focus("forecast"),
        menu="Plan", shortcuts=("Ctrl+Shift+F",), enabled=lambda: shell.has_plan,
        help="Who runs out of key, as planned or with stations down, satellites lost, more demand",
    )  # fmt: skip
    yield Command(
        id="plan.compare", title="Com&pare", run=lambda: dialog_actions.compare(window),
        menu="Plan", section=2, icon="compare", enabled=lambda: shell.has_plan,
        help="Keep this plan, and compare later ones with it side by side",
    )  # fmt: skip
    yield Command(
        id="plan.duplicate", title="D&uplicate for a comparison…",
        run=lambda: dialog_actions.duplicate(window), menu="Plan", section=2,
        enabled=lambda: shell.has_plan, needs_choice=True,
        help="Go on with a copy of the scenario, and compare its plans with this one",
    )  # fmt: skip
    yield Command(
        id="plan.compare_file", title="Compare with another scenario &file…",
        run=lambda: dialog_actions.compare_file(window), menu="Plan", section=2,
        enabled=lambda: shell.has_plan, needs_choice=True,
        help="Plan another scenario and show both side by side",
    )  # fmt: skip
    yield Command(
        id="plan.compare_end", title="&End the comparison",
        run=lambda: shell.workspace.set_compared(None), menu="Plan", section=2,
        enabled=lambda: shell.workspace.compared_plan is not None,
        help="Forget the plan that was kept",
    )  # fmt: skip


def _looks(window: PlannerWindow) -> Iterator[Command]:
    titles = {"system": "As the &system", "light": "&Light", "dark": "&Dark"}
    for choice in ThemeChoice:
        yield Command(
            id=f"view.theme_{choice}", title=titles[choice], menu="View/Theme",
            run=partial(_set_theme, window, choice),
            checked=partial(_is_theme, choice),
            help=f"Colours: {choice}",
        )  # fmt: skip
    for percent in SCALES:
        yield Command(
            id=f"view.scale_{percent}", title=f"{percent} %", menu="View/Scale",
            run=partial(_set_scale, window, percent),
            checked=partial(_is_scale, window, percent),
            help=f"Show everything at {percent} % from the next start on",
        )  # fmt: skip
    yield Command(
        id="view.full_screen", title="&Full screen", menu="View", section=1, shortcuts=("F11",),
        run=lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
        checked=window.isFullScreen, help="Use the whole screen",
    )  # fmt: skip


def _set_theme(window: PlannerWindow, choice: ThemeChoice) -> None:
    window.shell.session.set_text("theme", str(choice))
    theme.apply(choice)


def _set_scale(window: PlannerWindow, percent: int) -> None:
    window.shell.session.set_text("scale", str(percent))
    window.shell.messages.say(f"The scale is {percent} % from the next start on")


def _docks(window: PlannerWindow) -> Iterator[Command]:
    docks = window.docks
    for number, (name, title) in enumerate(docks.titles.items(), start=1):
        keys = (f"Ctrl+{number}",) if number <= _FOCUS_KEYS else ()
        yield Command(
            id=f"view.go_{name}", title=f"Go to {title}", menu="View/Go to", shortcuts=keys,
            run=partial(docks.focus, name), help=f"Show {title} and move the keyboard there",
        )  # fmt: skip
    for name, title in docks.titles.items():
        yield Command(
            id=f"view.dock_{name}", title=title, menu="View/Docks",
            run=partial(_toggle, docks.docks[name]),
            checked=partial(_is_shown, docks.docks[name]),
            help=f"Show or hide {title}",
        )  # fmt: skip
    yield Command(
        id="view.layout_reset", title="&Reset layout", menu="View", section=1, run=docks.reset,
        help="All docks where they were at first",
    )  # fmt: skip
    yield Command(
        id="view.layout_map", title="&Map alone", menu="View", section=1,
        run=lambda: docks.show_only(("map",)), help="Hide every dock but the map",
    )  # fmt: skip
    yield Command(
        id="view.layout_review", title="Table and &times", menu="View", section=1,
        run=lambda: docks.show_only(("passes", "inspector", "timeline", "stores")),
        help="Hide the map and the lists",
    )  # fmt: skip


def _time(window: PlannerWindow) -> Iterator[Command]:
    bar, workspace = window.time_bar, window.shell.workspace

    def is_open() -> bool:
        return workspace.scenario is not None

    yield Command(
        id="time.play", title="&Play", run=lambda: bar.play(is_playing=not bar.is_playing),
        menu="View/Time", shortcuts=("Space",), enabled=is_open, checked=lambda: bar.is_playing,
        help="Let the time run, or stop it",
    )  # fmt: skip
    for name, title, key, seconds in (
        ("minute_back", "A minute back", ",", -_MINUTE_S),
        ("minute_on", "A minute on", ".", _MINUTE_S),
        ("hour_back", "An hour back", "Ctrl+,", -_HOUR_S),
        ("hour_on", "An hour on", "Ctrl+.", _HOUR_S),
    ):
        yield Command(
            id=f"time.{name}", title=title, run=partial(bar.step, seconds),
            menu="View/Time", shortcuts=(key,), enabled=is_open, help=f"Move the time: {title}",
        )  # fmt: skip
    follower = window.time_follower
    yield Command(
        id="time.follow", title="&Follow the selection", run=follower.toggle, menu="View/Time",
        checked=lambda: follower.is_on,
        help="Set the time to the highest point of a pass when it is selected",
    )  # fmt: skip
    yield Command(
        id="time.start", title="To the &start", run=lambda: _to_start(window),
        menu="View/Time", shortcuts=("Ctrl+Home",), enabled=is_open,
        help="Set the time to the start of the planning window",
    )  # fmt: skip


def _to_start(window: PlannerWindow) -> None:
    workspace = window.shell.workspace
    if workspace.scenario is not None:
        workspace.set_time(workspace.scenario.start_utc)


def _exports(window: PlannerWindow) -> Iterator[Command]:
    shell = window.shell
    yield Command(
        id="export.folder", title="&Export…", run=lambda: dialog_actions.export_folder(window),
        menu="Export", shortcuts=("Ctrl+E",), icon="export", enabled=lambda: shell.has_plan,
        needs_choice=True, help="Write all files of the plan into a folder",
    )  # fmt: skip
    for name in PLAN_FILE_NAMES:
        yield Command(
            id=f"export.{name}", title=f"{name}…", menu="Export", section=1,
            run=partial(dialog_actions.export_file, window, name),
            enabled=partial(shell.has_file, name), needs_choice=True,
            help=f"Write {name} with the bytes of the command line",
        )  # fmt: skip


def _forecast_exports(window: PlannerWindow) -> Iterator[Command]:
    yield Command(
        id="export.forecast", title="&Forecast…", menu="Export", section=2,
        run=lambda: dialog_actions.export_forecast(window), needs_choice=True,
        enabled=lambda: dialog_actions.has_forecast(window),
        help="Write the files of the forecast into a folder, as the command line does",
    )  # fmt: skip


def _pictures(window: PlannerWindow) -> Iterator[Command]:
    for view in VIEWS:
        if view.name not in window.docks.docks:
            continue
        for kind in PictureKind:
            yield Command(
                id=f"export.{view.name}_{kind}", title=f"{view.title} as {kind.upper()}…",
                menu="Export/Pictures", enabled=lambda: window.shell.has_plan, needs_choice=True,
                run=partial(dialog_actions.export_picture, window, view.name, kind),
                help=f"Write the view {view.title} as it stands as {kind.upper()}",
            )  # fmt: skip


def _help(window: PlannerWindow) -> Iterator[Command]:
    yield Command(
        id="help.manual", title="&Manual", run=lambda: dialog_actions.show_manual(window),
        menu="Help", shortcuts=("F1",), needs_choice=True, help="Read the manual",
    )  # fmt: skip
    yield Command(
        id="help.shortcuts", title="&Keyboard shortcuts",
        run=lambda: dialog_actions.show_shortcuts(window), menu="Help", shortcuts=("?",),
        needs_choice=True, help="Every key and what it does",
    )  # fmt: skip
    yield Command(
        id="help.palette", title="&Command palette",
        run=lambda: dialog_actions.show_palette(window), menu="Help", shortcuts=("Ctrl+Shift+P",),
        needs_choice=True, help="Find a command by typing some letters of it",
    )  # fmt: skip
    yield Command(
        id="help.models", title="Models and &sources",
        run=lambda: dialog_actions.show_models(window), menu="Help", needs_choice=True,
        enabled=lambda: window.shell.has_plan, help="The published models behind this plan",
    )  # fmt: skip
    yield Command(
        id="help.about", title="&About", run=lambda: dialog_actions.show_about(window), menu="Help",
        section=1, needs_choice=True, help="Version, licence and log file",
    )  # fmt: skip


def _is_theme(choice: ThemeChoice) -> bool:
    return theme.chosen() is choice


def _is_scale(window: PlannerWindow, percent: int) -> bool:
    return window.shell.session.scale_percent == percent


def _toggle(dock: QWidget) -> None:
    dock.setVisible(dock.isHidden())


def _is_shown(dock: QWidget) -> bool:
    return not dock.isHidden()
