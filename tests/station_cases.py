"""A ground station, its receiver and its sky, for tests that look at one or two fields."""

from __future__ import annotations

from typing import Any

from euroqci_planner.mission.assets import Atmosphere, Coupling, Receiver, Station, SunRule

RECEIVER = Receiver(
    aperture_m=0.8,
    obscuration_ratio=0.3,
    optics_efficiency=0.5,
    field_of_view_rad=100e-6,
    filter_width_m=1e-9,
    filter_transmittance=0.9,
    coupling=Coupling.FREE_SPACE,
    key_basis_probability=0.8,
    detectors=4,
    detector_efficiency=0.5,
    dark_count_hz=100.0,
    dead_time_s=50e-9,
    timing_jitter_s=350e-12,
    afterpulse_probability=0.001,
    gate_s=1e-9,
)
ATMOSPHERE = Atmosphere(
    seeing_rad=4.4e-6,
    aerosol_optical_depth_550nm=0.05,
    angstrom_exponent=1.3,
    precipitable_water_m=0.005,
    ozone_dobson=320.0,
    cirrus_optical_depth=0.0,
)


def station(name: str, **fields: Any) -> Station:
    """A plain station; `fields` replace what a test looks at."""
    plain: dict[str, Any] = {
        "id": name,
        "name": name,
        "country": "IT",
        "latitude_rad": 0.7,
        "longitude_rad": 0.29,
        "altitude_m": 500.0,
        "min_elevation_rad": 0.35,
        "receiver": RECEIVER,
        "atmosphere": ATMOSPHERE,
        "sun_rule": SunRule.MAX_ELEVATION,
        "max_sun_elevation_rad": -0.16,
        "min_sun_separation_rad": 0.4,
        "min_moon_separation_rad": 0.26,
        "setup_s": 60.0,
        "terminals": 1,
        "sky_brightness_mag_arcsec2": 21.0,
    }
    return Station(**(plain | fields))
