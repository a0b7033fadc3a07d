"""Properties of the uplink that hold for every transmitter, receiver, station and geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from link_cases import atmosphere, payload, receiver, samples, satellite, slant_range_m, station

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.uplink_budget import UplinkModel
from euroqci_planner.mission.assets import Direction, GroundTransmitter
from euroqci_planner.mission.link_budget import LOSS_TERMS
from euroqci_planner.units import decibel_loss

TABLES = load_physics_tables()
FEW = settings(max_examples=25, deadline=None)
ELEVATIONS = np.array([5.0, 7.5, 12.0, 20.0, 33.0, 50.0, 71.0, 90.0])


def span(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False, allow_infinity=False)


@st.composite
def payloads(draw):
    telescope = receiver(
        aperture_m=draw(span(0.05, 0.5)),
        obscuration_ratio=0.0,
        field_of_view_rad=draw(span(10e-6, 500e-6)),
    )
    return payload(
        wavelength_m=draw(st.sampled_from([670e-9, 785e-9, 810e-9, 850e-9, 1064e-9, 1550e-9])),
        aperture_m=telescope.aperture_m,
        beam=None,
        direction=Direction.UPLINK,
        receiver=telescope,
    )


@st.composite
def stations(draw):
    aperture = draw(span(0.1, 1.0))
    sender = GroundTransmitter(
        aperture_m=aperture,
        obscuration_ratio=draw(span(0.0, 0.4)),
        waist_m=aperture * draw(span(0.2, 1.0)),
        wavefront_error_m=draw(span(0.0, 50e-9)),
        pointing_jitter_rad=(draw(span(0.0, 8e-6)), draw(span(0.0, 8e-6))),
        pointing_bias_rad=draw(span(0.0, 5e-6)),
        transmit_efficiency=draw(span(0.1, 1.0)),
        corrects_wander=draw(st.booleans()),
        night_lights_w_m2_sr=draw(span(0.0, 1e-2)),
    )
    air = atmosphere(seeing_rad=np.deg2rad(draw(span(0.3, 4.0)) / 3_600.0))
    return station(transmitter=sender, atmosphere=air, altitude_m=draw(span(0.0, 5_000.0)))


def budget(craft, place, track):
    return UplinkModel().budget(craft, place, track, TABLES, satellite(payload=craft))


@FEW
@given(payloads(), stations(), span(-18.0, 70.0))
def test_factors_are_shares_and_nan_marks_what_is_outside(craft, place, sun_deg):
    elevation = np.append(ELEVATIONS, [4.9, 0.0])
    track = samples(
        elevation,
        range_m=slant_range_m(np.maximum(elevation, 5.0)),
        sun_elevation_rad=np.deg2rad(sun_deg),
        moon_elevation_rad=0.7,
    )
    found, inside = budget(craft, place, track), elevation >= 5.0
    assert np.all((found.transmittance[inside] >= 0.0) & (found.transmittance[inside] <= 1.0))
    assert np.all(found.noise_hz[inside] >= 0.0)
    assert np.all(np.isnan(found.total_transmittance()[~inside]))
    assert np.all(np.isnan(found.total_noise_hz()[~inside]))


@FEW
@given(payloads(), stations())
def test_the_waterfall_sums_to_the_total_which_rises_with_elevation(craft, place):
    found = budget(craft, place, samples(ELEVATIONS))
    total_db = decibel_loss(found.total_transmittance())
    steps = decibel_loss(found.transmittance).sum(axis=1)
    np.testing.assert_allclose(steps, total_db, rtol=0.0, atol=1e-9)
    step_of_the_published_forms_db = 0.6
    assert np.all(np.diff(total_db) < step_of_the_published_forms_db)
    assert total_db[0] > total_db[-1]


@FEW
@given(payloads(), stations(), span(0.3, 3.0))
def test_worse_seeing_never_helps_beyond_the_step_of_the_published_forms(craft, place, arcsec):
    worse = replace(place.atmosphere, seeing_rad=np.deg2rad(2.0 * arcsec / 3_600.0))
    better = replace(place.atmosphere, seeing_rad=np.deg2rad(arcsec / 3_600.0))
    at = LOSS_TERMS.index("beam_spread")
    less, more = (
        budget(craft, replace(place, atmosphere=air), samples(ELEVATIONS)).transmittance[:, at]
        for air in (worse, better)
    )
    assert np.all(decibel_loss(less) > decibel_loss(more) - 0.6)


@FEW
@given(payloads(), stations(), st.lists(span(5.0, 90.0), min_size=1, max_size=8), st.data())
def test_scalar_flat_and_ragged_samples_give_the_same_numbers(craft, place, elevations, data):
    cut = data.draw(st.integers(0, len(elevations)))
    flat = budget(craft, place, samples(elevations))
    ragged = budget(craft, place, samples(elevations, lengths=[cut, len(elevations) - cut]))
    one = budget(craft, place, samples(elevations[-1]))
    assert np.array_equal(flat.transmittance, ragged.transmittance)
    assert np.array_equal(flat.noise_hz, ragged.noise_hz)
    np.testing.assert_allclose(flat.transmittance[-1], one.transmittance[0], rtol=1e-12)
    np.testing.assert_allclose(flat.noise_hz[-1], one.noise_hz[0], rtol=1e-12)
