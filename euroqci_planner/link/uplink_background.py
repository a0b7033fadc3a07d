"""Background of an uplink: the Earth as the satellite's telescope sees it, clicks per detector.

A receiver on a satellite looks down: it sees the ground around the station and the air above it.
What the air scatters upwards is taken as bright as what it scatters downwards along the same line
(thin air, symmetric scattering: within a factor of two). Clear sky, no clouds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.link.background import solar_irradiance
from euroqci_planner.link.night_sky import night_sky_radiance, zenith_night_sky_radiance
from euroqci_planner.link.receiver import clicks_per_radiance
from euroqci_planner.link.sight import Sight
from euroqci_planner.link.sunlit_sky import SunlitSky, sunlit_sky, sunlit_sky_radiance
from euroqci_planner.link.uplink import city_radiance, earthshine_radiance, moonlit_earth_radiance
from euroqci_planner.mission.assets import GroundTransmitter, Receiver
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.units import FloatArray

GROUND_ALBEDO = 0.2
PLANET_ALBEDO = 0.3
_NANOWATT_PER_CM2 = 1e-5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EarthBackground:
    """The scalars behind the background of one receiver over one station."""

    clicks_per_radiance: float
    solar_irradiance: float
    airglow: float
    city: float
    dark_counts_hz: float
    sunlit_sky: SunlitSky


def earth_background(
    wavelength_m: float, receiver: Receiver, transmitter: GroundTransmitter, tables: PhysicsTables
) -> EarthBackground:
    """Everything that does not change along a pass."""
    return EarthBackground(
        clicks_per_radiance=clicks_per_radiance(receiver, wavelength_m),
        solar_irradiance=solar_irradiance(wavelength_m, tables.solar),
        airglow=zenith_night_sky_radiance(wavelength_m, tables.night_sky),
        city=float(city_radiance(transmitter.night_lights_w_m2_sr / _NANOWATT_PER_CM2)),
        dark_counts_hz=receiver.dark_count_hz,
        sunlit_sky=sunlit_sky(wavelength_m, tables.sunlit_sky),
    )


def moon_brightness(phase_angle_rad: FloatArray) -> FloatArray:
    """Brightness of the Moon relative to full: 10^(-0.4 (0.026 |a| + 4e-9 a⁴)), a in degrees.

    Krisciunas & Schaefer 1991, eq. 20.
    """
    angle = np.abs(np.rad2deg(phase_angle_rad))
    return np.asarray(10.0 ** (-0.4 * (0.026 * angle + 4e-9 * angle**4)))


def earth_background_hz(
    earth: EarthBackground, sight: Sight, air: FloatArray
) -> dict[str, FloatArray]:
    """Rate of each noise term per sample, by the names of `NOISE_TERMS`.

    `night_sky` is airglow seen from above, `light_pollution` the lit ground through the air (whose
    transmittance is `air`), `moon` the moonlit Earth (albedo 0.3), `twilight` and `daylight` the
    sunlit air and, with the Sun up, the ground (albedo 0.2). No sunlit satellite: it looks away
    from itself. NaN outside 5..90° of elevation, dark counts excepted; NaN for a Sun above 75°.
    """
    scattered = sunlit_sky_radiance(
        earth.sunlit_sky,
        sight.sun_elevation_rad,
        sight.elevation_rad,
        sight.azimuth_rad - sight.sun_azimuth_rad,
    )
    day = sight.sun_elevation_rad > 0.0
    void = 0.0 * scattered
    sun_zenith, moon_zenith = (
        0.5 * np.pi - elevation for elevation in (sight.sun_elevation_rad, sight.moon_elevation_rad)
    )
    ground = earthshine_radiance(earth.solar_irradiance, GROUND_ALBEDO, sun_zenith)
    moonlit = moonlit_earth_radiance(
        earth.solar_irradiance,
        PLANET_ALBEDO,
        moon_zenith,
        moon_brightness(sight.moon_phase_angle_rad),
    )
    radiances = {
        "night_sky": night_sky_radiance(sight.elevation_rad, earth.airglow, 0.0),
        "light_pollution": earth.city * air,
        "moon": moonlit + void,
        "twilight": np.where(day, void, scattered),
        "daylight": np.where(day, scattered + ground * air, void),
        "sunlit_satellite": void,
    }
    rates = {name: earth.clicks_per_radiance * value for name, value in radiances.items()}
    return rates | {"dark_counts": np.full_like(sight.elevation_rad, earth.dark_counts_hz)}
