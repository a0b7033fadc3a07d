"""Newton's method in brackets."""

from __future__ import annotations

import numpy as np
from tolerances import within

from euroqci_planner.orbit.root_finding import Bracket, bracketed_roots
from euroqci_planner.units import FloatArray


def _bracket(low: list[float], high: list[float], rises: list[bool]) -> Bracket:
    return Bracket(np.array(low), np.array(high), np.array(rises))


def test_rising_and_falling_roots_are_found_together() -> None:
    shift = np.array([0.1, 0.5, 0.99])

    def cubic(x: FloatArray, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        sign = np.where(rows == 1, -1.0, 1.0)
        return sign * (x - shift[rows]) ** 3, sign * 3.0 * (x - shift[rows]) ** 2

    bracket = _bracket([0.0] * 3, [1.0] * 3, [True, False, True])
    roots = bracketed_roots(cubic, bracket, np.full(3, 0.7), 1e-9)
    assert roots == within(1e-6, of=shift)


def test_a_start_that_throws_newton_out_of_the_bracket_still_arrives() -> None:
    def step(x: FloatArray, _rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.arctan(50.0 * (x - 0.31)), 50.0 / (1.0 + (50.0 * (x - 0.31)) ** 2)

    roots = bracketed_roots(step, _bracket([-9.0], [9.0], [True]), np.array([8.0]), 1e-12)
    assert roots == within(1e-11, of=0.31)


def test_a_flat_slope_is_bisected() -> None:
    def jump(x: FloatArray, _rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        return np.where(x < 0.625, -1.0, 1.0), np.zeros_like(x)

    roots = bracketed_roots(jump, _bracket([0.0], [1.0], [True]), np.array([0.1]), 1e-10)
    assert roots == within(1e-9, of=0.625)


def test_a_start_on_the_root_stays() -> None:
    def line(x: FloatArray, _rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        return x - 0.25, np.ones_like(x)

    roots = bracketed_roots(line, _bracket([0.0], [1.0], [True]), np.array([0.25]), 1e-10)
    assert roots == 0.25


def test_nothing_to_find_is_found() -> None:
    def never(x: FloatArray, _rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        raise AssertionError(x)

    assert bracketed_roots(never, _bracket([], [], []), np.zeros(0), 1e-9).shape == (0,)
