"""The manual inside the program: contents, pages, search; F1 opens it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.manual import START_PAGE, ManualPage, manual_folder, manual_pages
from euroqci_planner.gui import theme
from euroqci_planner.gui.icons import icon

_SIZE = (1040, 760)
_MARGIN_PX = 18.0
_FRAME_AND_SCROLL_BAR_PX = 30


class PageBrowser(QTextBrowser):
    """Shows a page; pictures are no wider than the page."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Load what a page names, pictures scaled down to the room that there is."""
        found = super().loadResource(kind, name)
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return found
        path = self.document().baseUrl().resolved(QUrl(name)).toLocalFile()
        image = QImage(path)
        room = round(self.width() - 2.0 * _MARGIN_PX) - _FRAME_AND_SCROLL_BAR_PX
        if image.isNull() or image.width() <= room:
            return found
        smooth = Qt.TransformationMode.SmoothTransformation
        return image.scaledToWidth(max(room, 1), smooth)


class ManualViewer(QWidget):
    """A window of its own; it stays beside the work."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Open the first page."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Manual – euroqci_planner")
        self.resize(*_SIZE)
        self._pages = {page.name: page for page in manual_pages()}
        self._past: list[str] = []
        self._future: list[str] = []
        self.page = ""
        self.search = QLineEdit(self)
        self.contents = QListWidget(self)
        self.browser = PageBrowser(self)
        self._back = self._button("back", "Back (Alt+Left)", self.go_back, "Alt+Left")
        self._forward = self._button("forward", "Forward (Alt+Right)", self.go_forward, "Alt+Right")
        self._home = self._button("home", "First page (Alt+Home)", self.go_home, "Alt+Home")
        self._lay_out()
        self.search.textChanged.connect(self._fill)
        self.contents.itemActivated.connect(self._on_item)
        self.contents.currentItemChanged.connect(lambda item, _: self._on_item(item))
        self.browser.anchorClicked.connect(self._on_link)
        self._fill("")
        self.show_page(START_PAGE)

    def show_page(self, name: str) -> bool:
        """Show a page by its path inside the manual; whether there is one."""
        if name not in self._pages:
            return False
        if self.page and self.page != name:
            self._past.append(self.page)
            self._future.clear()
        self._display(name)
        return True

    def go_back(self) -> None:
        """Show the page before."""
        if self._past:
            self._future.append(self.page)
            self._display(self._past.pop())

    def go_forward(self) -> None:
        """Show the page that `go_back` left."""
        if self._future:
            self._past.append(self.page)
            self._display(self._future.pop())

    def go_home(self) -> None:
        """Show the first page."""
        self.show_page(START_PAGE)

    def refresh_style(self) -> None:
        """Take the colours of the theme."""
        for button, name in (
            (self._back, "back"),
            (self._forward, "forward"),
            (self._home, "home"),
        ):
            button.setIcon(icon(name))
        self._display(self.page)

    def _button(self, name: str, tip: str, run: object, keys: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(name))
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.setShortcut(keys)
        button.clicked.connect(run)
        return button

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Search the manual")
        self.search.setAccessibleName("Search the manual")
        self.search.setClearButtonEnabled(True)
        self.contents.setAccessibleName("Pages")
        self.browser.setAccessibleName("Page")
        self.browser.setOpenLinks(False)
        self.browser.document().setDocumentMargin(_MARGIN_PX)
        bar = QHBoxLayout()
        for button in (self._back, self._forward, self._home):
            bar.addWidget(button)
        bar.addWidget(self.search, 1)
        left = QWidget(self)
        box = QVBoxLayout(left)
        box.setContentsMargins(6, 6, 0, 6)
        box.addLayout(bar)
        box.addWidget(self.contents, 1)
        split = QSplitter(self)
        split.addWidget(left)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        split.setSizes([260, 700])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def _fill(self, wanted: str) -> None:
        """List the pages that hold every word."""
        words = wanted.casefold().split()
        self.contents.blockSignals(True)  # noqa: FBT003 (Qt's call)
        self.contents.clear()
        for page in self._pages.values():
            text = f"{page.title} {page.text}".casefold()
            if all(word in text for word in words):
                item = QListWidgetItem(page.title)
                item.setData(Qt.ItemDataRole.UserRole, page.name)
                self.contents.addItem(item)
        self.contents.blockSignals(False)  # noqa: FBT003 (Qt's call)
        self._mark_current()

    def _mark_current(self) -> None:
        """Show in the contents which page is open."""
        self.contents.blockSignals(True)  # noqa: FBT003 (Qt's call)
        for row in range(self.contents.count()):
            item = self.contents.item(row)
            if item is not None and item.data(Qt.ItemDataRole.UserRole) == self.page:
                self.contents.setCurrentRow(row)
        self.contents.blockSignals(False)  # noqa: FBT003 (Qt's call)

    def _on_item(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_page(str(item.data(Qt.ItemDataRole.UserRole)))

    def _display(self, name: str) -> None:
        page: ManualPage = self._pages[name]
        self.page = name
        colours = theme.current()
        document = self.browser.document()
        document.setDefaultStyleSheet(
            f"a {{ color: {colours.accent.lighter(130).name()}; }}"
            if colours.is_dark
            else f"a {{ color: {colours.accent.name()}; }}"
        )
        folder = (manual_folder() / name).parent
        document.setBaseUrl(QUrl.fromLocalFile(f"{folder}/"))
        self.browser.setSearchPaths([str(folder)])
        document.setMarkdown(page.text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
        self._mark_current()
        self._back.setEnabled(bool(self._past))
        self._forward.setEnabled(bool(self._future))

    def _on_link(self, url: QUrl) -> None:
        """Pages open here, other addresses in the browser of the system."""
        if url.scheme() in {"http", "https"}:
            QDesktopServices.openUrl(url)
            return
        if not url.path():
            self.browser.scrollToAnchor(url.fragment())
            return
        path = url.toLocalFile() if url.isLocalFile() else url.path()
        target = PurePosixPath(path)
        if not target.is_absolute():
            target = PurePosixPath(manual_folder() / PurePosixPath(self.page).parent / target)
        parts: list[str] = []
        for part in target.parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        home = PurePosixPath(manual_folder())
        found = PurePosixPath(*parts)
        if found.is_relative_to(home) and self.show_page(str(found.relative_to(home))):
            self.browser.scrollToAnchor(url.fragment())
