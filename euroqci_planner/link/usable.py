"""Where along a pass the background leaves room for a key: the usable window by light alone.

A sample is out where the errors that noise makes exceed what any BB84 key survives. The key model
decides in the end; this tells the earliest and latest time at which it has a chance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.link.sunlit_sky import NIGHT_SUN_ELEVATION_RAD
from euroqci_planner.mission.assets import PairSource, Payload, Receiver
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.units import FloatArray

LARGEST_ERROR = 0.11
_PASSIVE_FROM = 3


def expected_error(budget: LinkBudget, payload: Payload, receiver: Receiver) -> FloatArray:
    """Share of wrong bits in the key basis at every sample, 0..½, without afterpulses.

    Pulses: (p + e (1 - e^(-μη)))/(1 - (1 - 2p) e^(-μη)) with the signal's μ, η into the key basis
    and p the noise clicks per gate and detector (Lim et al. 2014, Sec. IV). Pairs: accidental
    coincidences with noise and with other pairs in the window. NaN where the budget is.
    """
    share, noise_hz = budget.total_transmittance(), budget.total_noise_hz()
    source = payload.source
    if isinstance(source, PairSource):
        clicks_hz = receiver.detectors * noise_hz + source.pair_rate_hz * share
        accidental = clicks_hz * source.coincidence_window_s
        wrong = source.intrinsic_error * share + 0.5 * accidental
        return np.asarray(wrong / (share + accidental))
    passive = receiver.detectors >= _PASSIVE_FROM
    basis = receiver.key_basis_probability if passive else 1.0
    lit = -np.expm1(-source.intensities[0] * basis * share)
    noise = noise_hz * receiver.gate_s
    return np.asarray((noise + source.intrinsic_error * lit) / (lit + 2.0 * noise * (1.0 - lit)))


def usable_by_background(
    budget: LinkBudget, payload: Payload, receiver: Receiver, largest_error: float = LARGEST_ERROR
) -> NDArray[np.bool_]:
    """Samples whose expected error is at most `largest_error`; not those outside validity.

    Default 11 %, the limit of one-way BB84 with single photons (Shor & Preskill 2000): necessary,
    not sufficient. A weak-pulse source with decoys stops a few percent earlier.
    """
    return np.asarray(expected_error(budget, payload, receiver) <= largest_error)


def free_of_daylight(
    budget: LinkBudget, samples: PassSamples, payload: Payload, receiver: Receiver
) -> NDArray[np.bool_]:
    """Samples that scattered sunlight does not spoil: at night all, else the usable ones.

    Night is a Sun below -18° at the station. What spoils a sample at night (the Moon, the sunlit
    satellite) is no matter of daylight and left to the key.
    """
    night = samples.sun_elevation_rad < NIGHT_SUN_ELEVATION_RAD
    return np.asarray(night | usable_by_background(budget, payload, receiver))


def usable_span_s(usable: NDArray[np.bool_], samples: PassSamples) -> tuple[FloatArray, FloatArray]:
    """Start and end of the longest unbroken usable stretch of each pass, s from its window.

    Edges of the slots; the first of equally long stretches; NaN for a pass without any.
    """
    first = samples.first_sample
    begins = np.zeros(len(usable), dtype=bool)
    begins[first[:-1][np.diff(first) > 0]] = True
    before = np.concatenate(([False], usable[:-1])) & ~begins
    heads = np.flatnonzero(usable & ~before)
    after = np.concatenate((usable[1:], [False])) & ~np.concatenate((begins[1:], [True]))
    tails = np.flatnonzero(usable & ~after)
    start_s = samples.t_s[heads] - 0.5 * samples.slot_s[heads]
    end_s = samples.t_s[tails] + 0.5 * samples.slot_s[tails]
    owner = np.searchsorted(first, heads, side="right") - 1
    order = np.lexsort((heads, -(end_s - start_s), owner))
    _, chosen = np.unique(owner[order], return_index=True)
    rows = order[chosen]
    span = np.full((2, len(first) - 1), np.nan)
    span[:, owner[rows]] = start_s[rows], end_s[rows]
    return span[0], span[1]
