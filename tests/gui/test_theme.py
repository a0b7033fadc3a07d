"""Colours: readable on both grounds, and never the only sign."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from euroqci_planner.gui import theme
from euroqci_planner.gui.theme import STATE_SIGNS, STATE_STYLES, Marker, Theme, ThemeChoice
from euroqci_planner.mission.plan import PassState

# WCAG 2.1: 1.4.3 for text, 1.4.11 for parts of pictures.
TEXT, LARGE_PARTS = 4.5, 3.0


def luminance(colour: QColor) -> float:
    """Relative luminance, WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Theme:
    theme.apply(ThemeChoice(request.param))
    return theme.current()


def test_text_can_be_read_on_every_ground(colours: Theme):
    for ground in (colours.window, colours.base, colours.alternate, colours.header):
        assert contrast(colours.text, ground) >= TEXT
        assert contrast(colours.muted, ground) >= TEXT
    assert contrast(colours.accent_text, colours.accent) >= 3.9
    for word in (colours.bad, colours.warning, colours.good):
        assert contrast(word, colours.base) >= TEXT
        assert contrast(word, colours.window) >= TEXT - 0.3


def test_states_satellites_and_the_time_line_stand_out_from_plots_and_nights(colours: Theme):
    for ink in (*colours.states.values(), *colours.satellites, colours.now, colours.station):
        assert contrast(ink, colours.base) >= LARGE_PARTS
    assert contrast(colours.now, colours.night) >= LARGE_PARTS


def test_the_bands_of_twilight_are_in_order(colours: Theme):
    bands = (colours.day, colours.civil, colours.nautical, colours.astronomical, colours.night)
    steps = [luminance(band) for band in bands]
    assert steps == sorted(steps, reverse=not colours.is_dark)
    assert len(set(steps)) == 5


def test_every_state_has_a_sign_and_a_way_to_be_drawn_of_its_own():
    assert len({STATE_SIGNS[state] for state in PassState}) == len(PassState)
    assert len({STATE_STYLES[state] for state in PassState}) == len(PassState)


def test_56_satellites_differ_in_colour_or_shape(colours: Theme):
    looks = {(colours.satellite(n).name(), theme.satellite_marker(n)) for n in range(56)}
    assert len(looks) == 56
    assert math.lcm(len(colours.satellites), len(Marker)) == 56


def test_neighbouring_satellites_differ_in_colour(colours: Theme):
    for one, other in combinations(colours.satellites, 2):
        distance = math.dist(one.getRgbF()[:3], other.getRgbF()[:3])
        assert distance > 0.15


def test_a_chosen_theme_reaches_the_palette_and_tells_the_views(qtbot):
    theme.apply(ThemeChoice.LIGHT)
    with qtbot.waitSignal(theme.signals().changed):
        theme.apply(ThemeChoice.DARK)
    window = QApplication.palette().color(QPalette.ColorRole.Window)
    assert window == theme.current().window
    assert theme.chosen() is ThemeChoice.DARK


def test_the_system_theme_is_one_of_the_two():
    theme.apply(ThemeChoice.SYSTEM)
    assert theme.current().name in {"light", "dark"}
