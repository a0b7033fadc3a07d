"""Receiver factors: gate, wavefront, photons per radiance."""

from __future__ import annotations

import numpy as np
from link_cases import PAIRS, payload, receiver
from scipy.special import erf
from tolerances import within

from euroqci_planner.link.receiver import (
    clicks_per_radiance,
    collecting_area_m2,
    gate_transmittance,
    link_gate_transmittance,
    photons_per_joule,
)
from euroqci_planner.link.wavefront import wavefront_transmittance


def test_a_gate_as_wide_as_the_jitter_catches_three_quarters():
    assert gate_transmittance(1e-9, 1e-9) == within(1e-4, of=0.7610)


def test_widths_of_pulse_and_detector_add_in_square():
    assert gate_transmittance(1e-9, 0.3e-9, 0.4e-9) == within(
        1e-15, of=gate_transmittance(1e-9, 0.5e-9)
    )


def test_without_any_width_nothing_falls_outside_the_gate():
    assert gate_transmittance(1e-9, 0.0, 0.0) == 1.0


def test_the_gate_of_a_link_counts_pulse_and_timing_jitter_as_full_widths():
    sigma = np.hypot(200e-12, 350e-12) / 2.354820045
    expected = erf(1e-9 / (2.0 * np.sqrt(2.0) * sigma))
    assert link_gate_transmittance(payload(), receiver()) == within(1e-9, of=expected)


def test_pairs_are_gated_by_their_coincidence_window():
    wide = link_gate_transmittance(payload(source=PAIRS), receiver(gate_s=1e-12))
    assert wide == within(1e-12, of=gate_transmittance(1e-9, 350e-12))


def test_the_obscuration_takes_its_area_from_the_telescope():
    assert collecting_area_m2(receiver()) == within(1e-12, of=np.pi * 0.16 * 0.91)


def test_a_dark_sky_gives_ninety_four_photons_a_second():
    """0.8 m, 100 µrad, 1 nm, 785 nm, 6e-6 W m⁻² sr⁻¹ µm⁻¹ and no losses."""
    perfect = receiver(
        obscuration_ratio=0.0,
        optics_efficiency=1.0,
        filter_transmittance=1.0,
        detector_efficiency=1.0,
        detectors=1,
    )
    assert 6e-6 * clicks_per_radiance(perfect, 785e-9) == within(0.6, of=94.0)


def test_passive_splitting_shares_the_sky_over_the_detectors():
    four, one = receiver(), receiver(detectors=1)
    assert 4.0 * clicks_per_radiance(four, 785e-9) == within(
        1e-3, of=clicks_per_radiance(one, 785e-9)
    )


def test_a_photon_of_785_nm_carries_a_quarter_of_an_attojoule():
    assert photons_per_joule(785e-9) == within(1e15, of=3.9518e18)


def test_forty_nanometres_cost_a_twelfth_at_850():
    assert wavefront_transmittance(40e-9, 850e-9) == within(1e-4, of=0.9163)


def test_a_wavefront_worse_than_a_sixth_of_a_wave_has_no_strehl_ratio():
    assert np.isfinite(wavefront_transmittance(0.1666 * 850e-9, 850e-9))
    assert np.isnan(wavefront_transmittance(0.17 * 850e-9, 850e-9))
