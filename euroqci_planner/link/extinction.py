"""Extinction by the clear atmosphere, component by component, each with its own air mass.

Transmittance of a component = exp(-τ · m). Nothing here stands for clouds; thin cirrus is an
input. Absolute accuracy against MODTRAN: `tests/reference/test_extinction_against_modtran.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.link.airmass import AirMasses
from euroqci_planner.mission.assets import Atmosphere
from euroqci_planner.mission.physics_tables import (
    GasTransmittanceFit,
    OzoneAbsorption,
    PhysicsTables,
)
from euroqci_planner.units import NANO, FloatArray

SEA_LEVEL_PRESSURE_PA = 101_325.0
MOLECULES_PER_M2_PER_DOBSON = 2.687e20
REFERENCE_WAVELENGTH_M = 550e-9

_CENTIMETRES_PER_METRE = 100.0
_MICROMETRES_PER_METRE = 1e6


def station_pressure_pa(altitude_m: ArrayLike) -> FloatArray:
    """Pressure at a height above sea level, standard atmosphere, -500..11 000 m.

    P = 101 325 Pa · (1 - 2.25577e-5 h)^5.25588 (ICAO standard atmosphere, troposphere). NaN
    outside.
    """
    altitude = np.asarray(altitude_m, dtype=np.float64)
    altitude = np.where((altitude >= -500.0) & (altitude <= 11_000.0), altitude, np.nan)
    return np.asarray(SEA_LEVEL_PRESSURE_PA * (1.0 - 2.25577e-5 * altitude) ** 5.25588)


def rayleigh_optical_depth(
    wavelength_m: ArrayLike, pressure_pa: ArrayLike = SEA_LEVEL_PRESSURE_PA
) -> FloatArray:
    """Zenith optical depth of molecular scattering: Bodhaine et al. 1999, eq. 30, times P/P0.

    Fitted there to 0.01 % over 250–850 nm; at 1550 nm it departs by 0.7 % (of 0.0015) from a
    radiative-transfer program.
    """
    squared = (np.asarray(wavelength_m, dtype=np.float64) * _MICROMETRES_PER_METRE) ** 2
    upper = 1.0455996 - 341.29061 / squared - 0.90230850 * squared
    lower = 1.0 + 0.0027059889 / squared - 85.968563 * squared
    pressure = np.asarray(pressure_pa, dtype=np.float64) / SEA_LEVEL_PRESSURE_PA
    return np.asarray(0.0021520 * upper / lower * pressure)


def aerosol_optical_depth(
    wavelength_m: ArrayLike, depth_at_550nm: ArrayLike, angstrom_exponent: ArrayLike
) -> FloatArray:
    """Zenith optical depth of haze: τ(λ) = τ(550 nm) · (λ/550 nm)^-α (Ångström 1929).

    One exponent for the whole range; from 785 to 1550 nm it misstates real haze by up to
    0.2 dB at 5° (the background of the MODTRAN comparison).
    """
    ratio = np.asarray(wavelength_m, dtype=np.float64) / REFERENCE_WAVELENGTH_M
    exponent = np.asarray(angstrom_exponent, dtype=np.float64)
    return np.asarray(np.asarray(depth_at_550nm, dtype=np.float64) * ratio**-exponent)


def ozone_optical_depth(
    wavelength_m: ArrayLike, column_dobson: ArrayLike, table: OzoneAbsorption
) -> FloatArray:
    """Zenith optical depth of ozone: cross-section × column (Chappuis and near Wulf bands).

    Linear between the rows of the table (10 nm means of Serdyuchenko et al. 2014, 233 K). Beyond
    its last row, 835 nm, ozone counts as zero; the cross-section there is below 2.1e-26 m², so
    that less than 0.01 dB at zenith and 0.05 dB at 10° is left out. NaN below the first row.
    """
    section = np.interp(
        np.asarray(wavelength_m, dtype=np.float64),
        table.wavelength_m,
        table.cross_section_m2,
        left=np.nan,
        right=0.0,
    )
    column = np.asarray(column_dobson, dtype=np.float64) * MOLECULES_PER_M2_PER_DOBSON
    return np.asarray(section * column)


@dataclass(frozen=True, slots=True, kw_only=True)
class GasCoefficients:
    """The five parameters of the molecular absorption fit at one wavelength.

    −ln T = a_w (PWV_cm · m_w)^b_w (P/P0)^c_w + a_d (P/P0 · m_R)^b_d.
    """

    water_coefficient: float
    water_exponent: float
    water_pressure_exponent: float
    dry_coefficient: float
    dry_exponent: float


def wavelength_faults(wavelength_m: float, table: GasTransmittanceFit) -> tuple[Fault, ...]:
    """One fault where molecular absorption is not known at this wavelength, else none."""
    if table.covers(wavelength_m):
        return ()
    nearest = table.nearest_wavelengths_m(wavelength_m)
    names = " and ".join(f"{value / NANO:.0f} nm" for value in nearest)
    return (
        Fault(
            "molecular absorption is not tabulated here",
            where="wavelength_nm",
            value=f"{wavelength_m / NANO:g}",
            mend=f"the nearest tabulated wavelengths are {names}",
        ),
    )


def gas_coefficients(wavelength_m: float, table: GasTransmittanceFit) -> GasCoefficients:
    """Coefficients at a wavelength; raises InvalidInput where the table does not cover it.

    Between rows of one band the logarithms of the coefficients and the exponents themselves are
    linear in wavelength. Water lines narrower than the rows' spacing are not resolved: between
    two rows expect an error up to the difference of the rows.
    """
    faults = wavelength_faults(wavelength_m, table)
    if faults:
        raise InvalidInput(faults)

    def at(column: FloatArray) -> float:
        return float(np.interp(wavelength_m, table.wavelength_m, column))

    tiny = np.finfo(np.float64).tiny
    return GasCoefficients(
        water_coefficient=float(np.exp(at(np.log(np.maximum(table.water_coefficient, tiny))))),
        water_exponent=at(table.water_exponent),
        water_pressure_exponent=at(table.water_pressure_exponent),
        dry_coefficient=float(np.exp(at(np.log(np.maximum(table.dry_coefficient, tiny))))),
        dry_exponent=at(table.dry_exponent),
    )


def gas_optical_depth(
    coefficients: GasCoefficients,
    precipitable_water_m: ArrayLike,
    pressure_pa: ArrayLike,
    water_air_mass: ArrayLike,
    dry_air_mass: ArrayLike,
) -> FloatArray:
    """Slant optical depth of water vapour and the dry gases (five-parameter fit to LOWTRAN7).

    Not zenith depth times air mass: absorption lines saturate, and widen with the pressure, hence
    the exponents. Valid for columns of 0.1 to 5 cm and stations up to 3 km. The fit's residual
    stands in the table as `max_error_db`.
    """
    water = np.asarray(precipitable_water_m, dtype=np.float64) * _CENTIMETRES_PER_METRE
    dry = np.asarray(pressure_pa, dtype=np.float64) / SEA_LEVEL_PRESSURE_PA
    c = coefficients
    widths = c.water_coefficient * dry**c.water_pressure_exponent
    wet_part = widths * (water * np.asarray(water_air_mass)) ** c.water_exponent
    dry_part = c.dry_coefficient * (dry * np.asarray(dry_air_mass)) ** c.dry_exponent
    return np.asarray(wet_part + dry_part)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteExtinction:
    """What the air above one station does at one wavelength: zenith depths and gas parameters."""

    rayleigh: float
    aerosol: float
    ozone: float
    cirrus: float
    gas: GasCoefficients
    precipitable_water_m: float
    pressure_pa: float


def site_extinction(
    wavelength_m: float, altitude_m: float, air: Atmosphere, tables: PhysicsTables
) -> SiteExtinction:
    """The scalars of a station's extinction; raises InvalidInput for an unknown wavelength."""
    pressure = float(station_pressure_pa(altitude_m))
    return SiteExtinction(
        rayleigh=float(rayleigh_optical_depth(wavelength_m, pressure)),
        aerosol=float(
            aerosol_optical_depth(
                wavelength_m, air.aerosol_optical_depth_550nm, air.angstrom_exponent
            )
        ),
        ozone=float(ozone_optical_depth(wavelength_m, air.ozone_dobson, tables.ozone)),
        cirrus=air.cirrus_optical_depth,
        gas=gas_coefficients(wavelength_m, tables.gas),
        precipitable_water_m=air.precipitable_water_m,
        pressure_pa=pressure,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtinctionTerms:
    """Transmittance of each component, 0..1, at the elevations of the air masses."""

    rayleigh: FloatArray
    aerosol: FloatArray
    ozone: FloatArray
    gas: FloatArray
    cirrus: FloatArray

    def total(self) -> FloatArray:
        """Transmittance of the whole atmosphere."""
        return np.asarray(self.rayleigh * self.aerosol * self.ozone * self.gas * self.cirrus)


def extinction_terms(site: SiteExtinction, masses: AirMasses) -> ExtinctionTerms:
    """Transmittance per component; NaN wherever the air masses are (outside 5..90°)."""
    gas = gas_optical_depth(
        site.gas, site.precipitable_water_m, site.pressure_pa, masses.water, masses.dry
    )
    return ExtinctionTerms(
        rayleigh=np.exp(-site.rayleigh * masses.dry),
        aerosol=np.exp(-site.aerosol * masses.aerosol),
        ozone=np.exp(-site.ozone * masses.ozone),
        gas=np.exp(-gas),
        cirrus=np.exp(-site.cirrus * masses.cirrus),
    )
