"""MODTRAN transmittances from two public sets, recomputed component by component."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.extinction import (
    SEA_LEVEL_PRESSURE_PA,
    gas_coefficients,
    gas_optical_depth,
    ozone_optical_depth,
    rayleigh_optical_depth,
)
from euroqci_planner.resources import resource
from euroqci_planner.units import NANO, FloatArray, decibel_loss

US_STANDARD_WATER_M = 0.0142
US_STANDARD_OZONE_DOBSON = 343.0
LOWEST_DEG = 10.0
LAST_DIGIT = 0.5e-5


@lru_cache(maxsize=64)
def modtran(source: str, condition: str, wavelength_nm: float) -> tuple[FloatArray, FloatArray]:
    """Elevations in degrees, falling, and transmittances of a packaged MODTRAN set."""
    with resource("validation", "modtran_transmittance.csv").open(encoding="utf-8") as file:
        rows = [
            (float(row["elev_deg"]), float(row["T"]))
            for row in csv.DictReader(file)
            if (row["source"], row["condition"]) == (source, condition)
            and float(row["wavelength_nm"]) == wavelength_nm
        ]
    elevation, known = np.array(sorted(rows, reverse=True)).T
    return elevation, known


@lru_cache(maxsize=64)
def molecules(wavelength_nm: float, elevations_deg: tuple[float, ...]) -> tuple[FloatArray, ...]:
    """Slant depths of Rayleigh scattering and ozone together and of gas; aerosol air mass."""
    tables, wavelength_m = load_physics_tables(), wavelength_nm * NANO
    masses = air_masses(np.deg2rad(elevations_deg))
    gas = gas_optical_depth(
        gas_coefficients(wavelength_m, tables.gas),
        US_STANDARD_WATER_M,
        SEA_LEVEL_PRESSURE_PA,
        masses.water,
        masses.dry,
    )
    ozone = ozone_optical_depth(wavelength_m, US_STANDARD_OZONE_DOBSON, tables.ozone)
    clear = rayleigh_optical_depth(wavelength_m) * masses.dry + ozone * masses.ozone
    return clear, gas, masses.aerosol


def worst_modtran_db(source: str, condition: str, wavelength_nm: float) -> float:
    """Largest deviation at and above 10° beyond MODTRAN's last digit, dB.

    The haze at this wavelength and visibility comes from the zenith row.
    """
    elevation, known = modtran(source, condition, wavelength_nm)
    clear, gas, mass = molecules(wavelength_nm, tuple(elevation))
    haze = -np.log(known[0]) - clear[0] - gas[0]
    off = np.abs(decibel_loss(np.exp(-(clear + gas + haze * mass))) - decibel_loss(known))
    lowest = np.maximum(known - LAST_DIGIT, np.finfo(np.float64).tiny)
    digit = decibel_loss(lowest) - decibel_loss(known)
    return float(np.max((off - digit)[elevation >= LOWEST_DEG]))


def satquma_air_db(elevation_deg: float) -> float:
    """Extinction at 810 nm in SatQuMA's atmosphere, on the edge of a water band.

    Haze from its zenith rows at 785 and 1550 nm. What is left of the one at 810 nm is water vapour,
    the only absorber there, 3.6 times as strong as in the packaged fit; its growth towards the
    horizon is the model's.
    """
    zenith = {nm: float(modtran("SatQuMA MODTRAN", "nominal", nm)[1][0]) for nm in (785, 810, 1550)}
    haze = {nm: -np.log(zenith[nm]) - _sum_at_zenith(nm) for nm in (785, 1550)}
    exponent = np.log(haze[1550] / haze[785]) / np.log(1550 / 785)
    haze_810 = haze[785] * (810 / 785) ** exponent
    clear, _, mass = molecules(810, (90.0, elevation_deg))
    water = gas_coefficients(810 * NANO, load_physics_tables().gas)
    masses = air_masses(np.deg2rad([90.0, elevation_deg]))
    growth = gas_optical_depth(
        replace(water, dry_coefficient=0.0),
        US_STANDARD_WATER_M,
        SEA_LEVEL_PRESSURE_PA,
        masses.water,
        masses.dry,
    )
    vapour = (-np.log(zenith[810]) - clear[0] - haze_810) * growth[1] / growth[0]
    return float(decibel_loss(np.exp(-(clear[1] + haze_810 * mass[1] + vapour))))


def _sum_at_zenith(wavelength_nm: float) -> float:
    clear, gas, _ = molecules(wavelength_nm, (90.0,))
    return float(clear[0] + gas[0])


_VISIBILITIES = ("clear", "50km", "20km", "10km", "5km", "2km")
_MODTRAN_SETS = (
    *(("Qrackling (MIT) MODTRAN set 3", haze) for haze in _VISIBILITIES),
    ("SatQuMA MODTRAN", "nominal"),
)
MODTRAN_CHECKS: dict[str, Callable[[], float]] = {
    f"MODTRAN-{nm}-{haze}": partial(worst_modtran_db, source, haze, nm)
    for nm in (785, 850, 1550)
    for source, haze in _MODTRAN_SETS
}
