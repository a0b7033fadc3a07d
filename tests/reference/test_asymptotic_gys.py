"""Asymptotic decoy-state rates: Ma, Qi, Zhao and Lo, Phys. Rev. A 72, 012326 (2005), Secs. 3 and 4.

Their example is the fibre experiment of Gobby, Yuan and Shields 2004: 0.21 dB/km, misalignment
3.3 %, empty-pulse yield 1.7e-6, receiver 4.5 %, error correction 1.22, signal intensity 0.48.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from tolerances import KILOMETRE, METRE, within

from euroqci_planner.qkd.asymptotic import (
    gain,
    gllp_bits_per_pulse,
    single_photon,
    vacuum_and_weak,
)
from euroqci_planner.units import transmittance

SIGNAL, WEAK = 0.48, 0.05
NOISE, MISALIGNMENT, EFFICIENCY = 1.7e-6, 0.033, 1.22


def eta_at(length_km: float) -> float:
    return 0.045 * transmittance(0.21 * length_km)


def bounds_at(length_km: float, weak: float):
    eta = eta_at(length_km)
    signal_gain, weak_gain, vacuum_gain = (
        gain(mu, eta, NOISE, MISALIGNMENT) for mu in (SIGNAL, weak, 0.0)
    )
    return vacuum_and_weak(SIGNAL, weak, signal_gain, weak_gain, vacuum_gain)


def rate(length_km: float, single) -> float:
    observed = gain(SIGNAL, eta_at(length_km), NOISE, MISALIGNMENT)
    return float(gllp_bits_per_pulse(SIGNAL, observed, single, EFFICIENCY))


def reach_m(single_at) -> float:
    return brentq(lambda km: rate(km, single_at(km)), 100.0, 160.0) * KILOMETRE


def infinite_decoys(length_km: float):
    return single_photon(eta_at(length_km), NOISE, MISALIGNMENT)


def test_the_published_reach_with_infinitely_many_decoys_is_met():
    assert reach_m(infinite_decoys) == within(100 * METRE, of=142.05 * KILOMETRE)


def test_the_published_reach_with_vacuum_and_weak_decoy_is_met():
    assert reach_m(lambda km: bounds_at(km, WEAK)) == within(100 * METRE, of=140.55 * KILOMETRE)


def test_the_published_slack_of_a_decoy_of_a_quarter_of_the_signal_is_met_at_40_km():
    exact, bound = infinite_decoys(40.0), bounds_at(40.0, SIGNAL / 4.0)
    assert 1.0 - bound.click / exact.click == pytest.approx(0.035, abs=0.0005)
    assert bound.error_ratio / exact.error_ratio - 1.0 == pytest.approx(0.168, abs=0.0005)


def test_a_vanishing_weak_decoy_closes_the_gap():
    assert reach_m(lambda km: bounds_at(km, 1e-4)) == within(
        10 * METRE, of=reach_m(infinite_decoys)
    )


def test_a_decoy_that_is_no_weaker_than_the_signal_estimates_nothing():
    assert np.isnan(bounds_at(40.0, SIGNAL).click)
