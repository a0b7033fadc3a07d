"""Sunlight scattered by the clear sky at the actual pointing: twilight and daylight.

Interpolated in the packaged grid (`resources/physics/sunlit_sky_radiance.csv`): multiple scattering
in a spherical atmosphere. Against the twilight photometry of Paranal (Patat, Ugolnikov &
Postylyakov 2006) it stands within a factor of 1.5 in R and I, the Sun 5 to 10 degrees down.
Interpolation adds 15 % in nine directions out of ten, a factor of 1.6 at worst. One haze (0.1 at
550 nm), one ground (albedo 0.2), sea level: a mountain sky is up to a third darker, a hazy one
several times brighter near the Sun. No clouds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.link.airmass import inside_validity
from euroqci_planner.mission.physics_tables import SunlitSkyRadiance
from euroqci_planner.units import FloatArray

NIGHT_SUN_ELEVATION_RAD = np.deg2rad(-18.0)


@dataclass(frozen=True, slots=True, eq=False)
class SunlitSky:
    """The grid of the sunlit sky at one wavelength: log radiance over Sun, elevation, azimuth."""

    sun_elevation_rad: FloatArray
    sine_elevation: FloatArray
    relative_azimuth_rad: FloatArray
    log_radiance: FloatArray


def sunlit_sky(wavelength_m: float, table: SunlitSkyRadiance) -> SunlitSky:
    """The grid at a wavelength, linear in log radiance against log wavelength.

    NaN throughout for a wavelength outside the table (550 to 1600 nm).
    """
    inside = table.wavelength_m[0] <= wavelength_m <= table.wavelength_m[-1]
    grid = np.log(table.radiance_w_m2_sr_um)
    low, share = _place(np.log(table.wavelength_m), np.array([np.log(wavelength_m)]))
    at = grid[low[0]] + share[0] * (grid[low[0] + 1] - grid[low[0]])
    return SunlitSky(
        table.sun_elevation_rad,
        np.sin(table.elevation_rad),
        table.relative_azimuth_rad,
        at if inside else np.full_like(at, np.nan),
    )


def sunlit_sky_radiance(
    sky: SunlitSky,
    sun_elevation_rad: ArrayLike,
    elevation_rad: ArrayLike,
    azimuth_from_sun_rad: ArrayLike,
) -> FloatArray:
    """Radiance of scattered sunlight along the line of sight, W m⁻² sr⁻¹ µm⁻¹; inputs of one shape.

    Linear in log radiance over Sun elevation, sine of the elevation and azimuth from the Sun.
    Below the lowest Sun of the grid (-14°) it keeps falling exponentially at the last rate, times a
    straight line that reaches zero at -18°, where night is complete; zero below. NaN for a view
    outside 5..90° and for a Sun above the grid (75°).
    """
    sun, elevation, azimuth = np.broadcast_arrays(
        np.asarray(sun_elevation_rad, dtype=np.float64),
        inside_validity(elevation_rad),
        np.asarray(azimuth_from_sun_rad, dtype=np.float64),
    )
    radiance = np.where(np.isnan(elevation), np.nan, 0.0)
    lit = sun > NIGHT_SUN_ELEVATION_RAD
    if np.any(lit):
        radiance[lit] = _lit(sky, sun[lit], np.sin(elevation[lit]), azimuth[lit])
    return radiance


def _lit(sky: SunlitSky, sun: FloatArray, sine: FloatArray, azimuth: FloatArray) -> FloatArray:
    turn = np.abs(np.mod(azimuth + np.pi, 2.0 * np.pi) - np.pi)
    log_radiance = _interpolated(
        sky.log_radiance,
        _place(sky.sun_elevation_rad, sun),
        _place(sky.sine_elevation, sine),
        _place(sky.relative_azimuth_rad, turn),
    )
    lowest, highest = sky.sun_elevation_rad[[0, -1]]
    above_night = (sun - NIGHT_SUN_ELEVATION_RAD) / (lowest - NIGHT_SUN_ELEVATION_RAD)
    fade = np.where(sun < lowest, above_night, 1.0)
    return np.asarray(np.where(sun <= highest, np.exp(log_radiance) * fade, np.nan))


Place = tuple[NDArray[np.intp], FloatArray]


def _place(axis: FloatArray, values: FloatArray) -> Place:
    """Cell and position inside it (0..1; outside the axis the nearest cell carries on)."""
    low = np.searchsorted(axis, values, side="right") - 1
    low = np.minimum(np.maximum(low, 0), len(axis) - 2)
    start = axis[low]
    return low, (values - start) / (axis[low + 1] - start)


def _interpolated(grid: FloatArray, first: Place, second: Place, third: Place) -> FloatArray:
    (i, u), (j, v), (k, w) = first, second, third
    rows, columns = grid.shape[1:]
    flat = grid.ravel()
    corner = (i * rows + j) * columns + k

    def along_third(offset: int) -> FloatArray:
        here = flat[corner + offset]
        return np.asarray(here + w * (flat[corner + (offset + 1)] - here))

    def along_second(offset: int) -> FloatArray:
        here = along_third(offset)
        return here + v * (along_third(offset + columns) - here)

    near = along_second(0)
    return np.asarray(near + u * (along_second(rows * columns) - near))
