"""Entropies and the sampling deviation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import hypergeom

from euroqci_planner.qkd.entropy import binary_entropy, sampling_deviation


def test_binary_entropy_has_its_textbook_values():
    np.testing.assert_allclose(
        binary_entropy([0.0, 0.11, 0.25, 0.5, 0.89, 1.0]),
        [0.0, 0.499915958164528, 0.811278124459133, 1.0, 0.499915958164528, 0.0],
        rtol=1e-13,
    )


def test_no_probability_has_no_entropy():
    assert np.all(np.isnan(binary_entropy([-1e-9, 1.0 + 1e-9, np.nan])))


def test_entropy_of_a_rare_event_keeps_its_digits():
    p = 1e-300
    assert binary_entropy(p) == pytest.approx(p * (300 * np.log2(10) + 1 / np.log(2)), rel=1e-12)


def test_the_deviation_of_a_published_case_is_met():
    # Zenith pass of SatQuMA at dt = 200 s: φ_X = 0.01426883 from these single-photon counts.
    ratio = 6_073.22 / 476_732.24
    deviation = sampling_deviation(1e-9 / 21.0, ratio, 476_732.24, 5_042_830.39)
    assert ratio + deviation == pytest.approx(0.01426883, abs=1e-8)


@pytest.mark.parametrize("errors", [100, 400, 1_000])
def test_the_deviation_covers_the_hypergeometric_tail(errors):
    tested, keyed, epsilon = 4_000, 20_000, 1e-9
    ratio = errors / tested
    beyond = ratio + float(sampling_deviation(epsilon, ratio, tested, keyed))
    all_errors = errors + int(np.ceil(beyond * keyed))
    assert hypergeom.cdf(errors, tested + keyed, all_errors, tested) < epsilon


def test_the_deviation_shrinks_with_both_samples_and_grows_with_certainty():
    base = sampling_deviation(1e-10, 0.02, 1e4, 1e5)
    assert sampling_deviation(1e-10, 0.02, 2e4, 1e5) < base
    assert sampling_deviation(1e-10, 0.02, 1e4, 2e5) < base
    assert sampling_deviation(1e-12, 0.02, 1e4, 1e5) > base
