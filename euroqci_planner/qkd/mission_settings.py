"""One set of protocol settings for a whole mission, or a few sets among which each pass chooses.

A payload often knows only a few settings. Sought are those that give the most key over all passes;
a pass below its threshold counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.key_objective import KeyObjective, Stage
from euroqci_planner.qkd.maximise import Value, maximise
from euroqci_planner.qkd.optimise import SearchEffort, climbed_from_design, pieces
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.representatives import Rows, representatives
from euroqci_planner.qkd.settings_space import SettingsLimits, SettingsSpace
from euroqci_planner.qkd.trial_counts import PassChannels, TrialSettings, trial_counts
from euroqci_planner.units import FloatArray

_FIRST_REPRESENTATIVES = 256
_LAST_REPRESENTATIVES = 2_048
_OTHER_STARTS = 3
_ROUNDS = 8
_GAIN = 1e-7
_EVALUATIONS_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MissionOptimum:
    """The sets, which of them each pass uses, and what they give.

    `sources` are the source with each set; `set_number` says which a pass uses, `settings` holds
    it per pass with its signed key. `total_bits` is the weighted sum of the keys of all passes,
    each computed on its own; `representatives_bits` is what the search took it for, from
    `representatives` passes that stood for all.
    """

    sources: tuple[DecoySource, ...]
    set_number: Rows
    settings: PassSettings
    total_bits: float
    representatives: int
    representatives_bits: float

    @property
    def representation_error(self) -> float:
        """Relative error of the total that the search worked with; zero where there is no key."""
        if self.total_bits == 0.0:
            return 0.0
        return self.representatives_bits / self.total_bits - 1.0


def optimise_mission(
    channels: PassChannels,
    policy: Policy,
    sets: int = 1,
    *,
    weights: FloatArray | None = None,
    limits: SettingsLimits | None = None,
    effort: SearchEffort | None = None,
) -> MissionOptimum:
    """The `sets` sets of settings that give the most key over all passes.

    `weights` (passes,) say how much the key of a pass counts, its chance of clear sky for
    instance; one each where left out. The search looks at passes that stand for groups, first few,
    then many; keys of all passes are then computed with the winners. Never worse than the settings
    of the source, as far as the representatives tell; where no settings give a key, these stand.
    Raises `InvalidInput` for limits that leave nothing, ValueError for no sets at all.
    """
    if sets < 1:
        raise ValueError(f"{sets} sets of settings: at least one")
    effort, space = effort or SearchEffort(), SettingsSpace(channels.source, limits)
    weights = np.ones(len(channels)) if weights is None else np.asarray(weights, dtype=np.float64)
    objective = KeyObjective(policy)
    few, many = (
        _Crowd.of(channels, weights, number, space, objective)
        for number in (_FIRST_REPRESENTATIVES, _LAST_REPRESENTATIVES)
    )
    first, last = objective.stages[0], objective.stages[-1]
    points = many.improved(few.best_sets(sets, first, effort), few.no_points, last, effort)
    sought = many.total_bits(space.trial(points[np.newaxis], many.channels.receivers))
    own = many.total_bits(own_settings(channels.source, many.channels.receivers))
    chosen = points if sought > own else points[:0]
    settings, number = _assigned(channels, chosen, space, objective)
    return MissionOptimum(
        sources=_sources(channels, chosen, space),
        set_number=number,
        settings=settings,
        total_bits=float(np.sum(weights * _kept(settings.key_bits_signed))),
        representatives=len(many.weights),
        representatives_bits=max(sought, own),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Crowd:
    """Passes that stand for all, with the weights of their groups."""

    channels: PassChannels
    weights: FloatArray
    space: SettingsSpace
    objective: KeyObjective

    @classmethod
    def of(
        cls,
        channels: PassChannels,
        weights: FloatArray,
        number: int,
        space: SettingsSpace,
        objective: KeyObjective,
    ) -> Self:
        """At most `number` representatives of all passes."""
        chosen = representatives(channels, weights, number)
        return cls(channels.take(chosen.rows), chosen.weight, space, objective)

    @property
    def no_points(self) -> FloatArray:
        """An empty list of points."""
        return np.zeros((0, self.space.dimensions))

    def best_sets(self, sets: int, stage: Stage, effort: SearchEffort) -> FloatArray:
        """Points (sets, dimensions): chosen among what is best for each pass, then improved."""
        if not len(self.weights):
            return self.no_points
        tops = climbed_from_design(self.channels, self.space, self.objective, effort)
        candidates = np.concatenate(
            [tops.points[:, 0], self.space.point(self.channels.source)[np.newaxis]]
        )
        chosen = _located(self._keys(candidates, stage), self.weights, sets)
        return self.improved(candidates[chosen], candidates, stage, effort)

    def improved(
        self, points: FloatArray, others: FloatArray, stage: Stage, effort: SearchEffort
    ) -> FloatArray:
        """Climb with one set after the other, the rest held, until nothing is gained.

        Among the starts are the best of `others`, for the first time.
        """
        points, total = points.copy(), -1.0
        for turn in range(_ROUNDS if len(self.weights) else 0):
            before = total
            for row in range(len(points)):
                rest = np.delete(points, row, axis=0)
                floor = np.max(self._keys(rest, stage), axis=1, initial=0.0)
                totals = self._totals_above(floor, stage)
                starts = _starts(totals, points[row], others if turn == 0 else others[:0])
                tops = maximise(totals, starts, effort.rules)
                best = int(np.argmax(tops.values))
                points[row], total = tops.points[best], float(tops.values[best])
            if total <= before * (1.0 + _GAIN) or len(points) == 1:
                break
        return points

    def total_bits(self, trial: TrialSettings) -> float:
        """Weighted key of all groups if each takes the best of the trials."""
        if not len(self.weights):
            return 0.0
        keys = _kept(self.objective.of_trial(self.channels, trial))
        return float(np.sum(self.weights * np.max(keys, axis=1, initial=0.0)))

    def _totals_above(self, floor: FloatArray, stage: Stage) -> Value:
        """Weighted key (rows, trials) if every group takes a point or what it has, `floor`."""

        def totals(rows: Rows, points: FloatArray) -> FloatArray:
            flat = points.reshape(-1, points.shape[-1])
            keys = np.maximum(self._keys(flat, stage), floor[:, np.newaxis])
            return _weighted(keys, self.weights).reshape(rows.size, -1)

        return totals

    def _keys(self, points: FloatArray, stage: Stage) -> FloatArray:
        """Keys (groups, points) in their smooth form, none where there is none."""
        if not len(points):
            return np.zeros((len(self.weights), 0))
        parts = []
        for rows in pieces(len(self.weights), max(_EVALUATIONS_AT_ONCE // len(points), 1)):
            part = self.channels.take(rows)
            trial = self.space.trial(points[np.newaxis], part.receivers)
            settings = trial.as_decoy_settings()
            parts.append(stage.signed_bits(trial_counts(part, trial), settings))
        return np.maximum(np.concatenate(parts), 0.0)


def _starts(totals: Value, point: FloatArray, others: FloatArray) -> FloatArray:
    """A point and the others that would replace it best."""
    one = np.zeros(1, dtype=np.intp)
    order = (
        np.argsort(-totals(one, others[np.newaxis])[0], kind="stable") if len(others) else one[:0]
    )
    return np.concatenate([point[np.newaxis], others[order[:_OTHER_STARTS]]])


def _located(keys: FloatArray, weights: FloatArray, number: int) -> list[int]:
    """Columns that together serve the rows best: one by one, then exchanged while that gains."""
    chosen: list[int] = []

    def total_with(column: int, kept: list[int]) -> float:
        return float(np.sum(weights * np.max(keys[:, [*kept, column]], axis=1)))

    def best_beside(kept: list[int]) -> int:
        floor = np.max(keys[:, kept], axis=1, initial=0.0)
        return int(np.argmax(_weighted(np.maximum(keys, floor[:, np.newaxis]), weights)))

    for _ in range(number):
        chosen.append(best_beside(chosen))
    exchanged = True
    while exchanged:
        exchanged = False
        for place, column in enumerate(chosen):
            kept = chosen[:place] + chosen[place + 1 :]
            other = best_beside(kept)
            if total_with(other, kept) > total_with(column, kept) * (1.0 + _GAIN):
                chosen[place], exchanged = other, True
    return chosen


def _weighted(keys: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted sums of the columns, always in the same order of additions."""
    return np.asarray(np.einsum("r,rt->t", weights, keys))


