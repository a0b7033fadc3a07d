"""Properties of the link that hold for every payload, station and geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from link_cases import atmosphere, payload, receiver, samples, satellite, slant_range_m, station

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.budget import DownlinkModel, highest_samples, pass_link
from euroqci_planner.link.diffraction import gaussian_collection
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.sunlit_sky import sunlit_sky, sunlit_sky_radiance
from euroqci_planner.mission.assets import (
    Coupling,
    DivergenceBeam,
    DivergenceConvention,
    TruncatedGaussianBeam,
)
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS
from euroqci_planner.units import decibel_loss

TABLES = load_physics_tables()
FEW = settings(max_examples=25, deadline=None)
WAVELENGTHS = st.sampled_from([670e-9, 785e-9, 787e-9, 810e-9, 848.6e-9, 850e-9, 1064e-9, 1550e-9])


def span(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def payloads(draw):
    divergence = st.builds(
        DivergenceBeam,
        divergence_rad=span(5e-6, 60e-6),
        convention=st.sampled_from(DivergenceConvention),
    )
    truncated = st.builds(TruncatedGaussianBeam, waist_m=span(0.03, 0.3))
    wavelength = draw(WAVELENGTHS)
    return payload(
        wavelength_m=wavelength,
        aperture_m=draw(span(0.05, 0.3)),
        obscuration_ratio=draw(span(0.0, 0.5)),
        beam=draw(st.one_of(divergence, truncated)),
        wavefront_error_m=draw(span(0.0, 0.16)) * wavelength,
        pointing_jitter_rad=(draw(span(0.0, 8e-6)), draw(span(0.0, 8e-6))),
        pointing_bias_rad=draw(span(0.0, 5e-6)),
        transmit_efficiency=draw(span(0.1, 1.0)),
    )


@st.composite
def stations(draw):
    air = atmosphere(
        aerosol_optical_depth_550nm=draw(span(0.0, 1.0)),
        angstrom_exponent=draw(span(0.0, 2.0)),
        precipitable_water_m=draw(span(0.001, 0.05)),
        ozone_dobson=draw(span(200.0, 500.0)),
        cirrus_optical_depth=draw(span(0.0, 0.3)),
        seeing_rad=np.deg2rad(draw(span(0.3, 4.0)) / 3_600.0),
    )
    telescope = receiver(
        aperture_m=draw(span(0.2, 1.5)),
        obscuration_ratio=draw(span(0.0, 0.5)),
        field_of_view_rad=draw(span(10e-6, 200e-6)),
        gate_s=draw(span(0.2e-9, 3e-9)),
        coupling=draw(st.sampled_from(Coupling)),
        adaptive_optics_modes=draw(st.integers(1, 200)),
        adaptive_optics_bandwidth_hz=draw(span(20.0, 2_000.0)),
    )
    return station(
        altitude_m=draw(span(0.0, 4_000.0)),
        atmosphere=air,
        receiver=telescope,
        sky_brightness_mag_arcsec2=draw(span(17.0, 22.0)),
    )


def budget(sender, place, track):
    return DownlinkModel().budget(sender, place, track, TABLES, satellite(payload=sender))


ELEVATIONS = np.array([5.0, 7.5, 12.0, 20.0, 33.0, 50.0, 71.0, 90.0])


@FEW
@given(payloads(), stations())
def test_every_factor_lies_between_zero_and_one(sender, place):
    terms = budget(sender, place, samples(ELEVATIONS)).transmittance
    assert np.all(terms >= 0.0)
    assert np.all(terms <= 1.0 + 1e-9)


@FEW
@given(payloads(), stations(), span(-18.0, 70.0))
def test_inside_validity_nothing_is_nan_and_outside_the_total_is(sender, place, sun_deg):
    elevation = np.append(ELEVATIONS, [4.9, 0.0, -20.0])
    track = samples(
        elevation,
        range_m=slant_range_m(np.maximum(elevation, 5.0)),
        sun_elevation_rad=np.deg2rad(sun_deg),
        moon_elevation_rad=0.7,
        moon_azimuth_rad=3.0,
        sunlit_fraction=1.0,
    )
    result = budget(sender, place, track)
    inside = elevation >= 5.0
    assert np.all(np.isfinite(result.transmittance[inside]))
    assert np.all(np.isfinite(result.noise_hz[inside]))
    assert np.all(result.noise_hz[inside] >= 0.0)
    assert np.all(np.isnan(result.total_transmittance()[~inside]))
    assert np.all(np.isnan(result.total_noise_hz()[~inside]))


@FEW
@given(payloads(), stations())
def test_the_waterfall_sums_to_the_total(sender, place):
    result = budget(sender, place, samples(ELEVATIONS))
    steps = decibel_loss(result.transmittance).sum(axis=1)
    assert np.allclose(steps, decibel_loss(result.total_transmittance()), rtol=0.0, atol=1e-9)


@FEW
@given(payloads(), stations())
def test_every_extinction_term_falls_with_the_air_mass(sender, place):
    result = budget(sender, place, samples(ELEVATIONS))
    for name in ("rayleigh", "aerosol", "ozone", "gas", "cirrus"):
        assert np.all(np.diff(result.transmittance[:, LOSS_TERMS.index(name)]) >= 0.0)


@FEW
@given(payloads(), stations(), span(0.0, 0.015))
def test_seeing_costs_more_the_longer_the_way_through_the_air(sender, place, slew):
    result = budget(sender, place, samples(ELEVATIONS, slew_rad_s=slew))
    for name in ("field_stop", "coupling"):
        share = result.transmittance[:, LOSS_TERMS.index(name)]
        assert np.all(np.diff(share) >= -1e-7)
        assert np.all((share >= 0.0) & (share <= 1.0))


@FEW
@given(stations(), span(0.3, 3.0))
def test_worse_seeing_never_helps(place, arcsec):
    track, sender = samples(ELEVATIONS), payload(wavelength_m=1550e-9)
    shares = []
    for seeing in (arcsec, 1.2 * arcsec):
        air = replace(place.atmosphere, seeing_rad=np.deg2rad(seeing / 3_600.0))
        result = budget(sender, replace(place, atmosphere=air), track)
        shares.append(result.total_transmittance())
    assert np.all(shares[1] <= shares[0] * (1.0 + 1e-7))


@FEW
@given(payloads(), span(0.2, 2.0))
def test_what_is_collected_falls_with_the_range(sender, aperture_m):
    ranges = np.geomspace(300e3, 5_000e3, 60)
    diffraction, pointing = far_field(sender).collection(ranges, aperture_m)
    assert np.all(np.diff(diffraction) < 1e-9)
    assert np.all(np.diff(diffraction * pointing) < 1e-9)


@FEW
@given(payloads(), span(0.05, 0.3), span(0.0, 0.5))
def test_a_small_obscured_receiver_sees_the_inverse_square_far_away(sender, aperture_m, ratio):
    near, far = far_field(sender).collection(np.array([20e6, 40e6]), aperture_m, ratio)[0]
    assert abs(near / far - 4.0) < 0.01


@FEW
@given(span(1.0, 100.0), span(0.1, 4.0), span(0.0, 0.9))
def test_a_larger_receiver_with_the_same_hole_collects_more(radius_m, aperture_m, ratio):
    larger = gaussian_collection(radius_m, 1.1 * aperture_m, ratio / 1.1)
    smaller = gaussian_collection(radius_m, aperture_m, ratio)
    assert larger > smaller or smaller > 0.5


@FEW
@given(payloads(), span(0.0, 1.0))
def test_more_jitter_never_helps_a_small_receiver(sender, share):
    ranges = np.array([500e3, 2_000e3])
    steadier = payload(
        **{
            name: getattr(sender, name)
            for name in ("wavelength_m", "aperture_m", "obscuration_ratio", "beam")
        },
        pointing_jitter_rad=tuple(share * sigma for sigma in sender.pointing_jitter_rad),
        pointing_bias_rad=0.0,
    )
    shakier = payload(
        **{
            name: getattr(sender, name)
            for name in ("wavelength_m", "aperture_m", "obscuration_ratio", "beam")
        },
        pointing_jitter_rad=sender.pointing_jitter_rad,
        pointing_bias_rad=0.0,
    )
    less = far_field(steadier).collection(ranges, 0.05)[1]
    more = far_field(shakier).collection(ranges, 0.05)[1]
    assert np.all(more <= less + 1e-9)


@FEW
@given(payloads(), stations(), st.lists(span(5.0, 90.0), min_size=1, max_size=12), st.data())
def test_scalar_flat_and_ragged_samples_give_the_same_numbers(sender, place, elevations, data):
    cut = data.draw(st.integers(0, len(elevations)))
    sky = {"sun_elevation_rad": -0.12, "moon_elevation_rad": 0.6, "sunlit_fraction": 0.5}
    flat = budget(sender, place, samples(elevations, **sky))
    ragged = budget(sender, place, samples(elevations, lengths=[cut, len(elevations) - cut], **sky))
    one = budget(sender, place, samples(elevations[-1], **sky))
    assert np.array_equal(flat.transmittance, ragged.transmittance)
    assert np.array_equal(flat.noise_hz, ragged.noise_hz)
    assert np.array_equal(flat.transmittance[-1], one.transmittance[0])
    assert np.array_equal(flat.noise_hz[-1], one.noise_hz[0])


@FEW
@given(st.lists(st.integers(0, 4), max_size=6), st.randoms(use_true_random=False))
def test_the_reduction_to_passes_equals_a_loop_over_passes(lengths, random):
    elevations = [random.uniform(5.0, 90.0) for _ in range(sum(lengths))]
    track = samples(elevations, lengths=lengths)
    result = budget(payload(), station(), track)
    link = pass_link(result, track, highest_samples(track))
    total = result.total_transmittance()
    for k, (start, end) in enumerate(
        zip(track.first_sample[:-1], track.first_sample[1:], strict=True)
    ):
        if start == end:
            assert np.isnan(link.transmittance_max[k])
            continue
        top = start + int(np.argmax(track.elevation_rad[start:end]))
        assert link.transmittance_max[k] == total[start:end].max()
        assert link.transmittance_culmination[k] == total[top]
        assert np.allclose(link.noise_terms_hz[k], result.noise_hz[start:end].mean(axis=0))
    assert len(link) == len(lengths)
    assert link.noise_terms_hz.shape == (len(lengths), len(NOISE_TERMS))


@FEW
@given(span(-20.0, 74.0), span(5.0, 90.0), span(0.0, 6.3), span(0.0, 2e-7))
def test_the_sunlit_sky_has_no_steps(sun_deg, elevation_deg, turn, step):
    sky = sunlit_sky(850e-9, TABLES.sunlit_sky)
    sun, elevation = np.deg2rad(sun_deg) + np.array([0.0, step]), np.deg2rad(elevation_deg)
    here, there = sunlit_sky_radiance(sky, sun, elevation, [turn, turn + step])
    assert abs(there - here) <= 1e-4 * (here + there) + 1e-12


@FEW
@given(span(-20.0, 74.0), span(5.0, 90.0), span(0.0, 6.3))
def test_twilight_darkens_as_the_sun_sinks(sun_deg, elevation_deg, turn):
    sky = sunlit_sky(785e-9, TABLES.sunlit_sky)
    sun = np.deg2rad(min(sun_deg, -1.0) - np.array([0.0, 0.5]))
    high, low = sunlit_sky_radiance(sky, sun, np.deg2rad(elevation_deg), turn)
    assert low <= high
