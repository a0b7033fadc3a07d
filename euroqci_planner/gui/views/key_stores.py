"""Key stores: the course of key per link and per pair, on the time axis of the timeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from euroqci_planner.app.display import bits_text, count, counted
from euroqci_planner.app.link_stock import deposits
from euroqci_planner.app.pair_card import link_of_pass
from euroqci_planner.app.store_lines import (
    LineSource,
    StoreBook,
    StoreLine,
    numbers_of,
    store_book,
)
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.store_plot import StorePlot
from euroqci_planner.gui.views.timeline_legend import Entry, Legend, line_entry, store_entry
from euroqci_planner.gui.views.view_parts import ElidedLabel, tool_button
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.key_course import StoreKind

_MOST = 6
_MOST_LINES = 200
_MOST_KEY = "most"
_OF_SELECTION = "selection"
_ALL = "all"
_PAIRS = "pairs"


class KeyStoresView(QWidget):
    """Choice of stores, legend, and the painted lines."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        self._book: StoreBook | None = None
        self._made: dict[int, StoreLine] = {}
        self._links: list[int] = []
        self._pairs: list[int] = []
        self._pending_choice = ""
        self.plot = StorePlot(workspace, self)
        self.choice = QComboBox(self)
        self.log_button = tool_button("log", "Logarithmic scale: small stores show too", None)
        self.legend = Legend(self)
        self.note = ElidedLabel(self)
        self._lay_out()
        self.choice.currentIndexChanged.connect(self._show)
        workspace.plan_changed.connect(self._on_plan)
        workspace.selection_changed.connect(self._show)
        theme.signals().changed.connect(self._colour)
        self._on_plan()
        self._colour()

    def _lay_out(self) -> None:
        self.choice.setAccessibleName("Stores shown")
        self.choice.setToolTip("Which stores are shown")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.log_button.setCheckable(True)
        self.log_button.toggled.connect(lambda on: self.plot.set_logarithmic(is_on=on))
        line = QHBoxLayout()
        line.setContentsMargins(6, 2, 6, 2)
        line.setSpacing(8)
        line.addWidget(self.choice)
        line.addWidget(self.log_button)
        line.addWidget(self.legend, 3)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.note, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self.plot, 1)
        self.setFocusProxy(self.plot)

    def _colour(self) -> None:
        self.note.setStyleSheet(f"color: {theme.current().muted.name()};")

    def _on_plan(self) -> None:
        """Show the stores of another plan; the choice among them stays where it can."""
        plan, had_stores = self._workspace.plan, self._book is not None
        self._book = None if plan is None else store_book(plan)
        self._made = {}
        self._links = self._pairs = []
        if self._book is not None:
            self._links = numbers_of(self._book, StoreKind.LINK)
            self._pairs = numbers_of(self._book, StoreKind.PAIR)
        wanted = self.choice.currentData() if had_stores else self._pending_choice
        blocked = QSignalBlocker(self.choice)
        self.choice.clear()
        for title, key in self._choices():
            self.choice.addItem(title, key)
        self.choice.setCurrentIndex(max(self.choice.findData(wanted), 0))
        blocked.unblock()
        self._show()

    def _choices(self) -> Iterator[tuple[str, str]]:
        if self._pairs:
            yield counted(len(self._pairs), "pair of users", "pairs of users"), _PAIRS
        links = len(self._links)
        if links > _MOST:
            yield f"{_MOST} links with most key", _MOST_KEY
        if links > _MOST_LINES:
            yield f"{_MOST_LINES} of {count(links)} links, most key first", _ALL
        else:
            yield f"all {counted(links, 'link', 'links')}", _ALL
        yield "links of the selection", _OF_SELECTION
        names = [self._book.names[number] for number in self._links] if self._book else []
        plan = self._workspace.plan
        known = set() if plan is None else set(plan.passes.satellite_ids)
        for kind, ids in (
            ("satellite", {name.a for name in names} & known),
            ("station", {end for name in names for end in (name.a, name.b)} - known),
        ):
            for item in sorted(ids):
                yield f"{kind} {item}", f"{kind}:{item}"

    def _shown_numbers(self) -> list[int]:
        """Stores that the choice asks for, in the order of their rank."""
        if self._book is None:
            return []
        key = str(self.choice.currentData() or _ALL)
        kind, _, item = key.partition(":")
        names, links = self._book.names, self._links
        if key == _PAIRS:
            return self._pairs[:_MOST_LINES]
        if key == _OF_SELECTION:
            wanted = self._selected_links()
            return [n for n in links if (names[n].a, names[n].b) in wanted]
        if kind == "satellite":
            return [n for n in links if names[n].a == item][:_MOST_LINES]
        if kind == "station":
            return [n for n in links if item in (names[n].a, names[n].b)][:_MOST_LINES]
        return links[:_MOST] if key == _MOST_KEY else links[:_MOST_LINES]

    def _selected_links(self) -> set[tuple[str, str]]:
        plan = self._workspace.plan
        if plan is None:
            return set()
        return {link_of_pass(plan, row) for row in self._workspace.selected_rows}

    def _show(self) -> None:
        """Show what is chosen, and the link of the selected pass among the links in any case."""
        numbers, chosen = self._shown_numbers(), self.plot.chosen()
        names = self._book.names if self._book is not None else ()
        if self.choice.currentData() != _PAIRS:
            numbers += [
                n for n in self._links if (names[n].a, names[n].b) == chosen and n not in numbers
            ]
        lines = [self._line(number) for number in numbers]
        if tuple(lines) != self.plot.lines or not lines:
            self.plot.set_lines(lines, self._message())
        self.legend.set_entries(self._entries())
        self._say()

    def _line(self, number: int) -> StoreLine:
        if self._book is None:
            raise AssertionError("a store without a plan")
        if number not in self._made:
            self._made[number] = self._book.line(number)
        return self._made[number]

    def _message(self) -> str:
        plan = self._workspace.plan
        if plan is None:
            return "No plan yet"
        if plan.keys is None:
            return "The plan holds passes alone: no key is computed"
        if self._book is None or not self._book.names:
            return "No contact of the plan gives key"
        return "No pass of a link with key is selected"

    def _entries(self) -> tuple[Entry, ...]:
        lines = self.plot.lines
        entries: list[Entry] = []
        if any(line.has_quantiles for line in lines):
            entries.append(_fan_entry())
        if any(line.reserve_bits > 0.0 for line in lines):
            entries.append(line_entry("reserve", _text_colour, Qt.PenStyle.DashLine))
        if any(not np.isnat(line.empty_utc) for line in lines):
            entries.append(line_entry("empty", _bad_colour, Qt.PenStyle.DotLine))
        for number, line in enumerate(lines):
            index, dashes = self.plot.index_of(number), self.plot.dashes_of(number)
            text = f"{line.name.a} \u2013 {line.name.b}"
            entries.append(store_entry(index, dashes, text))
        return tuple(entries)

    def _say(self) -> None:
        plan, book = self._workspace.plan, self._book
        if plan is None or book is None or not self.plot.lines:
            self.note.set_full_text("")
            return
        if book.source is LineSource.DEPOSITS:
            total = bits_text(float(np.sum(deposits(plan).bits)))
            text = f"expected deposits, nothing withdrawn: {total} in all"
        elif book.source is LineSource.COURSE:
            text = "one expected course, no forecast"
        else:
            members = plan.forecast.members if plan.forecast is not None else 0
            text = f"{counted(members, 'sky', 'skies')}: P50, shaded P10 to P90"
        if book.source is not LineSource.DEPOSITS and not self._pairs:
            text += "; no demand withdraws key"
        self.note.set_full_text(text)

    def state(self) -> str:
        """Which stores are shown, as a short text."""
        is_log = self.log_button.isChecked()
        return json.dumps({"stores": self.choice.currentData(), "logarithmic": is_log})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave, now or with the first plan.

        A text that does not fit changes nothing.
        """
        with suppress(ValueError, KeyError, TypeError):
            kept = json.loads(text)
            stores, is_log = str(kept["stores"]), bool(kept["logarithmic"])
            self.log_button.setChecked(is_log)
            self._pending_choice = stores if self._book is None else ""
            index = self.choice.findData(stores)
            if index >= 0:
                self.choice.setCurrentIndex(index)


def _text_colour() -> QColor:
    return theme.current().text


def _bad_colour() -> QColor:
    return theme.current().bad


def _fan_entry() -> Entry:
    def draw(painter: QPainter, area: QRectF) -> None:
        fill = QColor(theme.current().text)
        fill.setAlpha(60)
        painter.fillRect(area, fill)
        painter.setPen(theme.current().text)
        middle = area.center().y()
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))

    return Entry("P50, P10\u2013P90", draw)
