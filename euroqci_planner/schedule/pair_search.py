"""Schedules for pairs of users: goals in order of priority, their values and their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.pair_links import NO_STORE
from euroqci_planner.schedule.pair_programme import PairProgramme
from euroqci_planner.schedule.pair_rounding import PairSolver, Relaxed, dived, in_whole_contacts
from euroqci_planner.schedule.relaxation import UnsolvedError
from euroqci_planner.schedule.side_search import PRICED
from euroqci_planner.units import FloatArray

Poverty = Callable[[FloatArray], FloatArray]
Filled = Callable[[Mask], Mask | None]

KEPT_SHARE, KEPT_TOTAL = 0.99, 0.9999
_SAME_WITHIN = 1e-7
_POOREST = 12
_ALMOST_FULL, _HALF = 0.5, 0.5
SMALL = 250
_MOST_FOR_SECOND_DIVE = 10_000
_WHOLE_GAP = 1e-6
_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One goal: `cost` over the columns, in `unit` with `scale`.

    Once a stage with a `column` has a value, the share `kept` of it is the floor of the column in
    the stages behind. A stage that is not `told` only chooses among equals.
    """

    name: str
    unit: str
    cost: FloatArray
    scale: float = 1.0
    column: int | None = None
    kept: float = KEPT_TOTAL
    is_told: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class PairPlan:
    """Contacts, what every goal comes to, and the columns behind the last goal.

    `is_priced` marks the rows over all contacts that have a price in the bound of a goal.
    """

    flown: Mask
    goals: tuple[Goal, ...]
    v: FloatArray
    is_priced: Mask


def best_pair_plan(
    solver: PairSolver,
    stages: tuple[Stage, ...],
    blend: FloatArray,
    near: Callable[[FloatArray], Iterator[Mask]],
    filled: Filled,
) -> PairPlan:
    """Contacts that serve all stages, valued and bounded stage by stage.

    The dive follows `blend`, a weighted sum of all stages, and is made better in the
    neighbourhoods `near`; `filled` adds what else can be flown and keeps the rows over all contacts
    (None where it cannot). Up to `SMALL` contacts are then decided anew as integer programmes,
    stage by stage. For the contacts that are found every stage is solved exactly, then bounded over
    all schedules that keep the floors reached, and under these floors a second dive goes for the
    last stage (up to ten thousand columns). Raises `UnsolvedError`.
    """
    solver.aim_at(stages[0].cost)
    first = solved(solver.anew())
    solver.aim_at(blend)
    flown = _filled(filled, in_whole_contacts(solver, solved(solver.again()), near, filled))
    if len(flown) <= SMALL:
        flown = _filled(filled, _stage_by_stage(solver, stages, flown))
    values, columns = _values(solver, stages, flown)
    relaxed = [first, *_relaxed(solver, stages, values)]
    small_enough = len(blend) <= _MOST_FOR_SECOND_DIVE
    dive = dived(solver, relaxed[-1]) if small_enough else None
    more = None if dive is None else filled(dive)
    if dive is not None and more is not None and bool(np.all(more[dive])):
        more_values, more_columns = _values(solver, stages, more)
        if more_values[-1] > values[-1]:
            flown, values, columns = more, more_values, more_columns
    bounds = (item.bound for item in relaxed)
    ends = zip(stages, values, bounds, strict=True)
    goals = tuple(_goal(*item) for item in ends if item[0].is_told)
    is_priced = np.any([item.side_prices > PRICED for item in relaxed], axis=0)
    return PairPlan(flown=flown, goals=goals, v=columns, is_priced=is_priced)


def _filled(filled: Filled, flown: Mask | None) -> Mask:
    found = None if flown is None else filled(flown)
    if found is None:
        raise UnsolvedError
    return found


def _stage_by_stage(solver: PairSolver, stages: tuple[Stage, ...], flown: Mask) -> Mask:
    """The integer programme of every stage under the floors of those before."""
    solver.aim_at(stages[0].cost)
    best = solved(solver.with_contacts(flown)).v
    solver.free_contacts()
    for stage in stages:
        solver.aim_at(stage.cost)
        found = solver.whole(best, _WHOLE_GAP)
        best = best if found is None else found.v
        if stage.column is not None:
            _keep(solver, stage.column, stage.kept * float(stage.cost @ best))
    _let_go(solver, stages)
    return np.asarray(best[: len(flown)] > 0.5)


