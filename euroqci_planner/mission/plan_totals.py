"""What a plan amounts to: totals of passes and key, the gap to the bound, and what limits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.pass_counts import PassCounts
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason, is_flown
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts of passes, time in contact, and key of what is flown.

    `usable_passes` have a usable window. Key bits are NaN where the plan holds passes alone; they
    are of single contacts. Contacts of two stations with one source of entangled pairs are
    counted apart, as `pair_contacts` with their key; of a station all in which it takes part, so
    that the sum over stations has each twice. `contacts` and `contact_s` hold both passes of each.
    """

    passes: int
    usable_passes: int
    contacts: int
    contact_s: float
    key_clear_bits: float
    key_expected_bits: float
    pair_contacts: int = 0
    pair_clear_bits: float = 0.0
    pair_expected_bits: float = 0.0

    @property
    def all_clear_bits(self) -> float:
        """Key in clear sky of single contacts and of those of two stations."""
        return self.key_clear_bits + self.pair_clear_bits

    @property
    def all_expected_bits(self) -> float:
        """Expected key of both kinds."""
        return self.key_expected_bits + self.pair_expected_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One reason for not flying: how many passes, and the key that they would have given.

    Key bits are NaN where none was computed: passes without a usable window have no key.
    """

    reason: Reason
    text: str
    passes: int
    key_clear_bits: float
    key_expected_bits: float


def plan_totals(plan: Plan) -> Totals:
    """Totals of the whole plan."""
    if plan.counts is not None:
        return _counted(len(plan.counts), int(plan.counts.usable.sum()))
    pairs = plan.pair_contacts
    whole = () if pairs is None else (np.zeros(len(pairs), dtype=np.int32),)
    return _totals(plan, np.zeros(len(plan.passes), dtype=np.int32), ("plan",), whole)["plan"]


def satellite_totals(plan: Plan) -> dict[str, Totals]:
    """Totals by satellite id, every satellite of the pass table, in its order."""
    if plan.counts is not None:
        return _counted_by(plan.counts, plan.passes.satellite_ids, 1)
    pairs = () if plan.pair_contacts is None else (plan.pair_contacts.satellite,)
    return _totals(plan, plan.passes.satellite, plan.passes.satellite_ids, pairs)


def station_totals(plan: Plan) -> dict[str, Totals]:
    """Totals by station id, every station of the pass table, in its order."""
    if plan.counts is not None:
        return _counted_by(plan.counts, plan.passes.station_ids, 0)
    pairs = plan.pair_contacts
    ends = () if pairs is None else (pairs.station_a, pairs.station_b)
    return _totals(plan, plan.passes.station, plan.passes.station_ids, ends)


def limits(plan: Plan) -> tuple[Limit, ...]:
    """Reasons that occur, the one that costs most expected key first, then by passes."""
    if plan.counts is not None:
        return _counted_limits(plan.counts)
    usable = ~np.isnat(plan.conditions.usable_start_utc)
    clear, expected = _key_bits(plan)
    found = []
    for code in np.unique(plan.decisions.reason):
        rows = plan.decisions.reason == code
        if code != Reason.NONE:
            found.append(
                Limit(
                    reason=Reason(code),
                    text=REASON_TEXTS[Reason(code)],
                    passes=int(np.sum(rows)),
                    key_clear_bits=_total(plan, clear[rows & usable]),
                    key_expected_bits=_total(plan, expected[rows & usable]),
                )
            )
    cost = [np.nan_to_num(limit.key_expected_bits) for limit in found]
    order = sorted(range(len(found)), key=lambda i: (-cost[i], -found[i].passes, found[i].reason))
    return tuple(found[i] for i in order)


def gap_bits(plan: Plan) -> float:
    """Bound minus value of the objective; NaN where no bound is proven."""
    return plan.bound_bits - plan.value_bits


def relative_gap(plan: Plan) -> float:
    """Gap as a fraction of the bound, 0 where both are 0; NaN where no bound is proven."""
    if plan.bound_bits == 0.0:
        return 0.0
    return gap_bits(plan) / plan.bound_bits


def goal_gap(plan: Plan) -> float:
    """Gap of the first goal of the objective as a fraction of its bound; NaN without a bound."""
    return plan.goals[0].relative_gap if plan.goals else relative_gap(plan)


def flown(plan: Plan) -> NDArray[np.bool_]:
    """Which passes are flown, row for row."""
    return np.isin(plan.decisions.state, (PassState.SCHEDULED, PassState.PINNED))


def _totals(
    plan: Plan,
    group: NDArray[np.int32],
    names: Sequence[str],
    pair_groups: tuple[NDArray[np.int32], ...],
) -> dict[str, Totals]:
    """Totals by `group` of the passes; a contact of two stations counts in each of its groups."""
    usable = ~np.isnat(plan.conditions.usable_start_utc)
    contacts = flown(plan)
    spans = seconds_between(plan.conditions.usable_start_utc, plan.conditions.usable_end_utc)
    clear, expected = _key_bits(plan)

    def summed(weights: FloatArray) -> FloatArray:
        return np.bincount(group, weights=weights, minlength=len(names)).astype(np.float64)

    columns = (
        summed(np.ones(len(plan.passes))),
        summed(usable.astype(np.float64)),
        summed(contacts.astype(np.float64)),
        summed(np.where(contacts, np.nan_to_num(spans), 0.0)),
        summed(np.where(contacts, clear, 0.0)),
        summed(np.where(contacts, expected, 0.0)),
    )
    pairs = _pair_sums(plan, pair_groups, len(names))
    without_key = plan.keys is None
    return {
        name: Totals(
            passes=int(columns[0][i]),
            usable_passes=int(columns[1][i]),
            contacts=int(columns[2][i]),
            contact_s=float(columns[3][i]),
            key_clear_bits=np.nan if without_key else float(columns[4][i]),
            key_expected_bits=np.nan if without_key else float(columns[5][i]),
            pair_contacts=int(pairs[0][i]),
            pair_clear_bits=float(pairs[1][i]),
            pair_expected_bits=float(pairs[2][i]),
        )
        for i, name in enumerate(names)
    }


def _pair_sums(
    plan: Plan, groups: tuple[NDArray[np.int32], ...], length: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Number, key in clear sky and expected key of the flown contacts of two stations."""
    sums = (np.zeros(length), np.zeros(length), np.zeros(length))
    contacts = plan.pair_contacts
    if contacts is None:
        return sums
    mine = contacts.take(is_flown(contacts.state))
    weights = (np.ones(len(mine)), mine.key_bits, mine.key_expected_bits)
    for group in groups:
        here = group[is_flown(contacts.state)]
        for total, weight in zip(sums, weights, strict=True):
            np.add.at(total, here, np.nan_to_num(weight))
    return sums


