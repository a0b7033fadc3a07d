"""The models that took part in a plan: what each is for, its name, its source."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from euroqci_planner.mission.plan import ModelUsed

_SIZE = (900, 560)
_MARGIN_PX = 10.0
_HEADS = ("Used for", "Model", "Source")


class ModelSheet(QDialog):
    """A table to read and to copy."""

    def __init__(self, models: Sequence[ModelUsed], parent: QWidget | None = None) -> None:
        """List all models."""
        super().__init__(parent)
        self.setWindowTitle("Models and sources")
        self.resize(*_SIZE)
        self._rows = [_HEADS, *((item.role, item.name, item.citation) for item in models)]
        self.page = QTextBrowser(self)
        self.page.setAccessibleName("Models and sources")
        self.page.document().setDocumentMargin(_MARGIN_PX)
        self.page.setHtml(_table(self._rows))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = self.buttons.addButton(
            "Copy all", QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.clicked.connect(self.copy)
        self.buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addWidget(self.page)
        box.addWidget(self.buttons)

    def copy(self) -> None:
        """Put all models on the clipboard, with tabs between the columns."""
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in self._rows))


def _table(rows: Sequence[Sequence[str]]) -> str:
    """The first row as heading, one line of the table for each of the others."""
    head = "".join(f"<th align='left'>{escape(cell)}</th>" for cell in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]
    )
    return f"<table width='100%' cellpadding='4'><tr>{head}</tr>{body}</table>"