def _values(
    solver: PairSolver, stages: tuple[Stage, ...], flown: Mask
) -> tuple[list[float], FloatArray]:
    """What each stage comes to when these contacts are flown, and the columns at the end."""
    _let_go(solver, stages)
    values = []
    for stage in stages:
        solver.aim_at(stage.cost)
        found = solved(solver.with_contacts(flown))
        values.append(solver.worth(found))
        if stage.column is not None:
            _keep(solver, stage.column, values[-1] * (1.0 - _SAME_WITHIN))
    _let_go(solver, stages)
    return values, found.v


def _relaxed(
    solver: PairSolver, stages: tuple[Stage, ...], values: list[float]
) -> Iterator[Relaxed]:
    """Optimum and bound over all schedules, stage by stage, that keep the floors of those before.

    At the end the solver is left with all floors, and the contacts free.
    """
    solver.free_contacts()
    for before, stage in enumerate(stages[1:]):
        column = stages[before].column
        if column is not None:
            _keep(solver, column, stages[before].kept * values[before])
        solver.aim_at(stage.cost)
        yield solved(solver.anew())


def _keep(solver: PairSolver, column: int, floor: float) -> None:
    solver.bound(np.array([column]), np.array([max(floor, 0.0)]), np.ones(1))


def _let_go(solver: PairSolver, stages: tuple[Stage, ...]) -> None:
    for stage in stages:
        if stage.column is not None:
            _keep(solver, stage.column, 0.0)


def solved(found: Relaxed | None) -> Relaxed:
    """The optimum; raises `UnsolvedError` where the solver failed."""
    if found is None:
        raise UnsolvedError
    return found


def _goal(stage: Stage, value: float, bound: float) -> Goal:
    """The goal in its own unit; value and bound that differ by rounding alone are the same."""
    same = abs(bound - value) <= _SAME_WITHIN * max(abs(value), _SAME_WITHIN)
    settled = max(bound, value) if same else bound
    return Goal(
        name=stage.name,
        unit=stage.unit,
        value=value * stage.scale,
        bound=settled * stage.scale,
    )


def neighbourhoods(
    programme: PairProgramme, aims: PairAims, poverty: Poverty
) -> Callable[[FloatArray], Iterator[Mask]]:
    """Neighbourhoods: what the poorest demands could get key from, and what stands in its way."""
    supply, rows = programme.supply, programme.rows.tocsr()
    pair = np.array([item.pair for item in aims.routes], dtype=np.intp)[supply.route]

    def near(v: FloatArray) -> Iterator[Mask]:
        seen: set[int] = set()
        order = np.argsort(np.round(poverty(v), _DIGITS), kind="stable")
        for demand in order[programme.servable[order]][:_POOREST].tolist():
            mine = int(aims.pair_of[demand])
            if mine not in seen:
                seen.add(mine)
                links = np.zeros(len(supply.names), dtype=np.bool_)
                for ends in (supply.link_a, supply.link_b):
                    links[ends[(pair == mine) & (ends != NO_STORE)]] = True
                own = np.zeros(programme.whole, dtype=np.bool_)
                own[programme.feeds[links[supply.link]]] = True
                in_the_way = rows.T @ (rows @ own.astype(np.float64)) > 0.0
                yield own | in_the_way | _making_room(programme, v[: programme.whole], own)

    return near


def _making_room(programme: PairProgramme, x: FloatArray, own: Mask) -> Mask:
    """What to leave out or fly so that full rows over all contacts have room for the `own`."""
    is_full = programme.sides @ x > programme.side_room - _ALMOST_FULL
    takes = np.any(programme.sides[is_full] > 0.0, axis=0)
    gives = np.any(programme.sides[is_full] < 0.0, axis=0)
    is_flown = x > _HALF
    room: Mask = (takes & is_flown) | (gives & ~is_flown)
    return room if np.any(own & takes) else np.zeros_like(own)
