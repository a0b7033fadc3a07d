"""A few passes that stand for many, so that a search need not look at all of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.qkd.trial_counts import PassChannels
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]


class Representatives(NamedTuple):
    """Passes `rows` that stand for groups; `group` is the number of each pass's group, −1 for none.

    `weight` is the summed weight of a group.
    """

    rows: Rows
    weight: FloatArray
    group: Rows


def representatives(channels: PassChannels, weights: FloatArray, number: int) -> Representatives:
    """Split the passes into up to `number` groups of alike ones and take one out of each.

    Groups come from halving along the feature that varies most, so that both halves have as much
    light; each is represented by the pass nearest to its centre. Passes that are missing, empty or
    without weight belong to no group.
    """
    features, light = _features(channels)
    usable = np.flatnonzero((weights > 0.0) & (light > 0.0) & np.all(np.isfinite(features), axis=1))
    mass = weights * np.where(np.isfinite(light), light, 0.0)
    groups = [usable] if usable.size else []
    while groups and 2 * len(groups) <= number:
        halves = [part for group in groups for part in _halved(group, features, mass)]
        if len(halves) == len(groups):
            break
        groups = halves
    owner = np.full(len(channels), -1, dtype=np.intp)
    for index, group in enumerate(groups):
        owner[group] = index
    rows = np.array([_nearest_to_centre(group, features, mass) for group in groups], dtype=np.intp)
    return Representatives(rows, np.array([weights[group].sum() for group in groups]), owner)


def _features(channels: PassChannels) -> tuple[FloatArray, FloatArray]:
    """What the key depends on, scaled by how much, (passes, features), and the light of a pass.

    Light Σ slot · η, noise per light, spread of η, and the receiver.
    """
    receivers = channels.receivers
    slots, eta = channels.slot_s, channels.transmittance
    light = np.sum(slots * eta, axis=1)
    noise = np.sum(slots * channels.noise_hz, axis=1) * receivers.gate_s
    busy = channels.source.pulse_rate_hz * receivers.dead_time_s
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = (
            np.log(light),
            0.5 * np.log(noise / light + 1e-12),
            0.2 * np.log(np.sum(slots * eta**2, axis=1) / light + 1e-12),
            4.0 * receivers.passive,
            4.0 * receivers.key_basis_probability * ~receivers.follows,
            4.0 * receivers.afterpulse_probability,
            np.log1p(busy * light / np.sum(slots, axis=1)),
        )
    return np.stack(columns, axis=1), light


def _halved(group: Rows, features: FloatArray, mass: FloatArray) -> list[Rows]:
    """The two halves of a group, or the group where its passes are all alike."""
    part = features[group]
    spread = np.ptp(part, axis=0)
    widest = int(np.argmax(spread))
    if spread[widest] <= 0.0:
        return [group]
    order = np.argsort(part[:, widest], kind="stable")
    share = np.cumsum(mass[group][order])
    cut = int(np.searchsorted(share, 0.5 * share[-1])) + 1
    cut = min(max(cut, 1), group.size - 1)
    return [np.sort(group[order[:cut]]), np.sort(group[order[cut:]])]


def _nearest_to_centre(group: Rows, features: FloatArray, mass: FloatArray) -> int:
    """The pass of a group that is nearest to its centre of light."""
    part = features[group]
    centre = np.average(part, axis=0, weights=mass[group])
    return int(group[np.argmin(np.sum((part - centre) ** 2, axis=1))])
