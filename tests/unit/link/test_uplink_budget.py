"""The uplink: a beam from the ground into a receiver on board, with the Earth behind it."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import (
    PAIRS,
    atmosphere,
    payload,
    receiver,
    samples,
    satellite,
    slant_range_m,
    station,
    tables,
)
from tolerances import DECIBEL, within

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.link.cautions import link_warnings
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.limits import link_faults, station_faults, uplink_pair_faults
from euroqci_planner.link.slant_path import spherical_path
from euroqci_planner.link.turbulence_profile import profile_of_seeing
from euroqci_planner.link.uplink import long_term_radius_m, uplink_coherence_m
from euroqci_planner.link.uplink_background import moon_brightness
from euroqci_planner.link.uplink_budget import UplinkModel
from euroqci_planner.link.uplink_turbulence import uplink_beam, uplink_turbulence
from euroqci_planner.mission.assets import Direction, GroundTransmitter, TruncatedGaussianBeam
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS
from euroqci_planner.units import decibel_loss

TABLES = tables()
NIGHT = np.deg2rad(-30.0)


def transmitter(**changes):
    plain = {
        "aperture_m": 0.4,
        "obscuration_ratio": 0.0,
        "waist_m": 0.178,
        "wavefront_error_m": 0.0,
        "pointing_jitter_rad": (1e-6, 1e-6),
        "pointing_bias_rad": 0.5e-6,
        "transmit_efficiency": 0.9,
        "corrects_wander": False,
        "night_lights_w_m2_sr": 1e-4,
    }
    return GroundTransmitter(**(plain | changes))


def on_board(**changes):
    telescope = receiver(aperture_m=0.3, obscuration_ratio=0.0, **changes)
    return payload(
        aperture_m=0.3, beam=None, direction=Direction.UPLINK, receiver=telescope, id="ear"
    )


def budget(track, sender=None, place=None, craft=None):
    craft = on_board() if craft is None else craft
    place = station(transmitter=sender or transmitter()) if place is None else place
    return UplinkModel().budget(craft, place, track, TABLES, satellite(payload=craft))


def term(found, name):
    if name in LOSS_TERMS:
        return found.transmittance[:, LOSS_TERMS.index(name)]
    return found.noise_hz[:, NOISE_TERMS.index(name)]


def test_without_turbulence_and_jitter_it_is_the_far_field_of_the_same_telescope():
    still = atmosphere(seeing_rad=1e-9)
    sender = transmitter(pointing_jitter_rad=(0.0, 0.0), pointing_bias_rad=0.0, waist_m=0.15)
    track = samples([30.0, 60.0, 90.0])
    found = budget(track, place=station(transmitter=sender, atmosphere=still))
    twin = payload(
        aperture_m=0.4,
        beam=TruncatedGaussianBeam(waist_m=0.15),
        pointing_jitter_rad=(0.0, 0.0),
        pointing_bias_rad=0.0,
    )
    steady, _ = far_field(twin).collection(track.range_m, 0.3)
    up = term(found, "diffraction") * term(found, "beam_spread") * term(found, "pointing")
    assert decibel_loss(up) == within(0.1 * DECIBEL, of=decibel_loss(steady))


def test_the_air_takes_the_same_both_ways():
    track = samples([10.0, 45.0, 90.0])
    up = budget(track)
    sender = payload()
    down = DownlinkModel().budget(sender, station(), track, TABLES, satellite())
    for name in ("rayleigh", "aerosol", "ozone", "gas", "cirrus"):
        np.testing.assert_array_equal(term(up, name), term(down, name))


def test_the_table_of_coherence_lengths_is_the_integral():
    place = station(altitude_m=600.0)
    elevation = np.deg2rad(np.array([5.0, 8.0, 13.7, 33.0, 61.0, 90.0]))
    range_m = slant_range_m(np.rad2deg(elevation), 420e3)
    profile = profile_of_seeing(place.atmosphere.seeing_rad, 600.0)
    path = spherical_path(elevation, profile.height_m, 600.0)
    coherence = uplink_coherence_m(785e-9, range_m, profile, path)
    beam = uplink_beam(transmitter(), 785e-9)
    wanted = long_term_radius_m(beam, range_m, coherence)
    seen = uplink_turbulence(785e-9, place).beam_radius_m(
        beam, elevation, range_m, corrects_wander=False
    )
    assert seen / wanted == within(1e-3, of=np.ones(6))


def test_following_the_wander_keeps_more_light_on_the_satellite():
    track = samples([30.0, 90.0])
    followed = budget(track, transmitter(corrects_wander=True))
    assert np.all(term(followed, "beam_spread") > 1.05 * term(budget(track), "beam_spread"))


def test_a_telescope_twice_as_wide_gains_little_through_the_same_air():
    track = samples([90.0])
    narrow = budget(track, transmitter(aperture_m=0.25, waist_m=0.11))
    wide = budget(track, transmitter(aperture_m=0.5, waist_m=0.22))
    gain_db = decibel_loss(narrow.total_transmittance()) - decibel_loss(wide.total_transmittance())
    vacuum_db = decibel_loss(term(narrow, "diffraction")) - decibel_loss(term(wide, "diffraction"))
    assert vacuum_db == within(0.3 * DECIBEL, of=6.02)
    assert 0.0 < gain_db < 2.5


def test_the_waterfall_sums_to_the_total_and_every_term_is_a_share():
    found = budget(samples(np.linspace(5.0, 90.0, 40)))
    assert np.all((found.transmittance >= 0.0) & (found.transmittance <= 1.0))
    assert np.sum(decibel_loss(found.transmittance), axis=1) == within(
        1e-9, of=decibel_loss(found.total_transmittance())
    )


def test_below_five_degrees_there_are_no_numbers():
    found = budget(samples([4.9, 5.1]))
    assert np.isnan(found.total_transmittance()[0])
    assert np.isnan(found.total_noise_hz()[0])
    assert np.isfinite(found.total_transmittance()[1])


def test_the_sunlit_earth_is_some_hundred_thousand_times_brighter_than_the_moonlit_one():
    high = {"moon_elevation_rad": 1.0, "moon_phase_angle_rad": 0.0, "sun_elevation_rad": NIGHT}
    moonlit = budget(samples(90.0, **high))
    sunlit = budget(samples(90.0, sun_elevation_rad=1.0))
    ratio = term(sunlit, "daylight")[0] / term(moonlit, "moon")[0]
    assert 1e5 < ratio < 1e6
    assert term(sunlit, "moon")[0] == 0.0
    assert term(moonlit, "daylight")[0] == 0.0


def test_the_light_of_the_ground_is_its_radiance_times_the_view():
    rate = term(budget(samples(90.0)), "light_pollution")[0]
    craft = on_board().receiver
    area_m2, view_sr = np.pi * 0.15**2, np.pi * (50e-6) ** 2
    photons = 1e-4 / 0.4 * area_m2 * view_sr * 1e-3 * 850e-9 / (6.626_070_15e-34 * 2.997_924_58e8)
    shares = craft.optics_efficiency * craft.filter_transmittance * craft.detector_efficiency
    air = np.prod([term(budget(samples(90.0)), name)[0]
                   for name in ("rayleigh", "aerosol", "ozone", "gas", "cirrus")])  # fmt: skip
    assert rate == within(1e-6 * rate, of=photons * shares / 4 * air)


def test_a_half_moon_has_a_ninth_of_the_light_of_a_full_one():
    assert moon_brightness(np.array([0.0, np.pi / 2.0])) == within(0.005, of=[1.0, 0.0911])


def test_no_light_of_the_satellite_falls_into_its_own_telescope():
    assert term(budget(samples(90.0, sunlit_fraction=1.0)), "sunlit_satellite")[0] == 0.0


def test_scalar_and_ragged_samples_give_the_same_numbers():
    elevation = np.array([10.0, 20.0, 40.0, 80.0])
    whole = budget(samples(elevation)).transmittance
    ragged = budget(samples(elevation, lengths=[1, 0, 3])).transmittance
    one = np.concatenate([budget(samples(value)).transmittance for value in elevation])
    np.testing.assert_array_equal(whole, ragged)
    np.testing.assert_allclose(whole, one, rtol=1e-14)


def test_a_receiver_without_a_receiver_is_refused_in_words():
    craft = payload(beam=None, direction=Direction.UPLINK, source=PAIRS)
    assert [fault.where for fault in link_faults(craft, TABLES)] == ["receiver", "source.protocol"]
    with pytest.raises(TypeError, match="a transmitter on the ground and a receiver on board"):
        budget(samples(90.0), craft=craft)


def test_a_station_that_cannot_send_is_named_with_the_satellite():
    (fault,) = uplink_pair_faults(satellite(payload=on_board()), station())
    assert str(fault) == (
        "transmitter: is missing: satellite cube receives (direction = uplink) "
        "(add [station.transmitter], or take the station out)"
    )
    assert uplink_pair_faults(satellite(), station()) == ()


def test_faults_of_the_transmitter_name_their_keys():
    bad = transmitter(aperture_m=0.0, waist_m=-1.0, pointing_jitter_rad=(-1e-6, 0.0))
    assert [fault.where for fault in station_faults(station(transmitter=bad))] == [
        "transmitter.aperture_mm",
        "transmitter.pointing_jitter_urad",
        "transmitter.waist_mm",
    ]


def test_an_uplink_warns_of_the_angle_by_which_it_must_lead():
    place = station(transmitter=transmitter(pointing_bias_rad=0.0, corrects_wander=True))
    told = link_warnings(satellite(payload=on_board()), TABLES, (place,))
    assert any("pointing_bias_urad = 0 of calar-alto takes the point-ahead angle" in text
               for text in told)  # fmt: skip
    assert any("the tip-tilt of calar-alto looks away" in text for text in told)
    assert not any("sunlight" in text for text in told)
