"""Turbulence profiles and their integrals, against direct quadrature of the published formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from tolerances import METRE, MILLIMETRE, within

from euroqci_planner.link.slant_path import flat_path, spherical_path
from euroqci_planner.link.turbulence import (
    bufton_wind_m_s,
    coherence_length_m,
    greenwood_frequency_hz,
    isoplanatic_angle_rad,
    rytov_variance,
    seeing_rad,
)
from euroqci_planner.link.turbulence_profile import (
    HV_5_7,
    HV_10_10,
    HV_15_12,
    HufnagelValley,
    profile_above,
    profile_of_seeing,
)

MICRORADIAN = 1e-6
ARCSECOND = np.deg2rad(1.0 / 3600.0)
ZENITH = np.pi / 2.0
SEA_LEVEL = profile_above(HV_5_7)


def zenith(profile):
    return flat_path(ZENITH, profile.height_m)


def hufnagel_valley(height_m, wind_m_s=21.0, ground=1.7e-14):
    """The formula as it is printed, height above a station at sea level."""
    high = 0.00594 * (wind_m_s / 27.0) ** 2 * (1e-5 * height_m) ** 10 * np.exp(-height_m / 1e3)
    return high + 2.7e-16 * np.exp(-height_m / 1.5e3) + ground * np.exp(-height_m / 100.0)


def moment(power):
    pieces = [(0.0, 300.0), (300.0, 5e3), (5e3, 2e4), (2e4, 4e4)]
    return sum(
        quad(lambda h: hufnagel_valley(h) * h**power, *piece, epsabs=0.0)[0] for piece in pieces
    )


@pytest.mark.parametrize("power", [0.0, 5.0 / 6.0, 5.0 / 3.0])
def test_the_quadrature_of_the_profile_is_that_of_the_printed_formula(power):
    computed = np.sum(SEA_LEVEL.strength_m13 * SEA_LEVEL.height_m**power)
    assert computed / moment(power) == within(2e-6, of=1.0)


def test_the_profile_at_a_height_is_the_printed_formula():
    heights = np.array([0.0, 50.0, 1_500.0, 10_000.0])
    assert HV_5_7.at_height(heights) / hufnagel_valley(heights) == within(1e-12, of=1.0)


@pytest.mark.parametrize(
    ("shape", "r0_cm", "angle_urad"), [(HV_5_7, 5.0, 7.0), (HV_10_10, 10, 10), (HV_15_12, 15, 12)]
)
def test_the_presets_have_the_coherence_and_the_angle_of_their_names(shape, r0_cm, angle_urad):
    profile = profile_above(shape)
    assert coherence_length_m(500e-9, profile, zenith(profile)) == within(
        4 * MILLIMETRE, of=r0_cm * 0.01
    )
    assert isoplanatic_angle_rad(500e-9, profile, zenith(profile)) == within(
        0.25 * MICRORADIAN, of=angle_urad * MICRORADIAN
    )


@pytest.mark.parametrize(
    ("arcsec", "altitude_m"), [(0.4, 0.0), (0.9, 2168.0), (1.2, 0.0), (3.0, 5000.0)]
)
def test_a_profile_scaled_to_a_seeing_has_that_seeing(arcsec, altitude_m):
    profile = profile_of_seeing(arcsec * ARCSECOND, altitude_m)
    coherence = coherence_length_m(500e-9, profile, zenith(profile))
    assert seeing_rad(500e-9, coherence) / ARCSECOND == within(1e-6, of=arcsec)
    assert np.all(profile.strength_m13 >= 0.0)


def test_seeing_better_than_the_free_air_allows_thins_all_of_it_and_empties_the_ground_layer():
    thin, poor = (profile_of_seeing(x * ARCSECOND) for x in (0.4, 1.5))
    ratio = thin.strength_m13 / profile_above(HufnagelValley.of_wind(21.0, 0.0)).strength_m13
    assert ratio == within(1e-9, of=ratio[0])
    assert ratio[0] < 1.0
    assert poor.strength_m13[0] > 10.0 * thin.strength_m13[0]
    assert poor.strength_m13[-20:].sum() > thin.strength_m13[-20:].sum()


def test_a_mountain_has_less_air_above_it_than_the_coast():
    high = profile_above(HV_5_7, 2393.0)
    assert coherence_length_m(500e-9, high, zenith(high)) > 2.0 * coherence_length_m(
        500e-9, SEA_LEVEL, zenith(SEA_LEVEL)
    )


def test_coherence_grows_with_wavelength_to_the_six_fifths():
    short, long = (coherence_length_m(w, SEA_LEVEL, zenith(SEA_LEVEL)) for w in (785e-9, 1550e-9))
    assert long / short == within(1e-12, of=(1550.0 / 785.0) ** 1.2)


def test_a_round_earth_thins_the_turbulence_of_low_views():
    elevation = np.deg2rad([5.0, 20.0, 60.0])
    flat = rytov_variance(785e-9, SEA_LEVEL, flat_path(elevation, SEA_LEVEL.height_m))
    round_ = rytov_variance(785e-9, SEA_LEVEL, spherical_path(elevation, SEA_LEVEL.height_m))
    assert flat / round_ == within(0.005, of=[1.187, 1.012, 1.0])


def test_the_spherical_path_closes_the_triangle_with_the_centre_of_the_earth():
    height = np.array([100.0, 10_000.0])
    path = spherical_path(np.deg2rad(12.0), height, 500.0)
    ground, along = 6_371_500.0, path.distance_m
    up = np.sqrt(ground**2 + along**2 + 2.0 * ground * along * np.sin(np.deg2rad(12.0)))
    assert up - ground == within(1e-3 * METRE, of=height)
    step = spherical_path(np.deg2rad(12.0), height + 1.0, 500.0).distance_m - along
    assert step == within(1e-3, of=path.air_mass)


def test_the_wind_alone_moves_hv_5_7_at_eighteen_hertz_and_the_slew_multiplies_that():
    still = greenwood_frequency_hz(1550e-9, SEA_LEVEL, zenith(SEA_LEVEL))
    tracking = greenwood_frequency_hz(1550e-9, SEA_LEVEL, zenith(SEA_LEVEL), 7613.0 / 500e3)
    assert still == within(0.05, of=18.5)
    assert tracking == within(0.5, of=90.3)
    assert bufton_wind_m_s(9_400.0) == within(1e-12, of=35.0)


def test_every_shape_of_elevations_gives_the_same_numbers():
    elevations = np.deg2rad([[10.0, 45.0], [60.0, 90.0]])
    path = spherical_path(elevations, SEA_LEVEL.height_m)
    table = rytov_variance(850e-9, SEA_LEVEL, path)
    one = rytov_variance(850e-9, SEA_LEVEL, spherical_path(elevations[1, 0], SEA_LEVEL.height_m))
    assert table.shape == (2, 2)
    assert table[1, 0] == within(1e-15, of=one)


def test_below_five_degrees_turbulence_is_not_a_number():
    for path in (flat_path, spherical_path):
        seen = path(np.deg2rad([4.9, 5.0]), SEA_LEVEL.height_m)
        assert np.isnan(coherence_length_m(850e-9, SEA_LEVEL, seen)).tolist() == [True, False]