def _counted(passes: int, usable: int) -> Totals:
    """Totals of passes alone."""
    return Totals(
        passes=passes,
        usable_passes=usable,
        contacts=0,
        contact_s=0.0,
        key_clear_bits=np.nan,
        key_expected_bits=np.nan,
    )


def _counted_by(counts: PassCounts, names: Sequence[str], axis: int) -> dict[str, Totals]:
    passes, usable = counts.passes.sum(axis=axis), counts.usable.sum(axis=axis)
    return {name: _counted(int(passes[i]), int(usable[i])) for i, name in enumerate(names)}


def _counted_limits(counts: PassCounts) -> tuple[Limit, ...]:
    passes = counts.reasons.sum(axis=0)
    codes = [code for code in np.flatnonzero(passes).tolist() if code != Reason.NONE]
    return tuple(
        Limit(
            reason=Reason(code),
            text=REASON_TEXTS[Reason(code)],
            passes=int(passes[code]),
            key_clear_bits=np.nan,
            key_expected_bits=np.nan,
        )
        for code in sorted(codes, key=lambda code: (-passes[code], code))
    )


def _key_bits(plan: Plan) -> tuple[FloatArray, FloatArray]:
    """Clear and expected key per pass, 0 where there is none."""
    if plan.keys is None:
        nothing = np.zeros(len(plan.passes))
        return nothing, nothing
    return np.nan_to_num(plan.keys.key_bits), np.nan_to_num(plan.decisions.key_expected_bits)


def _total(plan: Plan, bits: FloatArray) -> float:
    return float("nan") if plan.keys is None or not len(bits) else float(np.sum(bits))
