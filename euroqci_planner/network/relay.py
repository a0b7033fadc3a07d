"""Relay of key: link key is bound to a pair when the pair asks for it, and not before.

Two stations may share key that a source of entangled pairs brought them at once: it is taken as it
is, before any satellite is asked, and no satellite knows it.

A trusted satellite that shares K(s,A) and K(s,B) with two stations publishes their XOR; B then
knows K(s,A). Both link stores lose as many bits as the pair gains, and only key of one and the
same satellite combines. A pair with redundant paths takes the XOR of what several satellites
relayed to its two stations (`combined_paths`). Until it is bound, link key can serve any partner
(late binding, Vergoossen et al. 2020, arXiv 1903.07845). On the ground the key goes on over fibre,
a bit of fibre key for every bit and link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import BitsArray
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.network.combined_paths import (
    attainable_bits,
    combined_ages,
    shares_of_paths,
)
from euroqci_planner.network.key_store import (
    NEVER,
    IndexArray,
    KeyStores,
    joined_ages,
)
from euroqci_planner.network.layout import Layout

FIBRE_BUFFER_S = 86_400.0
FIBRE_ALONE = 0
Rows = IndexArray | slice
Mask = NDArray[np.bool_]

RELAY_MODEL = ModelUsed(
    role="relay",
    name="XOR through one trusted satellite, late binding",
    citation=(
        "usable after both passes, post-processing and the next classical contact; link key is "
        "bound to a pair when it is needed (Vergoossen et al. 2020, arXiv 1903.07845)"
    ),
)


class FibreStores:
    """Key that fibre links hold for forwarding, by member: made all the time, up to a day's worth.

    They start empty. The last link is always full and stands for "none".
    """

    def __init__(self, layout: Layout, members: int, origin_us: int) -> None:
        """Start empty at the origin."""
        rates = [chain.mean_rate_bps for chain in layout.graph.chains]
        self._rates_bps = np.array(rates, dtype=np.float64)
        self._most = np.maximum(1, np.floor(self._rates_bps * FIBRE_BUFFER_S)).astype(np.int64)
        self._origin_us = origin_us
        self._made = np.zeros(len(rates), dtype=np.int64)
        self.bits: BitsArray = np.zeros((members, len(rates) + 1), dtype=np.int64)
        self.bits[:, -1] = NEVER

    def produce(self, now_us: int) -> None:
        """Add what the links have made since the last time."""
        made = np.floor(self._rates_bps * ((now_us - self._origin_us) / 1e6)).astype(np.int64)
        self.bits[:, :-1] = np.minimum(self.bits[:, :-1] + (made - self._made), self._most)
        self._made = made

    def room(self, members: IndexArray, links: IndexArray, use: BitsArray) -> BitsArray:
        """Bits that can be forwarded over all of `links` (members, any) at `use` bits each."""
        held = self.bits[members[:, None], links] // np.maximum(use, 1)
        return np.asarray(held.min(axis=1))

    def spend(
        self, members: IndexArray, links: IndexArray, use: BitsArray, bits: BitsArray
    ) -> None:
        """Forward `bits` per member."""
        self.bits[members[:, None], links] -= use * bits[:, None]


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding of link key to a pair, as the log keeps it.

    `link_a` is -1 for fibre alone, `link_b` also for a direct link. `paths` bits of as many
    satellites make one of the pair.
    """

    pair: int
    way: int
    link_a: int
    link_b: int
    bits: int
    bound_us: int
    paths: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """What members ask for at one instant: a pair and its bits, one row per asking member.

    `bits` carry the pair on for a while, `urgent` is the part needed before key could come
    again; `limit` is the first class of age that is too old.
    """

    members: IndexArray
    pairs: IndexArray
    bits: BitsArray
    urgent: BitsArray
    limit: BitsArray
    now_us: int


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """What orders got, by member and age class: `at_once`, and `relayed` once it is published.

    `waits` says where more may come without a deposit, since fibre makes key all the time.
    """

    at_once: BitsArray
    relayed: BitsArray
    waits: Mask


