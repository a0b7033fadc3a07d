"""Two-decoy key lengths against photon numbers that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import GATE_S, RECEIVER, SOURCE, channel

from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.asymptotic import infinite_block_key
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import finite_key_cost_bits, two_decoy_key
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings

PASS = channel(np.full(200, 2e-3), 100.0)
SETTINGS = DecoySettings.of(SOURCE)
PERFECT_DETECTOR = replace(RECEIVER, afterpulse_probability=0.0)


def photon_truth(source, eta, p_ec, pulses):
    """Expected vacuum and single-photon events per basis, and single-photon errors."""
    settings = DecoySettings.of(source)
    tau0, tau1 = (settings.photon_number_probability(n) for n in (0, 1))
    clicked = 1.0 - (1.0 - 2.0 * p_ec) * (1.0 - eta)
    wrong = p_ec + source.intrinsic_error * eta
    key, test = 0.64 * pulses, 0.04 * pulses
    return {
        "vacuum_events": key * tau0 * 2.0 * p_ec,
        "single_photon_events": key * tau1 * clicked,
        "test_single_photon_events": test * tau1 * clicked,
        "test_single_photon_errors": test * tau1 * wrong,
    }


@pytest.mark.parametrize("third", [0.0, 2e-4, 0.01])
def test_the_estimates_bound_the_true_photon_numbers_and_lie_close_to_them(third):
    source = replace(SOURCE, intensities=(0.7, 0.1, third))
    counts = expected_counts(source, PERFECT_DETECTOR, PASS)
    key = infinite_block_key(counts, DecoySettings.of(source), Policy())
    truth = photon_truth(source, 2e-3, 100.0 * GATE_S, 2e10)
    for name in ("vacuum_events", "single_photon_events", "test_single_photon_events"):
        assert getattr(key, name).item() <= truth[name] * (1 + 1e-12), name
    assert key.single_photon_events.item() > 0.94 * truth["single_photon_events"]
    errors = key.test_single_photon_errors.item()
    assert truth["test_single_photon_errors"] <= errors * (1 + 1e-9)
    assert errors < 1.15 * truth["test_single_photon_errors"]
    if third == 0.0:
        assert key.vacuum_events.item() == pytest.approx(truth["vacuum_events"])


@pytest.mark.parametrize("concentration", list(Concentration))
def test_finite_blocks_know_less_and_yield_less(concentration):
    counts = expected_counts(SOURCE, RECEIVER, PASS)
    finite = two_decoy_key(counts, SETTINGS, Policy(concentration=concentration))
    infinite = infinite_block_key(counts, SETTINGS, Policy())
    assert finite.single_photon_events < infinite.single_photon_events
    assert finite.vacuum_events < infinite.vacuum_events
    assert finite.phase_error > infinite.phase_error
    assert 0.0 < finite.key_bits_signed < infinite.key_bits_signed


def test_a_large_block_approaches_the_infinite_one():
    counts = expected_counts(SOURCE, RECEIVER, channel(2e-3, 100.0, 1e9))
    finite = two_decoy_key(counts, SETTINGS, Policy())
    infinite = infinite_block_key(counts, SETTINGS, Policy())
    assert finite.key_bits_signed.item() == pytest.approx(infinite.key_bits_signed.item(), rel=2e-3)


def test_the_fixed_cost_of_a_block_is_the_published_one():
    assert finite_key_cost_bits(Policy()) == pytest.approx(256.567, abs=5e-4)


def test_single_photon_errors_are_capped_by_the_errors_seen():
    counts = expected_counts(SOURCE, RECEIVER, PASS)
    key = two_decoy_key(counts, SETTINGS, Policy(concentration=Concentration.HOEFFDING))
    assert key.test_single_photon_errors.item() == pytest.approx(counts.test_errors.sum())
    infinite = infinite_block_key(counts, SETTINGS, Policy())
    assert infinite.test_single_photon_errors.item() < counts.test_errors.sum()


def test_the_vacuum_bound_takes_the_upper_bound_of_the_second_intensity():
    source = replace(SOURCE, intensities=(0.7, 0.1, 1e-3))
    counts = expected_counts(source, RECEIVER, channel(np.full(200, 2e-3), 2_000.0))
    settings = DecoySettings.of(source)
    right = two_decoy_key(counts, settings, Policy())
    wrong = two_decoy_key(counts, settings, Policy(), compat=ReferenceCompat())
    mended = two_decoy_key(
        counts, settings, Policy(), compat=ReferenceCompat(vacuum_from_lower_bound=False)
    )
    assert 0.0 < right.vacuum_events < wrong.vacuum_events
    assert mended.vacuum_events == right.vacuum_events


def test_without_detections_nothing_is_known_and_the_fixed_cost_remains():
    empty = DetectionCounts(
        key_detections=np.zeros((1, 3)),
        key_errors=np.zeros((1, 3)),
        test_detections=np.zeros((1, 3)),
        test_errors=np.zeros((1, 3)),
    )
    for concentration in Concentration:
        policy = Policy(concentration=concentration)
        key = two_decoy_key(empty, SETTINGS, policy).as_yield()
        assert np.isnan(key.qber[0])
        assert np.isnan(key.phase_error[0])
        assert key.key_bits_signed[0] == pytest.approx(-256.567, abs=5e-4)
        assert key.key_bits[0] == 0.0


def test_without_test_rounds_the_phase_error_is_a_half():
    counts = expected_counts(replace(SOURCE, key_basis_probability=1.0), RECEIVER, PASS)
    key = two_decoy_key(counts, SETTINGS, Policy())
    assert key.phase_error == 0.5
    assert key.key_bits_signed < 0.0


def test_a_missing_block_stays_missing_and_its_neighbour_keeps_its_key():
    eta = np.array([2e-3, np.nan, 2e-3, 2e-3])
    counts = expected_counts(SOURCE, RECEIVER, channel(eta, first_sample=[0, 2, 4]))
    key = two_decoy_key(counts, SETTINGS, Policy()).as_yield()
    for name in key.column_names():
        assert np.isnan(getattr(key, name)[0]), name
        assert np.isfinite(getattr(key, name)[1]), name


def test_the_reported_key_is_whole_and_never_negative():
    counts = expected_counts(
        SOURCE, RECEIVER, channel([2e-3] * 200 + [1e-9], first_sample=[0, 200, 201])
    )
    key = two_decoy_key(counts, SETTINGS, Policy()).as_yield()
    assert key.key_bits_signed[1] < 0.0
    assert key.key_bits[1] == 0.0
    assert key.key_bits[0] == np.floor(key.key_bits_signed[0])
    assert key.key_bits[0] != key.key_bits_signed[0]


@pytest.mark.parametrize(
    ("intensities", "probabilities"),
    [
        ((0.5, 0.5, 0.0), (0.8, 0.1, 0.1)),
        ((0.5, 0.4, 0.1), (0.8, 0.1, 0.1)),
        ((0.5, 0.1, 0.1), (0.8, 0.1, 0.1)),
        ((0.5, 0.1, 0.2), (0.8, 0.1, 0.1)),
        ((0.5, 0.1, -0.1), (0.8, 0.1, 0.1)),
        ((0.5, 0.1, 0.0), (0.9, 0.1, 0.0)),
        ((0.5, 0.1, 0.0), (0.8, 0.3, -0.1)),
    ],
)
def test_a_setting_outside_the_proof_gives_no_number(intensities, probabilities):
    counts = expected_counts(SOURCE, RECEIVER, PASS)
    settings = DecoySettings(
        intensities=np.array(intensities), probabilities=np.array(probabilities)
    )
    assert np.isnan(two_decoy_key(counts, settings, Policy()).key_bits_signed)


def test_many_settings_are_tried_on_many_blocks_at_once():
    sources = [replace(SOURCE, intensities=(mu, 0.1, 0.0)) for mu in (0.5, 0.6, 0.7)]
    counts = expected_counts(SOURCE, RECEIVER, channel([2e-3, 1e-3], first_sample=[0, 1, 2]))
    together = DecoySettings(
        intensities=np.array([[one.intensities] for one in sources]),
        probabilities=np.array([[one.intensity_probabilities] for one in sources]),
    )
    grid = two_decoy_key(counts, together, Policy())
    assert grid.key_bits_signed.shape == grid.sifted_bits.shape == (3, 2)
    for row, one in enumerate(sources):
        alone = two_decoy_key(counts, DecoySettings.of(one), Policy())
        np.testing.assert_array_equal(grid.key_bits_signed[row], alone.key_bits_signed)
        np.testing.assert_array_equal(grid.phase_error[row], alone.phase_error)
