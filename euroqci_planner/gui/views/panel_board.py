"""Pages of panels: all at once where there is room, one by one under tabs where not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSignalBlocker, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QTabBar, QWidget

from euroqci_planner.gui.views.chart import Chart

_GAP_PX = 1


@dataclass(frozen=True, slots=True)
class Page:
    """Panels that belong together, under one title."""

    title: str
    panels: tuple[Chart, ...]

    @property
    def least_width(self) -> int:
        """Of the panels side by side."""
        return sum(panel.least_px[0] for panel in self.panels) + _GAP_PX * (len(self.panels) - 1)

    def rows(self, width: int) -> list[tuple[Chart, ...]]:
        """Side by side where they fit, else one above the other."""
        if width >= self.least_width:
            return [self.panels]
        return [(panel,) for panel in self.panels]


class PanelBoard(QScrollArea):
    """Lays out pages; `tabs` is placed by the owner and hides while all pages are in view.

    A page that is higher than the board scrolls.
    """

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        """Take the pages; the first one is in view."""
        super().__init__(parent)
        self._pages = list(pages)
        self.tabs = QTabBar(parent)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName("Pages of the inspector")
        for page in self._pages:
            self.tabs.addTab(page.title)
        self.tabs.currentChanged.connect(self._arrange)
        self._inside = QWidget()
        for panel in self._panels():
            panel.setParent(self._inside)
        self.setWidget(self._inside)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside.installEventFilter(self)

    @property
    def shows_all(self) -> bool:
        """Whether every page is in view, without tabs."""
        return self._height(self._all_rows(self.width())) <= self.height()

    @property
    def page(self) -> str:
        """Title of the page in view."""
        return self._pages[self.tabs.currentIndex()].title

    def show_page(self, title: str) -> None:
        """Bring a page into view; unknown titles do nothing."""
        titles = [page.title for page in self._pages]
        if title in titles:
            with QSignalBlocker(self.tabs):
                self.tabs.setCurrentIndex(titles.index(title))
            self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A panel wants another size."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return bool(super().eventFilter(watched, event))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the panels anew."""
        super().resizeEvent(event)
        self._arrange()

    def _panels(self) -> list[Chart]:
        return [panel for page in self._pages for panel in page.panels]

    def _all_rows(self, width: int) -> list[tuple[Chart, ...]]:
        """Pages beside each other where the width allows it, else one above the other."""
        if width >= sum(page.least_width + _GAP_PX for page in self._pages):
            return [tuple(self._panels())]
        return [row for page in self._pages for row in page.rows(width)]

    def _arrange(self) -> None:
        shows_all = self.shows_all
        page = self._pages[max(self.tabs.currentIndex(), 0)]
        self.tabs.setVisible(not shows_all)
        room = self.viewport().size()
        rows = self._all_rows(room.width()) if shows_all else page.rows(room.width())
        least = self._height(rows)
        self._inside.resize(room.width(), max(room.height(), least))
        spare = max(room.height() - least, 0) // len(rows)
        y = 0
        for row in rows:
            height = _row_height(row) + spare
            _place(row, QRect(0, y, room.width(), height))
            y += height + _GAP_PX
        shown = {panel for row in rows for panel in row}
        for panel in self._panels():
            panel.setVisible(panel in shown)

    def _height(self, rows: list[tuple[Chart, ...]]) -> int:
        return sum(_row_height(row) for row in rows) + _GAP_PX * (len(rows) - 1)


def _row_height(row: tuple[Chart, ...]) -> int:
    return max(panel.minimumSizeHint().height() for panel in row)


def _place(row: tuple[Chart, ...], area: QRect) -> None:
    """Share the width in proportion to what the panels need at least."""
    least = [panel.least_px[0] for panel in row]
    spare = max(area.width() - sum(least) - _GAP_PX * (len(row) - 1), 0)
    x = area.left()
    for place, panel in enumerate(row):
        is_last = place == len(row) - 1
        own = area.right() + 1 - x if is_last else least[place] + spare * least[place] // sum(least)
        panel.setGeometry(x, area.top(), own, area.height())
        x += own + _GAP_PX
