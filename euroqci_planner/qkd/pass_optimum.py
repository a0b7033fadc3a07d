"""Settings and window of every pass together: each is best for the other."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.compression import passes_of
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.optimise import SearchEffort, pieces
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.settings_space import SettingsLimits, SettingsSpace
from euroqci_planner.qkd.trial_counts import ReceiverColumns
from euroqci_planner.qkd.window_search import WindowSearch, either
from euroqci_planner.qkd.windows import KeyWindows


class PassOptimum(NamedTuple):
    """Settings and window per pass; both carry the signed key that they give together."""

    settings: PassSettings
    windows: KeyWindows


def optimise_pass(
    samples: ChannelSamples,
    source: DecoySource,
    receivers: ReceiverColumns,
    policy: Policy,
    limits: SettingsLimits | None = None,
    effort: SearchEffort | None = None,
) -> PassOptimum:
    """The settings and the contiguous window that together give each pass its longest key.

    Several windows, the whole pass among them, are searched for settings; from the best, window
    and settings are improved in turn until nothing is gained. Never worse than the settings of the
    source in their own best window. Where there is no key, these settings and the whole pass stand.
    Keys are computed from all slots. Raises `InvalidInput` for limits that leave nothing.
    """
    effort, space = effort or SearchEffort(), SettingsSpace(source, limits)
    found = [
        _settled(
            WindowSearch(
                passes_of(samples, rows), source, receivers.take(rows), policy, space, effort
            )
        )
        for rows in pieces(len(samples.first_sample) - 1, effort.at_once)
    ]
    return PassOptimum(
        PassSettings.joined([part.settings for part in found]),
        KeyWindows.joined([part.windows for part in found]),
    )


def _settled(search: WindowSearch) -> PassOptimum:
    """What the search finds or, where it is as good, the source as it is."""
    lines = search.optimum()
    own = PassSettings.chosen(
        search.source, own_settings(search.source, search.receivers), np.zeros(len(lines))
    )
    ours = search.settings(lines.rows, lines.points)
    windows, own_windows = (search.windows(lines.rows, settings) for settings in (ours, own))
    sought, kept = windows.key_bits_signed, own_windows.key_bits_signed
    better = (sought > 0.0) & ~(kept >= sought)
    chosen = either(better, windows, own_windows)
    signed = chosen.key_bits_signed
    settings = replace(either(better, ours, own), key_bits_signed=signed, has_key=signed > 0.0)
    return PassOptimum(settings, chosen)
