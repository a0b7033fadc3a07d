"""Background: clicks per second and detector from everything that is not the signal.

Sky light is radiance × field of view × filter; all rates are inside the filter, before the gate,
and shared evenly over the detectors (passive splitting). All of it assumes a clear sky.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.link.extinction import (
    REFERENCE_WAVELENGTH_M,
    SiteExtinction,
    aerosol_optical_depth,
    rayleigh_optical_depth,
)
from euroqci_planner.link.night_sky import (
    cosine_between,
    light_pollution_radiance,
    moonlight_nanolambert,
    night_sky_radiance,
    radiance_of_nanolambert,
    zenith_light_pollution_radiance,
    zenith_night_sky_radiance,
)
from euroqci_planner.link.receiver import clicks_per_irradiance, clicks_per_radiance
from euroqci_planner.link.satellite_light import full_phase_intensity, satellite_irradiance
from euroqci_planner.link.sight import Sight
from euroqci_planner.link.sunlit_sky import SunlitSky, sunlit_sky, sunlit_sky_radiance
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.physics_tables import PhysicsTables, SolarIrradiance
from euroqci_planner.units import FloatArray

MAGNITUDES_PER_OPTICAL_DEPTH = 2.5 * np.log10(np.e)


def solar_irradiance(wavelength_m: float, table: SolarIrradiance) -> float:
    """Solar irradiance outside the air at 1 au, W m⁻² µm⁻¹; NaN outside the table."""
    return float(
        np.interp(
            wavelength_m,
            table.wavelength_m,
            table.irradiance_w_m2_um,
            left=np.nan,
            right=np.nan,
        )
    )


def moonlight_colour(
    wavelength_m: float, site: SiteExtinction, station: Station, solar: SolarIrradiance
) -> float:
    """Scattered moonlight at a wavelength relative to the V band (dimensionless).

    Solar irradiance × optical depth of scattering (Rayleigh and haze), each over its value at
    550 nm. At full Moon and 785–850 nm the moonlight comes out at half to two thirds of the ESO
    sky spectrum.
    """
    air = station.atmosphere
    reference = float(rayleigh_optical_depth(REFERENCE_WAVELENGTH_M, site.pressure_pa)) + float(
        aerosol_optical_depth(
            REFERENCE_WAVELENGTH_M, air.aerosol_optical_depth_550nm, air.angstrom_exponent
        )
    )
    sun = solar_irradiance(wavelength_m, solar) / solar_irradiance(REFERENCE_WAVELENGTH_M, solar)
    return sun * (site.rayleigh + site.aerosol) / reference


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SiteBackground:
    """The scalars behind the background of one satellite and payload over one station."""

    clicks_per_radiance: float
    clicks_per_irradiance: float
    night_sky: float
    extinction_mag: float
    light_pollution: float
    moonlight_colour: float
    satellite_full_phase: float
    dark_counts_hz: float
    sunlit_sky: SunlitSky


def site_background(
    wavelength_m: float,
    satellite: Satellite,
    station: Station,
    site: SiteExtinction,
    tables: PhysicsTables,
) -> SiteBackground:
    """Everything that does not change along a pass."""
    receiver = station.receiver
    sun = solar_irradiance(wavelength_m, tables.solar)
    return SiteBackground(
        clicks_per_radiance=clicks_per_radiance(receiver, wavelength_m),
        clicks_per_irradiance=clicks_per_irradiance(receiver, wavelength_m),
        night_sky=zenith_night_sky_radiance(wavelength_m, tables.night_sky),
        extinction_mag=MAGNITUDES_PER_OPTICAL_DEPTH * (site.rayleigh + site.aerosol),
        light_pollution=zenith_light_pollution_radiance(
            wavelength_m, station.sky_brightness_mag_arcsec2, tables.light_pollution
        ),
        moonlight_colour=moonlight_colour(wavelength_m, site, station, tables.solar),
        satellite_full_phase=full_phase_intensity(
            satellite, sun, solar_irradiance(REFERENCE_WAVELENGTH_M, tables.solar)
        ),
        dark_counts_hz=receiver.dark_count_hz,
        sunlit_sky=sunlit_sky(wavelength_m, tables.sunlit_sky),
    )


def background_hz(
    site: SiteBackground, sight: Sight, from_satellite: FloatArray
) -> dict[str, FloatArray]:
    """Rate of each noise term per sample, by the names of `NOISE_TERMS`.

    `from_satellite` is the transmittance from the satellite through the air, the field stop and
    the fibre; the receiver's other factors are in `site`. NaN outside 5..90° of elevation, dark
    counts excepted; NaN for a Sun higher than 75°.
    """
    elevation = sight.elevation_rad
    scattered = site.clicks_per_radiance * sunlit_sky_radiance(
        site.sunlit_sky,
        sight.sun_elevation_rad,
        elevation,
        sight.azimuth_rad - sight.sun_azimuth_rad,
    )
    day = sight.sun_elevation_rad > 0.0
    void = 0.0 * scattered
    return {
        "night_sky": site.clicks_per_radiance
        * night_sky_radiance(elevation, site.night_sky, site.extinction_mag),
        "light_pollution": site.clicks_per_radiance
        * light_pollution_radiance(elevation, site.light_pollution),
        "moon": site.clicks_per_radiance * _moonlight(site, sight) + void,
        "twilight": np.where(day, void, scattered),
        "daylight": np.where(day, scattered, void),
        "sunlit_satellite": site.clicks_per_irradiance
        * satellite_irradiance(
            site.satellite_full_phase,
            sight.range_m,
            sight.satellite_phase_angle_rad,
            sight.sunlit_fraction,
            from_satellite,
        ),
        "dark_counts": np.full_like(elevation, site.dark_counts_hz),
    }


def _moonlight(site: SiteBackground, sight: Sight) -> FloatArray:
    """Radiance of scattered moonlight; computed only where the Moon is up."""
    radiance = np.zeros_like(sight.elevation_rad)
    up = sight.moon_elevation_rad > 0.0
    if not np.any(up):
        return radiance
    elevation, moon = sight.elevation_rad[up], sight.moon_elevation_rad[up]
    cosine = cosine_between(elevation, sight.azimuth_rad[up], moon, sight.moon_azimuth_rad[up])
    glow = moonlight_nanolambert(
        np.arccos(np.clip(cosine, -1.0, 1.0)), sight.moon_phase_angle_rad[up], moon, elevation
    )
    radiance[up] = radiance_of_nanolambert(glow) * site.moonlight_colour
    return radiance
