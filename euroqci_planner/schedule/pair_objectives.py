"""The objectives of pairs of users: the fairest shares, and the most valuable stocks of key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import IndexArray, Mask, Problem
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.pair_fallback import aims_of, poorest_pair_first
from euroqci_planner.schedule.pair_filling import Filling
from euroqci_planner.schedule.pair_goals import PairTask, fair_task, stock_task
from euroqci_planner.schedule.pair_links import link_supply
from euroqci_planner.schedule.pair_programme import PairProgramme, pair_programme
from euroqci_planner.schedule.pair_rounding import opened_pairs
from euroqci_planner.schedule.pair_search import best_pair_plan, neighbourhoods
from euroqci_planner.schedule.programme import programme_of
from euroqci_planner.schedule.relaxation import UnsolvedError
from euroqci_planner.schedule.total_key import settled, total_bits

PAIRS_METHOD = "linear programme of contacts and relays, dive and repair"

PAIRS_MODEL = ModelUsed(
    role="schedule",
    name="contacts and relays in one programme",
    citation=(
        "max-min and weighted goals in order; dive after Berthold 2006, TU Berlin; neighbourhoods "
        "after Danna, Rothberg and Le Pape 2005, Math. Programming 102, 71"
    ),
)

TaskOf = Callable[[PairAims, PairProgramme], PairTask]


def fair_pairs(case: Case) -> Outcome:
    """The smallest served share of any demand as large as it can be, class by class, then key.

    The served share is expected key (relayed, over fibre, and the stock at the start) over the
    bits asked for in the window, at most 1. Classes come in order of priority, each under 99 % of
    the floors before it; then comes the key that demands can use, then all expected key. Demands
    that no new key can reach have no say. Quotas are rows of the programmes of all goals.
    Without solver the poorest pair is served first, and nothing is bounded. Raises InvalidInput
    for pins that cannot be flown or leave no plan that keeps the quotas, and where nobody asks for
    key.
    """
    return _with_solver(case, fair_task)


def stock_value(case: Case) -> Outcome:
    """Served days and stocks of the demands worth as much as they can be; see `stock_rates`.

    One linear programme over the buckets of the aims, then all expected key under 99 % of the
    value. The rest is as in `fair_pairs`: without solver the poorest pair is served first.
    """
    return _with_solver(case, stock_task)


def _with_solver(case: Case, task_of: TaskOf) -> Outcome:
    try:
        return _by_programme(case, aims_of(case), task_of)
    except UnsolvedError:
        return poorest_pair_first(case)


def _by_programme(case: Case, aims: PairAims, task_of: TaskOf) -> Outcome:
    problem = case.problem
    filling = Filling(case)
    whole, unit_bits = programme_of(problem)
    supply = link_supply(case.candidates, problem, aims)
    task = task_of(aims, pair_programme(whole, supply, aims, len(problem.sides)))
    solver = opened_pairs(task.programme, case.check)
    if solver is None:
        raise UnsolvedError

    def filled(columns: Mask) -> Mask | None:
        found = filling.around(_rows(problem, whole.columns[columns]))
        return None if found is None else found[whole.columns]

    near = neighbourhoods(task.programme, aims, task.poverty)
    found = best_pair_plan(solver, task.stages, task.blend, near, filled)
    flown = _rows(problem, whole.columns[found.flown])
    total = total_bits(problem, flown)
    bound = settled(found.goals[-1].bound * unit_bits, total, problem.value_bits)
    return Outcome(
        flown=flown,
        method=PAIRS_METHOD,
        bound_bits=bound,
        goals=(*found.goals[:-1], replace(found.goals[-1], value=total, bound=bound)),
        binding=tuple(s.group for s, p in zip(problem.sides, found.is_priced, strict=True) if p),
        pairs=task.result(found.v),
    )


def _rows(problem: Problem, rows: IndexArray) -> Mask:
    mask = np.zeros(len(problem), dtype=np.bool_)
    mask[rows] = True
    return mask
