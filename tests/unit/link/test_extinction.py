"""Optical depths of each component, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import atmosphere, tables
from tolerances import DECIBEL, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.extinction import (
    SEA_LEVEL_PRESSURE_PA,
    aerosol_optical_depth,
    extinction_terms,
    gas_coefficients,
    gas_optical_depth,
    ozone_optical_depth,
    rayleigh_optical_depth,
    site_extinction,
    station_pressure_pa,
    wavelength_faults,
)
from euroqci_planner.units import decibel_loss

NM = 1e-9


def test_rayleigh_depths_are_those_of_bodhaine_1999():
    wavelengths = np.array([785.0, 850.0, 1064.0, 1310.0, 1550.0]) * NM
    expected = [0.02291, 0.01662, 0.00673, 0.00293, 0.00150]
    assert rayleigh_optical_depth(wavelengths) == within(6e-6, of=expected)


def test_rayleigh_scattering_falls_with_the_pressure_of_a_mountain():
    pressure = station_pressure_pa(2_168.0)
    assert pressure == within(100.0, of=77_900.0)
    ratio = rayleigh_optical_depth(785 * NM, pressure) / rayleigh_optical_depth(785 * NM)
    assert ratio == within(1e-12, of=pressure / SEA_LEVEL_PRESSURE_PA)


def test_pressure_is_unknown_above_the_troposphere_and_below_the_dead_sea():
    assert np.all(np.isnan(station_pressure_pa([-501.0, 11_001.0])))


def test_haze_follows_the_angstrom_law():
    depth = aerosol_optical_depth(1550 * NM, 0.1, 1.3)
    assert depth == within(1e-12, of=0.1 * (1550.0 / 550.0) ** -1.3)


def test_ozone_at_605_nm_costs_two_tenths_of_a_decibel():
    depth = ozone_optical_depth(605 * NM, 320.0, tables().ozone)
    assert 4.343 * depth == within(0.001 * DECIBEL, of=4.343 * 5e-25 * 320 * 2.687e20)


def test_ozone_is_zero_beyond_its_table_and_unknown_before_it():
    assert ozone_optical_depth(1550 * NM, 320.0, tables().ozone) == 0.0
    assert np.isnan(ozone_optical_depth(500 * NM, 320.0, tables().ozone))


def test_gas_lines_saturate_so_twice_the_water_costs_less_than_twice():
    coefficients = gas_coefficients(850 * NM, tables().gas)
    once, twice = gas_optical_depth(
        coefficients, np.array([0.01, 0.02]), SEA_LEVEL_PRESSURE_PA, 1.0, 1.0
    )
    assert twice - 0.0001 == within(1e-9, of=(once - 0.0001) * 2.0**0.61)


def test_a_tabulated_wavelength_gets_its_own_coefficients():
    coefficients = gas_coefficients(790 * NM, tables().gas)
    assert coefficients.water_coefficient == within(1e-12, of=0.028)
    assert coefficients.dry_exponent == within(1e-12, of=0.3)


def test_between_rows_of_one_band_the_coefficients_are_interpolated():
    middle = gas_coefficients(787.5 * NM, tables().gas)
    assert middle.water_coefficient == within(1e-9, of=np.sqrt(0.003 * 0.028))
    assert middle.water_exponent == within(1e-12, of=0.60)


@pytest.mark.parametrize("wavelength_nm", [785.0, 787.0, 850.0, 848.7, 851.3, 1545.5, 1554.0])
def test_wavelengths_within_the_resolution_of_the_fit_are_accepted(wavelength_nm):
    assert wavelength_faults(wavelength_nm * NM, tables().gas) == ()


@pytest.mark.parametrize("wavelength_nm", [532.0, 780.0, 800.0, 820.0, 852.0, 1310.0, 1600.0])
def test_a_wavelength_outside_the_tables_is_refused(wavelength_nm):
    with pytest.raises(InvalidInput, match="not tabulated"):
        gas_coefficients(wavelength_nm * NM, tables().gas)


def test_the_refusal_names_the_value_and_its_two_nearest_neighbours():
    (fault,) = wavelength_faults(820 * NM, tables().gas)
    assert fault.where == "wavelength_nm"
    assert fault.value == "820"
    assert fault.mend == "the nearest tabulated wavelengths are 790 nm and 850 nm"


def test_the_total_is_the_product_of_the_components():
    site = site_extinction(785 * NM, 500.0, atmosphere(cirrus_optical_depth=0.1), tables())
    terms = extinction_terms(site, air_masses(np.deg2rad([5.0, 30.0, 90.0]), 500.0))
    product = terms.rayleigh * terms.aerosol * terms.ozone * terms.gas * terms.cirrus
    assert terms.total() == within(1e-15, of=product)


def test_thin_cirrus_of_a_tenth_costs_2_5_decibel_at_ten_degrees():
    site = site_extinction(785 * NM, 0.0, atmosphere(cirrus_optical_depth=0.1), tables())
    terms = extinction_terms(site, air_masses(np.deg2rad([10.0, 90.0])))
    assert decibel_loss(terms.cirrus) == within(0.01 * DECIBEL, of=[2.50, 0.434])
