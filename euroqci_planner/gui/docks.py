"""The docks: which views there are, where they stand at first, and their layouts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from euroqci_planner.gui.override_guard import guard_overrides
from euroqci_planner.gui.workspace import Workspace

_AREA = Qt.DockWidgetArea


@dataclass(frozen=True, slots=True)
class View:
    """A view of its own module: where its class is, and in which group of docks it stands.

    A late view loads the engine with its module: it is made when the first plan is there, which
    it shows nothing without, so that the window does not wait for it.
    """

    name: str
    module: str
    class_name: str
    title: str
    group: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Docks on top of each other; `below` names the group that they stand under."""

    name: str
    area: Qt.DockWidgetArea
    below: str = ""


# The first view of a group is the one in front.
VIEWS = (
    View("map", "euroqci_planner.gui.map.map_view", "MapView", "Map", "left"),
    View("network", "euroqci_planner.gui.views.network", "NetworkView", "Network", "left"),
    View("compare", "euroqci_planner.gui.views.compare", "CompareView", "Compare", "left"),
    View("passes", "euroqci_planner.gui.views.pass_table", "PassTableView", "Passes", "right"),
    View(
        "inspector",
        "euroqci_planner.gui.views.inspector",
        "InspectorView",
        "Inspector",
        "detail",
        is_late=True,
    ),
    View("timeline", "euroqci_planner.gui.views.timeline", "TimelineView", "Timeline", "bottom"),
    View("stores", "euroqci_planner.gui.views.key_stores", "KeyStoresView", "Key stores", "store"),
    View(
        "assurance",
        "euroqci_planner.gui.views.assurance",
        "AssuranceView",
        "Requirements",
        "left",
        is_late=True,
    ),
    View(
        "forecast",
        "euroqci_planner.gui.views.forecast",
        "ForecastView",
        "Forecast",
        "left",
        is_late=True,
    ),
)
# Docks of the shell itself: title and group.
SHELL_DOCKS = (
    ("scenario", "Scenario", "left"),
    ("changes", "Changes", "detail"),
    ("history", "History", "detail"),
    ("messages", "Messages", "detail"),
)
GROUPS = (
    Group("left", _AREA.LeftDockWidgetArea),
    Group("right", _AREA.RightDockWidgetArea),
    Group("detail", _AREA.RightDockWidgetArea, below="right"),
    Group("bottom", _AREA.BottomDockWidgetArea),
    Group("store", _AREA.BottomDockWidgetArea, below="bottom"),
)
# Shares of the window: width of the left docks, height of each group in its column.
_LEFT_WIDTH = 0.47
_HEIGHTS = {"right": 0.23, "detail": 0.29, "bottom": 0.235, "store": 0.21}
# In a window that is not higher than this the key stores stand behind the timeline.
_LOW_PX = 860
_LOW_HEIGHTS = {"right": 0.21, "detail": 0.29, "bottom": 0.31, "store": 0.31}
_ROUNDS = 6
STALE_SIGN = "\u25cc"


