"""Air masses against the values that their papers and a MODTRAN extraction give."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from tolerances import within

from euroqci_planner.link.airmass import (
    AEROSOL_SCALE_HEIGHT_M,
    EARTH_RADIUS_M,
    air_masses,
    exponential_layer_air_mass,
    kasten_young_air_mass,
    plane_air_mass,
    shell_air_mass,
)

LOW = np.deg2rad([5.0, 10.0, 20.0])


def test_kasten_and_young_give_their_tabulated_air_masses():
    assert kasten_young_air_mass(LOW) == within(0.01, of=[10.31, 5.59, 2.90])


def test_the_haze_layer_has_the_air_mass_extracted_from_modtran():
    masses = exponential_layer_air_mass(LOW, AEROSOL_SCALE_HEIGHT_M)
    assert masses == within(0.005, of=[11.25, 5.73, 2.92])


@pytest.mark.parametrize("height_m", [1_000.0, 2_000.0])
@pytest.mark.parametrize("elevation_deg", [5.0, 8.0, 30.0, 90.0])
def test_the_quadrature_equals_the_integral_over_the_spherical_layer(height_m, elevation_deg):
    cosine, station = np.cos(np.deg2rad(elevation_deg)), EARTH_RADIUS_M + 1_500.0

    def slant(z: float) -> float:
        return float(np.exp(-z) / np.sqrt(1.0 - (cosine * station / (station + height_m * z)) ** 2))

    reference = quad(slant, 0.0, 60.0, epsabs=1e-12)[0]
    mass = exponential_layer_air_mass(np.deg2rad(elevation_deg), height_m, 1_500.0)
    assert mass == within(1e-8 * reference, of=reference)


def test_ozone_at_22_km_has_the_smallest_air_mass_near_the_horizon():
    assert shell_air_mass(LOW[:2], 22_000.0) == within(0.005, of=[8.33, 5.21])


def test_every_layer_has_air_mass_one_at_zenith():
    masses = air_masses(np.pi / 2.0, 2_000.0)
    values = [masses.dry, masses.aerosol, masses.water, masses.ozone, masses.cirrus]
    assert np.array(values) == within(4e-4, of=1.0)


@pytest.mark.parametrize("elevation_deg", [4.99, 0.0, -10.0, 90.01, np.nan])
def test_outside_five_to_ninety_degrees_no_layer_has_an_air_mass(elevation_deg):
    elevation = np.deg2rad(elevation_deg)
    masses = air_masses(elevation)
    values = [masses.dry, masses.aerosol, masses.water, masses.ozone, masses.cirrus]
    assert np.all(np.isnan(values))
    assert np.isnan(plane_air_mass(elevation))


def test_five_degrees_themselves_are_inside():
    assert np.isfinite(kasten_young_air_mass(np.deg2rad(5.0)))
    assert np.isfinite(kasten_young_air_mass(np.deg2rad(90.0)))
