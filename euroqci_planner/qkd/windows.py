"""Which contiguous part of a pass gives the longest key.

Poor slots at the ends of a pass bring errors along with their bits. Counts of any window are
differences of running sums; a coarse grid over all windows, then smaller and smaller moves of both
ends, find the best.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.key_objective import KeyObjective
from euroqci_planner.qkd.pass_settings import PassSettings, slot_counts
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import ReceiverColumns, TrialCounts
from euroqci_planner.units import FloatArray

Slots = NDArray[np.intp]
Reach = Callable[[Slots, Slots, Slots], FloatArray]
SignedBits = Callable[[TrialCounts, Slots], FloatArray]
_GRID = 16
_SEEDS = 3
_AT_ONCE = 128
_MOVES = np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyWindows(Table):
    """One window per pass: slots `start` to `stop`, counted from the pass's first, stop excluded.

    `key_bits_signed` is the key of the window, `full_key_bits_signed` that of the whole pass under
    the same settings.
    """

    start: Slots = column("intp")
    stop: Slots = column("intp")
    key_bits_signed: FloatArray = column("float64")
    full_key_bits_signed: FloatArray = column("float64")

    def seconds(self, samples: ChannelSamples) -> tuple[FloatArray, FloatArray]:
        """Begin and end of each window in seconds from the begin of the pass's first slot."""
        first, edges = samples.first_sample[:-1], np.concatenate(([0.0], np.cumsum(samples.slot_s)))
        begin, end = (
            edges[first + self.start] - edges[first],
            edges[first + self.stop] - edges[first],
        )
        return begin, end


class _RunningSums(NamedTuple):
    """Counts before every slot edge, (passes, edges, intensities) each, and slots per pass."""

    kinds: TrialCounts
    lengths: Slots

    def of(self, rows: Slots, start: Slots, stop: Slots) -> TrialCounts:
        """Counts of windows (rows, trials) of the passes `rows`."""
        at = rows[:, np.newaxis]
        return TrialCounts(*(kind[at, stop] - kind[at, start] for kind in self.kinds))


def best_windows(
    samples: ChannelSamples, receivers: ReceiverColumns, settings: PassSettings, policy: Policy
) -> KeyWindows:
    """The window of every pass with the longest signed key under the pass's settings.

    Never worse than the whole pass, and not to be bettered by moving either end, or both, by one
    slot (with exact tails or the finite-length floor: in their smooth form). A pass that has no
    key in any window keeps all of its slots; one that is missing has NaN for a key.
    """
    objective = KeyObjective(policy)
    *_, stage = objective.stages
    chosen = settings.decoy_settings()
    per_pass = DecoySettings(
        intensities=chosen.intensities[:, np.newaxis],
        probabilities=chosen.probabilities[:, np.newaxis],
    )
    return best_windows_by(
        slot_counts(samples, receivers, settings),
        samples.first_sample,
        lambda counts, rows: stage.signed_bits(counts, per_pass.take(rows)),
        lambda counts, rows: objective.signed_bits(counts, per_pass.take(rows)),
    )


def best_windows_by(
    counts: TrialCounts, first_sample: Slots, smooth: SignedBits, exact: SignedBits
) -> KeyWindows:
    """The window of every pass with the longest key, from the counts of its slots.

    `exact` gives the signed key (rows, trials) of counts of the passes `rows`, minus infinity
    where there is no number; `smooth` is a stand-in that the search climbs on.
    """
    parts = []
    passes = len(first_sample) - 1
    for begin in range(0, max(passes, 1), _AT_ONCE):
        rows = np.arange(begin, min(begin + _AT_ONCE, passes))
        sums = _running_sums(counts, first_sample[rows], np.diff(first_sample)[rows])
        parts.append(_best_of_piece(sums, rows, smooth, exact))
    return KeyWindows.joined(parts)


def whole_passes(first_sample: Slots) -> tuple[Slots, Slots]:
    """Start and stop of windows that leave nothing out."""
    return np.zeros(len(first_sample) - 1, dtype=np.intp), np.diff(first_sample)


def windows_of(samples: ChannelSamples, rows: Slots, start: Slots, stop: Slots) -> ChannelSamples:
    """The samples of one window for each entry of `rows`; a pass may come more than once."""
    lengths = stop - start
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.intp)
    begin = samples.first_sample[rows] + start
    index = np.arange(offsets[-1]) + np.repeat(begin - offsets[:-1], lengths)
    return ChannelSamples(
        transmittance=samples.transmittance[index],
        noise_hz=samples.noise_hz[index],
        slot_s=samples.slot_s[index],
        first_sample=offsets,
    )


