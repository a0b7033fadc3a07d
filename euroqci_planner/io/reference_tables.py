"""The packaged physics tables: CSV files under `resources/physics`, read once per process.

Every file opens with comment lines (`#`) that name its origin and licence; they become the table's
`source`. Raises ValueError with the file's name where a packaged file is damaged.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np

from euroqci_planner.mission.physics_tables import (
    GasTransmittanceFit,
    LightPollutionSpectrum,
    NightSkyRadiance,
    OzoneAbsorption,
    PhysicsTables,
    SolarIrradiance,
    SunlitSkyRadiance,
)
from euroqci_planner.resources import resource
from euroqci_planner.units import NANO, FloatArray

_GAS_COLUMNS = (
    "water_coefficient",
    "water_exponent",
    "water_pressure_exponent",
    "dry_coefficient",
    "dry_exponent",
    "max_error_db",
)
_RADIANCE_AT = "radiance_"


@cache
def load_physics_tables() -> PhysicsTables:
    """All packaged tables; the same object every time."""
    return PhysicsTables(
        gas=_gas(),
        night_sky=_night_sky(),
        solar=_solar(),
        ozone=_ozone(),
        light_pollution=_light_pollution(),
        sunlit_sky=_sunlit_sky(),
    )


def read_columns(path: Path) -> tuple[str, dict[str, FloatArray]]:
    """Comment text and columns of numbers by name of one packaged table.

    Raises ValueError for a missing comment, an empty table, a ragged row or a cell that is not a
    finite number.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    source = " ".join(line[1:].strip() for line in lines if line.startswith("#"))
    table = list(csv.reader(line for line in lines if not line.startswith("#")))
    if not source or len(table) < 2:
        raise ValueError(f"{path.name}: a packaged table needs a source, a header and rows")
    try:
        values = np.array([[float(cell) for cell in row] for row in table[1:]], dtype=np.float64)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if values.shape[1:] != (len(table[0]),) or not np.all(np.isfinite(values)):
        raise ValueError(f"{path.name}: every row needs {len(table[0])} finite numbers")
    return source, dict(zip(table[0], values.T, strict=True))


def _spectrum(name: str, *wanted: str) -> tuple[str, FloatArray, list[FloatArray]]:
    """Source, rising wavelengths in metres and the wanted columns."""
    source, columns = read_columns(resource("physics", name))
    missing = {"wavelength_nm", *wanted} - columns.keys()
    if missing:
        raise ValueError(f"{name}: missing columns {sorted(missing)}")
    if np.any(np.diff(columns["wavelength_nm"]) <= 0.0):
        raise ValueError(f"{name}: wavelengths must rise")
    return source, columns["wavelength_nm"] * NANO, [columns[column] for column in wanted]


def _gas() -> GasTransmittanceFit:
    source, wavelength, columns = _spectrum("gas_transmittance_fit.csv", *_GAS_COLUMNS)
    named = dict(zip(_GAS_COLUMNS, columns, strict=True))
    return GasTransmittanceFit(source=source, wavelength_m=wavelength, **named)


def _night_sky() -> NightSkyRadiance:
    source, wavelength, (radiance,) = _spectrum("night_sky_radiance.csv", "radiance_w_m2_sr_um")
    return NightSkyRadiance(source=source, wavelength_m=wavelength, radiance_w_m2_sr_um=radiance)


def _solar() -> SolarIrradiance:
    source, wavelength, (irradiance,) = _spectrum("solar_irradiance.csv", "irradiance_w_m2_um")
    return SolarIrradiance(source=source, wavelength_m=wavelength, irradiance_w_m2_um=irradiance)


def _ozone() -> OzoneAbsorption:
    source, wavelength, (section,) = _spectrum("ozone_cross_section.csv", "cross_section_m2")
    return OzoneAbsorption(source=source, wavelength_m=wavelength, cross_section_m2=section)


def _light_pollution() -> LightPollutionSpectrum:
    source, wavelength, (factor,) = _spectrum("light_pollution_spectrum.csv", "factor")
    return LightPollutionSpectrum(source=source, wavelength_m=wavelength, factor=factor)


def _sunlit_sky() -> SunlitSkyRadiance:
    name = "sunlit_sky_radiance.csv"
    source, columns = read_columns(resource("physics", name))
    axes = [columns[axis] for axis in ("sun_elevation_deg", "elevation_deg")]
    axes.append(columns["relative_azimuth_deg"])
    nodes = [np.unique(axis) for axis in axes]
    order = np.lexsort(axes[::-1])
    shape = tuple(len(node) for node in nodes)
    if len(order) != np.prod(shape):
        raise ValueError(f"{name}: the grid has gaps")
    spectra = {key: value for key, value in columns.items() if key.startswith(_RADIANCE_AT)}
    nanometres = [float(key.removeprefix(_RADIANCE_AT).removesuffix("nm")) for key in spectra]
    return SunlitSkyRadiance(
        source=source,
        wavelength_m=np.array(nanometres) * NANO,
        sun_elevation_rad=np.deg2rad(nodes[0]),
        elevation_rad=np.deg2rad(nodes[1]),
        relative_azimuth_rad=np.deg2rad(nodes[2]),
        radiance_w_m2_sr_um=np.stack([spectra[k][order].reshape(shape) for k in spectra]),
    )
