"""Quintic Hermite interpolation."""

from __future__ import annotations

import numpy as np
from tolerances import MILLIMETRE, within

from euroqci_planner.orbit.hermite import Node, Quintic

SHARE = np.linspace(0.0, 1.0, 11)


def test_a_polynomial_of_degree_five_is_reproduced() -> None:
    curve = np.polynomial.Polynomial([3.0, -2.0, 0.5, 0.25, -0.125, 0.0625])
    slope, bend = curve.deriv(), curve.deriv(2)
    begin, end = 1.0, 3.0
    ends = [Node(*(np.array([f(t)]) for f in (curve, slope, bend))) for t in (begin, end)]
    quintic = Quintic.between(*ends, np.array([end - begin]))
    t, width = begin + SHARE * (end - begin), end - begin
    assert quintic.value(SHARE) == within(1e-12, of=curve(t))
    assert quintic.slope(SHARE) == within(1e-12, of=width * slope(t))
    assert quintic.bend(SHARE) == within(1e-11, of=width**2 * bend(t))


def test_a_circular_orbit_is_kept_within_a_millimetre_over_two_minutes() -> None:
    radius_m, rate, width = 6_928e3, 1.095e-3, 120.0
    nodes = [
        Node(
            np.array([radius_m * np.cos(rate * t)]),
            np.array([-radius_m * rate * np.sin(rate * t)]),
            np.array([-radius_m * rate**2 * np.cos(rate * t)]),
        )
        for t in (0.0, width)
    ]
    quintic = Quintic.between(*nodes, np.array([width]))
    expected = radius_m * np.cos(rate * width * SHARE)
    assert quintic.value(SHARE) == within(1 * MILLIMETRE, of=expected)


def test_intervals_can_be_picked() -> None:
    nodes = [Node(*np.arange(9.0).reshape(3, 3) * factor) for factor in (1.0, -2.0)]
    quintic = Quintic.between(*nodes, np.array([1.0, 2.0, 3.0]))
    picked = quintic.take(np.array([2, 0]))
    assert np.array_equal(picked.value(SHARE[:2]), quintic.value(SHARE[[1, 0, 0]])[[2, 0]])
