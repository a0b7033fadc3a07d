"""Many small smooth maximisations at once: Newton steps on differences, in step with one another.

For functions of a few coordinates that are cheap by the thousand and dear one at a time. Each
problem goes its own way: its result does not depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]
Value = Callable[[Rows, FloatArray], FloatArray]
_SHORTER = np.array([[0.5], [0.2], [0.05]])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewtonRules:
    """When a search stops and how far it steps; coordinates are of order one.

    `spacing` of the differences, `iterations` (calls of the function) at most, `gain` below which
    (relative to the value, or to one where that is smaller) a predicted improvement ends the
    search, first, largest and smallest `radius` of a step.
    """

    spacing: float = 1e-3
    iterations: int = 40
    gain: float = 1e-9
    radius: float = 1.0
    largest_radius: float = 4.0
    smallest_radius: float = 1e-4


class Optima(NamedTuple):
    """Where each problem ended, (problems, dimensions), and its value there."""

    points: FloatArray
    values: FloatArray


class _Model(NamedTuple):
    """Quadratic model of each problem around its point: slopes and strengths along its axes."""

    slope: FloatArray
    strength: FloatArray
    axes: FloatArray


def maximise(value: Value, start: FloatArray, rules: NewtonRules | None = None) -> Optima:
    """Climb from every start (problems, dimensions) to a local maximum.

    `value(rows, points)` gives the value of the problems `rows` at points (rows, trials,
    dimensions). Steps are those of a quadratic model with its curvatures taken as negative, inside
    a radius, and only taken uphill. A start without a finite value stays where it is, with minus
    infinity.
    """
    climb = _Climb(value, start.copy(), rules or NewtonRules())
    rows = np.arange(len(start))
    for _ in range(climb.rules.iterations):
        if not rows.size:
            break
        rows = climb.advance(rows)
    return Optima(climb.points, climb.values)


class _Climb:
    """State of all problems between steps.

    Each holds a point with its value and its model, and a target: where the next step would lead,
    or the point itself where its model is still to be made.
    """

    def __init__(self, value: Value, start: FloatArray, rules: NewtonRules) -> None:
        problems, dimensions = start.shape
        self.value, self.rules = value, rules
        self.points, self.values = start, np.full(problems, -np.inf)
        self.target, self.unmodelled = start.copy(), np.ones(problems, dtype=bool)
        self.radius = np.full(problems, rules.radius)
        self.shape = rules.spacing * _stencil(dimensions)
        self.model = _Model(
            np.zeros((problems, dimensions)),
            np.zeros((problems, dimensions)),
            np.zeros((problems, dimensions, dimensions)),
        )

    def advance(self, rows: Rows) -> Rows:
        """One call of the function for each of the rows; the rows that go on."""
        here, there = self.points[rows], self.target[rows]
        way = (there - here)[:, np.newaxis]
        trials = [there[:, np.newaxis] + self.shape, here[:, np.newaxis] + _SHORTER * way]
        seen = self.value(rows, np.concatenate(trials, axis=1))
        seen = np.where(np.isnan(seen), -np.inf, seen)
        around, shorter = seen[:, : len(self.shape)], seen[:, len(self.shape) :]
        short = np.argmax(shorter, axis=1)
        short_value = shorter[np.arange(rows.size), short]
        better = np.maximum(short_value, self.values[rows])
        full = self.unmodelled[rows] | (around[:, 0] > better)
        part = ~full & (short_value > self.values[rows])
        self._step_fully(rows[full], there[full], around[full])
        self._step_partly(
            rows[part], here[part], way[part, 0] * _SHORTER[short[part]], short_value[part]
        )
        self.radius[rows[~full & ~part]] *= 0.03
        return self._with_targets(rows, full, part)

    def _step_fully(self, rows: Rows, there: FloatArray, around: FloatArray) -> None:
        """Stand at the target, with the model that was made there."""
        wider = np.minimum(2.0 * self.radius[rows], self.rules.largest_radius)
        self.radius[rows] = np.where(self.unmodelled[rows], self.radius[rows], wider)
        self.points[rows], self.values[rows] = there, around[:, 0]
        for kept, new in zip(self.model, _quadratic(around, self.rules.spacing), strict=True):
            kept[rows] = new
        self.unmodelled[rows] = False

    def _step_partly(
        self, rows: Rows, here: FloatArray, way: FloatArray, reached: FloatArray
    ) -> None:
        """Stand on the way to the target; the model is to be made."""
        length = np.linalg.norm(way, axis=1)
        self.radius[rows] = np.maximum(1.5 * length, 10.0 * self.rules.smallest_radius)
        self.points[rows], self.values[rows] = here + way, reached
        self.unmodelled[rows] = True

    def _with_targets(self, rows: Rows, full: NDArray[np.bool_], part: NDArray[np.bool_]) -> Rows:
        """Set the next targets; leave out what has no gain or no room ahead."""
        model = _Model(*(kind[rows] for kind in self.model))
        step, predicted = _newton_step(model, self.radius[rows])
        self.target[rows] = self.points[rows] + np.where(part[:, np.newaxis], 0.0, step)
        least = self.rules.gain * np.maximum(np.abs(self.values[rows]), 1.0)
        done = ~part & (~np.isfinite(self.values[rows]) | (full & (predicted <= least)))
        wide = self.radius[rows] >= self.rules.smallest_radius
        return np.asarray(rows[~done & wide])


def _stencil(dimensions: int) -> FloatArray:
    """The point itself, a step forth and back along every axis, and forth along every pair."""
    unit = np.eye(dimensions)
    first, second = np.tril_indices(dimensions, -1)
    return np.concatenate([np.zeros((1, dimensions)), unit, -unit, unit[first] + unit[second]])


def _quadratic(seen: FloatArray, spacing: float) -> _Model:
    """Differences of the values on the stencil; flat where one of them is missing."""
    dimensions = round((np.sqrt(8.0 * seen.shape[1] + 1.0) - 3.0) / 2.0)
    first, second = np.tril_indices(dimensions, -1)
    known = np.all(np.isfinite(seen), axis=1)
    seen = np.where(known[:, np.newaxis], seen, 0.0)
    middle, forth = seen[:, :1], seen[:, 1 : dimensions + 1]
    back, pairs = seen[:, dimensions + 1 : 2 * dimensions + 1], seen[:, 2 * dimensions + 1 :]
    slope = (forth - back) / (2.0 * spacing)
    curvature = np.zeros((len(seen), dimensions, dimensions))
    axis = np.arange(dimensions)
    curvature[:, axis, axis] = (forth + back - 2.0 * middle) / spacing**2
    mixed = (pairs - forth[:, first] - forth[:, second] + middle) / spacing**2
    curvature[:, first, second] = curvature[:, second, first] = mixed
    strength, axes = np.linalg.eigh(curvature)
    return _Model(np.einsum("nij,ni->nj", axes, slope), np.abs(strength), axes)


def _newton_step(model: _Model, radius: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Step of the model uphill, no longer than the radius, and the gain that it promises."""
    least = 1e-6 * np.max(model.strength, axis=1) + 1e-3 * np.max(np.abs(model.slope), axis=1)
    least += np.finfo(np.float64).tiny
    along = model.slope / np.maximum(model.strength, least[:, np.newaxis])
    length = np.sqrt(np.sum(along**2, axis=1))
    within = np.minimum(1.0, radius / np.where(length > 0.0, length, 1.0))
    along *= within[:, np.newaxis]
    return np.einsum("nij,nj->ni", model.axes, along), np.sum(model.slope * along, axis=1)
