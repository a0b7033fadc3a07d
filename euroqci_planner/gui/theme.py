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

from euroqci_planner.gui.style_sheet import style_sheet
from euroqci_planner.mission.plan import PassState


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
        application.setStyleSheet(_style_sheet(theme))
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


def _style_sheet(theme: Theme) -> str:
    """Edges, focus frames and paddings that a palette cannot say."""
    plain = ("window", "base", "alternate", "header", "text", "muted", "line", "grid", "accent")
    names = (*plain, "accent_text", "hover", "good", "warning", "bad")
    colours = {name: getattr(theme, name).name() for name in names}
    colours["disabled"] = _between(theme.muted, theme.window).name()
    return style_sheet(colours, theme.name)


def _between(one: QColor, other: QColor) -> QColor:
    return QColor(
        (one.red() + other.red()) // 2,
        (one.green() + other.green()) // 2,
        (one.blue() + other.blue()) // 2,
    )
