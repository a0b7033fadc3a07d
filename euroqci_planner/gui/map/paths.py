"""Painter paths from arrays, without a call per point."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream, QIODevice, Qt
from PySide6.QtGui import QPainterPath

from euroqci_planner.gui.map.projections import Figure

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
_LINE_TO = 1


def path_of(figure: Figure) -> QPainterPath:
    """The figure as a path with the odd-even rule, through Qt's stream format for paths."""
    count = len(figure.x)
    path = QPainterPath()
    if count:
        elements = np.empty(count, dtype=_ELEMENT)
        elements["kind"] = np.where(figure.starts, 0, _LINE_TO)
        elements["x"], elements["y"] = figure.x, figure.y
        last_start = int(np.flatnonzero(figure.starts)[-1])
        head = np.array([count], dtype=">i4").tobytes()
        tail = np.array([last_start, 0], dtype=">i4").tobytes()
        content = QByteArray(head + elements.tobytes() + tail)
        QDataStream(content, QIODevice.OpenModeFlag.ReadOnly) >> path
    path.setFillRule(Qt.FillRule.OddEvenFill)
    return path