def _assigned(
    channels: PassChannels, points: FloatArray, space: SettingsSpace, objective: KeyObjective
) -> tuple[PassSettings, Rows]:
    """Every pass with the best of the points, or with the source's settings if there are none."""
    tables, numbers = [], []
    for rows in pieces(len(channels), _EVALUATIONS_AT_ONCE // max(len(points), 1)):
        part = channels.take(rows)
        trial = own_settings(channels.source, part.receivers)
        if len(points):
            many = np.broadcast_to(points, (rows.size, *points.shape))
            trial = space.trial(many, part.receivers)
        signed = objective.of_trial(part, trial)
        best = np.argmax(signed, axis=1)
        index = np.arange(rows.size)
        chosen = TrialSettings(*(kind[..., index, best, np.newaxis] for kind in trial))
        tables.append(PassSettings.chosen(channels.source, chosen, signed[index, best]))
        numbers.append(best)
    return PassSettings.joined(tables), np.concatenate(numbers)


def _sources(
    channels: PassChannels, points: FloatArray, space: SettingsSpace
) -> tuple[DecoySource, ...]:
    """The source with each of the sets; the source as it is if there are none."""
    if not len(points):
        return (channels.source,)
    one = channels.take(np.zeros(1, dtype=np.intp)).receivers
    trial = space.trial(points[:, np.newaxis], one.take(np.zeros(len(points), dtype=np.intp)))
    table = PassSettings.chosen(channels.source, trial, np.zeros(len(points)))
    return tuple(table.source_of(row) for row in range(len(points)))


def _kept(signed: FloatArray) -> FloatArray:
    """Key in bits of signed ones: none where there is none."""
    return np.maximum(signed, 0.0)
