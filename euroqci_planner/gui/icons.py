"""Own line icons, drawn in the colours of the theme at the sizes that a screen asks for."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from euroqci_planner.gui import theme
from euroqci_planner.resources import resource

_SIZES = (16, 20, 24, 32, 48, 64, 96)
_COLOUR = "currentColor"


def icon(name: str) -> QIcon:
    """Icon of this name in the colours of the current theme."""
    colours = theme.current()
    return _drawn(name, colours.text.name(), colours.line.name())


@lru_cache(maxsize=256)
def _drawn(name: str, colour: str, disabled: str) -> QIcon:
    made = QIcon()
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    for mode, ink in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        renderer = QSvgRenderer(QByteArray(text.replace(_COLOUR, ink).encode()))
        for size in _SIZES:
            made.addPixmap(_pixmap(renderer, size), mode)
    return made


def _pixmap(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0.0, 0.0, float(size), float(size)))
    painter.end()
    return pixmap
