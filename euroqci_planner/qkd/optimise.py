"""Best protocol settings of every pass, on the signed key length.

The signed length has a slope where there is no key yet; its maximum is found by Newton steps from
several starts, because the estimate has branches with an optimum each. All passes advance together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.key_objective import BRANCHES, Branch, KeyObjective, Stage
from euroqci_planner.qkd.maximise import NewtonRules, maximise
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.settings_space import SettingsLimits, SettingsSpace
from euroqci_planner.qkd.trial_counts import PassChannels, TrialCounts, TrialSettings, trial_counts
from euroqci_planner.units import FloatArray

_FAR = 1e15
_LARGER_BLOCKS = (10.0, 3.0)
_MUCH_MORE = 3.0
_FOLLOWED = 4
_FIRST_GO = 4
_SAME_HILL = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEffort:
    """How hard a search tries.

    `design` points are looked at and the best `starts` of them climbed from; where the key length
    is dear, only the best `finalists` see its closer forms. `at_once` passes share the arrays.
    """

    design: int = 96
    starts: int = 8
    finalists: int = 2
    at_once: int = 128
    rules: NewtonRules = field(default_factory=NewtonRules)


class Climbed(NamedTuple):
    """Points of every pass (passes, trials, dimensions) and their values (passes, trials)."""

    points: FloatArray
    values: FloatArray

    def beside(self, other: Climbed) -> Climbed:
        """The points of both, pass by pass."""
        return Climbed(
            np.concatenate([self.points, other.points], axis=1),
            np.concatenate([self.values, other.values], axis=1),
        )

    def best(self, number: int) -> Climbed:
        """The best points of every pass, best first."""
        order = np.argsort(-self.values, axis=1, kind="stable")[:, :number]
        return Climbed(
            np.take_along_axis(self.points, order[..., np.newaxis], axis=1),
            np.take_along_axis(self.values, order, axis=1),
        )


def optimise_settings(
    channels: PassChannels,
    policy: Policy,
    limits: SettingsLimits | None = None,
    effort: SearchEffort | None = None,
) -> PassSettings:
    """Settings that give each pass its longest key.

    Sought are the sender's key-basis probability (the receiver's follows where `channels` say so),
    the first two intensities and all probabilities, inside `limits`. The best of several local
    maxima; never worse than the settings of the source, which stand where no settings give a key
    or the pass is missing. Raises `InvalidInput` for limits that leave nothing.
    """
    effort, space = effort or SearchEffort(), SettingsSpace(channels.source, limits)
    objective = KeyObjective(policy)
    parts = []
    for rows in pieces(len(channels), effort.at_once):
        part = channels.take(rows)
        found = climbed_from_design(part, space, objective, effort)
        parts.append(settings_at(part, space, objective, found.points))
    return PassSettings.joined(parts)


def pieces(passes: int, at_once: int) -> Iterator[NDArray[np.intp]]:
    """Rows of the passes, some at a time; one empty piece where there are none."""
    for begin in range(0, max(passes, 1), at_once):
        yield np.arange(begin, min(begin + at_once, passes))


def climbed_from_design(
    channels: PassChannels, space: SettingsSpace, objective: KeyObjective, effort: SearchEffort
) -> Climbed:
    """The best local maxima of every pass, best first; `finalists` of them."""
    first, *closer = objective.stages
    found = climbed_first(channels, space, first, effort)
    for stage in closer:
        found = climbed(channels, space, stage, found.best(effort.finalists).points, effort)
    return found.best(effort.finalists)


def climbed_first(
    channels: PassChannels, space: SettingsSpace, stage: Stage, effort: SearchEffort
) -> Climbed:
    """Local maxima from the best points of the design.

    Where blocks are so short that their size decides, a second set comes from larger blocks, whose
    hills are wide, followed as the blocks shrink to one pass.
    """
    points = starts_from_design(channels, space, stage, effort)
    found = _climbed_in_two_goes(channels, space, stage, points, effort)
    rows = np.flatnonzero(_ruled_by_size(channels, space, stage, found.best(1)))
    if not rows.size:
        return found
    shrunk = _through_larger_blocks(channels.take(rows), space, stage, effort)
    points = np.repeat(found.points[:, :1], shrunk.values.shape[1], axis=1)
    values = np.full(points.shape[:2], -np.inf)
    points[rows], values[rows] = shrunk
    return found.beside(Climbed(points, values))


def _through_larger_blocks(
    channels: PassChannels, space: SettingsSpace, stage: Stage, effort: SearchEffort
) -> Climbed:
    """Local maxima that come from those of larger blocks; minus infinity where these have none."""
    quick = replace(effort, rules=replace(effort.rules, iterations=12, gain=1e-4))
    largest = channels.times(_LARGER_BLOCKS[0])
    points = starts_from_design(largest, space, stage, quick)
    found = climbed(largest, space, stage, points, quick).best(_FOLLOWED)
    rows = np.flatnonzero(np.any(found.values > 0.0, axis=1))
    values = np.full(found.values.shape, -np.inf)
    points = found.points[rows]
    for factor in _LARGER_BLOCKS[1:]:
        points = climbed(channels.take(rows).times(factor), space, stage, points, quick).points
    end = climbed(channels.take(rows), space, stage, points, effort)
    found.points[rows], values[rows] = end
    return Climbed(found.points, values)


def _ruled_by_size(
    channels: PassChannels, space: SettingsSpace, stage: Stage, best: Climbed
) -> NDArray[np.bool_]:
    """Whether a block of two such passes would give much more than twice the key, or any."""
    trial = space.trial(best.points, channels.receivers)
    twice = stage.signed_bits(trial_counts(channels.times(2.0), trial), trial.as_decoy_settings())
    return np.asarray(np.any(~(best.values > 0.0) | (twice > _MUCH_MORE * best.values), axis=1))


def branch_tops(
    channels: PassChannels, space: SettingsSpace, objective: KeyObjective, effort: SearchEffort
) -> Climbed:
    """The best local maximum of every pass on each branch of the estimate, roughly.

    Minus infinity where a branch has none.
    """
    first, *_ = objective.stages
    found = climbed_first(channels, space, first, effort)
    trial = space.trial(found.points, channels.receivers)
    branch = first.branch(trial_counts(channels, trial), trial.as_decoy_settings())
    tops = [
        Climbed(found.points, np.where(branch == number, found.values, -np.inf)).best(1)
        for number in range(BRANCHES)
    ]
    return Climbed(*(np.concatenate(kinds, axis=1) for kinds in zip(*tops, strict=True)))


def _climbed_in_two_goes(
    channels: PassChannels,
    space: SettingsSpace,
    stage: Stage,
    points: FloatArray,
    effort: SearchEffort,
) -> Climbed:
    """Climb a little from every start, and on from those that are not close to a better one."""
    short = replace(effort, rules=replace(effort.rules, iterations=_FIRST_GO))
    found = climbed(channels, space, stage, points, short).best(points.shape[1])
    apart = np.linalg.norm(found.points[:, :, np.newaxis] - found.points[:, np.newaxis], axis=-1)
    doubled = np.any(np.tril(apart < _SAME_HILL, -1), axis=2)
    found = found._replace(values=np.where(doubled, -np.inf, found.values))
    return climbed(channels, space, stage, found.points, effort, found.values > -np.inf)


def climbed(
    channels: PassChannels,
    space: SettingsSpace,
    stage: Stage,
    points: FloatArray,
    effort: SearchEffort,
    chosen: NDArray[np.bool_] | None = None,
) -> Climbed:
    """Climb from points (passes, trials, dimensions), each on its own.

    Those not `chosen` (passes, trials) stay, with minus infinity.
    """
    passes, trials, _ = points.shape
    chosen = np.ones((passes, trials), dtype=bool) if chosen is None else chosen
    owner = np.nonzero(chosen)[0]

    def value(rows: NDArray[np.intp], there: FloatArray) -> FloatArray:
        part = channels.take(owner[rows])
        trial = space.trial(there, part.receivers)
        return stage.signed_bits(trial_counts(part, trial), trial.as_decoy_settings())

    optima = maximise(value, points[chosen], effort.rules)
    tops, values = points.copy(), np.full((passes, trials), -np.inf)
    tops[chosen], values[chosen] = optima
    return Climbed(tops, values)


def settings_at(
    channels: PassChannels, space: SettingsSpace, objective: KeyObjective, points: FloatArray
) -> PassSettings:
    """The best of some points (passes, trials, dimensions) of each pass, by the key length itself.

    The settings of the source where those are better, or where none gives a key.
    """
    sought = space.trial(points, channels.receivers)
    own = own_settings(channels.source, channels.receivers)
    values = objective.of_trial(channels, sought)
    own_bits = objective.of_trial(channels, own)[:, 0]
    index, best = np.arange(len(channels)), np.argmax(values, axis=1)
    top = values[index, best]
    better = (top > 0.0) & (top >= own_bits)
    chosen = TrialSettings(
        *(
            np.where(better[:, np.newaxis], kind[..., index, best, np.newaxis], mine)
            for kind, mine in zip(sought, own, strict=True)
        )
    )
    return PassSettings.chosen(channels.source, chosen, np.where(better, top, own_bits))


def starts_from_design(
    channels: PassChannels, space: SettingsSpace, stage: Stage, effort: SearchEffort
) -> FloatArray:
    """The source's settings and the best points of the design, from all branches of the estimate.

    Where a branch has too few, others fill up. Where no point gives a key, the signed length
    favours few counts; then the points are ranked by the key of a larger block.
    """
    own = space.point(channels.source)[np.newaxis]
    design = np.concatenate([own, space.ridge(), space.design(effort.design)])
    points = np.broadcast_to(design, (len(channels), *design.shape))
    trial = space.trial(points, channels.receivers)
    counts, settings = trial_counts(channels, trial), trial.as_decoy_settings()
    values, branch = stage.signed_bits(counts, settings), stage.branch(counts, settings)
    dark = np.flatnonzero(~np.any(values > 0.0, axis=1))
    if dark.size:
        more = TrialCounts(*(_LARGER_BLOCKS[0] * kind[dark] for kind in counts))
        values[dark] = stage.signed_bits(more, settings.take(dark))
    points = np.broadcast_to(design, (*branch.shape, design.shape[-1]))
    return _best_of_branches(points, np.maximum(values, -_FAR), branch, effort.starts)


def _best_of_branches(
    points: FloatArray, values: FloatArray, branch: Branch, number: int
) -> FloatArray:
    """The best points of every pass: the best of each branch, then their seconds, and so on.

    `number` of them, or more where it is no multiple of the branches.
    """
    each = -(-number // BRANCHES)
    index, left = np.arange(len(values))[:, np.newaxis], values.copy()
    chosen: list[NDArray[np.intp]] = []
    for which in range(BRANCHES):
        own = np.where(branch == which, left, left - 2.0 * _FAR)
        chosen.append(np.argsort(-own, axis=1, kind="stable")[:, :each])
        left[index, chosen[-1]] -= 4.0 * _FAR
    order = np.concatenate(chosen, axis=1)
    return (
        Climbed(points[index, order], values[index, order])
        .best(number if each == 1 else each * BRANCHES)
        .points
    )
