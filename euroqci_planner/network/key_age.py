"""Age of relayed key when its pair gets it: a replay of the link stores, first in first out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from euroqci_planner.mission.key_course import DepositTable, LinkName, RelayTable
from euroqci_planner.network.combined_paths import runs_of_places
from euroqci_planner.network.deposits import window_us
from euroqci_planner.network.key_store import MICROSECONDS_PER_SECOND, NEVER
from euroqci_planner.network.layout import KeyNetwork, Layout

_Lot = tuple[int, int, bool]


@dataclass(slots=True)
class KeyAge:
    """Ages of one pair's relayed key so far: bits, bit-seconds, the oldest, and what is known."""

    bits: int = 0
    bit_s: float = 0.0
    oldest_s: float = float("nan")
    is_known: bool = True

    @property
    def mean_s(self) -> float:
        """Mean over the bits; NaN without any."""
        return self.bit_s / self.bits if self.bits else float("nan")

    def add(self, bits: int, age_s: float, *, is_known: bool) -> None:
        """Count bits of one age."""
        self.bits += bits
        self.bit_s += bits * age_s
        self.oldest_s = float(np.fmax(self.oldest_s, age_s))
        self.is_known &= is_known


@dataclass(slots=True)
class _Store:
    """Lots of one link store, the oldest first: (made at, bits, whether that instant is known)."""

    lots: deque[_Lot] = field(default_factory=deque)

    def put(self, made_us: int, bits: int, *, is_known: bool) -> None:
        if bits > 0:
            self.lots.append((made_us, bits, is_known))

    def take(self, bits: int, not_before_us: int) -> Iterator[_Lot]:
        """Lots that make up `bits`, the oldest first of those made from `not_before_us` on."""
        kept: list[_Lot] = []
        while bits > 0 and self.lots:
            made_us, held, is_known = self.lots.popleft()
            if made_us < not_before_us:
                kept.append((made_us, held, is_known))
                continue
            used = min(bits, held)
            yield made_us, used, is_known
            bits -= used
            if held > used:
                self.lots.appendleft((made_us, held - used, is_known))
        self.lots.extendleft(reversed(kept))


def key_ages(
    case: KeyNetwork, layout: Layout, deposits: DepositTable, relays: RelayTable
) -> tuple[KeyAge, ...]:
    """Ages by pair of `relays`, from the end of the contact that made the key to its arrival.

    The later of the two link keys does not help: a bit is as old as the older of the two that
    were combined; one of a direct link has its own age. Key beyond a pair's age limit is passed
    over. Key at hand at the start counts from there. Where a full satellite memory dropped
    deposits the ages are upper bounds: the replay keeps that key.
    """
    start_us, _ = window_us(case)
    stores = {name: _Store() for name in layout.links}
    for stock in case.network.link_stocks:
        mine = stores.get(LinkName(stock.satellite_id, stock.station_id))
        if mine is not None:
            mine.put(start_us, stock.stock_bits, is_known=False)
    limits = [NEVER if age is None else age for age in layout.pair_age_limits_us()]
    found = tuple(KeyAge() for _ in relays.pairs)
    together = _together(relays)
    for now_us, row, is_relay in _events(deposits, relays, together):
        if is_relay:
            pair = int(relays.pair[row])
            oldest_us = now_us - min(limits[pair], now_us)
            _relayed(relays, together[row], stores, oldest_us, found[pair])
        else:
            _deposited(deposits, row, stores)
    return found


def _together(relays: RelayTable) -> dict[int, list[int]]:
    """Rows whose bits are combined, by the first of them: one, or one for each satellite."""
    found: dict[int, list[int]] = {}
    first: dict[tuple[int, ...], int] = {}
    columns = (relays.pair, relays.bound_utc.astype(np.int64), relays.station_a, relays.station_b)
    for row, key in enumerate(zip(*(item.tolist() for item in columns), strict=True)):
        is_alone = relays.paths[row] == 1
        found.setdefault(row if is_alone else first.setdefault(key, row), []).append(row)
    return found


def _events(
    deposits: DepositTable, relays: RelayTable, together: Iterable[int]
) -> list[tuple[int, int, bool]]:
    """Instants with their rows in order; at one instant deposits come first."""
    filled = deposits.usable_utc.astype(np.int64).tolist()
    bound = relays.bound_utc.astype(np.int64).tolist()
    events = [(now, False, row) for row, now in enumerate(filled)]
    events += [(bound[row], True, row) for row in together]
    return [(now, row, is_relay) for now, is_relay, row in sorted(events)]


def _deposited(deposits: DepositTable, row: int, stores: dict[LinkName, _Store]) -> None:
    store = stores.get(deposits.link_name(row))
    if store is None:
        return
    made_us = int(deposits.contact_end_utc[row].astype(np.int64))
    store.put(made_us, int(deposits.key_bits[row]), is_known=True)
    for _ in store.take(int(deposits.authentication_bits[row]), 0):
        pass


def _relayed(
    relays: RelayTable,
    rows: list[int],
    stores: dict[LinkName, _Store],
    not_before_us: int,
    age: KeyAge,
) -> None:
    arrival_us = int(relays.usable_utc[rows[0]].astype(np.int64))
    given = []
    for row in rows:
        bits, names = int(relays.bits[row]), relays.link_names(row)
        taken = [list(stores[name].take(bits, not_before_us)) for name in names]
        given.append(taken[0] if len(taken) == 1 else list(_in_step(*taken)))
    lots = given[0] if len(rows) == 1 else _combined(given, int(relays.paths[rows[0]]))
    for made_us, count, is_known in lots:
        age.add(count, (arrival_us - made_us) / MICROSECONDS_PER_SECOND, is_known=is_known)


def _in_step(first: list[_Lot], second: list[_Lot]) -> Iterator[_Lot]:
    """Lots combined bit by bit: the older of each two counts."""
    one, other = deque(first), deque(second)
    while one and other:
        (made_a, bits_a, known_a), (made_b, bits_b, known_b) = one.popleft(), other.popleft()
        bits = min(bits_a, bits_b)
        yield min(made_a, made_b), bits, known_a and known_b
        if bits_a > bits:
            one.appendleft((made_a, bits_a - bits, known_a))
        if bits_b > bits:
            other.appendleft((made_b, bits_b - bits, known_b))


def _combined(given: list[list[_Lot]], paths: int) -> Iterator[_Lot]:
    """Lots of a pair whose bits are made of one bit each of `paths` satellites: the oldest counts.

    `given` has the lots of each satellite, laid on the places as the engine does.
    """
    shares = np.array([sum(bits for _, bits, _ in lots) for lots in given], dtype=np.int64)
    size = int(shares.sum()) // paths
    runs = []
    for lots, places in zip(given, runs_of_places(shares, size), strict=True):
        runs += list(_laid(deque(lots), places))
    edges = sorted({edge for begin, end, _, _ in runs for edge in (begin, end)})
    for begin, end in pairwise(edges):
        over = [run for run in runs if run[0] <= begin and run[1] >= end]
        yield min(run[2] for run in over), end - begin, all(run[3] for run in over)


def _laid(
    lots: deque[_Lot], places: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int, int, bool]]:
    """Lots on runs of places, in order: (begin, end, made at, whether that is known)."""
    for first, end in places:
        place = first
        while place < end:
            made_us, bits, is_known = lots.popleft()
            used = min(bits, end - place)
            yield place, place + used, made_us, is_known
            place += used
            if bits > used:
                lots.appendleft((made_us, bits - used, is_known))