def _running_sums(counts: TrialCounts, first: Slots, lengths: Slots) -> _RunningSums:
    """Padded to the longest pass of the piece: each pass has its own sums from zero."""
    longest = int(lengths.max(initial=0))
    place = np.minimum(np.arange(longest), np.maximum(lengths - 1, 0)[:, np.newaxis])
    inside = (np.arange(longest) < lengths[:, np.newaxis])[..., np.newaxis]
    index = first[:, np.newaxis] + place
    kinds = []
    for kind in counts:
        sums = np.zeros((len(first), longest + 1, kind.shape[-1]))
        if kind.size:
            filled = np.where(inside, kind[np.minimum(index, len(kind) - 1)], 0.0)
            np.cumsum(filled, axis=1, out=sums[:, 1:])
        kinds.append(sums)
    return _RunningSums(TrialCounts(*kinds), lengths)


def _best_of_piece(
    sums: _RunningSums, passes: Slots, smooth: SignedBits, exact: SignedBits
) -> KeyWindows:
    every = np.arange(len(sums.lengths))

    def reach(rows: Slots, start: Slots, stop: Slots) -> FloatArray:
        counts = sums.of(rows, start, np.maximum(start, stop))
        return np.where(stop > start, smooth(counts, passes[rows]), -np.inf)

    start, stop = _grid(sums.lengths)
    top = np.argsort(-reach(every, start, stop), axis=1, kind="stable")[:, :_SEEDS]
    start, stop = (np.take_along_axis(ends, top, axis=1) for ends in (start, stop))
    start, stop = _refined(reach, sums.lengths, start, stop)
    start = np.column_stack([np.zeros_like(every), start])
    stop = np.column_stack([sums.lengths, stop])
    signed = exact(sums.of(every, start, stop), passes)
    best = np.argmax(signed, axis=1)
    keyed = (signed[every, best] > 0.0) & (signed[:, 0] > -np.inf)
    best = np.where(keyed, best, 0)
    signed = np.where(np.isneginf(signed), np.nan, signed)
    return KeyWindows(
        start=start[every, best],
        stop=stop[every, best],
        key_bits_signed=signed[every, best],
        full_key_bits_signed=signed[:, 0],
    )


def _grid(lengths: Slots) -> tuple[Slots, Slots]:
    """All windows between evenly spread edges, (passes, windows)."""
    edges = (lengths[:, np.newaxis] * np.arange(_GRID + 1) + _GRID // 2) // _GRID
    first, second = np.triu_indices(_GRID + 1, 1)
    return edges[:, first], edges[:, second]


def _refined(reach: Reach, lengths: Slots, start: Slots, stop: Slots) -> tuple[Slots, Slots]:
    """Move both ends of windows (passes, seeds) while that gains, by ever smaller steps."""
    shape = start.shape
    start, stop = start.ravel().copy(), stop.ravel().copy()
    owner = np.repeat(np.arange(len(lengths)), shape[1])
    value = reach(owner, start[:, np.newaxis], stop[:, np.newaxis])[:, 0]
    step = np.maximum(lengths[owner] // (2 * _GRID), 1)
    rows = np.flatnonzero(np.isfinite(value))
    while rows.size:
        moves = _MOVES * step[rows, np.newaxis, np.newaxis]
        tried = np.clip(
            np.stack([start[rows], stop[rows]], axis=-1)[:, np.newaxis] + moves,
            0,
            lengths[owner[rows], np.newaxis, np.newaxis],
        )
        reached = reach(owner[rows], tried[..., 0], tried[..., 1])
        index, best = np.arange(rows.size), np.argmax(reached, axis=1)
        gains = reached[index, best] > value[rows]
        moved, place = rows[gains], (index[gains], best[gains])
        start[moved], stop[moved] = tried[place][:, 0], tried[place][:, 1]
        value[moved] = reached[place]
        finished = ~gains & (step[rows] == 1)
        step[rows[~gains]] = np.maximum(step[rows[~gains]] // 2, 1)
        rows = rows[~finished]
    return start.reshape(shape), stop.reshape(shape)