class Relay:
    """Binds link key and fibre key to pairs, the best way first."""

    def __init__(
        self,
        layout: Layout,
        links: KeyStores,
        fibres: FibreStores,
        log: list[Binding] | None = None,
    ) -> None:
        """Work on these stores; `log` is filled where it is a list: for one member only."""
        self.layout, self.links, self.fibres, self.log = layout, links, fibres, log
        routes = layout.routes
        self._has_fibre: list[bool] = np.any(routes.fibre_use > 0, axis=(0, 2)).tolist()
        self._is_open = np.ascontiguousarray(routes.is_open.T)
        self._ways: list[int] = np.flatnonzero(routes.is_open.any(axis=0)).tolist()
        ends = np.concatenate([routes.link_a, routes.link_b], axis=2)
        self._has_redundancy = bool((layout.relay_paths > 1).any())
        self._ends = np.ascontiguousarray(np.swapaxes(ends, 0, 1))

    def bind(self, orders: Orders) -> Bound:
        """Serve the orders as far as key is at hand.

        A pair that fibre alone joins takes key from space, the scarcer one, only for what is
        urgent.
        """
        wanted = orders.bits.copy()
        waits = np.zeros(len(wanted), dtype=np.bool_)
        relayed = np.zeros((len(wanted), self.links.scale.classes), dtype=np.int64)
        at_once = np.zeros_like(relayed)
        for way in self._ways:
            takes = self._is_open[way].take(orders.pairs)
            takes &= wanted > 0
            if not takes.any():
                continue
            rows = slice(None) if takes.all() else np.flatnonzero(takes)
            if way == FIBRE_ALONE:
                at_once[rows, 0] = self._over_fibre(orders, rows, wanted[rows])
                left = np.minimum(wanted[rows], orders.urgent[rows]) - at_once[rows, 0]
                wanted[rows] = np.maximum(left, 0)
                waits[rows] = True
                continue
            if self.layout.is_direct(way):
                by_age, is_slow = self._from_direct_link(orders, rows, wanted[rows], way)
                at_once[rows] += by_age
            else:
                by_age, is_slow = self._through_space(orders, rows, wanted[rows], way)
                relayed[rows] += by_age
            waits[rows] |= is_slow
            wanted[rows] -= by_age.sum(axis=1)
        return Bound(at_once, relayed, waits)

    def _over_fibre(self, orders: Orders, rows: Rows, wanted: BitsArray) -> BitsArray:
        bits = np.minimum(wanted, self._room(orders, rows, FIBRE_ALONE))
        self._forward(orders, rows, FIBRE_ALONE, bits)
        if self.log is not None and bits.any():
            pair = int(orders.pairs[rows][0])
            self.log.append(Binding(pair, FIBRE_ALONE, -1, -1, int(bits[0]), orders.now_us))
        return bits

    def _from_direct_link(
        self, orders: Orders, rows: Rows, wanted: BitsArray, way: int
    ) -> tuple[BitsArray, Mask]:
        members, pairs = orders.members[rows], orders.pairs[rows]
        stores = self._ends[way].take(pairs, axis=0)[:, :1]
        held = self.links.usable(members, stores, orders.limit[rows])
        bits, is_slow = self._on_the_ground(orders, rows, way, np.minimum(wanted, held[:, 0]))
        taken = self.links.withdraw(members, stores, bits[:, None], orders.limit[rows])
        if self.log is not None and bits.any():
            link = int(stores[0, 0])
            self.log.append(Binding(int(pairs[0]), way, link, -1, int(bits[0]), orders.now_us))
        return taken[:, 0], is_slow

    def _on_the_ground(
        self, orders: Orders, rows: Rows, way: int, bits: BitsArray
    ) -> tuple[BitsArray, Mask]:
        """What the access fibre forwards of `bits`, and where it holds key back for now."""
        if not self._has_fibre[way]:
            return bits, np.zeros(len(bits), dtype=np.bool_)
        forwarded = np.minimum(bits, self._room(orders, rows, way))
        self._forward(orders, rows, way, forwarded)
        return forwarded, np.asarray(forwarded < bits)

    def _through_space(
        self, orders: Orders, rows: Rows, wanted: BitsArray, way: int
    ) -> tuple[BitsArray, Mask]:
        members, pairs = orders.members[rows], orders.pairs[rows]
        ends = self._ends[way].take(pairs, axis=0)
        width = ends.shape[1] // 2
        held = self.links.usable(members, ends, orders.limit[rows])
        matched = np.minimum(held[:, :width], held[:, width:])
        if self._has_redundancy:
            paths = self.layout.relay_paths[pairs]
            bits = np.minimum(wanted, attainable_bits(matched, paths))
        else:
            bits = np.minimum(wanted, matched.sum(axis=1))
        if not bits.any():
            nothing = np.zeros((len(pairs), self.links.scale.classes), dtype=np.int64)
            return nothing, bits > 0
        bits, is_slow = self._on_the_ground(orders, rows, way, bits)
        best, place = matched.argmax(axis=1), np.arange(len(pairs))
        if self._has_redundancy:
            shares = shares_of_paths(matched, bits, paths)
        elif np.all(bits <= matched[place, best]):
            shares, width = bits[:, None], 1
            ends = ends[place[:, None], np.stack([best, best + matched.shape[1]], axis=1)]
        else:
            shares = most_matched_first(matched, bits)
        taken = self.links.withdraw(
            members, ends, np.concatenate([shares, shares], axis=1), orders.limit[rows]
        )
        if self.log is not None:
            self._note(orders, way, int(pairs[0]), (ends[0, :width], ends[0, width:], shares[0]))
        if self.links.scale.classes == 1:
            return bits[:, None], is_slow
        by_age = joined_ages(taken[:, :width], taken[:, width:])
        if self._has_redundancy:
            return combined_ages(by_age, bits), is_slow
        return np.asarray(by_age.sum(axis=1)), is_slow

    def _room(self, orders: Orders, rows: Rows, way: int) -> BitsArray:
        pairs, routes = orders.pairs[rows], self.layout.routes
        return self.fibres.room(
            orders.members[rows], routes.fibre[pairs, way], routes.fibre_use[pairs, way]
        )

    def _forward(self, orders: Orders, rows: Rows, way: int, bits: BitsArray) -> None:
        pairs, routes = orders.pairs[rows], self.layout.routes
        self.fibres.spend(
            orders.members[rows], routes.fibre[pairs, way], routes.fibre_use[pairs, way], bits
        )

    def _note(
        self, orders: Orders, way: int, pair: int, given: tuple[IndexArray, IndexArray, BitsArray]
    ) -> None:
        if self.log is None:
            return
        for link_a, link_b, bits in zip(*(item.tolist() for item in given), strict=True):
            if bits:
                paths = int(self.layout.relay_paths[pair])
                self.log.append(Binding(pair, way, link_a, link_b, bits, orders.now_us, paths))


def most_matched_first(matched: BitsArray, bits: BitsArray) -> BitsArray:
    """Split `bits` per member over satellites with `matched` key (members, satellites).

    The satellite with the most matched key gives first, which keeps the others able to serve
    their partners; equal ones in their order. Never more than is matched; all of `bits` where
    the sum allows.
    """
    shares = matched.copy()
    partly = np.flatnonzero(bits < matched.sum(axis=1))
    held, asked = matched[partly], bits[partly]
    order = np.argsort(-held, axis=1, kind="stable")
    sorted_bits = np.take_along_axis(held, order, axis=1)
    before = np.cumsum(sorted_bits, axis=1) - sorted_bits
    given = np.empty_like(held)
    np.put_along_axis(given, order, np.clip(asked[:, None] - before, 0, sorted_bits), axis=1)
    shares[partly] = given
    return shares
