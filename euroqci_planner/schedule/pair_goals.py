"""What the objectives of pairs count, as costs over the columns of their programme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.pair_aims import PairAims, PairShares
from euroqci_planner.schedule.pair_programme import PairProgramme
from euroqci_planner.schedule.pair_search import KEPT_SHARE, KEPT_TOTAL, Poverty, Stage
from euroqci_planner.units import FloatArray

CLASS_WEIGHTS: FloatArray = np.array([8.0, 4.0, 2.0, 1.0])
RESERVE_VALUE, CUSHION_VALUE = 0.1, 0.01
SERVED = "expected key that serves the demands"
STOCKS = "value of served days and stocks"
TOTAL = "total expected key"
MARGIN = "expected key beyond it, as margin"
_SECOND = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class PairTask:
    """A programme with goals in order, what the dive follows, who is poor, and what it all means.

    The last stage is the total expected key of all contacts. `result` makes the table by demand
    from the columns of a solution.
    """

    programme: PairProgramme
    stages: tuple[Stage, ...]
    blend: FloatArray
    poverty: Poverty
    result: Callable[[FloatArray], PairShares]


def fair_task(aims: PairAims, programme: PairProgramme) -> PairTask:
    """Smallest shares by class in order of priority, what is served in all, then all key.

    Before the last comes what goes to the demands beyond that, up to the cushion: a margin for
    skies worse than expected, which chooses among schedules that serve alike.
    """
    asked = aims.requested_bits
    unit = programme.pair_unit[aims.pair_of]
    served, margin, mean_share = np.zeros((3, len(programme.upper)))
    served[programme.uses] = (unit / asked.sum())[:, None]
    cushion = max(float(aims.cushion_bits.sum()), 1.0)
    margin[programme.cushions[:, -1]] = unit / cushion
    mean_share[programme.uses] = (unit / np.where(asked > 0.0, asked, np.inf) / len(asked))[:, None]
    whole, (first, second) = programme.with_goals([served, margin])
    goals = [
        _Goal(_smallest(rank), "", share, kept=KEPT_SHARE)
        for rank, share in programme.share.items()
    ]
    goals.append(_Goal(SERVED, "bit", first, scale=float(asked.sum())))
    stages = _stages(whole, [*goals, _Goal(MARGIN, "bit", second, scale=cushion, is_told=False)])
    blend = _SECOND ** len(goals) * np.append(mean_share + served + margin, (0.0, 0.0))
    for place, stage in enumerate(stages[: len(programme.share)]):
        blend += _SECOND**place * stage.cost
    return PairTask(
        programme=whole,
        stages=stages,
        blend=blend,
        poverty=lambda v: served_bits(aims, programme, v) / np.maximum(asked, 1.0),
        result=lambda v: shares_of(aims, programme, served_bits(aims, programme, v)),
    )


def stock_task(aims: PairAims, programme: PairProgramme) -> PairTask:
    """Served days and stocks by their value, then all key."""
    cost = np.zeros(len(programme.upper))
    unit = programme.pair_unit[aims.pair_of]
    parts = (programme.uses, programme.reserves, programme.cushions)
    rates = stock_rates(aims)
    for columns, rate in zip(parts, rates, strict=True):
        cost[columns] = (unit * rate)[:, None]
    held = (aims.requested_bits, aims.buckets * aims.reserve_bits, aims.buckets * aims.cushion_bits)
    most = np.sum([rate * bits for rate, bits in zip(rates, held, strict=True)], axis=0)

    def value(v: FloatArray) -> FloatArray:
        days = [(cost[columns] * v[columns]).sum(axis=1) for columns in parts]
        return np.asarray(np.sum(days, axis=0))

    scale = float(most.sum())
    whole, (column,) = programme.with_goals([cost / scale])
    stages = _stages(whole, [_Goal(STOCKS, "day", column, scale)])
    return PairTask(
        programme=whole,
        stages=stages,
        blend=np.append(cost / scale, 0.0),
        poverty=lambda v: value(v) - most,
        result=lambda v: shares_of(
            aims, programme, served_bits(aims, programme, v), (value(v), most)
        ),
    )


class _Goal(NamedTuple):
    """A stage whose cost is one column."""

    name: str
    unit: str
    column: int
    scale: float = 1.0
    kept: float = KEPT_TOTAL
    is_told: bool = True


def _stages(programme: PairProgramme, goals: list[_Goal]) -> tuple[Stage, ...]:
    """Stages of one column each, and the total of all contacts behind them."""
    columns = len(programme.upper)
    found = [Stage(cost=np.eye(1, columns, item.column)[0], **item._asdict()) for item in goals]
    total = np.zeros(columns)
    most = float(programme.total.sum()) or 1.0
    total[: programme.whole] = programme.total / most
    return (*found, Stage(name=TOTAL, unit="bit", cost=total, scale=most))


def stock_rates(aims: PairAims) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Value of a bit served, of one in the reserve and of one in the cushion, by demand.

    The unit is a day of the demand's own mean consumption, times the weight of its class: 8 for
    emergency, 4 public, 2 critical, 1 industry. A day served counts 1; a day's worth of key in
    the reserve through the whole window 0.1, in the cushion above it 0.01, and above that nothing
    (stocks count in equal parts at the end of every bucket). So, day for day, service of any class
    counts more than any reserve, and any reserve more than any cushion; within one of these,
    classes count by their weights. The form is the concave utility of days of stock that keeps
    the programme linear; the weights are a choice of this planner.
    """
    mean = aims.requested_bits / aims.days
    weight = CLASS_WEIGHTS[aims.rank] / np.where(mean > 0.0, mean, np.inf)
    held = weight / aims.buckets
    return weight, RESERVE_VALUE * held, CUSHION_VALUE * held


def served_bits(aims: PairAims, programme: PairProgramme, v: FloatArray) -> FloatArray:
    """Bits served by demand in the columns of a solution; never above what is asked for."""
    served = v[programme.uses].sum(axis=1) * programme.pair_unit[aims.pair_of]
    return np.asarray(np.minimum(served, aims.requested_bits))


def shares_of(
    aims: PairAims,
    programme: PairProgramme,
    served: FloatArray,
    stock: tuple[FloatArray, FloatArray] | None = None,
) -> PairShares:
    """The table by demand; `stock` holds value and largest value of its days."""
    asked = aims.requested_bits
    most = programme.most_bits[aims.pair_of] / np.where(asked > 0.0, asked, np.inf)
    none = np.full(len(asked), np.nan)
    value, most_value = stock or (none, none)
    return PairShares(
        demand_ids=aims.demand_ids,
        pairs=tuple(aims.pairs[pair] for pair in aims.pair_of.tolist()),
        rank=aims.rank,
        requested_bits=asked,
        served_bits=served,
        most_share=np.where(asked > 0.0, np.minimum(most, 1.0), 1.0),
        is_reached=programme.servable,
        stock_value=value,
        most_value=most_value,
    )


def smallest_share(
    aims: PairAims, programme: PairProgramme, served: FloatArray
) -> list[tuple[str, float]]:
    """Name and value of the smallest share of every class that has one."""
    asked = np.maximum(aims.requested_bits, 1.0)
    shares = np.where(programme.servable, served / asked, np.inf)
    return [(_smallest(rank), float(shares[aims.rank == rank].min())) for rank in programme.share]


def _smallest(rank: int) -> str:
    return f"smallest served share, {tuple(DemandClass)[rank].value}"
