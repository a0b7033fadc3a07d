"""BBM92 as a key model that a plan can choose, and with two stations under one source."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from euroqci_planner.mission.assets import DeadTimeKind, PairSource, Payload, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts, EpsilonLedger, KeyYield
from euroqci_planner.mission.link_budget import OffsetArray
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import ErrorCorrectionModel, Policy
from euroqci_planner.qkd.bbm92 import bbm92_key
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.ledger import pair_ledger
from euroqci_planner.qkd.pair_counts import PairArm, PairEmission, pair_counts
from euroqci_planner.units import FloatArray

_BASES = 2
_LOCAL_DETECTORS = 4
_FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))
_PROOF = "Tomamichel, Lim, Gisin, Renner, Nat. Commun. 3, 634 (2012)"
_TAIL = "hypergeometric tail, summed; Yin et al., Nature 582, 501 (2020) as the published case"
_PAIRS = "Ma, Fung, Lo, Phys. Rev. A 76, 012307 (2007), counting in rates of a continuous source"
FINITE_LENGTH = "error correction: finite_length"
_LEAKAGE = "Tomamichel, Martinez-Mateo, Pacher, Elkouss, Quantum Inf. Process. 16, 280 (2017)"


class Bbm92Model:
    """Entangled pairs with one half measured on board: the satellite holds the key, as in BB84.

    Finite key against general attacks in fixed-length form, both bases keyed. Counts are expected
    ones, so that key lengths are planning estimates. The detectors on board are taken as two per
    basis behind a beam splitter, without dead time.
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources."""
        named = (
            ("BBM92, finite key", _PROOF),
            ("sampling: exact", _TAIL),
            ("coincidences", _PAIRS),
            (FINITE_LENGTH, _LEAKAGE),
        )
        return tuple(ModelUsed(role="key", name=name, citation=cited) for name, cited in named)

    def models_under(self, policy: Policy) -> tuple[ModelUsed, ...]:
        """The models that take part under a policy."""
        finite = policy.error_correction_model is ErrorCorrectionModel.FINITE_LENGTH
        return tuple(model for model in self.models if finite or model.name != FINITE_LENGTH)

    def counts(
        self,
        payload: Payload,
        receiver: Receiver,
        transmittance: FloatArray,
        noise_hz: FloatArray,
        slot_s: FloatArray,
        first_sample: OffsetArray,
    ) -> DetectionCounts:
        """Expected coincidences per pass from its samples; see `pair_counts.pair_counts`.

        `transmittance` contains the share of pairs inside the coincidence window, as the link
        budget books it.
        """
        source = _pair_source(payload)
        inside = share_inside_window(source.coincidence_window_s, receiver.timing_jitter_s)
        on_board = PairArm(
            transmittance=np.asarray(source.local_arm_efficiency),
            noise_hz=np.asarray(source.local_dark_count_hz),
            key_basis_probability=source.key_basis_probability,
            detectors=_LOCAL_DETECTORS,
        )
        arms = (on_board, _station_arm(receiver, transmittance / inside, noise_hz))
        return pair_counts(_emission(source, inside), arms, slot_s, first_sample)

    def keys(self, payload: Payload, counts: DetectionCounts, policy: Policy) -> KeyYield:
        """Secret key per block of counts; see `bbm92.bbm92_key`."""
        _pair_source(payload)
        return bbm92_key(counts, policy).as_yield()

    def ledger(self, payload: Payload, policy: Policy) -> EpsilonLedger:  # noqa: ARG002
        """Where the security parameters of one block go."""
        return pair_ledger(policy.epsilon_secrecy, policy.epsilon_correctness, _BASES)


def dual_downlink_counts(
    source: PairSource,
    receivers: tuple[Receiver, Receiver],
    samples: tuple[ChannelSamples, ChannelSamples],
) -> DetectionCounts:
    """Expected coincidences per common pass of two stations under one source, (passes, 1) each.

    Samples of both stations stand at the same instants; their transmittances contain the share of
    their own detections inside the window, as the link budget books it. Here the satellite is not
    trusted. Raises ValueError where the samples do not go together.
    """
    one, other = samples
    if not np.array_equal(one.first_sample, other.first_sample) or not np.array_equal(
        one.slot_s, other.slot_s
    ):
        raise ValueError("the samples of the two stations do not stand at the same instants")
    window_s = source.coincidence_window_s
    jitter_s = math.hypot(*(receiver.timing_jitter_s for receiver in receivers))
    first, second = (
        _station_arm(
            receiver,
            part.transmittance / share_inside_window(window_s, receiver.timing_jitter_s),
            part.noise_hz,
        )
        for receiver, part in zip(receivers, samples, strict=True)
    )
    emission = _emission(source, share_inside_window(window_s, jitter_s))
    return pair_counts(emission, (first, second), one.slot_s, one.first_sample)


def share_inside_window(window_s: float, jitter_fwhm_s: float) -> float:
    """Share of true pairs inside a full window, the difference of arrivals being Gaussian.

    erf(τ/(2√2 σ)) with σ from the full width at half maximum; 1 without jitter. As the link budget
    has it.
    """
    if jitter_fwhm_s == 0.0:
        return 1.0
    sigma_s = jitter_fwhm_s / _FWHM_PER_SIGMA
    return float(special.erf(window_s / (2.0 * np.sqrt(2.0) * sigma_s)))


def _station_arm(receiver: Receiver, transmittance: FloatArray, noise_hz: FloatArray) -> PairArm:
    """The arm to a station; noise is per detector there."""
    return PairArm(
        transmittance=transmittance,
        noise_hz=receiver.detectors * noise_hz,
        key_basis_probability=receiver.key_basis_probability,
        detectors=receiver.detectors,
        dead_time_s=receiver.dead_time_s,
        paralysable=receiver.dead_time_kind is DeadTimeKind.PARALYSABLE,
        afterpulse_probability=receiver.afterpulse_probability,
    )


def _emission(source: PairSource, inside: float) -> PairEmission:
    return PairEmission(
        pair_rate_hz=source.pair_rate_hz,
        window_s=source.coincidence_window_s,
        inside=inside,
        intrinsic_error=source.intrinsic_error,
    )


def _pair_source(payload: Payload) -> PairSource:
    """The source of pairs of a payload; TypeError for a pulsed one."""
    if not isinstance(payload.source, PairSource):
        raise TypeError(f"payload {payload.id}: BBM92 needs a source of entangled pairs")
    return payload.source
