"""What a tooltip says of a pass."""

from __future__ import annotations

import numpy as np
import pytest
from plan_cases import example_plan, geometry_plan

from euroqci_planner.app.pass_card import contact_name, pass_card, reason_text, short_reason
from euroqci_planner.mission.plan import PassState, Reason


def test_a_blocked_pass_names_its_reason_and_the_contact_in_the_way():
    plan = example_plan()
    row = int(np.flatnonzero(plan.decisions.reason == Reason.STATION_BUSY)[0])
    blocker = int(plan.decisions.blocked_by[row])
    identity = str(plan.passes.pass_ids()[blocker])
    satellite, station, stamp = identity.split("/")
    named = f"{satellite}/{station} {stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}"
    assert contact_name(plan, blocker) == named
    assert reason_text(plan, row) == f"station busy by {named}"
    assert short_reason(plan, row) in (
        f"station busy: {satellite} {stamp[9:11]}:{stamp[11:13]}",
        f"station busy: {station} {stamp[9:11]}:{stamp[11:13]}",
    )
    card = pass_card(plan, row)
    assert (card.state, card.reason) == ("rejected", reason_text(plan, row))


def test_a_contact_shows_its_window_its_loss_and_its_key():
    plan = example_plan()
    row = int(np.flatnonzero(plan.decisions.state == PassState.SCHEDULED)[0])
    lines = dict(pass_card(plan, row).lines)
    start = str(plan.conditions.usable_start_utc[row] + np.timedelta64(500, "ms"))[11:19]
    assert lines["usable"].startswith(f"{start} to ")
    assert lines["usable"].endswith(" s")
    degrees = float(np.degrees(plan.passes.max_elevation_rad[row]))
    assert float(lines["max. elevation"].removesuffix("°")) == pytest.approx(degrees, abs=0.051)
    assert lines["smallest loss"].endswith(" dB")
    assert lines["expected key"].endswith("bit")
    assert pass_card(plan, row).reason == ""


def test_a_pass_by_day_has_no_usable_window_and_no_key_lines():
    plan = example_plan()
    row = int(np.flatnonzero(plan.decisions.reason == Reason.DAYLIGHT)[0])
    lines = dict(pass_card(plan, row).lines)
    assert lines["usable"] == "–"
    assert "expected key" not in lines


def test_a_pass_cut_by_the_window_says_so_on_that_side():
    plan = example_plan()
    row = int(np.flatnonzero(np.isnat(plan.passes.rise_utc))[0])
    assert dict(pass_card(plan, row).lines)["above the horizon"].startswith("before the window to")


def test_passes_without_a_link_budget_have_a_card_too():
    lines = dict(pass_card(geometry_plan(), 0).lines)
    assert set(lines) == {
        "highest", "above the horizon", "usable", "max. elevation", "closest range"
    }  # fmt: skip
