"""Source: LOWTRAN7 runs of four AFGL atmospheres (tests/reference/data/links/README.md).

Rayleigh scattering, ozone and the packaged gas fit together against LOWTRAN7's molecular
transmittance; water columns are those of the AFGL atmospheres, thinned with 2 km to the site.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from tolerances import DECIBEL

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.extinction import (
    gas_coefficients,
    gas_optical_depth,
    ozone_optical_depth,
    rayleigh_optical_depth,
    station_pressure_pa,
)
from euroqci_planner.units import decibel_loss

WATER_M = {"USstd": 0.0142, "midlat_summer": 0.0292, "midlat_winter": 0.00853, "tropical": 0.0411}
OZONE_DOBSON = {"USstd": 343.0, "midlat_summer": 332.0, "midlat_winter": 377.0, "tropical": 277.0}


def rows(folder, wavelength_nm):
    with (folder / "links" / "molecular_transmittance_lowtran7.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["wavelength_nm"] == str(wavelength_nm)]


@pytest.mark.parametrize(
    ("wavelength_nm", "limit_db"),
    [(670, 0.05), (785, 0.05), (820, 0.05), (850, 0.05), (1310, 0.12), (1550, 0.05)],
)
def test_molecules_cost_what_lowtran_says_at_and_above_ten_degrees(
    wavelength_nm, limit_db, reference_data
):
    tables, wavelength = load_physics_tables(), wavelength_nm * 1e-9
    coefficients = gas_coefficients(wavelength, tables.gas)
    off = []
    for row in rows(reference_data, wavelength_nm):
        if float(row["elev_deg"]) < 10.0:
            continue
        height = 1e3 * float(row["site_alt_km"])
        pressure, name = station_pressure_pa(height), row["atmosphere"]
        masses = air_masses(np.deg2rad(float(row["elev_deg"])), height)
        water = WATER_M[name] * np.exp(-height / 2_000.0)
        gas = gas_optical_depth(coefficients, water, pressure, masses.water, masses.dry)
        # LOWTRAN7 has no ozone band beyond 769 nm.
        column = OZONE_DOBSON[name] if wavelength_nm < 769 else 0.0
        ozone = ozone_optical_depth(wavelength, column, tables.ozone)
        depth = gas + rayleigh_optical_depth(wavelength, pressure) * masses.dry
        transmittance = np.exp(-depth - ozone * masses.ozone)
        off.append(decibel_loss(transmittance) - decibel_loss(float(row["T"])))
    assert len(off) == 4 * 2 * 7
    assert np.abs(off).max() <= limit_db * DECIBEL
