"""Ticks of the painted charts: round, and two at least where their texts have room."""

from __future__ import annotations

import pytest

from euroqci_planner.gui.views.chart import readable_ticks, tick_texts, ticks


@pytest.mark.parametrize(
    ("low", "high"),
    [(757.0, 1_200.0), (512.0, 1_480.0), (0.9, 1.4), (600.0, 2_100.0), (31.1, 35.2)],
)
def test_an_axis_of_fifty_six_pixels_has_two_figures_at_least(low, high):
    found = readable_ticks(low, high, 56.0, 20.0)
    assert len(found) >= 2
    assert all(low <= value <= high for value in found)
    step = found[1] - found[0]
    assert 56.0 * step / (high - low) >= 10.0
    assert len(set(tick_texts(found))) == len(found)


def test_one_figure_would_be_left_without_the_closer_ticks():
    assert ticks(757.0, 1_200.0, 2) == [1_000.0]
    assert readable_ticks(757.0, 1_200.0, 56.0, 20.0) == [800.0, 1_200.0]


def test_a_low_plot_has_the_first_and_the_last_of_closer_figures():
    assert ticks(28.1, 31.7, 2) == [30.0]
    found = readable_ticks(28.1, 31.7, 38.0, 20.0)
    assert found == [29.0, 31.0]
    assert tick_texts(found) == ["29", "31"]
    assert tick_texts([28.5, 31.5]) == ["28.5", "31.5"]


def test_a_plot_without_height_or_range_has_no_more_than_one():
    assert len(readable_ticks(0.0, 1.0, 8.0, 20.0)) <= 2
    assert readable_ticks(1.0, 1.0, 56.0, 20.0) == []
