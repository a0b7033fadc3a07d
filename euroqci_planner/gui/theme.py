"""Colours: two palettes of our own, one place for every colour of every view.

Views ask `current()` while they paint and repaint on `signals().changed`. States and satellites
are told apart by colour and by shape, never by colour alone. Satellite and state colours are of
the set of Okabe and Ito (2008, "Color universal design"), darkened on a light ground where the
contrast asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from euroqci_planner.mission.plan import PassState
from euroqci_planner.resources import resource


class ThemeChoice(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Marker(StrEnum):
    """Shape of a satellite's marker, the same in every view."""

    DIAMOND = "diamond"
    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    TRIANGLE_DOWN = "triangle_down"
    STAR = "star"
    CROSS = "cross"
    HEXAGON = "hexagon"


class StateStyle(StrEnum):
    """How a bar or sign of a state is drawn besides its colour."""

    FILLED = "filled"
    OUTLINED = "outlined"
    THICK_OUTLINE = "thick_outline"
    STRUCK = "struck"
    HATCHED = "hatched"


STATE_SIGNS: Mapping[PassState, str] = {
    PassState.CANDIDATE: "○",
    PassState.SCHEDULED: "●",
    PassState.PINNED: "◆",
    PassState.BANNED: "✕",
    PassState.REJECTED: "·",
}
STATE_STYLES: Mapping[PassState, StateStyle] = {
    PassState.CANDIDATE: StateStyle.OUTLINED,
    PassState.SCHEDULED: StateStyle.FILLED,
    PassState.PINNED: StateStyle.THICK_OUTLINE,
    PassState.BANNED: StateStyle.STRUCK,
    PassState.REJECTED: StateStyle.HATCHED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Every colour of the program.

    `window` lies behind docks and forms, `base` behind tables and plots, `header` behind titles
    and column heads. `accent` marks selection and focus, `accent_text` stands on it. `now` is the
    line of the one time. `day`, `civil`, `nautical`, `astronomical`, `night` shade time axes and
    the map by the height of the Sun (above 0, down to -6, -12, -18 degrees, below). `land`,
    `sea`, `coast`, `border` are the map's. `good`, `warning`, `bad` grade stores and messages.
    """

    name: str
    is_dark: bool
    window: QColor
    base: QColor
    alternate: QColor
    header: QColor
    text: QColor
    muted: QColor
    line: QColor
    grid: QColor
    accent: QColor
    accent_text: QColor
    hover: QColor
    now: QColor
    good: QColor
    warning: QColor
    bad: QColor
    day: QColor
    civil: QColor
    nautical: QColor
    astronomical: QColor
    night: QColor
    sea: QColor
    land: QColor
    coast: QColor
    border: QColor
    station: QColor
    states: Mapping[PassState, QColor]
    satellites: tuple[QColor, ...]

    def satellite(self, index: int) -> QColor:
        """Colour of a satellite by its index in `plan.passes.satellite_ids`."""
        return self.satellites[index % len(self.satellites)]


def satellite_marker(index: int) -> Marker:
    """Marker of a satellite by its index in `plan.passes.satellite_ids`.

    Colours repeat after seven and markers after eight, so that 56 satellites look different.
    """
    return tuple(Marker)[index % len(Marker)]


def _dark() -> Theme:
    return Theme(
        name="dark",
        is_dark=True,
        window=QColor("#1b222b"),
        base=QColor("#12171d"),
        alternate=QColor("#181f27"),
        header=QColor("#243040"),
        text=QColor("#e4e9ef"),
        muted=QColor("#9aa7b5"),
        line=QColor("#3a4757"),
        grid=QColor("#2a3441"),
        accent=QColor("#2f7fd0"),
        accent_text=QColor("#ffffff"),
        hover=QColor("#2b3a4c"),
        now=QColor("#ff7a29"),
        good=QColor("#2fc39a"),
        warning=QColor("#f0b429"),
        bad=QColor("#ff7b5a"),
        day=QColor("#12171d"),
        civil=QColor("#161e2b"),
        nautical=QColor("#1a2538"),
        astronomical=QColor("#1e2c48"),
        night=QColor("#22335a"),
        sea=QColor("#10161c"),
        land=QColor("#222d38"),
        coast=QColor("#5d7288"),
        border=QColor("#3d4c5c"),
        station=QColor("#e3a1c8"),
        states={
            PassState.CANDIDATE: QColor("#e6a83c"),
            PassState.SCHEDULED: QColor("#4ea5e6"),
            PassState.PINNED: QColor("#2fc39a"),
            PassState.BANNED: QColor("#ff7b5a"),
            PassState.REJECTED: QColor("#7d8a98"),
        },
        satellites=tuple(
            QColor(code)
            for code in (
                "#56b4e9",
                "#e69f00",
                "#00b98a",
                "#f0e442",
                "#8592ff",
                "#ff7f45",
                "#e096be",
            )
        ),
    )


def _light() -> Theme:
    return Theme(
        name="light",
        is_dark=False,
        window=QColor("#f1f4f7"),
        base=QColor("#ffffff"),
        alternate=QColor("#f6f8fa"),
        header=QColor("#dfe6ee"),
        text=QColor("#16202a"),
        muted=QColor("#55636f"),
        line=QColor("#b4c0cc"),
        grid=QColor("#dbe2e9"),
        accent=QColor("#0067b3"),
        accent_text=QColor("#ffffff"),
        hover=QColor("#e3ecf5"),
        now=QColor("#c44a00"),
        good=QColor("#00795a"),
        warning=QColor("#8f6000"),
        bad=QColor("#b93c00"),
        day=QColor("#ffffff"),
        civil=QColor("#eef1f8"),
        nautical=QColor("#e1e7f3"),
        astronomical=QColor("#d2dbed"),
        night=QColor("#c1cde5"),
        sea=QColor("#e6eef5"),
        land=QColor("#fbfbf8"),
        coast=QColor("#75899c"),
        border=QColor("#bcc6cf"),
        station=QColor("#97447a"),
        states={
            PassState.CANDIDATE: QColor("#9a6700"),
            PassState.SCHEDULED: QColor("#0067b3"),
            PassState.PINNED: QColor("#00795a"),
            PassState.BANNED: QColor("#b93c00"),
            PassState.REJECTED: QColor("#76828d"),
        },
        satellites=tuple(
            QColor(code)
            for code in (
                "#1787c2",
                "#a86f00",
                "#00795a",
                "#7a7300",
                "#0058a3",
                "#b93c00",
                "#a4507f",
            )
        ),
    )


class _Signals(QObject):
    changed = Signal()


@lru_cache(maxsize=2)
def _theme(name: str) -> Theme:
    return _dark() if name == "dark" else _light()


class _Chosen:
    """The one choice of the process."""

    choice = ThemeChoice.SYSTEM
    name = "dark"


@lru_cache(maxsize=1)
def signals() -> _Signals:
    """Holder of `changed`, emitted after the colours have changed."""
    return _Signals()


def current() -> Theme:
    """The theme in use; ask for it while painting."""
    return _theme(_Chosen.name)


def chosen() -> ThemeChoice:
    """What the user asked for."""
    return _Chosen.choice


def apply(choice: ThemeChoice) -> None:
    """Set palette and style sheet of the application; views hear `changed`."""
    _Chosen.choice = choice
    _Chosen.name = _resolved(choice)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        theme = current()
        application.setStyle("Fusion")
        application.setPalette(palette(theme))
        application.setStyleSheet(style_sheet(theme))
    signals().changed.emit()


def follow_system() -> None:
    """Change with the system where it tells us, as long as the choice is `SYSTEM`."""
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(lambda _: _on_system_change())


def _on_system_change() -> None:
    if _Chosen.choice is ThemeChoice.SYSTEM and _resolved(ThemeChoice.SYSTEM) != _Chosen.name:
        apply(ThemeChoice.SYSTEM)


def _resolved(choice: ThemeChoice) -> str:
    if choice is not ThemeChoice.SYSTEM:
        return str(choice)
    is_light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if is_light else "dark"


def palette(theme: Theme) -> QPalette:
    """Qt palette of a theme."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.window),
        (roles.WindowText, theme.text),
        (roles.Base, theme.base),
        (roles.AlternateBase, theme.alternate),
        (roles.ToolTipBase, theme.header),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.muted),
        (roles.Text, theme.text),
        (roles.Button, theme.header),
        (roles.ButtonText, theme.text),
        (roles.BrightText, theme.bad),
        (roles.Link, theme.states[PassState.SCHEDULED]),
        (roles.LinkVisited, theme.states[PassState.SCHEDULED]),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.accent_text),
        (roles.Light, theme.hover),
        (roles.Midlight, theme.hover),
        (roles.Mid, theme.line),
        (roles.Dark, theme.line),
        (roles.Shadow, theme.base),
        (roles.Accent, theme.accent),
    ):
        made.setColor(role, colour)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, _between(theme.muted, theme.window))
    made.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, theme.line)
    return made


