"""Counts of passes under another loss or background than the planned one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_columns import PayloadKeys
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.mission.assets import Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.uncertainty import counts_with
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]


def counts_with_factors(
    item: PayloadKeys, mine: Rows, transmittance: float, background: float
) -> DetectionCounts:
    """Expected counts of the passes `mine` with factors on all transmittances and backgrounds.

    From the pseudo-samples of the windows that are flown, under their settings; dark counts stay.
    NaN where a pseudo-slot would be brighter than no loss at all.
    """
    if item.keys.settings is None:
        return _pair_counts(item, mine, transmittance, background)
    return counts_with(
        channels_of(item).take(mine),
        item.keys.settings.take(mine),
        dark_hz_of(item)[mine],
        transmittance,
        background,
    )


def _pair_counts(
    item: PayloadKeys, mine: Rows, transmittance: float, background: float
) -> DetectionCounts:
    """Coincidences of the passes `mine`, receiver by receiver."""
    columns: dict[str, FloatArray] = {}
    channel, nodes = item.keys.channel.samples, item.keys.channel.nodes
    shape = (-1, nodes)
    eta = transmittance * channel.transmittance.reshape(shape)[mine]
    dark = dark_hz_of(item)[mine, np.newaxis]
    noise = dark + background * (channel.noise_hz.reshape(shape)[mine] - dark)
    slot_s = channel.slot_s.reshape(shape)[mine]
    for receiver, here in _by_receiver(item, mine):
        first = np.arange(here.size + 1, dtype=np.intp) * nodes
        counts = KEY_MODELS[item.payload.source.protocol].counts(
            item.payload,
            receiver,
            np.where(eta[here] > 1.0, np.nan, eta[here]).ravel(),
            noise[here].ravel(),
            slot_s[here].ravel(),
            first,
        )
        for name in counts.column_names():
            values = getattr(counts, name)
            whole = columns.setdefault(name, np.full((mine.size, values.shape[1]), np.nan))
            whole[here] = values
    return DetectionCounts(**columns)


def _by_receiver(item: PayloadKeys, mine: Rows) -> list[tuple[Receiver, Rows]]:
    # By identity: comparing receivers pass by pass would cost more than their keys.
    number = np.array([id(item.receivers[row]) for row in mine])
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    return [
        (item.receivers[mine[start]], np.flatnonzero(group == place))
        for place, start in enumerate(first)
    ]


def channels_of(item: PayloadKeys) -> PassChannels:
    """Pseudo-samples of all passes of a payload with settings; TypeError for one without."""
    settings = item.keys.settings
    if settings is None:
        raise TypeError(f"payload {item.payload.id}: pairs have no settings")
    columns = ReceiverColumns.of(item.receivers, len(item.receivers))
    return PassChannels.of(settings.source, columns, item.keys.channel)


def dark_hz_of(item: PayloadKeys) -> FloatArray:
    """Dark counts per second and detector at the receiver of every pass."""
    return np.array([receiver.dark_count_hz for receiver in item.receivers])
