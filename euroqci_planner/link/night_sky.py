"""Light of the night sky: airglow and starlight, artificial sky glow, scattered moonlight.

All in W m⁻² sr⁻¹ µm⁻¹ at the telescope, for a clear sky. Night-sky light varies by a factor of
about two from night to night (airglow follows the Sun's activity and the season).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import inside_validity
from euroqci_planner.mission.physics_tables import LightPollutionSpectrum, NightSkyRadiance
from euroqci_planner.units import FloatArray

V_BAND_RADIANCE_AT_ZERO_MAGNITUDE = 1544.0
NATURAL_SKY_MAG_ARCSEC2 = 21.9
MOON_EXTINCTION_MAG = 0.172
MOON_RADIUS_RAD = np.deg2rad(0.26)


def radiance_of_magnitude(v_mag_arcsec2: ArrayLike) -> FloatArray:
    """V-band radiance of a surface brightness: 1544 · 10^(-0.4 m) W m⁻² sr⁻¹ µm⁻¹."""
    magnitude = np.asarray(v_mag_arcsec2, dtype=np.float64)
    return np.asarray(V_BAND_RADIANCE_AT_ZERO_MAGNITUDE * 10.0 ** (-0.4 * magnitude))


def sky_path(elevation_rad: ArrayLike) -> FloatArray:
    """Brightening of a thin glowing layer towards the horizon: X = (1 - 0.96 cos² el)^-1/2.

    Krisciunas & Schaefer 1991 (PASP 103, 1033), eq. 3, for the airglow layer and for the path of
    moonlight alike. 1 at zenith, 5 at the horizon. No range limit.
    """
    cosine = np.cos(np.asarray(elevation_rad, dtype=np.float64))
    return np.asarray(1.0 / np.sqrt(1.0 - 0.96 * cosine**2))


def zenith_night_sky_radiance(wavelength_m: float, table: NightSkyRadiance) -> float:
    """Zenith radiance of a dark moonless site, linear in log radiance between the rows.

    From 700 nm on the sky is OH lines: between rows, and in a filter narrower than the rows'
    2–3 nm, expect a factor of three either way. NaN outside the table.
    """
    return float(
        np.exp(
            np.interp(
                wavelength_m,
                table.wavelength_m,
                np.log(table.radiance_w_m2_sr_um),
                left=np.nan,
                right=np.nan,
            )
        )
    )


def night_sky_radiance(
    elevation_rad: ArrayLike, zenith_radiance: float, extinction_mag: float
) -> FloatArray:
    """Radiance of the moonless sky: L_zenith · X · 10^(-0.4 k (X-1)), k in magnitudes.

    Krisciunas & Schaefer 1991, eq. 2. `extinction_mag` = 1.086 × the zenith optical depth of
    scattering at the wavelength. NaN outside 5..90°.
    """
    path = sky_path(inside_validity(elevation_rad))
    return np.asarray(zenith_radiance * path * 10.0 ** (-0.4 * extinction_mag * (path - 1.0)))


def zenith_light_pollution_radiance(
    wavelength_m: float, sky_brightness_mag_arcsec2: float, table: LightPollutionSpectrum
) -> float:
    """Artificial zenith radiance from the site's V brightness without Moon.

    What lies above a natural sky of 21.9 mag/arcsec² (nothing for darker readings), times the
    glow's spectrum relative to V, linear between the rows. The spectrum depends on the lamps:
    a factor of two either way from 785 nm on. NaN outside the table.
    """
    excess = float(
        radiance_of_magnitude(sky_brightness_mag_arcsec2)
        - radiance_of_magnitude(NATURAL_SKY_MAG_ARCSEC2)
    )
    factor = np.interp(wavelength_m, table.wavelength_m, table.factor, left=np.nan, right=np.nan)
    return max(excess, 0.0) * float(factor)


def light_pollution_radiance(elevation_rad: ArrayLike, zenith_radiance: float) -> FloatArray:
    """Sky glow away from the zenith: L_zenith (1 + 2 (1 - sin el)), mean over azimuth.

    A city on the horizon is brighter and its opposite darker than this. NaN outside 5..90°.
    """
    sine = np.sin(inside_validity(elevation_rad))
    return np.asarray(zenith_radiance * (1.0 + 2.0 * (1.0 - sine)))


def cosine_between(
    elevation_rad: ArrayLike,
    azimuth_rad: ArrayLike,
    other_elevation_rad: ArrayLike,
    other_azimuth_rad: ArrayLike,
) -> FloatArray:
    """Cosine of the angle between two directions on the sky."""
    here = np.asarray(elevation_rad, dtype=np.float64)
    there = np.asarray(other_elevation_rad, dtype=np.float64)
    turn = np.asarray(azimuth_rad, dtype=np.float64) - np.asarray(other_azimuth_rad)
    return np.asarray(np.sin(here) * np.sin(there) + np.cos(here) * np.cos(there) * np.cos(turn))


def moonlight_nanolambert(
    separation_rad: ArrayLike,
    phase_angle_rad: ArrayLike,
    moon_elevation_rad: ArrayLike,
    elevation_rad: ArrayLike,
    extinction_mag: float = MOON_EXTINCTION_MAG,
) -> FloatArray:
    """V brightness that moonlight adds to the sky, nanolambert; 0 with the Moon below the horizon.

    B = f(ρ) I* 10^(-0.4 k X(Z_m)) (1 - 10^(-0.4 k X(Z))): Krisciunas & Schaefer 1991, eq. 15,
    with I* (eq. 20) and f(ρ) = 10^5.36 (1.06 + cos² ρ) + 10^(6.15 - ρ/40°) (eq. 21), below 10° the
    paper's 6.2e7/ρ². Phase angle 0 at full Moon. Accuracy there 8–23 %; fitted at Mauna Kea,
    k = 0.172 mag. NaN where the line of sight meets the Moon's disc.
    """
    moon_elevation = np.asarray(moon_elevation_rad, dtype=np.float64)
    phase = np.abs(np.rad2deg(np.asarray(phase_angle_rad, dtype=np.float64)))
    brightness = 10.0 ** (-0.4 * (3.84 + 0.026 * phase + 4e-9 * phase**4))
    moon_path = 10.0 ** (-0.4 * extinction_mag * sky_path(moon_elevation))
    scattered = 1.0 - 10.0 ** (-0.4 * extinction_mag * sky_path(elevation_rad))
    added = _scattering(separation_rad) * brightness * moon_path * scattered
    return np.asarray(np.where(moon_elevation > 0.0, added, 0.0))


def _scattering(separation_rad: ArrayLike) -> FloatArray:
    separation = np.asarray(separation_rad, dtype=np.float64)
    separation = np.where(separation > MOON_RADIUS_RAD, separation, np.nan)
    degrees = np.rad2deg(separation)
    rayleigh = 10.0**5.36 * (1.06 + np.cos(separation) ** 2)
    near = degrees < 10.0
    return np.asarray(
        rayleigh + np.where(near, 6.2e7 / degrees**2, 10.0 ** (6.15 - degrees / 40.0))
    )


def radiance_of_nanolambert(brightness_nl: ArrayLike) -> FloatArray:
    """V-band radiance of a brightness in nanolambert, W m⁻² sr⁻¹ µm⁻¹.

    V = (20.7233 - ln(B/34.08)) / 0.92104 (Garstang 1989, as used by Krisciunas & Schaefer), which
    makes it proportional: 1544 · 10^(-0.4 · 20.7233/0.92104) / 34.08 per nanolambert.
    """
    unit = float(radiance_of_magnitude(20.7233 / 0.92104)) / 34.08
    return np.asarray(np.asarray(brightness_nl, dtype=np.float64) * unit)
