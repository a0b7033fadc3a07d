"""What comes next for each demand, made as deep as there is time for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.key_outlook import FlowComparison, KeyOutlook, SpareRate
from euroqci_planner.network.deposits import MemberSky
from euroqci_planner.network.hybrid_flow import WayKind, hybrid_flow
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.network.outlook import main_drivers, next_deposits
from euroqci_planner.network.spare_rate import WantedRate, spare_rates_bps
from euroqci_planner.units import FloatArray

DEFAULT_AVAILABILITY = 0.95
_SPARE_MEMBERS = 200
# The rate of the fibre and the wait for the classical contact, besides the cloud at each station.
_OTHER_CAUSES = 2


@dataclass(frozen=True, slots=True)
class Depth:
    """How much work an outlook may be: pairs times contacts for each part, and pairs to sell to."""

    driver_work: int
    flow_work: int
    spare_pairs: int


QUICK = Depth(driver_work=2_000, flow_work=20_000, spare_pairs=0)
DEEP = Depth(driver_work=100_000, flow_work=10_000_000, spare_pairs=40)


class OutlookInputs(Protocol):
    """What an outlook is made from; see `StoreInputs`."""

    @property
    def network(self) -> KeyNetwork:
        """Stores, users and demands."""

    @property
    def expected(self) -> DepositTable:
        """Deposits counted with their chances."""

    @property
    def in_full(self) -> DepositTable:
        """Deposits in full, by sky."""

    @property
    def chance(self) -> FloatArray:
        """Chance of clear sky by contact."""

    @property
    def sky(self) -> MemberSky | None:
        """What every contact meets in each member."""


def key_outlook(
    inputs: OutlookInputs, depth: Depth, check: Check = unchecked, poll: Check = unchecked
) -> KeyOutlook | None:
    """The outlook of all demands; None where there are none.

    Drivers and spare rates are asked of the members of the forecast, or of the one course of
    expected deposits where there is none; the flow spreads the expected deposits. What `depth`
    does not allow is left out with a note. `check` is asked between the parts, `most_steps` times
    at most, and `poll` inside the long ones.
    """
    case = inputs.network
    if not case.network.demands:
        return None
    deposits, clear = _members(inputs)
    pairs = sorted({demand.pair for demand in case.network.demands})
    work = len(pairs) * len(deposits)
    with_drivers, with_flow = work <= depth.driver_work, work <= depth.flow_work
    with_spare = len(pairs) <= depth.spare_pairs
    return KeyOutlook(
        next_deposits=next_deposits(case, inputs.in_full, inputs.chance, case.start_utc),
        main_drivers=main_drivers(case, deposits, clear, check) if with_drivers else {},
        spare=tuple(_spare(case, (deposits, clear), pairs, check, poll)) if with_spare else (),
        flow=_flow(case, inputs.expected, check) if with_flow else None,
        notes=tuple(_notes(depth, drivers=with_drivers, flow=with_flow, spare=with_spare)),
    )


def most_steps(inputs: OutlookInputs) -> int:
    """How often a full outlook asks its `check` at most."""
    case = inputs.network
    causes = len(set(inputs.in_full.station.tolist())) + _OTHER_CAUSES
    return causes + len(WayKind) + len({demand.pair for demand in case.network.demands})


class Steps:
    """A check that counts its calls and tells how far they are; `poll` tells it without a step."""

    def __init__(self, advance: Callable[[float], None], most: int) -> None:
        """No step is done yet."""
        self._advance, self._most, self._done = advance, most, 0

    def __call__(self) -> None:
        """One step more begins."""
        self.poll()
        self._done += 1

    def poll(self) -> None:
        """Say how far the steps are; raises what `advance` raises where the work was stopped."""
        self._advance(self._done / self._most)


def _members(inputs: OutlookInputs) -> tuple[DepositTable, MemberSky]:
    if inputs.sky is not None:
        return inputs.in_full, inputs.sky
    return inputs.expected, np.ones((1, len(inputs.expected)), dtype=np.bool_)


def _spare(
    case: KeyNetwork,
    members: tuple[DepositTable, MemberSky],
    pairs: list[tuple[str, str]],
    check: Check,
    poll: Check,
) -> Iterator[SpareRate]:
    wanted = [WantedRate(pair, _wanted_share(case, pair)) for pair in pairs]
    deposits, sky = members[0], members[1][:_SPARE_MEMBERS]
    rates = spare_rates_bps(case, deposits, sky, wanted, check, poll)
    for (a, b), item, rate in zip(pairs, wanted, rates, strict=True):
        yield SpareRate(a=a, b=b, availability=item.share, rate_bps=rate)


def _wanted_share(case: KeyNetwork, pair: tuple[str, str]) -> float:
    wanted = [
        demand.store.wanted_availability
        for demand in case.network.demands
        if demand.pair == pair and demand.store.wanted_availability is not None
    ]
    return max(wanted, default=DEFAULT_AVAILABILITY)


def _flow(case: KeyNetwork, deposits: DepositTable, check: Check) -> FlowComparison:
    found = {}
    for kind in WayKind:
        check()
        found[kind] = hybrid_flow(case, deposits, use=kind)
    return FlowComparison(
        fibre=found[WayKind.FIBRE],
        satellite=found[WayKind.SATELLITE],
        hybrid=found[WayKind.HYBRID],
    )


def _notes(depth: Depth, *, drivers: bool, flow: bool, spare: bool) -> Iterator[str]:
    parts = {"main drivers": drivers, "fibre and satellite flow": flow, "spare rates": spare}
    left_out = [name for name, is_there in parts.items() if not is_there]
    if left_out and depth is QUICK:
        yield f"left to `euroqci-planner forecast`: {', '.join(left_out)}"
    elif left_out:
        yield f"too many pairs and contacts for: {', '.join(left_out)}"
