"""Key in the limit of infinite blocks: the ceiling that finite keys are compared with.

Gottesman, Lo, Lütkenhaus and Preskill 2004 with the decoy states of Ma, Qi, Zhao and Lo, Phys.
Rev. A 72, 012326 (2005). Probabilities per pulse of matching bases, elementwise. `noise` is the
yield of empty pulses Y0 = 2 p_ec, `misalignment` the error probability of a detected photon.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bounds import no_deviation
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.qkd.key_terms import Counts, KeyTerms
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray


class Gain(NamedTuple):
    """Probability of a click per pulse, and of a wrong one."""

    click: FloatArray
    error: FloatArray


class SinglePhoton(NamedTuple):
    """Yield of pulses of one photon, and the ratio of errors among their clicks."""

    click: FloatArray
    error_ratio: FloatArray


def infinite_block_key(
    counts: Counts,
    settings: DecoySettings,
    policy: Policy,
    *,
    compat: ReferenceCompat | None = None,
) -> KeyTerms:
    """Key length of the same counts if they were seen without deviation and without constants.

    The decoy estimate keeps its three intensities, and the key basis its share.
    """
    return two_decoy_key(counts, settings, policy, bound=no_deviation, compat=compat)


def gain(
    intensity: FloatArray, transmittance: FloatArray, noise: FloatArray, misalignment: FloatArray
) -> Gain:
    """Q = Y0 + 1 − e^(−ημ) and E Q = Y0/2 + e_d (1 − e^(−ημ)) (Ma et al. 2005, Eqs. 10, 11)."""
    lit = -np.expm1(-intensity * transmittance)
    return Gain(noise + lit, 0.5 * noise + misalignment * lit)


def single_photon(
    transmittance: FloatArray, noise: FloatArray, misalignment: FloatArray
) -> SinglePhoton:
    """Y1 = Y0 + η and e1 = (Y0/2 + e_d η)/Y1: known exactly with infinitely many decoys."""
    click = noise + transmittance
    return SinglePhoton(click, (0.5 * noise + misalignment * transmittance) / click)


def vacuum_and_weak(
    signal_intensity: FloatArray, weak_intensity: FloatArray, signal: Gain, weak: Gain, vacuum: Gain
) -> SinglePhoton:
    """Bounds of Y1 from below and e1 from above with one weak decoy and the vacuum.

    Ma et al. 2005, for signal intensity > weak intensity > 0, NaN elsewhere; where nothing is
    left of Y1, e1 is NaN.
    """
    mu, nu = np.asarray(signal_intensity), np.asarray(weak_intensity)
    gap = np.where((mu > nu) & (nu > 0.0), mu * nu - nu**2, np.nan)
    weak_click, signal_click = weak.click * np.exp(nu), signal.click * np.exp(mu)
    rest = signal_click * (nu / mu) ** 2 + vacuum.click * (mu**2 - nu**2) / mu**2
    click = np.maximum((mu / gap) * (weak_click - rest), 0.0)
    errors = weak.error * np.exp(nu) - vacuum.error
    return SinglePhoton(click, errors / np.where(click > 0.0, nu * click, np.nan))


def gllp_bits_per_pulse(
    intensity: FloatArray, observed: Gain, single: SinglePhoton, efficiency: float
) -> FloatArray:
    """R = −f Q h(E) + Q1 [1 − h(e1)] with Q1 = Y1 μ e^(−μ): Ma et al. 2005, Eq. 1 with q = 1.

    Signed. Empty pulses are not counted as key. To be multiplied by the share of signal pulses in
    matching bases.
    """
    ratio = observed.error / observed.click
    single_gain = single.click * intensity * np.exp(-intensity)
    certain = 1.0 - binary_entropy(np.minimum(single.error_ratio, 0.5))
    return np.asarray(single_gain * certain - efficiency * observed.click * binary_entropy(ratio))
