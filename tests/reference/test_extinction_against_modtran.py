"""Source: MODTRAN transmittances of two public repositories (tests/reference/data/links/README.md).

The aerosol depth is not known there; it is taken per wavelength and visibility from the zenith row,
so what is tested is the way every component grows towards the horizon.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from tolerances import DECIBEL

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.extinction import (
    SEA_LEVEL_PRESSURE_PA,
    gas_coefficients,
    gas_optical_depth,
    ozone_optical_depth,
    rayleigh_optical_depth,
)
from euroqci_planner.units import decibel_loss

US_STANDARD_WATER_M = 0.0142
US_STANDARD_OZONE_DOBSON = 343.0
LAST_DIGIT = 0.5e-5
QRACKLING, SATQUMA = "Qrackling (MIT) MODTRAN set 3", "SatQuMA MODTRAN"
CASES = [(QRACKLING, haze) for haze in ("clear", "50km", "20km", "10km", "5km", "2km")]
CASES.append((SATQUMA, "nominal"))


def published(folder, source, condition, wavelength_nm):
    with (folder / "links" / "modtran_transmittance.csv").open() as file:
        rows = [
            (float(row["elev_deg"]), float(row["T"]))
            for row in csv.DictReader(file)
            if (row["source"], row["condition"]) == (source, condition)
            and float(row["T"]) > 0.0
            and float(row["wavelength_nm"]) == wavelength_nm
        ]
    return np.array(sorted(rows)).T


def modelled(elevation_deg, zenith_transmittance, wavelength_m):
    tables = load_physics_tables()
    masses = air_masses(np.deg2rad(np.append(elevation_deg, 90.0)))
    gas = gas_optical_depth(
        gas_coefficients(wavelength_m, tables.gas),
        US_STANDARD_WATER_M,
        SEA_LEVEL_PRESSURE_PA,
        masses.water,
        masses.dry,
    )
    rayleigh = rayleigh_optical_depth(wavelength_m)
    ozone = ozone_optical_depth(wavelength_m, US_STANDARD_OZONE_DOBSON, tables.ozone)
    haze = -np.log(zenith_transmittance) - rayleigh - ozone - gas[-1]
    depth = rayleigh * masses.dry + haze * masses.aerosol + ozone * masses.ozone + gas
    return np.exp(-depth[:-1])


def deviation_db(folder, source, condition, wavelength_nm):
    """Elevations, and by how much the model is off beyond what MODTRAN's last digit leaves open."""
    elevation, known = published(folder, source, condition, wavelength_nm)
    model = modelled(elevation, known[-1], wavelength_nm * 1e-9)
    off = np.abs(decibel_loss(model) - decibel_loss(known))
    lowest = np.maximum(known - LAST_DIGIT, np.finfo(float).tiny)
    return elevation, off - (decibel_loss(lowest) - decibel_loss(known))


@pytest.mark.parametrize("wavelength_nm", [785, 850, 1550])
@pytest.mark.parametrize(("source", "condition"), CASES)
def test_extinction_is_within_0_15_decibel_at_and_above_ten_degrees(
    source, condition, wavelength_nm, reference_data
):
    elevation, off = deviation_db(reference_data, source, condition, wavelength_nm)
    assert len(elevation) >= 9
    assert off[elevation >= 10.0].max() <= 0.15 * DECIBEL


@pytest.mark.parametrize("wavelength_nm", [670, 785, 848, 850, 1064, 1550])
def test_extinction_is_within_a_quarter_decibel_at_five_degrees_in_clear_air(
    wavelength_nm, reference_data
):
    _, off = deviation_db(reference_data, QRACKLING, "clear", wavelength_nm)
    assert off.max() <= 0.25 * DECIBEL


def test_one_air_mass_for_everything_would_fail_the_same_test(reference_data):
    elevation, known = published(reference_data, QRACKLING, "10km", 785)
    depth = -np.log(known[-1]) * air_masses(np.deg2rad(elevation)).dry
    off = decibel_loss(np.exp(-depth)) - decibel_loss(known)
    assert np.abs(off[elevation >= 10.0]).max() > 0.15 * DECIBEL
