"""Turbulence in the budget: field stop, fibre with tip-tilt, fibre with adaptive optics."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import atmosphere, payload, receiver, samples, satellite, station, tables
from tolerances import DECIBEL, within

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.link.coupling import (
    TIP_TILT_MODES,
    best_mode_ratio,
    chromatic_variance,
    fitting_variance,
    mode_etendue_m2_sr,
    mode_overlap,
    servo_variance,
    strehl_ratio,
)
from euroqci_planner.link.extinction import station_pressure_pa
from euroqci_planner.link.field_stop import encircled_energy
from euroqci_planner.link.receiver import clicks_per_radiance, sky_etendue_m2_sr
from euroqci_planner.link.refraction import chromatic_refraction_rad, station_temperature_k
from euroqci_planner.link.site_turbulence import FASTEST_SLEW_RAD_S, site_turbulence
from euroqci_planner.link.slant_path import spherical_path
from euroqci_planner.link.turbulence import coherence_length_m, greenwood_frequency_hz
from euroqci_planner.link.turbulence_profile import profile_of_seeing
from euroqci_planner.mission.assets import Coupling
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS
from euroqci_planner.units import decibel_loss

TABLES = tables()
ELEVATION = np.deg2rad([5.0, 11.3, 20.0, 47.0, 90.0])
TIP_TILT = receiver(coupling=Coupling.FIBRE_TIP_TILT)
ADAPTIVE = receiver(
    coupling=Coupling.FIBRE_ADAPTIVE_OPTICS,
    adaptive_optics_modes=60,
    adaptive_optics_bandwidth_hz=200.0,
)
INFRARED = payload(wavelength_m=1550e-9, beacon_wavelength_m=1590e-9)


def direct(place, wavelength_m):
    profile = profile_of_seeing(place.atmosphere.seeing_rad, place.altitude_m)
    path = spherical_path(ELEVATION, profile.height_m, place.altitude_m)
    return profile, path, coherence_length_m(wavelength_m, profile, path)


def budget(sender, place, track, **body):
    return DownlinkModel().budget(sender, place, track, TABLES, satellite(payload=sender, **body))


def term(result, name):
    return result.transmittance[:, LOSS_TERMS.index(name)]


def noise(result, name):
    return result.noise_hz[:, NOISE_TERMS.index(name)]


def test_free_space_detectors_lose_what_the_field_stop_cuts_and_nothing_else():
    place = station(receiver=receiver(field_of_view_rad=20e-6))
    stop, fibre = site_turbulence(payload(), place).shares(ELEVATION, 0.01)
    _, _, coherence = direct(place, 850e-9)
    assert stop == within(1e-6, of=encircled_energy(10e-6, 850e-9, 0.8, 0.3, coherence))
    assert fibre == 1.0


def test_tip_tilt_leaves_the_higher_modes():
    place = station(receiver=TIP_TILT)
    stop, fibre = site_turbulence(INFRARED, place).shares(ELEVATION, 0.01)
    _, _, coherence = direct(place, 1550e-9)
    across = 0.8 / coherence
    ratio = strehl_ratio(fitting_variance(across, TIP_TILT_MODES), across)
    assert fibre == within(1e-6, of=mode_overlap(best_mode_ratio(0.3), 0.3) * ratio)
    assert stop == 1.0


def test_adaptive_optics_leaves_fitting_lag_and_the_beacons_other_colour():
    place = station(receiver=ADAPTIVE)
    slew = np.linspace(0.002, 0.015, len(ELEVATION))
    _, fibre = site_turbulence(INFRARED, place).shares(ELEVATION, slew)
    profile, path, coherence = direct(place, 1550e-9)
    across = 0.8 / coherence
    apart = chromatic_refraction_rad(
        ELEVATION, 1550e-9, 1590e-9, station_pressure_pa(2168.0), station_temperature_k(2168.0)
    )
    left = (
        fitting_variance(across, 60)
        + servo_variance(greenwood_frequency_hz(1550e-9, profile, path, slew), 200.0)
        + chromatic_variance(1550e-9, apart, profile, path)
    )
    expected = mode_overlap(best_mode_ratio(0.3), 0.3) * strehl_ratio(left, across)
    assert decibel_loss(fibre) == within(1e-3 * DECIBEL, of=decibel_loss(expected))


def test_a_slew_beyond_any_orbit_is_not_a_number_under_adaptive_optics():
    _, fibre = site_turbulence(INFRARED, station(receiver=ADAPTIVE)).shares(
        np.full(2, 1.0), np.array([FASTEST_SLEW_RAD_S, 1.01 * FASTEST_SLEW_RAD_S])
    )
    assert np.isnan(fibre).tolist() == [False, True]


def test_the_terms_stand_in_their_columns_of_the_budget():
    track = samples([20.0, 60.0])
    free = budget(payload(), station(), track)
    fibre = budget(INFRARED, station(receiver=TIP_TILT), track)
    assert np.all(term(free, "coupling") == 1.0)
    assert np.all((term(free, "field_stop") < 1.0) & (term(free, "field_stop") > 0.95))
    assert np.all(term(fibre, "field_stop") == 1.0)
    assert np.all(term(fibre, "coupling") < 0.7)


def test_without_correction_by_modes_a_fibre_at_1550_nm_loses_its_decibels_in_poor_seeing():
    poor = atmosphere(seeing_rad=np.deg2rad(2.0 / 3600.0))
    low = samples(20.0, slew_rad_s=0.003)
    tilt = budget(INFRARED, station(receiver=TIP_TILT, atmosphere=poor), low)
    many = budget(INFRARED, station(receiver=ADAPTIVE, atmosphere=poor), low)
    assert decibel_loss(term(tilt, "coupling"))[0] > 9.0
    assert decibel_loss(term(many, "coupling"))[0] < 6.0


def test_a_fibre_sees_the_sky_through_one_mode_however_large_the_telescope():
    small, large = (
        receiver(coupling=Coupling.FIBRE_TIP_TILT, aperture_m=d, obscuration_ratio=0.0)
        for d in (0.4, 2.0)
    )
    wanted = mode_etendue_m2_sr(1550e-9, best_mode_ratio())
    assert sky_etendue_m2_sr(small, 1550e-9) == wanted
    assert clicks_per_radiance(small, 1550e-9) == clicks_per_radiance(large, 1550e-9)


def test_the_light_of_the_satellite_itself_takes_the_same_way_into_the_fibre():
    track = samples([30.0, 70.0], sunlit_fraction=1.0)
    free = budget(INFRARED, station(receiver=receiver(field_of_view_rad=500e-6)), track)
    fibre = budget(INFRARED, station(receiver=TIP_TILT), track)
    seen = noise(fibre, "sunlit_satellite") / noise(free, "sunlit_satellite")
    expected = term(fibre, "coupling") / term(free, "field_stop")
    assert seen == within(1e-9, of=expected)


@pytest.mark.parametrize("telescope", [receiver(), TIP_TILT, ADAPTIVE])
def test_below_five_degrees_the_terms_of_turbulence_are_not_numbers(telescope):
    result = budget(INFRARED, station(receiver=telescope), samples([4.9, 5.0]))
    total = term(result, "field_stop") * term(result, "coupling")
    assert np.isnan(total).tolist() == [True, False]
