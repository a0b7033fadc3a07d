"""The shared time axis: scale, ticks, zoom and pan."""

from __future__ import annotations

import numpy as np
import pytest
from plan_cases import example_plan
from tolerances import within
from view_cases import workspace_of

from euroqci_planner.gui.views.time_axis import (
    SHORTEST_S,
    TimeAxis,
    TimeScale,
    minor_ticks,
    rounded,
    time_ticks,
)
from euroqci_planner.timebase import instant_after, seconds_between, utc

PIXEL = 1.0


@pytest.fixture
def workspace():
    return workspace_of(example_plan(days=3.0))


def span(workspace):
    return float(seconds_between(*workspace.window_utc))


def scale(start, hours, width=1000.0):
    first = utc(start)
    return TimeScale(first, instant_after(first, 3600.0 * hours), 100.0, 100.0 + width)


def test_instants_and_pixels_are_each_others_inverse():
    made = scale("2026-06-14T12:00:00Z", 7.0)
    x = np.linspace(-50.0, 1300.0, 41)
    instants = np.array([made.instant_at(float(item)) for item in x])
    assert made.x(instants) == within(1e-6 * PIXEL, of=x)
    assert made.x_of(made.start_utc) == 100.0
    assert made.x_of(made.end_utc) == within(1e-9, of=1100.0)


def test_ticks_stand_at_round_times_and_name_the_date_at_midnight():
    for hours, labels in (
        (72.0, ["12:00", "15 Jun", "12:00", "16 Jun", "12:00", "17 Jun", "12:00"]),
        (6.0, ["12:00", "13:00", "14:00", "15:00"]),
        (0.05, ["12:00:00", "12:00:30", "12:01:00"]),
    ):
        ticks = time_ticks(scale("2026-06-14T12:00:00Z", hours, width=600.0), 70.0)
        assert [tick.label for tick in ticks][: len(labels)] == labels
        assert [tick.is_date for tick in ticks] == ["Jun" in tick.label for tick in ticks]


def test_ticks_keep_their_distance_and_stay_inside():
    for hours in (0.02, 0.3, 2.0, 11.0, 49.0, 24 * 9.0, 24 * 90.0, 24 * 4000.0):
        made = scale("2026-06-14T12:34:56Z", hours)
        x = np.array([tick.x for tick in time_ticks(made, 64.0)])
        assert len(x) >= 2
        assert np.all(np.diff(x) >= 63.0)
        assert np.all((x >= 99.9) & (x <= 1100.1))


def test_years_show_months_with_their_year():
    labels = [tick.label for tick in time_ticks(scale("2026-06-14T12:00:00Z", 24 * 700.0), 64.0)]
    assert labels[:2] == ["Jul 2026", "Sep 2026"]


def test_minor_marks_lie_between_the_ticks():
    made = scale("2026-06-14T12:00:00Z", 24.0)
    minor = minor_ticks(made, 7.0)
    ticks = np.array([tick.x for tick in time_ticks(made, 70.0)])
    assert len(minor) > 3 * len(ticks)
    assert np.all(np.min(np.abs(ticks[:, None] - minor), axis=1) < 1e-6)


def test_rounding_goes_to_the_nearest_step():
    for text, step_s, wanted in (
        ("2026-06-14T12:02:31Z", 300.0, "2026-06-14T12:05:00Z"),
        ("2026-06-14T12:02:29Z", 300.0, "2026-06-14T12:00:00Z"),
        ("2026-06-14T23:59:40Z", 60.0, "2026-06-15T00:00:00Z"),
    ):
        assert rounded(utc(text), step_s) == utc(wanted)


def test_zooming_keeps_the_instant_at_its_place(workspace):
    axis = TimeAxis(workspace)
    before = axis.scale(0.0, 1000.0)
    about = before.instant_at(700.0)
    axis.zoom(0.25, about)
    assert axis.scale(0.0, 1000.0).x_of(about) == within(0.01 * PIXEL, of=700.0)
    assert span(workspace) == within(1.0, of=0.25 * 3 * 86_400.0)


def test_zooming_ends_at_a_minute_and_at_the_planning_window(workspace):
    axis = TimeAxis(workspace)
    for _ in range(60):
        axis.zoom(0.5)
    assert span(workspace) == within(1e-3, of=SHORTEST_S)
    for _ in range(60):
        axis.zoom(2.0)
    scenario = workspace.scenario
    assert workspace.window_utc == (scenario.start_utc, scenario.end_utc)


def test_panning_stops_at_the_ends_without_squeezing_the_window(workspace):
    axis = TimeAxis(workspace)
    axis.zoom(0.1)
    length = span(workspace)
    axis.pan(1e7)
    assert workspace.window_utc[1] == workspace.scenario.end_utc
    assert span(workspace) == within(1e-3, of=length)
    axis.pan(-1e7)
    assert workspace.window_utc[0] == workspace.scenario.start_utc
    assert span(workspace) == within(1e-3, of=length)


def test_what_is_revealed_is_inside_and_the_zoom_is_kept(workspace):
    axis = TimeAxis(workspace)
    axis.zoom(0.05, workspace.scenario.start_utc)
    length = span(workspace)
    late = instant_after(workspace.scenario.start_utc, 2.0 * 86_400.0)
    axis.reveal(late, instant_after(late, 600.0))
    assert workspace.window_utc[0] < late < workspace.window_utc[1]
    assert span(workspace) == within(1e-3, of=length)
    before = workspace.window_utc
    axis.reveal(late, instant_after(late, 600.0))
    assert workspace.window_utc == before


def test_an_empty_workspace_has_no_axis():
    axis = TimeAxis(workspace_of(None))
    assert axis.is_empty
    axis.zoom(0.5)
    axis.pan(10.0)
    axis.show_all()
