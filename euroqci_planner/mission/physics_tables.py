"""Packaged physical data as records: loaded by `io.reference_tables`, handed to `link`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from euroqci_planner.mission.table import Table, column, locked, rebuilt
from euroqci_planner.units import FloatArray

_LARGEST_STEP_M = 10.5e-9
_BAND_WIDTH_PER_M = 2_000.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GasTransmittanceFit(Table):
    """Five-parameter fit of molecular absorption per wavelength (LOWTRAN7, 20 cm⁻¹ bands).

    −ln T = a_w (PWV_cm · m_w)^b_w (P/P0)^c_w + a_d (P/P0 · m_R)^b_d, without ozone, which has its
    own term. `max_error_db` is the largest residual at and above 10° elevation. `source` names the
    origin.
    """

    source: str
    wavelength_m: FloatArray = column("float64")
    water_coefficient: FloatArray = column("float64")
    water_exponent: FloatArray = column("float64")
    water_pressure_exponent: FloatArray = column("float64")
    dry_coefficient: FloatArray = column("float64")
    dry_exponent: FloatArray = column("float64")
    max_error_db: FloatArray = column("float64")

    def covers(self, wavelength_m: float) -> bool:
        """Whether the fit tells molecular absorption at this wavelength.

        At the rows, everywhere between two rows no more than 10 nm apart, and within 20 cm⁻¹ (the
        resolution of the fit) around either.
        """
        rows = self.wavelength_m
        above = int(np.searchsorted(rows, wavelength_m))
        if 0 < above < len(rows) and rows[above] - rows[above - 1] <= _LARGEST_STEP_M:
            return True
        return bool(np.any(np.abs(1.0 / rows - 1.0 / wavelength_m) <= _BAND_WIDTH_PER_M))

    def nearest_wavelengths_m(self, wavelength_m: float) -> tuple[float, float]:
        """The two rows that are nearest to a wavelength, the shorter one first."""
        rows = self.wavelength_m
        near = np.sort(rows[np.argsort(np.abs(rows - wavelength_m))[:2]])
        return float(near[0]), float(near[1])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NightSkyRadiance(Table):
    """Zenith radiance of a dark moonless site by wavelength, W m⁻² sr⁻¹ µm⁻¹."""

    source: str
    wavelength_m: FloatArray = column("float64")
    radiance_w_m2_sr_um: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SolarIrradiance(Table):
    """Extraterrestrial solar irradiance by wavelength, W m⁻² µm⁻¹ at 1 AU."""

    source: str
    wavelength_m: FloatArray = column("float64")
    irradiance_w_m2_um: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OzoneAbsorption(Table):
    """Ozone absorption cross-section by wavelength, m² per molecule, at 233 K.

    Zero beyond the last row: what lies there is weaker than the last row.
    """

    source: str
    wavelength_m: FloatArray = column("float64")
    cross_section_m2: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LightPollutionSpectrum(Table):
    """Radiance of artificial sky glow by wavelength, relative to the V band (dimensionless)."""

    source: str
    wavelength_m: FloatArray = column("float64")
    factor: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SunlitSkyRadiance:
    """Radiance of the clear sunlit sky on a regular grid, W m⁻² sr⁻¹ µm⁻¹.

    `radiance_w_m2_sr_um[w, s, e, a]` stands at `wavelength_m[w]`, `sun_elevation_rad[s]`, view
    `elevation_rad[e]` and `relative_azimuth_rad[a]` (0 towards the Sun, pi away from it); all
    axes rise. Raises ValueError where the shapes do not fit. Arrays are locked, after unpickling
    too.
    """

    source: str
    wavelength_m: FloatArray
    sun_elevation_rad: FloatArray
    elevation_rad: FloatArray
    relative_azimuth_rad: FloatArray
    radiance_w_m2_sr_um: FloatArray

    def __post_init__(self) -> None:
        """Copy, check and lock the arrays."""
        for name in _GRID:
            object.__setattr__(self, name, locked(getattr(self, name), "float64"))
        wanted = tuple(len(getattr(self, name)) for name in _GRID[:-1])
        if self.radiance_w_m2_sr_um.shape != wanted:
            raise ValueError(f"SunlitSkyRadiance: the grid is not of shape {wanted}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process by way of the constructor, which locks the arrays again."""
        values = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return rebuilt, (type(self), values)


_GRID = (
    "wavelength_m",
    "sun_elevation_rad",
    "elevation_rad",
    "relative_azimuth_rad",
    "radiance_w_m2_sr_um",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicsTables:
    """All packaged tables that the link floor needs."""

    gas: GasTransmittanceFit
    night_sky: NightSkyRadiance
    solar: SolarIrradiance
    ozone: OzoneAbsorption
    light_pollution: LightPollutionSpectrum
    sunlit_sky: SunlitSkyRadiance
