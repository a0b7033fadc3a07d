"""Published link budgets, recomputed: optics, pointing, extinction, background, whole links."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from euroqci_planner.app.validation.reference_terminals import (
    MICIUS,
    SATQUMA,
    XINGLONG_AIR,
    XINGLONG_ALTITUDE_M,
)
from euroqci_planner.app.validation.turbulence_checks import TURBULENCE_CHECKS
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import air_masses, exponential_layer_air_mass
from euroqci_planner.link.diffraction import (
    antenna_collection,
    axial_gain_factor,
    gaussian_collection,
    gaussian_half_angle_rad,
    gaussian_radius_m,
)
from euroqci_planner.link.extinction import (
    SEA_LEVEL_PRESSURE_PA,
    extinction_terms,
    gas_coefficients,
    gas_optical_depth,
    ozone_optical_depth,
    rayleigh_optical_depth,
    site_extinction,
)
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.night_sky import moonlight_nanolambert
from euroqci_planner.link.pointing import mean_pointing_transmittance
from euroqci_planner.link.refraction import chromatic_refraction_rad
from euroqci_planner.mission.assets import DivergenceConvention
from euroqci_planner.resources import resource
from euroqci_planner.units import KILO, MICRO, NANO, FloatArray, decibel_loss

EARTH_RADIUS_M = 6_371e3
US_STANDARD_WATER_M = 0.0142
US_STANDARD_OZONE_DOBSON = 343.0
LOWEST_DEG = 10.0
LAST_DIGIT = 0.5e-5
SATQUMA_INNER_LOSS_DB = 14.4865
SATQUMA_RECEIVER_M = 1.2
MICIUS_RECEIVER_M = 1.0
MICIUS_FIXED_DB = 11.0


def slant_range_m(elevation_deg: float, altitude_m: float = 500e3) -> float:
    """Range to a satellite over a spherical Earth of 6371 km, station at sea level."""
    elevation = np.deg2rad(elevation_deg)
    level, top = EARTH_RADIUS_M * np.cos(elevation), EARTH_RADIUS_M + altitude_m
    return float(np.sqrt(top**2 - level**2) - EARTH_RADIUS_M * np.sin(elevation))


def axial_gain(obscuration_ratio: float) -> float:
    """Largest axial gain factor over the truncation (Klein & Degnan 1974)."""
    found = minimize_scalar(
        lambda truncation: -float(axial_gain_factor(truncation, obscuration_ratio)),
        bounds=(0.5, 1.6),
        method="bounded",
    )
    return -float(found.fun)


def pointing_db(jitter_urad: float, bias_urad: float) -> float:
    """Mean pointing loss of a Gaussian of 5 µrad half-angle."""
    jitter = jitter_urad * MICRO
    share = mean_pointing_transmittance(5 * MICRO, (jitter, jitter), bias_urad * MICRO)
    return float(decibel_loss(share))


def divergence_db(convention: DivergenceConvention) -> float:
    """Geometric loss of 10 µrad over 1200 km into 1 m under a convention."""
    half_angle = gaussian_half_angle_rad(10 * MICRO, convention)
    share = gaussian_collection(gaussian_radius_m(1_200 * KILO, half_angle), 1.0)
    return float(decibel_loss(share))


def antenna_db(receiver_m: float, range_km: float) -> float:
    """Antenna form at 1550 nm from 15 cm (Ntanos et al. 2021)."""
    return float(decibel_loss(antenna_collection(range_km * KILO, 1_550 * NANO, 0.15, receiver_m)))


def moonlight(phase_deg: float) -> float:
    """Krisciunas–Schaefer brightness at zenith, Moon at 45°, nanolambert."""
    quarter = np.pi / 4.0
    return float(moonlight_nanolambert(quarter, np.deg2rad(phase_deg), quarter, np.pi / 2.0))


def dispersion_urad() -> float:
    """Angle between 785 and 1550 nm at 10°, µrad."""
    angle = chromatic_refraction_rad(np.deg2rad(10.0), 785 * NANO, 1_550 * NANO)
    return float(angle) / MICRO


def satquma_diffraction_db(elevation_deg: float) -> float:
    """Diffraction of the truncated Gaussian over the whole receiver."""
    share = far_field(SATQUMA).collection(slant_range_m(elevation_deg), SATQUMA_RECEIVER_M)[0]
    return float(decibel_loss(share))


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
def _molecules(wavelength_nm: float, elevations_deg: tuple[float, ...]) -> tuple[FloatArray, ...]:
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
    clear, gas, mass = _molecules(wavelength_nm, tuple(elevation))
    haze = -np.log(known[0]) - clear[0] - gas[0]
    off = np.abs(decibel_loss(np.exp(-(clear + gas + haze * mass))) - decibel_loss(known))
    lowest = np.maximum(known - LAST_DIGIT, np.finfo(np.float64).tiny)
    digit = decibel_loss(lowest) - decibel_loss(known)
    return float(np.max((off - digit)[elevation >= LOWEST_DEG]))


def satquma_air_db(elevation_deg: float) -> float:
    """Extinction at 810 nm in SatQuMA's atmosphere, on the edge of a water band.

    Haze from its zenith rows at 785 and 1550 nm; the band's strength from the one at 810 nm, for
    it is 3.3 times that of the packaged fit. Its growth towards the horizon is the model's.
    """
    zenith = {nm: float(modtran("SatQuMA MODTRAN", "nominal", nm)[1][0]) for nm in (785, 810, 1550)}
    haze = {nm: -np.log(zenith[nm]) - _sum_at_zenith(nm) for nm in (785, 1550)}
    exponent = np.log(haze[1550] / haze[785]) / np.log(1550 / 785)
    haze_810 = haze[785] * (810 / 785) ** exponent
    clear, gas, mass = _molecules(810, (90.0, elevation_deg))
    strength = (-np.log(zenith[810]) - clear[0] - haze_810) / gas[0]
    depth = clear[1] + haze_810 * mass[1] + strength * gas[1]
    return float(decibel_loss(np.exp(-depth)))


def _sum_at_zenith(wavelength_nm: float) -> float:
    clear, gas, _ = _molecules(wavelength_nm, (90.0,))
    return float(clear[0] + gas[0])


def satquma_total_db(elevation_deg: float) -> float:
    """Whole loss of the default link of SatQuMA."""
    return (
        SATQUMA_INNER_LOSS_DB
        + satquma_diffraction_db(elevation_deg)
        + satquma_air_db(elevation_deg)
    )


def micius_diffraction_db(range_km: float) -> float:
    """Diffraction of Micius' beam, read as a uniform disc, into 1 m."""
    return float(decibel_loss(far_field(MICIUS).collection(range_km * KILO, MICIUS_RECEIVER_M)[0]))


