"""The style sheet of the program; its colours come from the theme."""

from __future__ import annotations

from collections.abc import Mapping

from euroqci_planner.resources import resource

_SHEET = """
QMainWindow::separator {{ background: {line}; width: 3px; height: 3px; }}
QMainWindow::separator:hover {{ background: {accent}; }}
QDockWidget {{ font-weight: 600; }}
QDockWidget > QWidget {{ font-weight: 400; }}
QDockWidget::title {{ background: {header}; padding: 2px 8px; text-align: left; }}
QToolBar {{ background: {window}; border: 0; border-bottom: 1px solid {line}; spacing: 2px;
  padding: 2px 4px; }}
QToolBar::separator {{ background: {line}; width: 1px; margin: 4px 5px; }}
QToolButton {{ padding: 3px 6px; border: 1px solid transparent; border-radius: 4px; }}
QToolButton:hover {{ background: {hover}; }}
QToolButton:checked, QToolButton:pressed {{ background: {hover}; border-color: {accent}; }}
QToolButton:focus, QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus, QDateTimeEdit:focus {{ border: 1px solid {accent}; }}
QToolButton:disabled {{ color: {disabled}; }}
QMenuBar {{ background: {window}; }}
QMenuBar::item {{ padding: 4px 8px; background: transparent; }}
QMenuBar::item:selected {{ background: {hover}; }}
QMenu {{ background: {base}; border: 1px solid {line}; padding: 4px 0; }}
QMenu::item {{ padding: 4px 24px 4px 24px; }}
QMenu::item:selected {{ background: {accent}; color: {accent_text}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 8px; }}
QStatusBar {{ background: {window}; border-top: 1px solid {line}; }}
QStatusBar::item {{ border: 0; }}
QHeaderView::section {{ background: {header}; color: {text}; border: 0;
  border-right: 1px solid {line}; border-bottom: 1px solid {line}; padding: 3px 6px; }}
QTabBar::tab {{ background: {window}; color: {muted}; border: 1px solid {line}; padding: 4px 10px;
  margin-right: 1px; }}
QTabBar::tab:selected {{ background: {header}; color: {text}; border-bottom: 2px solid {accent}; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:focus {{ border: 1px solid {accent}; }}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateTimeEdit, QPlainTextEdit, QTextEdit {{
  background: {base}; color: {text}; border: 1px solid {line}; border-radius: 3px;
  padding: 2px 5px; selection-background-color: {accent}; selection-color: {accent_text}; }}
QLineEdit[fault="true"], QComboBox[fault="true"] {{ border: 1px solid {bad}; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {disabled}; background: {window}; }}
QComboBox::drop-down {{ border: 0; width: 18px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 9px; height: 9px; }}
QComboBox QAbstractItemView {{ background: {base}; border: 1px solid {line};
  selection-background-color: {accent}; selection-color: {accent_text}; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QDateTimeEdit::up-button {{
  subcontrol-origin: border; subcontrol-position: top right; width: 18px; border: 0; }}
QSpinBox::down-button, QDoubleSpinBox::down-button, QDateTimeEdit::down-button {{
  subcontrol-origin: border; subcontrol-position: bottom right; width: 18px; border: 0; }}
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow, QDateTimeEdit::up-arrow {{
  image: url("{arrow_up}"); width: 9px; height: 9px; }}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow, QDateTimeEdit::down-arrow {{
  image: url("{arrow}"); width: 9px; height: 9px; }}
QCheckBox::indicator, QListView::indicator {{ width: 12px; height: 12px;
  border: 1px solid {muted}; border-radius: 3px; background: {base}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{ background: {accent};
  border-color: {accent}; image: url("{tick}"); }}
QCheckBox::indicator:focus {{ border: 1px solid {text}; }}
QPushButton {{ background: {header}; border: 1px solid {line}; border-radius: 4px;
  padding: 4px 12px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:default {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {disabled}; background: {window}; }}
QTreeView, QListView, QTableView {{ background: {base}; alternate-background-color: {alternate};
  border: 0; gridline-color: {grid}; selection-background-color: {accent};
  selection-color: {accent_text}; }}
QListView::item, QTreeView::item {{ padding: 2px 3px; }}
QDialog#palette {{ background: {window}; border: 1px solid {muted}; }}
QToolTip {{ background: {header}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QProgressBar {{ background: {base}; border: 1px solid {line}; border-radius: 3px; height: 12px;
  text-align: center; color: {text}; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 2px; }}
QScrollBar {{ background: {window}; border: 0; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {line}; border-radius: 4px; margin: 2px; min-width: 24px;
  min-height: 24px; }}
QScrollBar::handle:hover {{ background: {muted}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSlider::groove:horizontal {{ height: 4px; background: {line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {text}; width: 12px; margin: -5px 0;
  border-radius: 6px; }}
QSlider:focus {{ border: 1px solid {accent}; border-radius: 3px; }}
QSlider::handle:horizontal:focus {{ background: {accent}; }}
QLabel[muted="true"] {{ color: {muted}; }}
QLabel[fault="true"] {{ color: {bad}; }}
QLabel[good="true"] {{ color: {good}; }}
QFrame[bar] {{ background: {header}; border: 1px solid {muted}; border-radius: 5px; }}
QFrame[bar="information"] {{ border-left: 4px solid {accent}; }}
QFrame[bar="warning"] {{ border-left: 4px solid {warning}; }}
QFrame[bar="error"] {{ border-left: 4px solid {bad}; }}
QFrame[bar] QLabel {{ border: 0; }}
"""


def style_sheet(colours: Mapping[str, str], theme: str) -> str:
    """Style sheet with these colours; `theme` chooses the arrow of lists."""
    images = {
        "arrow": resource("icons", f"arrow-down-{theme}.svg"),
        "arrow_up": resource("icons", f"arrow-up-{theme}.svg"),
        "tick": resource("icons", "tick.svg"),
    }
    return _SHEET.format(**colours, **{name: path.as_posix() for name, path in images.items()})
