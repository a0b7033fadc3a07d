"""The search behind `pass_optimum`: windows and settings of a piece of the passes, in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.qkd.compression import compressed, passes_of
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.key_objective import KeyObjective
from euroqci_planner.qkd.optimise import (
    Climbed,
    SearchEffort,
    branch_tops,
    climbed,
    starts_from_design,
)
from euroqci_planner.qkd.pass_settings import PassSettings
from euroqci_planner.qkd.promising_windows import promising_windows
from euroqci_planner.qkd.settings_space import SettingsSpace
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.windows import KeyWindows, Slots, best_windows, windows_of
from euroqci_planner.units import FloatArray

TableT = TypeVar("TableT", bound=Table)

_LINES = 2
_HILLS = 3
_FIRST_ITERATIONS = 6
_ROUNDS = 6
_GAIN = 1e-7
_LARGER_BLOCKS = (10.0, 3.0)
_FIRST_STEP = 4
_STEP_ITERATIONS = 4
_MOVES = np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines(Table):
    """Windows and points that are followed, with their values; `rows` are the passes."""

    rows: Slots = column("intp")
    start: Slots = column("intp")
    stop: Slots = column("intp")
    points: FloatArray = column("float64", per_row=("dimensions",))
    values: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False)
class WindowSearch:
    """A piece of the passes and what is sought for them."""

    samples: ChannelSamples
    source: DecoySource
    receivers: ReceiverColumns
    policy: Policy
    space: SettingsSpace
    effort: SearchEffort

    def optimum(self) -> Lines:
        """One line per pass."""
        lines = self._followed(self._best_turn())
        dark = np.flatnonzero(~(lines.values > 0.0))
        if dark.size:
            rescued = self._of_passes(dark)._through_larger_blocks()
            marked = np.isin(lines.rows, dark)
            rescued = placed(lines, marked, replace(rescued, rows=dark))
            lines = either(rescued.values > np.maximum(lines.values, 0.0), rescued, lines)
        return self._polished(self._restarted(lines))

    def settings(self, rows: Slots, points: FloatArray) -> PassSettings:
        """Settings of passes at a point each."""
        trial = self.space.trial(points[:, np.newaxis], self.receivers.take(rows))
        return PassSettings.chosen(self.source, trial, np.zeros(rows.size))

    def windows(self, rows: Slots, settings: PassSettings) -> KeyWindows:
        """Best windows of passes under their settings."""
        samples = passes_of(self.samples, rows)
        return best_windows(samples, self.receivers.take(rows), settings, self.policy)

    def _best_turn(self) -> Lines:
        """From the promising windows the best line of each pass after one turn."""
        lines = self._turn(self._first_lines())
        return lines.take(best_of_each(lines.rows, lines.values, 1))

    def _first_lines(self) -> Lines:
        """The best windows and points of each pass, and the best point for the whole pass."""
        start, stop = promising_windows(
            self.samples, self.source, self.receivers, self.policy.error_correction_efficiency
        )
        passes, windows = start.shape
        rows = np.repeat(np.arange(passes), windows)
        channels = self._channels(rows, start.ravel(), stop.ravel())
        first, *_ = KeyObjective(self.policy).stages
        two = replace(self.effort, starts=2)
        points = starts_from_design(channels, self.space, first, two)
        rules = replace(self.effort.rules, iterations=_FIRST_ITERATIONS)
        found = climbed(channels, self.space, first, points, replace(two, rules=rules)).best(1)
        lines = _lines(rows, start.ravel(), stop.ravel(), found)
        whole = np.arange(passes) * windows
        best = best_of_each(lines.rows, lines.values, _LINES)
        return lines.take(np.unique(np.concatenate([best, whole])))

    def _turn(self, lines: Lines) -> Lines:
        """Best settings for the windows of the lines, then best windows for these settings."""
        found = self._climbed(lines, self.effort)
        windows = self.windows(lines.rows, self.settings(lines.rows, found.points[:, 0]))
        signed = windows.key_bits_signed[:, np.newaxis]
        values = np.where(np.isnan(signed), -np.inf, signed)
        return _lines(lines.rows, windows.start, windows.stop, Climbed(found.points, values))

    def _followed(self, lines: Lines) -> Lines:
        """Turn by turn, until nothing is gained."""
        active = lines.values > 0.0
        for _ in range(_ROUNDS):
            if not active.any():
                break
            turned = placed(lines, active, self._turn(lines.take(active)))
            better = active & (turned.values > lines.values)
            active = active & (turned.values > lines.values * (1.0 + _GAIN))
            lines = either(better, turned, lines)
        return lines

    def _through_larger_blocks(self) -> Lines:
        """Follow the best line of a block of many such passes as the block shrinks to one.

        Near the threshold only a small region of windows and settings gives a key, and nothing
        outside points to it; larger blocks have wider regions around nearly the same place.
        """
        largest, *smaller = (self._times(factor) for factor in _LARGER_BLOCKS)
        lines = largest._best_turn()
        for search in (*smaller, self):
            lines = search._turn(lines)
        return self._followed(lines)

    def _restarted(self, lines: Lines) -> Lines:
        """Search the settings afresh for the windows found: another hill may lead further."""
        channels = self._channels(lines.rows, lines.start, lines.stop)
        tops = branch_tops(channels, self.space, KeyObjective(self.policy), self.effort)
        tops = tops.best(_HILLS)
        both = lines.take(np.repeat(np.arange(len(lines)), tops.values.shape[1]))
        points = tops.points.reshape(len(both), -1)
        both = self._turn(replace(both, points=points, values=tops.values.ravel()))
        other = self._followed(both.take(best_of_each(both.rows, both.values, 1)))
        return either(other.values > lines.values, other, lines)

    def _polished(self, lines: Lines) -> Lines:
        """Move either end of the windows, with settings that follow, by ever smaller steps.

        Turn and turn about stops early where both depend on each other closely, for slots are
        whole.
        """
        lines = either(lines.values > 0.0, self._measured(lines), lines)
        step = np.where(lines.values > 0.0, _FIRST_STEP, 0)
        while np.any(step > 0):
            active = step > 0
            moved = placed(lines, active, self._best_move(lines.take(active), step[active]))
            gained = active & (moved.values > lines.values)
            lines = either(gained, moved, lines)
            step = np.where(gained, step, step // 2)
        return lines

    def _best_move(self, lines: Lines, step: Slots) -> Lines:
        """The best neighbour of every line."""
        many = lines.take(np.repeat(np.arange(len(lines)), len(_MOVES)))
        moves = np.tile(_MOVES, (len(lines), 1)) * np.repeat(step, len(_MOVES))[:, np.newaxis]
        lengths = np.diff(self.samples.first_sample)[many.rows]
        start = np.clip(many.start + moves[:, 0], 0, many.stop - 1)
        stop = np.clip(many.stop + moves[:, 1], start + 1, lengths)
        many = self._measured(replace(many, start=start, stop=stop))
        return many.take(
            best_of_each(np.repeat(np.arange(len(lines)), len(_MOVES)), many.values, 1)
        )

    def _measured(self, lines: Lines) -> Lines:
        """Settings brought up to the windows, and their values in smooth form."""
        rules = replace(self.effort.rules, iterations=_STEP_ITERATIONS)
        found = self._climbed(lines, replace(self.effort, rules=rules))
        return _lines(lines.rows, lines.start, lines.stop, found)

    def _climbed(self, lines: Lines, effort: SearchEffort) -> Climbed:
        *_, last = KeyObjective(self.policy).stages
        channels = self._channels(lines.rows, lines.start, lines.stop)
        return climbed(channels, self.space, last, lines.points[:, np.newaxis], effort)

    def _channels(self, rows: Slots, start: Slots, stop: Slots) -> PassChannels:
        small = compressed(windows_of(self.samples, rows, start, stop))
        return PassChannels.of(self.source, self.receivers.take(rows), small)

    def _times(self, factor: float) -> WindowSearch:
        """The same for blocks of `factor` such passes."""
        return replace(self, samples=replace(self.samples, slot_s=factor * self.samples.slot_s))

    def _of_passes(self, rows: Slots) -> WindowSearch:
        return replace(
            self, samples=passes_of(self.samples, rows), receivers=self.receivers.take(rows)
        )


def _lines(rows: Slots, start: Slots, stop: Slots, found: Climbed) -> Lines:
    """Lines with one point each."""
    return Lines(
        rows=rows, start=start, stop=stop, points=found.points[:, 0], values=found.values[:, 0]
    )


def best_of_each(rows: Slots, values: FloatArray, number: int) -> Slots:
    """Indices of the best entries of each row, in order of row."""
    order = np.lexsort((-values, rows))
    first = np.flatnonzero(np.diff(rows[order], prepend=-1))
    rank = np.arange(order.size) - np.repeat(first, np.diff(first, append=order.size))
    return np.asarray(order[rank < number])


def placed(table: TableT, marked: NDArray[np.bool_], part: TableT) -> TableT:
    """The table with the marked rows replaced by those of `part`, in order."""
    index = np.maximum(np.cumsum(marked) - 1, 0)
    return either(marked, part.take(index), table)


def either(choose: NDArray[np.bool_], new: TableT, old: TableT) -> TableT:
    """Rows of `new` where chosen, else of `old`."""
    columns = {}
    for name in old.column_names():
        theirs = getattr(old, name)
        mask = choose.reshape(-1, *(1,) * (theirs.ndim - 1))
        columns[name] = np.where(mask, getattr(new, name), theirs)
    return replace(old, **columns)
