"""Whom a pair must trust: places and countries on the ways that its key took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.pair_security import KeyWay
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.paths import FibreGraph, FibrePath
from euroqci_planner.network.relay import FIBRE_ALONE, Binding

NO_WAY = -1


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one demand trusts: see `DemandOutcome`."""

    trusted_nodes: int
    countries: str
    route: str


@dataclass(frozen=True, slots=True)
class WayUse:
    """A way that a pair's key took, its bits, and who relayed it, most bits first.

    `paths` satellites are behind every bit.
    """

    way: int
    bits: int
    satellites: tuple[str, ...]
    paths: int = 1

    @property
    def is_one_trusted(self) -> bool:
        """Whether a single satellite knows key."""
        return bool(self.satellites) and self.paths == 1


def uses_by_pair(layout: Layout, log: Iterable[Binding]) -> dict[int, tuple[WayUse, ...]]:
    """Ways that were used by pair, the one of most bits first, satellites likewise."""
    bits: dict[tuple[int, int], Counter[str]] = {}
    for binding in log:
        satellite = "" if binding.link_b < 0 else layout.links[binding.link_a].a
        bits.setdefault((binding.pair, binding.way), Counter())[satellite] += binding.bits
    found: dict[int, list[WayUse]] = {}
    for (pair, way), shares in sorted(bits.items()):
        ranked = sorted(shares, key=lambda name: (-shares[name], name))
        names = tuple(name for name in ranked if name)
        paths = int(layout.relay_paths[pair]) if names else 1
        found.setdefault(pair, []).append(WayUse(way, shares.total() // paths, names, paths))
    return {
        pair: tuple(sorted(mine, key=lambda use: (-use.bits, use.way)))
        for pair, mine in found.items()
    }


class ExposureBook:
    """Tells the exposure of pairs; knows the countries of all places."""

    def __init__(self, case: KeyNetwork, layout: Layout) -> None:
        """Collect the countries of nodes, stations and satellites."""
        self._layout = layout
        self._country: Mapping[str, str] = {
            **{node.id: node.country for node in case.network.nodes},
            **{station.id: station.country for station in case.stations},
        }
        self._owner = {satellite.id: satellite.owner for satellite in layout.satellites}

    def of_pair(self, pair: int, used: tuple[WayUse, ...], origin: str) -> Exposure:
        """Exposure over the ways that were used, or of the best way where none was.

        The route starts at the user `origin`.
        """
        if used:
            text = self._text(pair, used[0], origin)
            more = len(used) - 1
            tail = f"; {more} more way{'s' if more > 1 else ''}" if more else ""
            return self._exposure(pair, used, text + tail)
        best = self._best(pair)
        if best is None:
            return Exposure(NO_WAY, "", self._why_none(pair))
        return self._exposure(pair, (best,), "not used: " + self._text(pair, best, origin))

    def ways_of_pair(self, pair: int, used: tuple[WayUse, ...]) -> tuple[KeyWay, ...]:
        """The ways that were used, else the best one that is open, from the pair's first user."""
        best = self._best(pair)
        uses = used or (() if best is None else (best,))
        return tuple(self._key_way(self._layout.pairs[pair][0], pair, use) for use in uses)

    def _key_way(self, origin: str, pair: int, use: WayUse) -> KeyWay:
        return KeyWay(
            text=self._text(pair, use, origin),
            bits=use.bits,
            trusted_nodes=self.trusted_nodes_of(pair, use),
            places=tuple(self._trusted_places(pair, use)),
            countries=self.countries_of(pair, use),
            satellites=use.satellites,
            relay_paths=use.paths,
        )

    def trusted_nodes_of(self, pair: int, use: WayUse) -> int:
        """Trusted places on one way of a pair."""
        if use.way == FIBRE_ALONE:
            return self._fibre_of(pair).trusted_nodes
        way = self._layout.station_way(pair, use.way)
        on_ground = sum(path.trusted_nodes + (not _is_on_site(path)) for path in way)
        return on_ground + use.is_one_trusted

    def countries_of(self, pair: int, use: WayUse) -> tuple[str, ...]:
        """Countries of the trusted places on one way of a pair."""
        return tuple(sorted({*self._countries(pair, use)} - {""}))

    def countries_on_fibre(self, path: FibrePath) -> tuple[str, ...]:
        """Countries of the trusted places on a way over fibre alone."""
        return tuple(sorted({*self._countries_inside(path, path.places[1:-1])} - {""}))

    def _exposure(self, pair: int, used: tuple[WayUse, ...], text: str) -> Exposure:
        counts = [self.trusted_nodes_of(pair, use) for use in used]
        countries = {name for use in used for name in self._countries(pair, use) if name}
        return Exposure(max(counts), " ".join(sorted(countries)), text)

    def _best(self, pair: int) -> WayUse | None:
        """The open way that trusts the fewest, with every satellite that could serve it."""
        routes, names = self._layout.routes, self._layout.links
        found = []
        for way in np.flatnonzero(routes.is_open[pair]).tolist():
            links = [names[row] for row in routes.link_a[pair, way] if row < len(names)]
            satellites = tuple(link.a for link in links if not link.is_direct)
            paths = int(self._layout.relay_paths[pair]) if satellites else 1
            found.append(WayUse(way, 0, satellites, paths))
        return min(found, key=lambda use: self.trusted_nodes_of(pair, use), default=None)

    def _why_none(self, pair: int) -> str:
        names, graph = self._layout.pairs[pair], self._layout.graph
        cut_off = [name for name in names if not graph.stations_of(name, 1)]
        if cut_off:
            verb = "reaches" if len(cut_off) == 1 else "reach"
            return f"no way: {' and '.join(cut_off)} {verb} no station"
        paths = int(self._layout.relay_paths[pair])
        if paths > 1:
            return (
                f"no way: fewer than {paths} trusted satellites share key with both users' stations"
            )
        return "no way: no trusted satellite shares key with a station of each user"

    def _countries(self, pair: int, use: WayUse) -> Iterator[str]:
        if use.way == FIBRE_ALONE:
            path = self._fibre_of(pair)
            yield from self._countries_inside(path, path.places[1:-1])
            return
        for path in self._layout.station_way(pair, use.way):
            trusted = () if _is_on_site(path) else path.places[1:]
            yield from self._countries_inside(path, trusted)
        owners = Counter(self._owner[name] for name in use.satellites)
        yield from (owner for owner, count in owners.items() if count >= use.paths)

    def _countries_inside(self, path: FibrePath, trusted: tuple[str, ...]) -> Iterator[str]:
        """Countries of trusted places; nodes inside a link may stand in that of either end."""
        yield from (self._country.get(place, "") for place in trusted)
        for number in path.links:
            link, chain = self._layout.graph.links[number], self._layout.graph.chains[number]
            if chain.trusted_nodes:
                yield from (self._country.get(place, "") for place in (link.a, link.b))

    def _text(self, pair: int, use: WayUse, origin: str) -> str:
        graph = self._layout.graph
        if use.way == FIBRE_ALONE:
            path = self._fibre_of(pair)
            return _path_text(graph, path, is_reversed=path.places[0] != origin)
        way = self._layout.station_way(pair, use.way)
        is_forward = way.access_a.places[0] == origin
        up, down = way if is_forward else (way.access_b, way.access_a)
        middle = _space_text(use)
        return f"{_path_text(graph, up)} ~ {middle} ~ {_path_text(graph, down, is_reversed=True)}"

    def _trusted_places(self, pair: int, use: WayUse) -> Iterator[str]:
        """Trusted places by id, from the first user to the second."""
        if use.way == FIBRE_ALONE:
            yield from self._fibre_of(pair).places[1:-1]
            return
        up, down = self._layout.station_way(pair, use.way)
        yield from () if _is_on_site(up) else up.places[1:]
        yield from use.satellites if use.is_one_trusted else ()
        yield from () if _is_on_site(down) else reversed(down.places[1:])

    def _fibre_of(self, pair: int) -> FibrePath:
        path = self._layout.ways[pair].fibre
        if path is None:
            raise ValueError("the pair has no way over fibre alone")
        return path


def _space_text(use: WayUse) -> str:
    """What joins the two stations."""
    if not use.satellites:
        return "entangled pairs"
    others = len(use.satellites) - 1
    names = use.satellites[0] + (f" and {others} more" if others else "")
    return names if use.paths == 1 else f"{use.paths} paths over {names}"


def _is_on_site(path: FibrePath) -> bool:
    """Whether user and station share a site, so that the station is the user's own."""
    return not path.links and len(path.places) == 2


def _path_text(graph: FibreGraph, path: FibrePath, *, is_reversed: bool = False) -> str:
    """Places of a path with what joins them: `at` on one site, the hops of a longer link."""
    joints = list(_joints(graph, path))
    places = list(path.places)
    if is_reversed:
        joints, places = joints[::-1], places[::-1]
    text = places[0]
    for joint, place in zip(joints, places[1:], strict=True):
        text += f" {joint} {place}"
    return text


def _joints(graph: FibreGraph, path: FibrePath) -> Iterator[str]:
    links = iter(path.links)
    ends = [{graph.links[number].a, graph.links[number].b} for number in path.links]
    used = 0
    for a, b in zip(path.places, path.places[1:], strict=False):
        if used < len(ends) and ends[used] == {a, b}:
            hops = graph.chains[next(links)].hops
            used += 1
            yield "-" if hops == 1 else f"-[{hops} hops]-"
        else:
            yield "at"
