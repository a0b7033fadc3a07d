"""The budget as a whole, and its reduction to passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from link_cases import TRUNCATED, payload, samples, satellite, station, tables
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.link.budget import (
    DownlinkModel,
    highest_samples,
    link_faults,
    link_warnings,
    pass_link,
)
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS

TABLES = tables()


def budget(track, sender=None, place=None, body=None):
    sender = payload() if sender is None else sender
    place = station() if place is None else place
    body = satellite() if body is None else body
    return DownlinkModel().budget(sender, place, track, TABLES, body)


def test_terms_come_in_the_order_of_the_shared_names():
    result = budget(samples([20.0, 60.0]))
    assert result.loss_terms == LOSS_TERMS
    assert result.noise_terms == NOISE_TERMS
    assert result.transmittance.shape == (2, len(LOSS_TERMS))
    assert result.noise_hz.shape == (2, len(NOISE_TERMS))


def test_scalars_of_payload_and_receiver_stand_in_their_own_columns():
    terms = dict(zip(LOSS_TERMS, budget(samples(60.0)).transmittance[0], strict=True))
    assert terms["transmit_optics"] == 0.95
    assert terms["receive_optics"] == 0.5
    assert terms["filter"] == 0.9
    assert terms["detector"] == 0.5
    assert terms["wavefront"] == within(1e-4, of=0.9163)


def test_below_five_degrees_the_budget_is_not_a_number_and_above_it_is():
    result = budget(samples([4.9, 5.0, 90.0]))
    assert np.isnan(result.total_transmittance()[0])
    assert np.isnan(result.total_noise_hz()[0])
    assert np.all(np.isfinite(result.transmittance[1:]))
    assert np.all(np.isfinite(result.noise_hz[1:]))


def test_one_sample_alone_gives_the_same_bits_as_among_many():
    elevations = np.linspace(10.0, 89.0, 41)
    many = budget(samples(elevations, sun_elevation_rad=-0.1, moon_elevation_rad=0.4))
    one = budget(samples(elevations[17], sun_elevation_rad=-0.1, moon_elevation_rad=0.4))
    assert np.array_equal(one.transmittance[0], many.transmittance[17])
    assert np.array_equal(one.noise_hz[0], many.noise_hz[17])


def test_no_samples_give_an_empty_budget():
    result = budget(samples([], lengths=[0]))
    assert result.transmittance.shape == (0, len(LOSS_TERMS))


def test_an_unknown_wavelength_is_refused_with_its_neighbours():
    with pytest.raises(InvalidInput, match="850 nm and 1550 nm"):
        budget(samples(60.0), payload(wavelength_m=1310e-9))


def test_all_faults_of_a_payload_are_named_at_once():
    bad = payload(wavelength_m=1064e-9, wavefront_error_m=200e-9)
    assert [fault.where for fault in link_faults(bad, TABLES)] == [
        "wavelength_nm",
        "wavefront_error_nm_rms",
    ]
    assert link_faults(payload(), TABLES) == ()


def test_a_satellite_without_brightness_is_worth_a_warning():
    (text,) = link_warnings(satellite(standard_magnitude=None), TABLES)
    assert text.startswith("cube: neither standard_magnitude nor diffuse_area_m2")
    assert link_warnings(satellite(), TABLES) == ()


def test_a_wavelength_with_a_coarse_gas_fit_is_worth_a_warning():
    coarse = replace(TABLES, gas=replace(TABLES.gas, max_error_db=np.full(4, 0.3)))
    (text,) = link_warnings(satellite(), coarse)
    assert text == "payload cube: molecular absorption at 850 nm is known to 0.3 dB only"


def test_every_model_is_cited():
    cited = DownlinkModel().models
    assert {"diffraction", "pointing", "rayleigh", "gas", "moon"} <= {item.role for item in cited}
    assert all(item.citation for item in cited)


def test_a_pass_keeps_its_best_sample_and_the_one_at_culmination():
    track = samples([20.0, 50.0, 30.0, 15.0, 25.0], lengths=[3, 2])
    result = budget(track)
    link = pass_link(result, track, np.array([2, 4]))
    total = result.total_transmittance()
    assert link.transmittance_max == within(0.0, of=total[[1, 4]])
    assert link.transmittance_culmination == within(0.0, of=total[[2, 4]])
    assert np.array_equal(link.transmittance_terms, result.transmittance[[2, 4]])


def test_the_mean_noise_of_a_pass_is_weighted_with_the_slots_and_sums_over_its_terms():
    track = samples([20.0, 50.0], slot_s=np.array([1.0, 3.0]))
    result = budget(track)
    link = pass_link(result, track, np.array([1]))
    expected = (result.noise_hz[0] + 3.0 * result.noise_hz[1]) / 4.0
    assert link.noise_terms_hz[0] == within(1e-9, of=expected)
    assert link.noise_hz[0] == within(1e-9, of=expected.sum())


def test_passes_without_samples_stay_empty_wherever_they_stand():
    track = samples([20.0, 50.0, 40.0], lengths=[0, 2, 0, 1, 0])
    result = budget(track)
    link = pass_link(result, track, highest_samples(track))
    assert np.isnan(link.transmittance_max[[0, 2, 4]]).all()
    assert np.isnan(link.noise_terms_hz[[0, 2, 4]]).all()
    total = result.total_transmittance()
    assert link.transmittance_max[[1, 3]] == within(0.0, of=total[[1, 2]])


def test_samples_outside_validity_do_not_spoil_a_pass_that_has_others():
    track = samples([4.0, 30.0, 3.0, 4.0], lengths=[2, 2])
    result = budget(track)
    link = pass_link(result, track, np.array([1, 2]))
    assert link.transmittance_max[0] == result.total_transmittance()[1]
    assert link.noise_hz[0] == within(1e-9, of=result.total_noise_hz()[1])
    assert np.isnan(link.transmittance_max[1])
    assert np.isnan(link.noise_hz[1])


def test_no_passes_at_all_reduce_to_an_empty_table():
    track = samples([], lengths=[])
    link = pass_link(budget(track), track, np.zeros(0, dtype=np.intp))
    assert len(link) == 0
    assert link.transmittance_terms.shape == (0, len(LOSS_TERMS))


def test_the_highest_sample_of_each_pass_is_found_and_empty_passes_have_none():
    track = samples([20.0, 50.0, 50.0, 15.0, 25.0], lengths=[3, 0, 2])
    assert highest_samples(track).tolist() == [1, -1, 4]


def test_a_truncated_gaussian_payload_runs_through_the_same_budget():
    result = budget(samples([30.0, 80.0]), payload(beam=TRUNCATED))
    assert np.all(np.diff(result.total_transmittance()) > 0.0)
