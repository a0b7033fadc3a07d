"""Compute the packaged radiance of the clear sunlit sky: resources/physics/sunlit_sky_radiance.csv.

Needs sasktran2 (2026.10, MIT licence), which the program itself never uses, and the two packaged
tables solar_irradiance.csv and ozone_cross_section.csv. About two minutes on two cores:

    python packaging/builders/sunlit_sky.py resources/physics

Spherical atmosphere (US standard 1976, 0-80 km), multiple scattering by successive orders,
Rayleigh and Henyey-Greenstein haze, absorption by ozone, ground of albedo 0.2. No gas lines and no
airglow. Observer at sea level.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import sasktran2 as sk

WAVELENGTHS_NM = np.array([550.0, 660.0, 700.0, 785.0, 850.0, 1064.0, 1310.0, 1550.0, 1600.0])
SUN_DEG = [-14, -12, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 5, 7, 10, 15, 20]
SUN_DEG += [30, 45, 60, 75]
ELEVATION_DEG = [5, 10, 15, 20, 30, 45, 60, 90]
AZIMUTH_DEG = [0, 15, 30, 45, 60, 90, 120, 180]

AEROSOL_DEPTH_550NM, ANGSTROM, AEROSOL_HEIGHT_M = 0.1, 1.3, 1_000.0
SINGLE_SCATTERING_ALBEDO, ASYMMETRY, GROUND_ALBEDO = 0.95, 0.7, 0.2
OZONE_DOBSON, OZONE_HEIGHT_M, OZONE_SIGMA_M = 320.0, 22_000.0, 5_000.0
MOMENTS = 64
# Fewer directions lose half of the deep twilight; more directions, or an atmosphere that reaches
# 100 km, let the successive orders diverge with the Sun between -1 and -5 degrees.
DIRECTIONS, TOP_M = 110, 80_000.0

HEADER = """\
# Radiance of the clear sunlit sky without airglow, W m-2 sr-1 um-1, seen from sea level.
# Columns: sun elevation, view elevation, azimuth from the Sun, then one column per wavelength.
# Origin: computed with sasktran2 2026.10.1 (MIT licence) by packaging/builders/sunlit_sky.py, where
#   the atmosphere is described (haze 0.1 at 550 nm, ozone 320 DU, ground 0.2); Sun: ASTM G173.
# Licence: Apache-2.0 (results of this project's own computation).
"""


def column_of(path: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    return np.array([float(r["wavelength_nm"]) for r in rows]), np.array(
        [float(r[name]) for r in rows]
    )


def altitudes() -> np.ndarray:
    return np.concatenate(
        [np.arange(0.0, 10_000.0, 500.0), np.arange(10_000.0, TOP_M + 1.0, 1_000.0)]
    )


def configuration() -> sk.Config:
    config = sk.Config()
    config.num_streams = 16
    config.num_threads = 2
    config.num_singlescatter_moments = MOMENTS
    config.multiple_scatter_source = sk.MultipleScatterSource.SuccessiveOrders
    config.num_successive_orders_iterations = 15
    config.num_successive_orders_incoming = DIRECTIONS
    config.num_successive_orders_outgoing = DIRECTIONS
    return config


def layer(shape: np.ndarray, depth: np.ndarray, albedo: float, moments: np.ndarray) -> object:
    profile = shape / np.trapezoid(shape, altitudes())
    extinction = profile[:, None] * depth[None, :]
    legendre = np.broadcast_to(moments[:, None, None], (MOMENTS, *extinction.shape)).copy()
    return sk.constituent.Manual(extinction, np.full_like(extinction, albedo), legendre)


def radiance(sun_deg: float, ozone_m2: np.ndarray) -> np.ndarray:
    """Sun-normalised radiance, shape (wavelength, elevation, azimuth)."""
    height, cosine = altitudes(), float(np.cos(np.deg2rad(90.0 - sun_deg)))
    config = configuration()
    geometry = sk.Geometry1D(
        cosine,
        0,
        6_371_000.0,
        height,
        sk.InterpolationMethod.LinearInterpolation,
        sk.GeometryType.Spherical,
    )
    view = sk.ViewingGeometry()
    for elevation in ELEVATION_DEG:
        for azimuth in AZIMUTH_DEG:
            up = float(np.sin(np.deg2rad(elevation)))
            ray = sk.SolarAnglesObserverLocation(cosine, np.deg2rad(azimuth), up, 0.0)
            view.add_ray(ray)
    air = sk.Atmosphere(
        geometry, config, wavelengths_nm=WAVELENGTHS_NM, calculate_derivatives=False
    )
    sk.climatology.us76.add_us76_standard_atmosphere(air)
    air["rayleigh"] = sk.constituent.Rayleigh()
    air["ground"] = sk.constituent.LambertianSurface(GROUND_ALBEDO)
    order = np.arange(MOMENTS)
    haze = AEROSOL_DEPTH_550NM * (WAVELENGTHS_NM / 550.0) ** -ANGSTROM
    air["haze"] = layer(
        np.exp(-height / AEROSOL_HEIGHT_M),
        haze,
        SINGLE_SCATTERING_ALBEDO,
        (2.0 * order + 1.0) * ASYMMETRY**order,
    )
    air["ozone"] = layer(
        np.exp(-0.5 * ((height - OZONE_HEIGHT_M) / OZONE_SIGMA_M) ** 2),
        OZONE_DOBSON * 2.687e20 * ozone_m2,
        0.0,
        (order == 0).astype(float),
    )
    result = sk.Engine(config, geometry, view).calculate_radiance(air)
    shape = (len(WAVELENGTHS_NM), len(ELEVATION_DEG), len(AZIMUTH_DEG))
    return np.asarray(result["radiance"].values)[:, :, 0].reshape(shape)


def main(folder: str) -> None:
    tables = Path(folder)
    sun = np.interp(
        WAVELENGTHS_NM, *column_of(tables / "solar_irradiance.csv", "irradiance_w_m2_um")
    )
    ozone = np.interp(
        WAVELENGTHS_NM,
        *column_of(tables / "ozone_cross_section.csv", "cross_section_m2"),
        right=0.0,
    )
    names = ",".join(f"radiance_{value:.0f}nm" for value in WAVELENGTHS_NM)
    lines = [f"sun_elevation_deg,elevation_deg,relative_azimuth_deg,{names}"]
    previous = np.zeros(len(WAVELENGTHS_NM))
    for sun_deg in SUN_DEG:
        grid = radiance(sun_deg, ozone) * sun[:, None, None]
        zenith = grid[:, -1, 0]
        leap = np.any(zenith > 12.0 * previous) and sun_deg > SUN_DEG[0]
        if np.any(zenith <= previous) or leap:
            raise SystemExit(f"the orders of scattering diverge with the Sun at {sun_deg} degrees")
        previous = zenith
        for e, elevation in enumerate(ELEVATION_DEG):
            for a, azimuth in enumerate(AZIMUTH_DEG):
                values = ",".join(f"{value:.4g}" for value in grid[:, e, a])
                lines.append(f"{sun_deg},{elevation},{azimuth},{values}")
        print(f"sun {sun_deg:+d} deg", file=sys.stderr, flush=True)
    (tables / "sunlit_sky_radiance.csv").write_text(HEADER + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
