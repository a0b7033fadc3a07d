"""Many maximisations at once against maxima that are known."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.qkd.maximise import NewtonRules, maximise

TOPS = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, -2.5]])


def hills(rows, points):
    off = points - TOPS[rows][:, np.newaxis]
    shape = off[..., 0] ** 2 + 20.0 * off[..., 1] ** 2 + 0.1 * (off[..., 2] + off[..., 0]) ** 2
    return 100.0 * np.exp(-0.05 * shape) + rows[:, np.newaxis]


def test_every_problem_finds_its_own_top():
    found = maximise(hills, np.zeros((2, 3)), NewtonRules(gain=1e-12))
    np.testing.assert_allclose(found.points, TOPS, atol=1e-4)
    np.testing.assert_allclose(found.values, [100.0, 101.0], rtol=1e-9)


def test_a_curved_ridge_is_climbed():
    def ridge(rows, points):
        x, y = points[..., 0], points[..., 1]
        return -((1.0 - x) ** 2) - 10.0 * (y - x**2) ** 2

    found = maximise(ridge, np.array([[-1.2, 1.0]]), NewtonRules(iterations=80, gain=1e-14))
    np.testing.assert_allclose(found.points, [[1.0, 1.0]], atol=1e-3)


def test_a_problem_does_not_depend_on_its_neighbours():
    start = np.array([[0.2, 0.1, -0.3], [1.0, 1.0, 1.0]])
    together = maximise(hills, start)
    alone = maximise(lambda rows, points: hills(rows + 1, points), start[1:])
    np.testing.assert_allclose(together.points[1], alone.points[0], rtol=1e-12)


def test_a_start_without_a_value_stays_where_it_is():
    def nowhere(rows, points):
        return np.full(points.shape[:2], np.nan)

    found = maximise(nowhere, np.ones((1, 2)))
    assert found.values[0] == -np.inf
    assert found.points.tolist() == [[1.0, 1.0]]


def test_a_flat_function_is_left_at_once():
    calls = []

    def flat(rows, points):
        calls.append(points.shape)
        return np.zeros(points.shape[:2])

    maximise(flat, np.zeros((4, 5)))
    assert calls == [(4, 24, 5)]


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_steps_never_go_downhill(dimensions):
    def rough(rows, points):
        return np.sum(np.cos(3.0 * points) - 0.1 * points**2, axis=-1)

    start = np.linspace(-4.0, 4.0, 7 * dimensions).reshape(7, dimensions)
    found = maximise(rough, start)
    assert np.all(found.values >= rough(np.arange(7), start[:, np.newaxis])[:, 0])
    assert np.all(found.values == rough(np.arange(7), found.points[:, np.newaxis])[:, 0])