class Docks:
    """All docks of a window by name."""

    def __init__(self, window: QMainWindow, workspace: Workspace) -> None:
        """Make every view and put it into its dock, all in the first layout."""
        self._window = window
        self.views: dict[str, QWidget] = {}
        self.titles: dict[str, str] = {}
        self.docks: dict[str, QDockWidget] = {}
        self._groups: dict[str, list[str]] = {group.name: [] for group in GROUPS}
        self._workspace = workspace
        self._late: list[View] = []
        for view in VIEWS:
            if find_spec(view.module) is None:
                continue
            made = QLabel("") if view.is_late else _view(view, workspace)
            self._add(view.name, view.title, view.group, made)
            self._late += [view] if view.is_late else []
        for name, title, group in SHELL_DOCKS:
            self._add(name, title, group, QLabel(""))
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, _AREA.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _AREA.BottomDockWidgetArea)
        self.reset()

    def fill_late(self) -> list[QWidget]:
        """Make the late views; the result is what was made."""
        late, self._late = self._late, []
        for view in late:
            self.set_widget(view.name, _view(view, self._workspace))
        return [self.views[view.name] for view in late]

    def set_widget(self, name: str, widget: QWidget) -> None:
        """Fill a dock; what was in it goes."""
        former = self.views[name]
        widget.setObjectName(f"view.{name}")
        if not widget.accessibleName():
            widget.setAccessibleName(self.titles[name])
        # Otherwise the lines between the docks shine through.
        widget.setAutoFillBackground(True)
        self.docks[name].setWidget(widget)
        former.deleteLater()
        self.views[name] = widget

    def raise_dock(self, name: str) -> None:
        """Bring a dock to the front, without the focus."""
        self.docks[name].show()
        self.docks[name].raise_()

    def focus(self, name: str) -> None:
        """Bring a view to the front and give it the keys."""
        self.raise_dock(name)
        self.views[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def mark_stale(self, *, is_stale: bool) -> None:
        """Put the sign of a stale plan behind the titles of the views that show it."""
        for view in VIEWS:
            sign = f" {STALE_SIGN}" if is_stale else ""
            self.docks[view.name].setWindowTitle(f"{view.title}{sign}")

    def reset(self) -> None:
        """The first layout."""
        window = self._window
        for dock in self.docks.values():
            dock.setFloating(False)
            window.removeDockWidget(dock)
        for group in GROUPS:
            self._place(group)
        for dock in self.docks.values():
            dock.show()
        for group in reversed(GROUPS):
            names = self._groups[group.name]
            if names:
                self.docks[names[0]].raise_()
        self._share(_ROUNDS)

    def show_only(self, names: tuple[str, ...]) -> None:
        """Hide every dock but these."""
        for name, dock in self.docks.items():
            dock.setVisible(name in names)

    def _share(self, rounds: int) -> None:
        """Share the window in some rounds: in each, Qt goes half of the way that is asked for."""
        self.set_sizes()
        if rounds:
            QTimer.singleShot(0, self._window, lambda: self._share(rounds - 1))

    def set_sizes(self) -> None:
        """Share the window among the groups."""
        width, height = self._window.width(), self._window.height()
        first = {name: names[0] for name, names in self._groups.items() if names}
        columns = [
            (first[name], share)
            for name, share in (("left", _LEFT_WIDTH), ("right", 0.53))
            if name in first
        ]
        self._window.resizeDocks(
            [self.docks[name] for name, _ in columns],
            [round(share * width) for _, share in columns],
            Qt.Orientation.Horizontal,
        )
        # The lower docks first: their sum decides how high the upper ones are together.
        shares = _LOW_HEIGHTS if height < _LOW_PX else _HEIGHTS
        for names in (("bottom", "store"), ("right", "detail")):
            rows = [(first[name], shares[name]) for name in names if name in first]
            self._window.resizeDocks(
                [self.docks[name] for name, _ in rows],
                [round(share * height) for _, share in rows],
                Qt.Orientation.Vertical,
            )

    def _add(self, name: str, title: str, group: str, widget: QWidget) -> None:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock.{name}")
        dock.setAccessibleName(title)
        widget.setObjectName(f"view.{name}")
        if not widget.accessibleName():
            widget.setAccessibleName(title)
        widget.setAutoFillBackground(True)
        dock.setWidget(widget)
        self.docks[name], self.views[name], self.titles[name] = dock, widget, title
        self._groups[group].append(name)

    def _place(self, group: Group) -> None:
        names = self._groups[group.name]
        if not names:
            return
        head = self.docks[names[0]]
        self._window.addDockWidget(group.area, head)
        upper = self._groups.get(group.below)
        if upper and group.name == "store" and self._window.height() < _LOW_PX:
            self._window.tabifyDockWidget(self.docks[upper[0]], head)
        elif upper:
            self._window.splitDockWidget(self.docks[upper[0]], head, Qt.Orientation.Vertical)
        for name in names[1:]:
            self._window.tabifyDockWidget(head, self.docks[name])


def _view(view: View, workspace: Workspace) -> QWidget:
    module = import_module(view.module)
    guard_overrides()
    made: QWidget = getattr(module, view.class_name)(workspace)
    return made
