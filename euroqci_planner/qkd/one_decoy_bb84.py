"""BB84 with one decoy intensity and a finite key: Rusca, Boaron, Grünenfelder, Martin, Zbinden.

Appl. Phys. Lett. 112, 171104 (2018), Appendix A, with its bases renamed: X is the key basis, Z the
test basis, as in Lim et al. 2014, whose proof it follows.
"""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bounds import CONCENTRATION_BOUNDS, ConcentrationBound, no_deviation
from euroqci_planner.qkd.key_terms import (
    Counts,
    EventBounds,
    KeyTerms,
    close_account,
    limited_to,
    stacked,
)
from euroqci_planner.qkd.ledger import ONE_DECOY_SHARES
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray

SIGNAL, DECOY = range(2)


def one_decoy_key(
    counts: Counts,
    settings: DecoySettings,
    policy: Policy,
    *,
    bound: ConcentrationBound | None = None,
) -> KeyTerms:
    """Secret key length of each block, signed, with every intermediate (Eq. A25).

    Needs mu1 > mu2 > 0: NaN where a setting breaks that. Counts may be expected ones. The number of
    vacuum events is bounded from above by the errors, half of which an empty pulse makes (Eq. A16):
    it needs the errors of the key basis per intensity, known only after error correction. That the
    length is fixed beforehand nonetheless is a gap of the paper, which the proof of Wiesemann et
    al., arXiv:2405.16578, closes with other constants. Single-photon errors are capped by all
    errors seen.
    """
    epsilon = policy.epsilon_secrecy / ONE_DECOY_SHARES
    chosen = bound or CONCENTRATION_BOUNDS[policy.concentration]
    events = _event_bounds(counts, settings, chosen, epsilon)
    shares = None if chosen is no_deviation else ONE_DECOY_SHARES
    return close_account(counts, events, policy, shares)


def _event_bounds(
    counts: Counts, settings: DecoySettings, bound: ConcentrationBound, epsilon: float
) -> EventBounds:
    """s_X0, s_X1, s_Z1 (lower bounds) and v_Z1 (upper bound): Eqs. A16 to A22."""
    detections = stacked(settings, counts.key_detections, counts.test_detections)
    errors = stacked(settings, counts.key_errors, counts.test_errors)
    weights = settings.weights()
    low, high = (weights * np.maximum(side, 0.0) for side in bound(detections, epsilon))
    low_errors, high_errors = (weights * np.maximum(side, 0.0) for side in bound(errors, epsilon))
    total, wrong = np.sum(detections, axis=-1), np.sum(errors, axis=-1)
    coin = 0.0 if bound is no_deviation else -0.5 * np.log(epsilon)
    most = _most_vacuum_events(high_errors, total, coin, settings)
    single = _single_photon_events(low, high, np.minimum(most, total), settings)
    single = limited_to(total, single)
    vacuum = limited_to(total[0], _least_vacuum_events(low[0], high[0], settings))
    v1 = _single_photon_errors(low_errors[1], high_errors[1], settings)
    return EventBounds(vacuum, single[0], single[1], limited_to(wrong[1], v1))


def _least_vacuum_events(low: FloatArray, high: FloatArray, settings: DecoySettings) -> FloatArray:
    """Eq. A19: τ₀ (mu1 n⁻_mu2 − mu2 n⁺_mu1) / (mu1 − mu2)."""
    mu1, mu2 = settings.intensity(SIGNAL), settings.intensity(DECOY)
    difference = mu1 * low[..., DECOY] - mu2 * high[..., SIGNAL]
    return np.asarray(settings.photon_number_probability(0) * difference / _gap(settings))


def _most_vacuum_events(
    high_errors: FloatArray, total: FloatArray, coin: float, settings: DecoySettings
) -> FloatArray:
    """Eq. A16: 2 [τ₀ m⁺_k + √(n ln(1/ε)/2)] for the intensity k that gives the least.

    The second step is a sum of fair coins: Hoeffding's bound stays whatever bounds the counts.
    """
    errors = settings.photon_number_probability(0) * np.min(high_errors, axis=-1)
    return np.asarray(2.0 * (errors + np.sqrt(coin * total)))


def _single_photon_events(
    low: FloatArray, high: FloatArray, vacuum: FloatArray, settings: DecoySettings
) -> FloatArray:
    """Eq. A17: τ₁mu1/(mu2(mu1−mu2)) [n⁻_mu2 − mu2²/mu1² n⁺_mu1 − (mu1²−mu2²)/mu1² s₀/τ₀]."""
    mu1, mu2 = settings.intensity(SIGNAL), settings.intensity(DECOY)
    tau0, tau1 = (settings.photon_number_probability(photons) for photons in (0, 1))
    squares = (mu2 / mu1) ** 2
    inner = low[..., DECOY] - squares * high[..., SIGNAL] - (1.0 - squares) * vacuum / tau0
    usable = np.where(mu2 > 0.0, mu2, np.nan)
    return np.asarray(tau1 * mu1 / (usable * _gap(settings)) * inner)


def _single_photon_errors(low: FloatArray, high: FloatArray, settings: DecoySettings) -> FloatArray:
    """Eq. A22: τ₁ (m⁺_mu1 − m⁻_mu2) / (mu1 − mu2)."""
    difference = high[..., SIGNAL] - low[..., DECOY]
    return np.asarray(settings.photon_number_probability(1) * difference / _gap(settings))


def _gap(settings: DecoySettings) -> FloatArray:
    """mu1 − mu2, NaN where it is not positive."""
    gap = settings.intensity(SIGNAL) - settings.intensity(DECOY)
    return np.where(gap > 0.0, gap, np.nan)
