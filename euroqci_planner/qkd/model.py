"""Decoy-state BB84 as a key model that a plan can choose."""

from __future__ import annotations

from euroqci_planner.mission.assets import DecoySource, Payload, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts, EpsilonLedger, KeyYield
from euroqci_planner.mission.link_budget import OffsetArray
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import Concentration, ErrorCorrectionModel, Policy
from euroqci_planner.qkd.counts import ChannelSamples, expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.ledger import one_decoy_ledger, two_decoy_ledger
from euroqci_planner.qkd.one_decoy_bb84 import one_decoy_key
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray

_LIM = "Lim, Curty, Walenta, Xu, Zbinden, Phys. Rev. A 89, 022307 (2014), Eqs. 1-5"
_RUSCA = (
    "Rusca, Boaron, Grünenfelder, Martin, Zbinden, Appl. Phys. Lett. 112, 171104 (2018), App. A"
)
_YIN = "Yin, Zhou, Gu, Xie, Lu, Chen, Sci. Rep. 10, 14312 (2020)"
_HOEFFDING = "Hoeffding, J. Am. Stat. Assoc. 58, 13 (1963)"
_EXACT = "Clopper, Pearson, Biometrika 26, 404 (1934); Hoeffding, Ann. Math. Stat. 27, 713 (1956)"
FINITE_LENGTH = "error correction: finite_length"
_LEAKAGE = "Tomamichel, Martinez-Mateo, Pacher, Elkouss, Quantum Inf. Process. 16, 280 (2017)"


_CONCENTRATION = {
    Concentration.CHERNOFF: _YIN,
    Concentration.HOEFFDING: _HOEFFDING,
    Concentration.EXACT: _EXACT,
}


class DecoyBb84Model:
    """BB84 with a signal and two decoy intensities, weak coherent pulses, trusted satellite.

    Finite key against general attacks in fixed-length form. Counts are expected ones, so that key
    lengths are planning estimates. The key comes from the key basis alone.
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources, whichever bound is asked for."""
        return _models("two-decoy BB84, finite key", _LIM)

    def models_under(self, policy: Policy) -> tuple[ModelUsed, ...]:
        """The models that take part under a policy."""
        return _models_under(self.models, policy)

    def counts(
        self,
        payload: Payload,
        receiver: Receiver,
        transmittance: FloatArray,
        noise_hz: FloatArray,
        slot_s: FloatArray,
        first_sample: OffsetArray,
    ) -> DetectionCounts:
        """Expected counts per pass from its samples; see `counts.expected_counts`."""
        samples = ChannelSamples(
            transmittance=transmittance,
            noise_hz=noise_hz,
            slot_s=slot_s,
            first_sample=first_sample,
        )
        return expected_counts(_decoy_source(payload), receiver, samples)

    def keys(self, payload: Payload, counts: DetectionCounts, policy: Policy) -> KeyYield:
        """Secret key per block of counts; see `decoy_bb84.two_decoy_key`."""
        settings = DecoySettings.of(_decoy_source(payload))
        return two_decoy_key(counts, settings, policy).as_yield()

    def ledger(self, payload: Payload, policy: Policy) -> EpsilonLedger:  # noqa: ARG002
        """Where the security parameters of one block go."""
        return two_decoy_ledger(policy.epsilon_secrecy, policy.epsilon_correctness)


class OneDecoyBb84Model(DecoyBb84Model):
    """BB84 with a signal and one decoy intensity; otherwise as `DecoyBb84Model`."""

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources, whichever bound is asked for."""
        return _models("one-decoy BB84, finite key", _RUSCA)

    def keys(self, payload: Payload, counts: DetectionCounts, policy: Policy) -> KeyYield:
        """Secret key per block of counts; see `one_decoy_bb84.one_decoy_key`."""
        settings = DecoySettings.of(_decoy_source(payload))
        return one_decoy_key(counts, settings, policy).as_yield()

    def ledger(self, payload: Payload, policy: Policy) -> EpsilonLedger:  # noqa: ARG002
        """Where the security parameters of one block go."""
        return one_decoy_ledger(policy.epsilon_secrecy, policy.epsilon_correctness)


def _models(name: str, citation: str) -> tuple[ModelUsed, ...]:
    """A key length and the bounds that it may be asked to use."""
    bounds = ((f"concentration: {bound}", source) for bound, source in _CONCENTRATION.items())
    named = ((name, citation), *bounds, (FINITE_LENGTH, _LEAKAGE))
    return tuple(ModelUsed(role="key", name=part, citation=source) for part, source in named)


def _models_under(models: tuple[ModelUsed, ...], policy: Policy) -> tuple[ModelUsed, ...]:
    """Without the bounds and the leakage that the policy does not use."""
    unused = {
        f"concentration: {bound}" for bound in _CONCENTRATION if bound is not policy.concentration
    }
    if policy.error_correction_model is not ErrorCorrectionModel.FINITE_LENGTH:
        unused.add(FINITE_LENGTH)
    return tuple(model for model in models if model.name not in unused)


def _decoy_source(payload: Payload) -> DecoySource:
    """The pulsed source of a payload; TypeError for a source of pairs."""
    if not isinstance(payload.source, DecoySource):
        raise TypeError(f"payload {payload.id}: decoy-state BB84 needs weak coherent pulses")
    return payload.source
