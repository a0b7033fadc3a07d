"""The poorest pair first: schedules for pairs of users where there is no solver."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.schedule.pair_links import LinkSupply
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.units import FloatArray

_PORTION = 0.05
_Key = tuple[int, float, int]


class PoorestFirst:
    """Serves the first class first, in it the smallest share, in portions of a twentieth.

    Time inside the window plays no part: key that comes to a link serves whoever is the poorest.
    A bit that takes k satellites costs k bits here, whichever satellites they come from.
    """

    def __init__(self, aims: PairAims, supply: LinkSupply, timetable: Timetable) -> None:
        """Begin with what `timetable` holds already."""
        self._aims, self._supply, self._timetable = aims, supply, timetable
        self.got: list[float] = aims.start_bits.tolist()
        self.chosen: list[int] = []
        self._paths: list[int] = aims.paths.tolist()
        self._held: list[float] = supply.stock_bits.tolist()
        self._fibre: list[float] = aims.fibre_bits.sum(axis=1).tolist()
        self._ways = _ways(aims, supply)
        self._contacts = _contacts_by_link(supply)
        for number, row in enumerate(supply.contacts.tolist()):
            if timetable.flown[row]:
                self._held[supply.link[number]] += float(supply.bits[number])
        self._demands = [
            sorted(np.flatnonzero(aims.pair_of == pair).tolist(), key=self._rank_and_id)
            for pair in range(len(aims.pairs))
        ]

    def _rank_and_id(self, demand: int) -> tuple[int, str]:
        return int(self._aims.rank[demand]), self._aims.demand_ids[demand]

    def run(self) -> FloatArray:
        """Choose contacts until no pair can be served better; bits served, by demand."""
        waiting = [key for pair in range(len(self.got)) if (key := self._key(pair)) is not None]
        heapify(waiting)
        while waiting:
            pair = heappop(waiting)[2]
            if self._is_helped(pair):
                key = self._key(pair)
                if key is not None:
                    heappush(waiting, key)
        served = np.zeros(len(self._aims.demand_ids))
        for pair in range(len(self.got)):
            for demand, bits, _ in self._shares(pair):
                served[demand] = bits
        return served

    def _shares(self, pair: int) -> list[tuple[int, float, float]]:
        """Demands of a pair in order of service: bits served and bits asked for."""
        left, found = self.got[pair], []
        for demand in self._demands[pair]:
            asked = float(self._aims.asked_bits[demand].sum())
            found.append((demand, min(left, asked), asked))
            left -= found[-1][1]
        return found

    def _key(self, pair: int) -> _Key | None:
        """Class and share of the first demand that is not served in full."""
        for demand, bits, asked in self._shares(pair):
            if bits < asked:
                return int(self._aims.rank[demand]), bits / asked, pair
        return None

    def _is_helped(self, pair: int) -> bool:
        """Relay a portion, or fly what is needed for one."""
        asked = sum(asked for _, _, asked in self._shares(pair))
        portion = min(_PORTION * asked, asked - self.got[pair])
        best, best_bits = -1, 0.0
        for number, (route, link_a, link_b) in enumerate(self._ways[pair]):
            held = min((self._held[link] for link in (link_a, link_b) if link >= 0), default=np.inf)
            bits = min(portion, self._over_fibre(route), held / self._paths[pair])
            if bits > 0.0:
                self._relay(pair, route, (link_a, link_b), bits)
                return True
            possible = min(portion, self._over_fibre(route), self._hoped(link_a, link_b))
            if possible > best_bits:
                best, best_bits = number, possible
        return best >= 0 and self._is_fed(self._ways[pair][best])

    def _over_fibre(self, route: int) -> float:
        item = self._aims.routes[route]
        rooms = (
            self._fibre[link] / use for link, use in zip(item.fibre, item.fibre_use, strict=True)
        )
        return min(rooms, default=np.inf)

    def _relay(self, pair: int, route: int, links: tuple[int, int], bits: float) -> None:
        self.got[pair] += bits
        for link in links:
            if link >= 0:
                self._held[link] -= bits * self._paths[pair]
        item = self._aims.routes[route]
        for link, use in zip(item.fibre, item.fibre_use, strict=True):
            self._fibre[link] -= use * bits

    def _hoped(self, link_a: int, link_b: int) -> float:
        """What a relay could carry after one more contact where there is no key; 0 without any."""
        hopes = []
        for link in (link_a, link_b):
            if link >= 0:
                row = -1 if self._held[link] > 0.0 else self._next(link)
                fed = float(self._supply.bits[row]) if row >= 0 else 0.0
                hopes.append(self._held[link] or fed)
        return min(hopes, default=0.0)

    def _next(self, link: int) -> int:
        """The contact of most key on a link that still fits, -1 for none."""
        waiting = self._contacts[link]
        while waiting:
            if self._timetable.fits(int(self._supply.contacts[waiting[-1]])):
                return waiting[-1]
            waiting.pop()
        return -1

    def _is_fed(self, way: tuple[int, int, int]) -> bool:
        """Fly a contact for each end of the way that holds no key; whether any was flown."""
        flown = False
        for link in way[1:]:
            row = self._next(link) if link >= 0 and self._held[link] <= 0.0 else -1
            if row >= 0:
                self.chosen.append(int(self._supply.contacts[row]))
                self._timetable.add(self.chosen[-1])
                self._held[link] += float(self._supply.bits[row])
                flown = True
        return flown


def _ways(aims: PairAims, supply: LinkSupply) -> list[list[tuple[int, int, int]]]:
    """Ways of each pair as (route, link, link), fibre alone first; its links are -1."""
    found: list[list[tuple[int, int, int]]] = [[] for _ in aims.pairs]
    for number, item in enumerate(aims.routes):
        if not item.station_a:
            found[item.pair].append((number, -1, -1))
    ends = zip(supply.route.tolist(), supply.link_a.tolist(), supply.link_b.tolist(), strict=True)
    for route, link_a, link_b in ends:
        found[aims.routes[route].pair].append((route, link_a, link_b))
    return found


def _contacts_by_link(supply: LinkSupply) -> list[list[int]]:
    """Contacts of every link, the one of most key last."""
    order = np.lexsort((-np.arange(len(supply.bits)), supply.bits))
    found: list[list[int]] = [[] for _ in supply.names]
    for row in order.tolist():
        found[supply.link[row]].append(row)
    return found
