"""The signed key length as a function of the settings: what the searches climb on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.scenario import Concentration, ErrorCorrectionModel, Policy
from euroqci_planner.qkd.bounds import CONCENTRATION_BOUNDS, ConcentrationBound
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.error_correction import finite_length_floor
from euroqci_planner.qkd.key_terms import Counts, KeyTerms
from euroqci_planner.qkd.ledger import TWO_DECOY_SHARES
from euroqci_planner.qkd.one_decoy_bb84 import one_decoy_key
from euroqci_planner.qkd.quick_tails import near_exact, normal_error_quantile, roughly_exact
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, TrialSettings, trial_counts
from euroqci_planner.units import FloatArray

Branch = NDArray[np.int8]
BRANCHES = 8


class Stage(NamedTuple):
    """A smooth form of the key length, and the bound that it takes."""

    signed_bits: Callable[[Counts, DecoySettings], FloatArray]
    branch: Callable[[Counts, DecoySettings], Branch]


@dataclass(frozen=True, slots=True)
class KeyObjective:
    """Signed key length of decoy-state BB84 under a policy, with one decoy or two.

    The length is the greatest of several smooth ones: with the errors of single photons from the
    decoys or capped by those seen, with vacuum events, or errors, to count on or without. Each has
    a hill of its own; the `branch` of a stage, below `BRANCHES`, tells on which a setting stands.
    Where nothing is known of the phase error the signed length only says that fewer counts cost
    less: there a stage has no value.

    `stages` are smooth stand-ins that a search climbs one after the other, each closer than the
    one before; where the key length is smooth and cheap itself, it is the only one.
    """

    policy: Policy

    def signed_bits(self, counts: Counts, settings: DecoySettings) -> FloatArray:
        """Signed key in bits; minus infinity where there is no number."""
        signed = decoy_key(counts, settings, self.policy).key_bits_signed
        return np.where(np.isnan(signed), -np.inf, signed)

    def of_trial(self, channels: PassChannels, trial: TrialSettings) -> FloatArray:
        """Signed key of every pass under every trial, (passes, trials)."""
        return self.signed_bits(trial_counts(channels, trial), trial.as_decoy_settings())

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Smooth forms of the key length, from rough to close."""
        bounds: tuple[ConcentrationBound, ...] = (CONCENTRATION_BOUNDS[self.policy.concentration],)
        if self.policy.concentration is Concentration.EXACT:
            bounds = (roughly_exact, near_exact)
        return tuple(self._stage(bound) for bound in bounds)

    def _stage(self, bound: ConcentrationBound) -> Stage:
        plain = replace(self.policy, error_correction_model=ErrorCorrectionModel.BLOCK)

        def signed_bits(counts: Counts, settings: DecoySettings) -> FloatArray:
            terms = decoy_key(counts, settings, plain, bound=bound)
            signed = terms.key_bits_signed - self._floor_above_block(terms)
            return np.where(terms.phase_error < 0.5, signed, -np.inf)

        def branch(counts: Counts, settings: DecoySettings) -> Branch:
            terms = decoy_key(counts, settings, plain, bound=bound)
            seen = np.sum(counts.test_errors, axis=-1)
            capped = terms.test_single_photon_errors >= seen * (1.0 - 1e-12)
            epsilon = self.policy.epsilon_secrecy / TWO_DECOY_SHARES
            least, _ = bound(counts.test_errors, epsilon)
            return np.asarray(
                capped + 2 * (terms.vacuum_events > 0.0) + 4 * (least[..., -1] > 0.0), dtype=np.int8
            )

        return Stage(signed_bits, branch)

    def _floor_above_block(self, terms: KeyTerms) -> FloatArray:
        """What the finite-length floor, smoothed, costs beyond f·n·h."""
        if self.policy.error_correction_model is ErrorCorrectionModel.BLOCK:
            return np.zeros_like(terms.key_bits_signed)
        frame_error = self.policy.frame_error_probability
        floor = finite_length_floor(
            terms.sifted_bits, terms.qber, frame_error, quantile=normal_error_quantile
        )
        return np.maximum(floor - terms.error_correction_bits, 0.0)


def decoy_key(
    counts: Counts,
    settings: DecoySettings,
    policy: Policy,
    *,
    bound: ConcentrationBound | None = None,
) -> KeyTerms:
    """Key length with as many decoys as the settings have: one or two."""
    key_length = two_decoy_key if settings.intensities.shape[-1] > 2 else one_decoy_key
    return key_length(counts, settings, policy, bound=bound)
