"""What must hold of every key length, whatever the pass and the settings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.assets import DecoySource, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Concentration, ErrorCorrectionModel, Policy
from euroqci_planner.qkd.asymptotic import infinite_block_key
from euroqci_planner.qkd.bounds import clopper_pearson
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.ledger import one_decoy_ledger, two_decoy_ledger
from euroqci_planner.qkd.one_decoy_bb84 import one_decoy_key
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings

KEY_LENGTHS = {3: two_decoy_key, 2: one_decoy_key}
ROUNDING = 1e-9
UNCLAMPED = ReferenceCompat(vacuum_from_lower_bound=False, smallest_count=0.0)


@dataclass(frozen=True)
class Case:
    source: DecoySource
    receiver: Receiver
    transmittance: np.ndarray
    noise_hz: float
    policy: Policy

    def counts(self) -> DetectionCounts:
        samples = channel(self.transmittance, self.noise_hz)
        return expected_counts(self.source, self.receiver, samples)

    def key(self, **choices):
        key_length = KEY_LENGTHS[len(self.source.intensities)]
        return key_length(self.counts(), DecoySettings.of(self.source), self.policy, **choices)

    def bits(self, **choices) -> float:
        return max(self.key(**choices).key_bits_signed.item(), 0.0)


@st.composite
def sources(draw, intensities: int | None = None):
    count = intensities or draw(st.sampled_from([2, 3]))
    signal = draw(st.floats(0.3, 0.95))
    weak = draw(st.floats(0.05, 0.45)) * signal
    third = draw(st.sampled_from([0.0, 2e-4, 2e-3]))
    p1 = draw(st.floats(0.3, 0.9))
    p2 = (1.0 - p1) * draw(st.floats(0.3, 0.7))
    return replace(
        SOURCE,
        intensities=(signal, weak, third)[:count],
        intensity_probabilities=(p1, p2, 1.0 - p1 - p2) if count == 3 else (p1, 1.0 - p1),
        key_basis_probability=draw(st.floats(0.4, 0.95)),
        intrinsic_error=draw(st.floats(0.0, 0.04)),
    )


@st.composite
def cases(draw, intensities: int | None = None):
    source = draw(sources(intensities))
    receiver = replace(
        RECEIVER,
        detectors=draw(st.sampled_from([2, 4])),
        key_basis_probability=draw(st.floats(0.4, 0.95)),
        dead_time_s=draw(st.sampled_from([0.0, 5e-8])),
        afterpulse_probability=draw(st.sampled_from([0.0, 1e-3, 2e-2])),
    )
    loss_db = draw(st.floats(18.0, 45.0))
    shape_db = np.linspace(-1.0, 1.0, draw(st.integers(1, 400))) ** 2 * 6.0
    policy = Policy(
        concentration=draw(st.sampled_from(list(Concentration))),
        error_correction_model=draw(st.sampled_from(list(ErrorCorrectionModel))),
    )
    noise_hz = 10.0 ** draw(st.floats(0.0, 4.0))
    return Case(source, receiver, 10.0 ** (-0.1 * (loss_db + shape_db)), noise_hz, policy)


@given(cases())
def test_key_never_exceeds_sifted_bits(case):
    key = case.key().as_yield()
    assert key.key_bits[0] <= key.sifted_bits[0]
    assert key.key_bits_signed[0] <= key.sifted_bits[0]
    assert key.vacuum_events[0] + key.single_photon_events[0] <= 2.0 * key.sifted_bits[0]
    assert 0.0 <= key.phase_error[0] <= 0.5


@given(cases(), st.floats(0.01, 3.0))
def test_key_falls_with_loss(case, more_db):
    darker = replace(case, transmittance=case.transmittance * 10.0 ** (-0.1 * more_db))
    assert darker.bits() <= case.bits() * (1.0 + ROUNDING)


@given(cases(), st.floats(1.01, 5.0))
def test_key_falls_with_noise(case, factor):
    noisier = replace(case, noise_hz=case.noise_hz * factor)
    assert noisier.bits() <= case.bits() * (1.0 + ROUNDING)


@given(cases(), st.floats(1e-4, 0.03))
def test_key_falls_with_intrinsic_error(case, more):
    worse = replace(case.source, intrinsic_error=case.source.intrinsic_error + more)
    assert replace(case, source=worse).bits() <= case.bits() * (1.0 + ROUNDING)


@given(cases(), st.floats(1.5, 1e3))
def test_a_looser_epsilon_never_gives_less(case, factor):
    looser = replace(case.policy, epsilon_secrecy=case.policy.epsilon_secrecy * factor)
    assert replace(case, policy=looser).bits() >= case.bits() * (1.0 - ROUNDING)


@given(cases())
def test_exact_tails_never_give_less_than_the_bounds_that_contain_them(case):
    exact = case.key(bound=clopper_pearson).key_bits_signed.item()
    for concentration in (Concentration.HOEFFDING, Concentration.CHERNOFF):
        other = replace(case, policy=replace(case.policy, concentration=concentration))
        looser = other.key().key_bits_signed.item()
        assert exact >= looser - ROUNDING * abs(looser)


@given(cases())
def test_a_finite_block_never_gives_more_than_an_infinite_one(case):
    settings_ = DecoySettings.of(case.source)
    if len(case.source.intensities) == 3:
        ceiling = infinite_block_key(case.counts(), settings_, case.policy)
        assert case.key().key_bits_signed <= ceiling.key_bits_signed


@given(cases(), st.integers(2, 20))
def test_pooling_identical_passes_never_loses(case, passes):
    pooled = replace(case, transmittance=np.tile(case.transmittance, passes))
    assert pooled.bits() >= passes * case.bits() * (1.0 - ROUNDING)


@given(cases(intensities=3))
def test_clamping_lower_bounds_at_zero_never_loses(case):
    clamped = case.key().key_bits_signed.item()
    assert clamped >= case.key(compat=UNCLAMPED).key_bits_signed.item() - ROUNDING


@given(st.lists(cases(intensities=3), min_size=2, max_size=5))
def test_many_blocks_at_once_equal_one_by_one(many):
    base = many[0]
    eta = np.concatenate([case.transmittance for case in many])
    first = np.cumsum([0] + [case.transmittance.size for case in many])
    counts = expected_counts(
        base.source, base.receiver, channel(eta, base.noise_hz, first_sample=first)
    )
    together = two_decoy_key(counts, DecoySettings.of(base.source), base.policy).as_yield()
    for row, case in enumerate(many):
        alone = replace(base, transmittance=case.transmittance).key().as_yield()
        for name in together.column_names():
            np.testing.assert_allclose(
                getattr(together, name)[row], getattr(alone, name)[0], rtol=1e-11, atol=1e-6
            )


@given(cases(), st.data())
def test_one_missing_sample_makes_the_key_missing_and_never_zero(case, data):
    gap = case.transmittance.copy()
    gap[data.draw(st.integers(0, gap.size - 1))] = np.nan
    assert np.isnan(replace(case, transmittance=gap).key().as_yield().key_bits[0])


@given(st.floats(1e-18, 1e-3), st.floats(1e-18, 1e-3))
@pytest.mark.parametrize("ledger", [two_decoy_ledger, one_decoy_ledger])
@settings(max_examples=300)
def test_a_ledger_sums_to_the_promised_epsilon(ledger, secrecy, correctness):
    promised = secrecy + correctness
    assert abs(ledger(secrecy, correctness).total - promised) <= 4.0 * np.spacing(promised)
