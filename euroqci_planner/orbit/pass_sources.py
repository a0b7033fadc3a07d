"""Searches with NumPy and any propagator: whole windows, or a stretch of time after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.orbit import pass_rows
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.node_tracks import (
    NodeGroup,
    NodeTrack,
    common_steps_s,
    even_groups,
    group_tracks,
    own_groups,
)
from euroqci_planner.orbit.pass_assembly import assemble, parted
from euroqci_planner.orbit.pass_events import EventFinder, EventTable
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import FloatArray

_BLOCKS = 50
_MOST_PAIRS_PER_BLOCK = 250_000
_FEWEST_PAIRS_PER_BLOCK = 20_000

Told = Callable[[float], None]
BoolArray = NDArray[np.bool_]


class PassSource(Protocol):
    """Searches some of the satellites, a stretch of time after the other."""

    def until(self, end_s: float) -> tuple[FloatArray, float]:
        """Rows of passes that end on the way to `end_s`, and the earliest start of an open one."""


@dataclass(frozen=True, slots=True, eq=False)
class NumpySearch:
    """Finds the events of blocks of nodes; `told` takes the shares of the work that are done."""

    fleet: Fleet
    sites: SiteArray
    usable_s: FloatArray
    told: Told

    def events(self, tracks: Iterable[NodeTrack]) -> EventTable:
        """All events on these nodes."""
        finder = EventFinder(self.fleet, self.sites, self.usable_s)
        parts = [_no_events()]
        for track in tracks:
            parts.append(EventTable.joined(list(finder.events(track))))
            self.told(track.share)
        return EventTable.joined(parts)

    def nodes_per_block(self) -> int:
        """Nodes that keep the arrays small and the progress steady."""
        stations: int = self.sites.position_m.shape[1]
        step_s = np.minimum(common_steps_s(self.fleet), 200.0)
        pairs = stations * float(np.sum((self.usable_s[:, 1] - self.usable_s[:, 0]) / step_s))
        wanted = np.clip(pairs / _BLOCKS, _FEWEST_PAIRS_PER_BLOCK, _MOST_PAIRS_PER_BLOCK)
        return max(int(wanted) // max(stations, 1), 2)


class WholeSearch:
    """Satellites that are searched whole at the first call: few passes, some of them very long."""

    def __init__(self, search: NumpySearch, chosen: BoolArray) -> None:
        """`chosen` (n) says which satellites of the fleet."""
        self._search, self._chosen = search, chosen
        self._is_done = False

    def until(self, end_s: float) -> tuple[FloatArray, float]:
        """All rows at the first call; a row is due by its own start."""
        del end_s
        if self._is_done:
            return pass_rows.no_rows(), np.inf
        self._is_done = True
        size = self._search.nodes_per_block()
        rows = [
            assemble(self._search.events(group_tracks(self._search.fleet, group, size)))
            for group in self._groups()
        ]
        return np.concatenate([pass_rows.no_rows(), *rows]), np.inf

    def _groups(self) -> Iterator[NodeGroup]:
        search = self._search
        even = np.isfinite(common_steps_s(search.fleet))
        yield from even_groups(search.fleet, search.usable_s, self._chosen & even)
        yield from own_groups(search.fleet, search.usable_s, self._chosen & ~even)


class StretchSearch:
    """Satellites on even nodes, searched a stretch of time after the other."""

    def __init__(self, search: NumpySearch, chosen: BoolArray) -> None:
        """`chosen` (n) says which satellites of the fleet; each must allow a common step."""
        self._search = search
        self._groups = list(even_groups(search.fleet, search.usable_s, chosen))
        self._next_node = [0] * len(self._groups)
        self._open = _no_events()

    def until(self, end_s: float) -> tuple[FloatArray, float]:
        """Rows of passes that end on the way to `end_s`, and the earliest start of an open one."""
        events = EventTable.joined([self._open, *self._new_events(end_s)])
        ended, self._open = parted(events)
        return assemble(ended), float(np.min(self._open.t_s, initial=np.inf))

    def _new_events(self, end_s: float) -> Iterator[EventTable]:
        size = self._search.nodes_per_block()
        for index, group in enumerate(self._groups):
            first, last = self._next_node[index], group.first_from(end_s)
            self._next_node[index] = last
            yield self._search.events(group_tracks(self._search.fleet, group, size, first, last))


def searched_in_stretches(fleet: Fleet) -> BoolArray:
    """Low orbits, nearly circular ones: passes of minutes to hours on even nodes."""
    return np.asarray(np.isfinite(common_steps_s(fleet)) & ~fleet.is_deep_space)


def numpy_sources(search: NumpySearch, in_stretches: BoolArray) -> Sequence[PassSource]:
    """Satellites whole, but for those that are searched in stretches."""
    return WholeSearch(search, ~in_stretches), StretchSearch(search, in_stretches)


def _no_events() -> EventTable:
    columns: dict[str, Any] = {name: np.zeros(0) for name in EventTable.column_names()}
    return EventTable(**columns)
