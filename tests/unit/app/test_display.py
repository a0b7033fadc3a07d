"""Instants and differences as a reader sees them."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.app.display import short_day_and_time, signed_bits
from euroqci_planner.timebase import NOT_A_TIME, utc


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-06-18T23:18:04.4Z", "18 Jun 23:18:04"),
        ("2026-06-18T23:18:04.6Z", "18 Jun 23:18:05"),
        ("2026-06-08T23:59:59.7Z", "\u20079 Jun 00:00:00"),
        ("2026-12-31T23:59:59.9Z", "\u20071 Jan 00:00:00"),
    ],
)
def test_short_instants_are_rounded_to_seconds_and_line_up(instant, text):
    assert short_day_and_time(utc(instant)) == text


def test_no_time_is_a_dash():
    assert short_day_and_time(NOT_A_TIME) == "–"


@pytest.mark.parametrize(
    ("bits", "text"),
    [(1.5e6, "+1.50 Mbit"), (-2e3, "−2.00 kbit"), (0.0, "±0 bit"), (np.nan, "–")],
)
def test_differences_of_bits_carry_their_sign(bits, text):
    assert signed_bits(bits) == text
