"""Paints the cells of a table: text, a mark in front of it, a bar behind it, the selection."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import CellStyle, Mark, ScreenColumn, TableModel
from euroqci_planner.gui.marker_shapes import marker_path

PAD_PX = 6
MARK_PX = 15
_ROW_AIR_PX = 7
_BAR_AIR_PX = 3
_BAR_OPACITY = 0.28
_FOCUS_INSET = 0.5


def row_height(metrics: QFontMetrics) -> int:
    """Height of a row in which the font has room."""
    return metrics.height() + _ROW_AIR_PX


class CellDelegate(QStyledItemDelegate):
    """Draws a cell of a `TableModel` itself, which is faster than asking for it role by role."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        model = index.model()
        if not isinstance(model, TableModel) or model.content is None:
            return
        column, row = model.content.screen[index.column()], model.row_of(index.row())
        colours, state = theme.current(), option.state
        area: QRect = option.rect
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        _fill(painter, area, colours, state, is_odd=bool(index.row() % 2))
        if column.style is CellStyle.BAR and not is_chosen:
            _bar(painter, area, model, column, row)
        quiet = model.content.is_quiet
        is_quiet = quiet is not None and bool(quiet[row])
        ink = colours.muted if is_quiet else colours.text
        mark = column.mark(row) if column.mark is not None else None
        left = area.left() + PAD_PX
        if mark is not None:
            painted = colours.accent_text if is_chosen else mark.colour()
            left = _mark(painter, area, left, mark, painted)
        painter.setPen(colours.accent_text if is_chosen else ink)
        _text(painter, area, left, model, column, row)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colours.text, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inset = QRectF(area).adjusted(_FOCUS_INSET, _FOCUS_INSET, -_FOCUS_INSET, -_FOCUS_INSET)
            painter.drawRect(inset)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for the text and its mark."""
        metrics: QFontMetrics = option.fontMetrics
        model = index.model()
        if not isinstance(model, TableModel) or model.content is None:
            return super().sizeHint(option, index)
        column = model.content.screen[index.column()]
        width = text_width(metrics, model.cell_text(column, model.row_of(index.row())), column)
        return QSize(width, row_height(metrics))


def text_width(metrics: QFontMetrics, text: str, column: ScreenColumn) -> int:
    """Width of a cell with this text."""
    mark = MARK_PX if column.mark is not None else 0
    return metrics.horizontalAdvance(text) + mark + 2 * PAD_PX + 1


def _fill(
    painter: QPainter,
    area: QRect,
    colours: theme.Theme,
    state: QStyle.StateFlag,
    *,
    is_odd: bool,
) -> None:
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(area, colours.accent)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, colours.hover)
    elif is_odd:
        painter.fillRect(area, colours.alternate)


def _text(
    painter: QPainter, area: QRect, left: int, model: TableModel, column: ScreenColumn, row: int
) -> None:
    room = QRect(area)
    room.setLeft(left)
    room.setRight(area.right() - PAD_PX)
    text = model.cell_text(column, row)
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(text) > room.width():
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, model.alignment(column), text)


def _mark(painter: QPainter, area: QRect, left: int, mark: Mark, colour: QColor) -> int:
    """Draw the mark; where the text begins."""
    centre_x, centre_y = left + 0.5 * (MARK_PX - 4), area.center().y() + 0.5
    if mark.marker is not None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(centre_x, centre_y)
        painter.fillPath(marker_path(mark.marker, 4.0), colour)
        painter.restore()
    else:
        painter.setPen(colour)
        room = QRect(left, area.top(), MARK_PX - 4, area.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, mark.sign)
    return left + MARK_PX


def _bar(painter: QPainter, area: QRect, model: TableModel, column: ScreenColumn, row: int) -> None:
    """A bar behind a number: from the left, or from the middle where the column has signs."""
    content = model.content
    if content is None or not content.largest.get(column.name):
        return
    share = float(content.table[column.name][row]) / content.largest[column.name]
    if not np.isfinite(share) or not share:
        return
    room = QRectF(area).adjusted(PAD_PX, _BAR_AIR_PX, -PAD_PX, -_BAR_AIR_PX)
    colours = theme.current()
    colour = QColor(colours.accent)
    if column.signed:
        colour = QColor(colours.good if share > 0.0 else colours.bad)
        half, middle = 0.5 * room.width(), room.center().x()
        room.setLeft(middle + min(share, 0.0) * half)
        room.setRight(middle + max(share, 0.0) * half)
    else:
        room.setWidth(share * room.width())
    colour.setAlphaF(_BAR_OPACITY)
    painter.fillRect(room, colour)
