"""BB84 with two decoy intensities and a finite key: Lim, Curty, Walenta, Xu and Zbinden 2014.

Phys. Rev. A 89, 022307. X, the key basis, and Z, the test basis, as there. Everything is
elementwise over blocks, and settings broadcast over them.
"""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bounds import CONCENTRATION_BOUNDS, ConcentrationBound, no_deviation
from euroqci_planner.qkd.key_terms import (
    Counts,
    EventBounds,
    KeyTerms,
    block_cost_bits,
    close_account,
    limited_to,
    stacked,
)
from euroqci_planner.qkd.ledger import TWO_DECOY_SHARES
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray

SIGNAL, WEAK, VACUUM = range(3)


def two_decoy_key(
    counts: Counts,
    settings: DecoySettings,
    policy: Policy,
    *,
    bound: ConcentrationBound | None = None,
    compat: ReferenceCompat | None = None,
) -> KeyTerms:
    """Secret key length of each block, signed, with every intermediate (Lim et al. 2014, Eq. 1).

    Needs mu1 > mu2 + mu3 and mu2 > mu3 >= 0: NaN where a setting breaks that. Counts may be
    expected ones. `bound` replaces the concentration bound of the policy. Errors in single-photon
    events are capped by the errors seen in all test rounds: they are among them, and the cap is
    the better bound of the two over most of the range.
    """
    epsilon = policy.epsilon_secrecy / TWO_DECOY_SHARES
    chosen = bound or CONCENTRATION_BOUNDS[policy.concentration]
    events = _event_bounds(counts, settings, chosen, epsilon, compat)
    shares = None if chosen is no_deviation else TWO_DECOY_SHARES
    return close_account(counts, events, policy, shares)


def finite_key_cost_bits(policy: Policy) -> float:
    """Constant cost of a block in bits: 6 log2(21/ε_sec) + log2(2/ε_cor) (Eq. 1)."""
    return block_cost_bits(policy, TWO_DECOY_SHARES)


def _event_bounds(
    counts: Counts,
    settings: DecoySettings,
    bound: ConcentrationBound,
    epsilon: float,
    compat: ReferenceCompat | None,
) -> EventBounds:
    """s_X0, s_X1, s_Z1 (lower bounds) and v_Z1 (upper bound), Eqs. 2 to 4."""
    kinds = (counts.key_detections, counts.test_detections, counts.test_errors)
    seen = stacked(settings, *kinds)
    lower, upper = bound(seen, epsilon)
    if compat is None or not compat.negative_lower_bounds:
        lower = np.maximum(lower, 0.0)
    weights = settings.weights()
    lower, upper = weights * lower, weights * upper
    least = compat.smallest_count if compat else 0.0
    total = np.sum(seen, axis=-1)
    opposite = lower if compat and compat.vacuum_from_lower_bound else upper
    vacuum = _vacuum_events(lower[:2], opposite[:2], settings)
    vacuum = limited_to(total[:2], vacuum, least)
    single = _single_photon_events(lower[:2], upper[:2], vacuum, settings)
    single = limited_to(total[:2], single, least)
    errors = _single_photon_errors(lower[2], upper[2], settings)
    return EventBounds(vacuum[0], single[0], single[1], limited_to(total[2], errors, least))


def _vacuum_events(lower: FloatArray, upper: FloatArray, settings: DecoySettings) -> FloatArray:
    """Eq. 2: τ₀ (mu2 n⁻_mu3 − mu3 n⁺_mu2) / (mu2 − mu3)."""
    mu2, mu3 = settings.intensity(WEAK), settings.intensity(VACUUM)
    difference = mu2 * lower[..., VACUUM] - mu3 * upper[..., WEAK]
    return np.asarray(settings.photon_number_probability(0) * difference / _gap(settings))


def _single_photon_events(
    lower: FloatArray, upper: FloatArray, vacuum: FloatArray, settings: DecoySettings
) -> FloatArray:
    """Eq. 3: τ₁ mu1 [n⁻_mu2 − n⁺_mu3 − (mu2² − mu3²)/mu1² (n⁺_mu1 − s₀/τ₀)] / denominator.

    The denominator mu1 (mu2 − mu3) − mu2² + mu3² is (mu2 − mu3)(mu1 − mu2 − mu3).
    """
    mu1, mu2, mu3 = (settings.intensity(number) for number in (SIGNAL, WEAK, VACUUM))
    tau0, tau1 = (settings.photon_number_probability(photons) for photons in (0, 1))
    margin = np.where((mu1 > mu2 + mu3) & (mu3 >= 0.0), mu1 - mu2 - mu3, np.nan)
    multi = ((mu2**2 - mu3**2) / mu1**2) * (upper[..., SIGNAL] - vacuum / tau0)
    inner = lower[..., WEAK] - upper[..., VACUUM] - multi
    return np.asarray(tau1 * mu1 / (_gap(settings) * margin) * inner)


def _single_photon_errors(
    lower: FloatArray, upper: FloatArray, settings: DecoySettings
) -> FloatArray:
    """Eq. 4: τ₁ (m⁺_mu2 − m⁻_mu3) / (mu2 − mu3)."""
    difference = upper[..., WEAK] - lower[..., VACUUM]
    return np.asarray(settings.photon_number_probability(1) * difference / _gap(settings))


def _gap(settings: DecoySettings) -> FloatArray:
    """mu2 − mu3, NaN where it is not positive."""
    gap = settings.intensity(WEAK) - settings.intensity(VACUUM)
    return np.where(gap > 0.0, gap, np.nan)
