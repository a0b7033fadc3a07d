"""The compiled search for passes: threads over satellites, a stretch of time after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from euroqci_planner.orbit import pass_rows
from euroqci_planner.orbit.ephemeris import Fleet, IndexArray
from euroqci_planner.orbit.kernel_inputs import compiled_sgp4, earth_of, plain, stations_of
from euroqci_planner.orbit.kernels import columns
from euroqci_planner.orbit.kernels.search import search
from euroqci_planner.orbit.node_tracks import NodeGroup
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import FloatArray

_JOBS = 50
"""Parts of the work of one stretch: enough for steady progress and for threads of equal length."""

Told = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """Some satellites over a stretch of their nodes; `share` of the whole work."""

    satellites: IndexArray
    node_s: FloatArray
    usable_s: tuple[float, float]
    was_open: FloatArray
    share: float


class CompiledSearch:
    """Near-Earth satellites on even nodes; results do not depend on the number of threads."""

    def __init__(
        self,
        fleet: Fleet,
        sites: SiteArray,
        groups: Sequence[NodeGroup],
        told: Told,
        threads: int,
    ) -> None:
        """`told` takes the shares of the whole work that are done."""
        self._constants = compiled_sgp4(fleet).constants
        self._earth, self._stations = earth_of(fleet.orientation), stations_of(sites)
        self._groups, self._told, self._threads = groups, told, threads
        self._next_node = [0] * len(groups)
        self._open = [pass_rows.no_rows()] * len(groups)

    def until(self, end_s: float) -> tuple[FloatArray, float]:
        """Rows of passes that end on the way to `end_s`, and the earliest start of an open one."""
        rows = [pass_rows.no_rows()]
        for index, group in enumerate(self._groups):
            first, last = self._next_node[index], group.first_from(end_s)
            if last > first:
                self._next_node[index] = last
                ended, left = self._searched(self._jobs(group, first, last, self._open[index]))
                self._open[index] = left
                rows.append(ended)
        opened_s = np.concatenate(
            [row[:, columns.START_S] for row in (pass_rows.no_rows(), *self._open)]
        )
        return np.concatenate(rows), float(np.min(opened_s, initial=np.inf))

    def _jobs(
        self, group: NodeGroup, first: int, last: int, was_open: FloatArray
    ) -> Iterator[_Job]:
        node_s = plain(group.t_s[first : last + 1])
        usable_s = (float(group.t_s[0]), float(group.t_s[-1]))
        lasts = (node_s[-1] - node_s[0]) / (usable_s[1] - usable_s[0])
        for members in np.array_split(group.satellites, min(_JOBS, len(group.satellites))):
            mine = np.searchsorted(was_open[:, columns.SATELLITE], [members[0], members[-1] + 1])
            share = lasts * len(members) / len(self._constants)
            yield _Job(members, node_s, usable_s, was_open[slice(*mine)], share)

    def _searched(self, jobs: Iterator[_Job]) -> tuple[FloatArray, FloatArray]:
        if self._threads == 1:
            return self._collected(map(self._run, jobs))
        with ThreadPoolExecutor(self._threads) as pool:
            return self._collected(pool.map(self._run, jobs))

    def _collected(
        self, results: Iterator[tuple[FloatArray, FloatArray, float]]
    ) -> tuple[FloatArray, FloatArray]:
        """Results in the order of the jobs, whoever did them."""
        rows, left = [], []
        for ended, opened, share in results:
            rows.append(ended)
            left.append(opened)
            self._told(share)
        return np.concatenate(rows), np.concatenate(left)

    def _run(self, job: _Job) -> tuple[FloatArray, FloatArray, float]:
        ended, opened = search(
            plain(self._constants[job.satellites]),
            self._earth,
            self._stations,
            job.node_s,
            job.usable_s,
            job.satellites.astype(np.int64),
            plain(job.was_open),
        )
        return ended, opened, job.share
