"""The one list of what a user can do: it feeds menus, toolbar, context menus, palette and sheet.

A command is a plain record; the registry makes one `QAction` of it, which every place shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from euroqci_planner.gui.icons import icon

MENUS = ("File", "Edit", "View", "Plan", "Network", "Export", "Help")


def always() -> bool:
    """Enabled whatever is open."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that a user can do.

    `id` is `group.name`; `menu` a path such as "View/Map" ("" leaves it to palette and sheet);
    `shortcuts` in Qt's portable text, the first is the one that is shown. `enabled` is asked when
    the state of the program changes, `checked` makes it a toggle and says its state.
    `context` names the context menus that it stands in ("pass", "station"); `icon` a file of
    `resources/icons`; `help` the sentence of status line and tooltip. Commands of one menu with
    different `section` are parted by a line. `needs_choice` marks what opens a dialog.
    """

    id: str
    title: str
    run: Callable[[], object]
    menu: str = ""
    section: int = 0
    shortcuts: tuple[str, ...] = ()
    enabled: Callable[[], bool] = always
    checked: Callable[[], bool] | None = None
    context: tuple[str, ...] = ()
    icon: str = ""
    help: str = ""
    needs_choice: bool = False

    @property
    def plain_title(self) -> str:
        """Title without the mark of its mnemonic."""
        return self.title.replace("&&", "\0").replace("&", "").replace("\0", "&")

    @property
    def path(self) -> str:
        """Menu and title in one line, as the palette shows it."""
        return " › ".join((*self.menu.split("/"), self.plain_title)) if self.menu else self.title


class Registry(QObject):
    """All commands of the window, with their actions; `ran` tells which one was run."""

    ran = Signal(str)

    def __init__(self, window: QWidget) -> None:
        """Begin empty; the shortcuts work in `window`."""
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    @property
    def commands(self) -> tuple[Command, ...]:
        """All commands, in the order in which they were added."""
        return tuple(self._commands.values())

    def add(self, commands: Iterable[Command]) -> None:
        """Take commands in; raises ValueError for an id or a shortcut that is taken."""
        for command in commands:
            self._refuse_repeated(command)
            self._commands[command.id] = command
            self._actions[command.id] = self._made(command)

    def command(self, command_id: str) -> Command:
        """One command; raises KeyError for an unknown id."""
        return self._commands[command_id]

    def action(self, command_id: str) -> QAction:
        """The action of a command; raises KeyError for an unknown id."""
        return self._actions[command_id]

    def run(self, command_id: str) -> bool:
        """Run a command if it is enabled; whether it was."""
        if not self._commands[command_id].enabled():
            return False
        self._actions[command_id].trigger()
        return True

    def refresh(self) -> None:
        """Ask every command anew whether it is enabled and checked."""
        for name, command in self._commands.items():
            action = self._actions[name]
            action.setEnabled(bool(command.enabled()))
            if command.checked is not None:
                action.setChecked(bool(command.checked()))

    def refresh_icons(self) -> None:
        """Draw the icons in the colours of the theme."""
        for name, command in self._commands.items():
            if command.icon:
                self._actions[name].setIcon(icon(command.icon))

    def fill_menu_bar(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make all menus; they are in the result by their path."""
        bar.clear()
        menus: dict[str, QMenu] = {}
        for title in MENUS:
            menus[title] = bar.addMenu(f"&{title}")
        sections: dict[str, int] = {}
        for command in self.commands:
            if command.menu:
                menu = _menu(menus, command.menu)
                if sections.setdefault(command.menu, command.section) != command.section:
                    menu.addSeparator()
                    sections[command.menu] = command.section
                menu.addAction(self._actions[command.id])
        for title in MENUS:
            menus[title].menuAction().setVisible(not menus[title].isEmpty())
        return menus

    def context_menu(self, place: str, parent: QWidget) -> QMenu:
        """Context menu of a place with the commands that belong there; empty where none does."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for command in self.commands:
            if place in command.context:
                menu.addAction(self._actions[command.id])
        return menu

    def _refuse_repeated(self, command: Command) -> None:
        if command.id in self._commands:
            raise ValueError(f"there are two commands {command.id!r}")
        for other in self.commands:
            for shortcut in command.shortcuts:
                if shortcut in other.shortcuts:
                    raise ValueError(f"{other.id} and {command.id} share {shortcut}")

    def _made(self, command: Command) -> QAction:
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        action.setShortcuts([QKeySequence(text) for text in command.shortcuts])
        action.setCheckable(command.checked is not None)
        if command.icon:
            action.setIcon(icon(command.icon))
        keys = f" ({shown_keys(command)})" if command.shortcuts else ""
        action.setToolTip((command.help or command.plain_title) + keys)
        action.setStatusTip(command.help or command.plain_title)
        action.triggered.connect(lambda: self._run(command))
        self._window.addAction(action)
        return action

    def _run(self, command: Command) -> None:
        command.run()
        self.refresh()
        self.ran.emit(command.id)


def shown_keys(command: Command) -> str:
    """Shortcuts of a command as the keyboard is labelled."""
    form = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(text).toString(form) for text in command.shortcuts)


def _menu(menus: dict[str, QMenu], path: str) -> QMenu:
    if path not in menus:
        parent, _, title = path.rpartition("/")
        menus[path] = _menu(menus, parent).addMenu(title)
    return menus[path]
