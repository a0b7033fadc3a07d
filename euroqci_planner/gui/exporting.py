"""Export: the plan's files with the bytes of the command line, and views as pictures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPoint, QRect, QSize
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter, QPixmap, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

_PNG_SCALE = 2.0
_PDF_DPI = 96
_POINTS_PER_INCH = 72.0


class PictureKind(StrEnum):
    """Formats of pictures."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


def picture_bytes(view: QWidget, kind: PictureKind, title: str) -> bytes:
    """A view as it stands, as a picture; PNG in twice the size of the screen."""
    if kind is PictureKind.PNG:
        return _png(view)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if kind is PictureKind.SVG:
        _paint_svg(view, buffer, title)
    else:
        _paint_pdf(view, buffer, title)
    buffer.close()
    return bytes(content.data())


def picture_name(title: str, kind: PictureKind) -> str:
    """File name of a picture of a view."""
    return f"{title.lower().replace(' ', '-')}.{kind}"


def save_picture(view: QWidget, title: str, path: Path) -> None:
    """Write a view into a file whose ending says the format.

    Raises `OutputError` where writing fails, ValueError for an ending that is no format.
    """
    from euroqci_planner.app.planner import write_file  # noqa: PLC0415 (early first paint)

    write_file(path, picture_bytes(view, PictureKind(path.suffix.lower().lstrip(".")), title))


def _png(view: QWidget) -> bytes:
    size = view.size() * _PNG_SCALE
    pixmap = QPixmap(size)
    pixmap.setDevicePixelRatio(_PNG_SCALE)
    pixmap.fill(view.palette().window().color())
    painter = QPainter(pixmap)
    view.render(painter, QPoint(0, 0))
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    buffer.close()
    return bytes(content.data())


def _paint_svg(view: QWidget, device: QIODevice, title: str) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    generator.setSize(view.size())
    generator.setViewBox(QRect(QPoint(0, 0), view.size()))
    generator.setTitle(title)
    generator.setDescription("euroqci_planner")
    painter = QPainter(generator)
    _paint(view, painter)
    painter.end()


def _paint_pdf(view: QWidget, device: QIODevice, title: str) -> None:
    writer = QPdfWriter(device)
    writer.setTitle(title)
    writer.setCreator("euroqci_planner")
    writer.setResolution(_PDF_DPI)
    points = QSize(view.size()) * (_POINTS_PER_INCH / _PDF_DPI)
    writer.setPageSize(QPageSize(points, title, QPageSize.SizeMatchPolicy.ExactMatch))
    writer.setPageMargins(QMarginsF(0.0, 0.0, 0.0, 0.0))
    painter = QPainter(writer)
    _paint(view, painter)
    painter.end()


def _paint(view: QWidget, painter: QPainter) -> None:
    painter.fillRect(QRect(QPoint(0, 0), view.size()), view.palette().window())
    view.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)
