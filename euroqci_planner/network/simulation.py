"""The event-driven simulation behind the course and the forecast: one engine for both.

Many members run side by side through the same instants; they differ in what their contacts
deposit. At one instant, in this order: key that arrives at pairs, ageing, deposits, then pairs ask
for key; consumption up to the instant comes before all that touches a pair. On each full hour
all pairs look at what they hold; on a deposit those that may use it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from euroqci_planner.mission.key_course import NO_SATELLITE, BitsArray, LinkName
from euroqci_planner.network.demand import HOUR_US
from euroqci_planner.network.deposits import Deposits, Mask, window_us
from euroqci_planner.network.key_store import (
    MICROSECONDS_PER_SECOND,
    NEVER,
    AgeScale,
    IndexArray,
    KeyStores,
    over_ages,
)
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.relay import Binding, FibreStores, Orders, Relay
from euroqci_planner.network.service import Service
from euroqci_planner.network.spare_trial import SpareTrial

_TICK, _DEPOSIT, _HOUR = 0, 1, 2
Sampler = Callable[[int, BitsArray, BitsArray], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Parcel:
    """Key on its way to pairs, (members, pairs, classes of age at the time of binding)."""

    arrival_us: int
    bound_tick: int
    pairs: IndexArray
    bits: BitsArray


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """Pairs that look at what they hold at one instant; `may_ask` is (members, pairs)."""

    pairs: IndexArray
    may_ask: Mask
    now_us: int


@dataclass(frozen=True, slots=True, eq=False)
class _Need:
    """What the pairs of a request hold and await, and what they ask for (members, pairs)."""

    held: BitsArray
    urgent: BitsArray
    wanted: BitsArray


class Simulation:
    """All stores of all members; `run` takes them once through the window."""

    def __init__(
        self,
        case: KeyNetwork,
        layout: Layout,
        deposits: Deposits,
        *,
        with_log: bool = False,
        trial: SpareTrial | None = None,
    ) -> None:
        """Set the stores to their start; `with_log` keeps every binding, for one member only.

        A `trial` asks for more in each member.
        """
        self.layout, self._deposits = layout, deposits
        self._start_us, self._end_us = window_us(case)
        self.members = len(deposits.bits)
        self._lead_us = round(case.policy.classical_contact_s * MICROSECONDS_PER_SECOND)
        self._memory = layout.memory_bits()
        pair_ages, link_ages = layout.pair_age_limits_us(), layout.link_age_limits_us()
        ages = [age for age in pair_ages if age is not None]
        self._scale = AgeScale.of(ages, self._start_us, self._end_us - self._start_us)
        self.links = self._stores(_link_start(case, layout), link_ages)
        self.pairs = self._stores(_pair_start(layout), pair_ages)
        self.log: list[Binding] | None = [] if with_log else None
        self.fibres = FibreStores(layout, self.members, self._start_us)
        self._relay = Relay(layout, self.links, self.fibres, self.log)
        self.service = Service(layout, self.pairs, self._start_us, self._lead_us, trial)
        self.in_transit: BitsArray = np.zeros((self.members, len(layout.pairs)), dtype=np.int64)
        self._users = _users_of_links(layout)
        self._waiting: deque[_Parcel] = deque()
        self._everyone = np.arange(len(layout.pairs))
        # Where a member's pair has been left wanting, asking again is vain until a deposit comes,
        # unless it is fibre that held key back.
        self._may_find = np.ones((self.members, len(layout.pairs)), dtype=np.bool_)
        self._tick = 0

    def _stores(self, start_bits: BitsArray, ages: list[int | None]) -> KeyStores:
        limits = np.array([self._scale.limit(age) for age in ages], dtype=np.int64)
        return KeyStores(start_bits, limits, self._scale, self.members)

    def run(self, samples_us: BitsArray, sampler: Sampler) -> None:
        """Go through the window; `sampler` gets (instant, links, pairs) at each sample.

        The stocks are (members, stores) totals. Samples lie inside the window and rise.
        """
        samples = deque(int(item) for item in samples_us)
        for now_us, events in groupby(self._events(), key=lambda event: event[0]):
            self._sample_before(samples, now_us, sampler)
            self._arrivals(now_us)
            self._happen(now_us, list(events))
        self._sample_before(samples, self._end_us + 1, sampler)
        self._arrivals(self._end_us)
        self.service.until(self._everyone, self._end_us)

    def _events(self) -> Iterator[tuple[int, int, int]]:
        """Known instants in order: (instant, kind, row of the deposit)."""
        first_hour = -(-self._start_us // HOUR_US) * HOUR_US
        hours = sorted({self._start_us, *range(first_hour, self._end_us, HOUR_US)})
        deposits = enumerate(self._deposits.usable_us.tolist())
        return heapq.merge(
            ((instant, _TICK, -1) for instant in self._scale.ticks_until(self._end_us)),
            ((instant, _DEPOSIT, row) for row, instant in deposits),
            ((instant, _HOUR, -1) for instant in hours),
        )

    def _happen(self, now_us: int, events: list[tuple[int, int, int]]) -> None:
        kinds = {kind for _, kind, _ in events}
        if _TICK in kinds:
            self._grow_older(now_us)
        has_new = self._deposit([row for _, kind, row in events if kind == _DEPOSIT])
        self._may_find |= has_new
        if _HOUR in kinds:
            everywhere = np.ones_like(has_new)
            self._review(_Request(self._everyone, everywhere, now_us))
        elif has_new.any():
            pairs = np.flatnonzero(has_new.any(axis=0))
            self._review(_Request(pairs, has_new[:, pairs], now_us))

    def _sample_before(self, samples: deque[int], now_us: int, sampler: Sampler) -> None:
        """Samples before `now_us`; a sample sees all that its own instant brought."""
        while samples and samples[0] < now_us:
            at_us = samples.popleft()
            self._arrivals(at_us)
            self.service.until(self._everyone, at_us)
            sampler(at_us, self.links.total[:, :-1], self.pairs.total[:, :-1])

    def _grow_older(self, now_us: int) -> None:
        self.service.until(self._everyone, now_us)
        self._tick += 1
        self.links.grow_older()
        self.pairs.grow_older()

    def _arrivals(self, now_us: int) -> None:
        """What satellites have published by now reaches the pairs."""
        while self._waiting and self._waiting[0].arrival_us <= now_us:
            parcel = self._waiting.popleft()
            self.service.until(parcel.pairs, parcel.arrival_us)
            self.pairs.receive(parcel.pairs, parcel.bits, self._tick - parcel.bound_tick)
            self.in_transit[:, self.pairs.columns(parcel.pairs)] -= over_ages(parcel.bits)

    def _deposit(self, rows: list[int]) -> Mask:
        """Fill link stores; which pairs may use what came (members, pairs)."""
        has_new = np.zeros((self.members, len(self.layout.pairs)), dtype=np.bool_)
        for row in rows:
            link = int(self._deposits.link[row])
            bits = self._deposits.bits[:, row]
            born = self._tick - self._scale.tick(int(self._deposits.made_us[row]))
            self.links.deposit(link, bits, born)
            paid = self.links.authenticate(link, self._deposits.authentication[:, row])
            self._fit_memory(link, bits - paid, born)
            has_new[:, self._users[link]] |= (bits > 0)[:, None]
        return has_new

    def _fit_memory(self, link: int, newest: BitsArray, born: int) -> None:
        """What the satellite cannot keep is given up: the newest key goes."""
        satellite = self.layout.satellite_of_link[link]
        if satellite == NO_SATELLITE or self._memory[satellite] == NEVER:
            return
        aboard = np.flatnonzero(self.layout.satellite_of_link == satellite)
        excess = self.links.total[:, aboard].sum(axis=1) - self._memory[satellite]
        self.links.drop(link, np.clip(excess, 0, np.maximum(newest, 0)), born)

    def _review(self, request: _Request) -> None:
        """Pairs that hold and await too little ask for key, the highest class first."""
        pairs, now_us = request.pairs, request.now_us
        self.service.until(pairs, now_us)
        self.fibres.produce(now_us)
        mine = self.pairs.columns(pairs)
        held = self.pairs.total[:, mine] + self.in_transit[:, mine]
        bound: BitsArray | None = None
        for rank in self.service.classes:
            low, high = self.service.band(now_us, pairs, rank)
            urgent = low - held
            is_short = (urgent > 0) & self._may_find[:, mine] & request.may_ask
            if is_short.any():
                if bound is None:
                    shape = (self.members, len(pairs), self._scale.classes)
                    bound = np.zeros(shape, dtype=np.int64)
                wanted = np.where(is_short, high - held, 0)
                need = _Need(held, np.where(is_short, urgent, 0), wanted)
                held = held + self._ask(request, need, bound)
        if bound is not None and bound.any():
            self._publish(pairs, now_us, bound)

    def _ask(self, request: _Request, need: _Need, bound: BitsArray) -> BitsArray:
        """Bind key for one class; adds to `bound` what is relayed, and returns all that came.

        The pair whose key lasts the shortest asks first.
        """
        pairs = request.pairs
        came = np.zeros_like(need.wanted)
        is_asking = need.wanted > 0
        asking = is_asking.sum(axis=1)
        turns = int(asking.max())
        if turns > 1:
            lasts_s = np.where(
                is_asking, need.held / self.service.pair_rates_bps[..., pairs], np.inf
            )
            order = np.argsort(lasts_s, axis=1, kind="stable")
        else:
            order = is_asking.argmax(axis=1)[:, None]
        limits = self.pairs.limits[pairs]
        for turn in range(turns):
            members = np.flatnonzero(asking > turn)
            mine = order[members, turn]
            orders = Orders(
                members=members,
                pairs=pairs[mine],
                bits=need.wanted[members, mine],
                urgent=need.urgent[members, mine],
                limit=limits[mine],
                now_us=request.now_us,
            )
            found = self._relay.bind(orders)
            bound[members, mine] += found.relayed
            if found.at_once.any():
                self.pairs.receive_now(members, orders.pairs, found.at_once)
            given = over_ages(found.at_once) + over_ages(found.relayed)
            came[members, mine] = given
            self._may_find[members, orders.pairs] = (given == orders.bits) | found.waits
        return came

    def _publish(self, pairs: IndexArray, now_us: int, bound: BitsArray) -> None:
        asking = np.flatnonzero(over_ages(bound).any(axis=0))
        bits = bound if len(asking) == len(pairs) else bound[:, asking]
        mine = pairs[asking]
        self.in_transit[:, self.pairs.columns(mine)] += over_ages(bits)
        self._waiting.append(_Parcel(now_us + self._lead_us, self._tick, mine, bits))
        self._arrivals(now_us)


def _link_start(case: KeyNetwork, layout: Layout) -> BitsArray:
    start = np.zeros(len(layout.links), dtype=np.int64)
    for stock in case.network.link_stocks:
        row = layout.link_index.get(LinkName(stock.satellite_id, stock.station_id))
        if row is not None:
            start[row] += stock.stock_bits
    return start


def _pair_start(layout: Layout) -> BitsArray:
    sums = [sum(d.store.start_bits for d in layout.demands_of(pair)) for pair in layout.pairs]
    return np.array(sums, dtype=np.int64)


def _users_of_links(layout: Layout) -> list[IndexArray]:
    """Pairs that may use each link store."""
    users: list[list[int]] = [[] for _ in layout.links]
    for pair in range(len(layout.pairs)):
        for link in layout.links_of_pair(pair):
            users[link].append(pair)
    return [np.array(mine, dtype=np.intp) for mine in users]
