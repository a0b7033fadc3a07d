"""Events into passes."""

from __future__ import annotations

import numpy as np
import pytest
from orbit_cases import START, seconds

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.pass_assembly import assemble
from euroqci_planner.orbit.pass_events import EventKind, EventTable
from euroqci_planner.orbit.pass_rows import pass_table


def _events(*rows: tuple[EventKind, float, float]) -> EventTable:
    """Events of one pair: kind, time, elevation; the range is the time plus a million."""
    kind, t_s, elevation = (np.array(column) for column in zip(*rows, strict=True))
    nothing = np.zeros(len(rows))
    return EventTable(
        kind=kind,
        satellite=nothing.astype(np.int32),
        station=nothing.astype(np.int32),
        t_s=t_s,
        elevation_rad=elevation,
        azimuth_rad=elevation,
        range_m=1e6 + t_s,
    )


def _assembled(*rows: tuple[EventKind, float, float]) -> PassTable:
    return pass_table(assemble(_events(*rows)), ["a"], ["b"], START)


def test_events_in_any_order_become_passes() -> None:
    passes = _assembled(
        (EventKind.SET, 900.0, 0.3),
        (EventKind.CULMINATION, 700.0, 0.5),
        (EventKind.RISE, 600.0, 0.3),
        (EventKind.CULMINATION, 200.0, 0.9),
        (EventKind.SET, 300.0, 0.3),
        (EventKind.CULMINATION, 120.0, 1.1),
        (EventKind.RISE, 100.0, 0.3),
    )
    assert list(seconds(passes, "rise_utc")) == [100.0, 600.0]
    assert list(seconds(passes, "set_utc")) == [300.0, 900.0]
    assert list(seconds(passes, "culmination_utc")) == [120.0, 700.0]
    assert list(passes.max_elevation_rad) == [1.1, 0.5]
    assert list(passes.min_range_m) == [1e6 + 100.0, 1e6 + 600.0]


def test_a_smallest_range_outside_the_pass_does_not_count() -> None:
    rise, end = (EventKind.RISE, 100.0, 0.3), (EventKind.SET, 300.0, 0.3)
    top, near = (EventKind.CULMINATION, 200.0, 0.4), (EventKind.NEAREST, 99.0, 0.2)
    passes = _assembled(rise, top, end, near)
    assert list(passes.min_range_m) == [1e6 + 100.0]


def test_a_dip_of_no_length_parts_two_passes_that_touch() -> None:
    passes = _assembled(
        (EventKind.BEGIN, 0.0, 0.8),
        (EventKind.SET, 50.0, 0.3),
        (EventKind.RISE, 50.0, 0.3),
        (EventKind.END, 80.0, 0.4),
    )
    assert list(seconds(passes, "start_utc")) == [0.0, 50.0]
    assert list(seconds(passes, "end_utc")) == [50.0, 80.0]
    assert np.isnat(passes.culmination_utc).all()
    assert list(seconds(passes, "highest_utc")) == [0.0, 80.0]


def test_a_lone_node_at_the_border_is_no_pass() -> None:
    lone = _events((EventKind.BEGIN, 5.0, 0.8), (EventKind.END, 5.0, 0.8))
    assert len(assemble(lone)) == 0


def test_a_rise_without_a_set_is_a_fault_of_the_finder() -> None:
    with pytest.raises(RuntimeError, match="do not pair"):
        assemble(_events((EventKind.RISE, 100.0, 0.3)))