def micius_system_db(range_km: float) -> float:
    """Micius to Xinglong with the program's default clear air and 1.2 µrad of jitter."""
    range_m = range_km * KILO
    elevation = np.deg2rad(brentq(lambda deg: slant_range_m(deg) - range_m, 5.0, 90.0))
    site = site_extinction(
        MICIUS.wavelength_m, XINGLONG_ALTITUDE_M, XINGLONG_AIR, load_physics_tables()
    )
    air = extinction_terms(site, air_masses(elevation, XINGLONG_ALTITUDE_M)).total()
    steady, shaken = far_field(MICIUS).collection(range_m, MICIUS_RECEIVER_M)
    return MICIUS_FIXED_DB + float(decibel_loss(steady * shaken * air))


_VISIBILITIES = ("clear", "50km", "20km", "10km", "5km", "2km")
_MODTRAN_SETS = (
    *(("Qrackling (MIT) MODTRAN set 3", haze) for haze in _VISIBILITIES),
    ("SatQuMA MODTRAN", "nominal"),
)
_NTANOS = {
    "Helmos-1000": (2.3, 1000),
    "Skinakas-600": (1.3, 600),
    "Skinakas-1500": (1.3, 1500),
    "Holomondas-1000": (0.75, 1000),
}

LINK_CHECKS: dict[str, Callable[[], float]] = {
    **{f"KD-{ratio:g}": partial(axial_gain, ratio) for ratio in (0.0, 0.1, 0.2, 0.3, 0.4)},
    **{f"PT-{jitter:g}-0": partial(pointing_db, jitter, 0.0) for jitter in (0.5, 1, 1.2, 2, 2.5)},
    **{f"PT-{jitter:g}-1": partial(pointing_db, jitter, 1.0) for jitter in (1, 1.2)},
    "MIC-geo-unif21.58": partial(divergence_db, DivergenceConvention.UNIFORM_DISC),
    "MIC-geo-Gaus18.6": partial(divergence_db, DivergenceConvention.FULL_ANGLE_1E2),
    "MIC-geo-Gaus23.19": partial(divergence_db, DivergenceConvention.FWHM),
    "MIC-budget": partial(micius_diffraction_db, 1200.0),
    "MIC-645": partial(micius_system_db, 645.0),
    "MIC-1200": partial(micius_system_db, 1200.0),
    **{f"NTA21-{name}": partial(antenna_db, *case) for name, case in _NTANOS.items()},
    **{f"SQM-calc-{el}-diffraction_loss": partial(satquma_diffraction_db, el) for el in (20, 60)},
    **{f"SQM-calc-{el}-atmospheric_loss": partial(satquma_air_db, el) for el in (10, 30, 90)},
    **{f"SQM-calc-{el}-total_loss": partial(satquma_total_db, el) for el in (20, 60)},
    **{
        f"MODTRAN-{nm}-{haze}": partial(worst_modtran_db, source, haze, nm)
        for nm in (785, 850, 1550)
        for source, haze in _MODTRAN_SETS
    },
    "AOD-m": lambda: float(exponential_layer_air_mass(np.deg2rad(5.0), 1 * KILO)),
    "KS-1": partial(moonlight, 0.0),
    "KS-2": partial(moonlight, 90.0),
    "REF-1": dispersion_urad,
    **TURBULENCE_CHECKS,
}