def _between(one: QColor, other: QColor) -> QColor:
    return QColor(
        (one.red() + other.red()) // 2,
        (one.green() + other.green()) // 2,
        (one.blue() + other.blue()) // 2,
    )


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
QPushButton {{ background: {header}; border: 1px solid {line}; border-radius: 4px;
  padding: 4px 12px; }}
QPushButton:hover {{ background: {hover}; }}
QPushButton:default {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {disabled}; background: {window}; }}
QTreeView, QListView, QTableView {{ background: {base}; alternate-background-color: {alternate};
  border: 0; gridline-color: {grid}; selection-background-color: {accent};
  selection-color: {accent_text}; }}
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
QFrame[bar="information"] {{ background: {header}; border-bottom: 1px solid {line}; }}
QFrame[bar="warning"] {{ background: {header}; border-left: 4px solid {warning}; }}
QFrame[bar="error"] {{ background: {header}; border-left: 4px solid {bad}; }}
"""


def style_sheet(theme: Theme) -> str:
    """Style sheet of a theme: edges, focus frames and paddings that a palette cannot say."""
    plain = ("window", "base", "alternate", "header", "text", "muted", "line", "grid", "accent")
    names = (*plain, "accent_text", "hover", "good", "warning", "bad")
    colours = {name: getattr(theme, name).name() for name in names}
    arrow = resource("icons", f"arrow-down-{theme.name}.svg").as_posix()
    disabled = _between(theme.muted, theme.window).name()
    return _SHEET.format(**colours, disabled=disabled, arrow=arrow)
