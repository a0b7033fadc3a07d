"""Payloads, stations and samples for the tests of the link; every value can be overridden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from station_cases import ATMOSPHERE, RECEIVER

from euroqci_planner.mission.assets import (
    Atmosphere,
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    PairSource,
    Payload,
    Protocol,
    Receiver,
    Role,
    Satellite,
    SettingsPolicy,
    Station,
    SunRule,
    TruncatedGaussianBeam,
)
from euroqci_planner.mission.orbits import CircularOrbit
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.physics_tables import (
    GasTransmittanceFit,
    LightPollutionSpectrum,
    NightSkyRadiance,
    OzoneAbsorption,
    PhysicsTables,
    SolarIrradiance,
    SunlitSkyRadiance,
)

DECOY = DecoySource(
    protocol=Protocol.BB84_TWO_DECOY,
    pulse_rate_hz=100e6,
    pulse_width_s=200e-12,
    settings=SettingsPolicy.FIXED,
    intensities=(0.7, 0.1, 0.0),
    intensity_probabilities=(0.8, 0.15, 0.05),
    key_basis_probability=0.8,
    intrinsic_error=0.01,
)
PAIRS = PairSource(
    protocol=Protocol.BBM92,
    settings=SettingsPolicy.FIXED,
    pair_rate_hz=5.9e6,
    coincidence_window_s=1e-9,
    local_arm_efficiency=0.2,
    local_dark_count_hz=500.0,
    key_basis_probability=0.5,
    intrinsic_error=0.02,
)
GAUSSIAN_20_URAD = DivergenceBeam(
    divergence_rad=20e-6, convention=DivergenceConvention.FULL_ANGLE_1E2
)
TRUNCATED = TruncatedGaussianBeam(waist_m=0.0425)


def payload(**changes: Any) -> Payload:
    cube = Payload(
        id="cube",
        name="CubeSat terminal",
        wavelength_m=850e-9,
        aperture_m=0.085,
        obscuration_ratio=0.0,
        beam=GAUSSIAN_20_URAD,
        wavefront_error_m=40e-9,
        pointing_jitter_rad=(2e-6, 2e-6),
        pointing_bias_rad=0.5e-6,
        transmit_efficiency=0.95,
        terminals=1,
        slew_s=60.0,
        acquisition_s=30.0,
        source=DECOY,
    )
    return replace(cube, **changes)


def receiver(**changes: Any) -> Receiver:
    return replace(RECEIVER, **changes)


def atmosphere(**changes: Any) -> Atmosphere:
    clear = replace(ATMOSPHERE, seeing_rad=np.deg2rad(0.9 / 3600.0))
    return replace(clear, **changes)


def station(**changes: Any) -> Station:
    calar_alto = Station(
        id="calar-alto",
        name="Calar Alto",
        country="ES",
        latitude_rad=np.deg2rad(37.2236),
        longitude_rad=np.deg2rad(-2.5461),
        altitude_m=2168.0,
        min_elevation_rad=np.deg2rad(20.0),
        receiver=receiver(),
        atmosphere=atmosphere(),
        sun_rule=SunRule.MAX_ELEVATION,
        max_sun_elevation_rad=np.deg2rad(-9.0),
        min_sun_separation_rad=np.deg2rad(25.0),
        min_moon_separation_rad=np.deg2rad(15.0),
        setup_s=120.0,
        terminals=1,
        sky_brightness_mag_arcsec2=21.2,
    )
    return replace(calar_alto, **changes)


def satellite(**changes: Any) -> Satellite:
    orbit = CircularOrbit(
        epoch_utc=np.datetime64("2026-06-14T00:00:00", "us"),
        altitude_m=500e3,
        inclination_rad=np.deg2rad(97.4),
        raan_rad=0.0,
    )
    cube = Satellite(
        id="cube",
        name="CubeSat",
        orbit=orbit,
        payload=payload(),
        role=Role.TRUSTED_NODE,
        standard_magnitude=8.0,
    )
    return replace(cube, **changes)


def slant_range_m(elevation_deg: Any, altitude_m: float = 500e3) -> Any:
    """Range over a spherical Earth of 6371 km from a station at sea level."""
    el, radius = np.deg2rad(np.asarray(elevation_deg, dtype=float)), 6_371e3
    top = (radius + altitude_m) ** 2 - (radius * np.cos(el)) ** 2
    return np.sqrt(top) - radius * np.sin(el)


def samples(elevation_deg: Any, lengths: list[int] | None = None, **columns: Any) -> PassSamples:
    """A dark night over 500 km unless `columns` (in SI, scalar or per sample) say otherwise."""
    elevation = np.atleast_1d(np.asarray(elevation_deg, dtype=float))
    count = len(elevation)
    first = np.concatenate(([0], np.cumsum([count] if lengths is None else lengths)))
    night = {
        "t_s": np.arange(count) + 0.5,
        "slot_s": 1.0,
        "elevation_rad": np.deg2rad(elevation),
        "azimuth_rad": 1.0,
        "range_m": slant_range_m(np.where(np.isnan(elevation), 90.0, elevation)),
        "range_rate_m_s": 0.0,
        "slew_rad_s": 0.01,
        "sun_elevation_rad": np.deg2rad(-30.0),
        "sun_azimuth_rad": 4.0,
        "moon_elevation_rad": np.deg2rad(-10.0),
        "moon_azimuth_rad": 2.0,
        "moon_phase_angle_rad": 1.5,
        "sunlit_fraction": 0.0,
        "satellite_phase_angle_rad": np.pi / 2.0,
    }
    filled = {name: np.broadcast_to(v, count) for name, v in (night | columns).items()}
    return PassSamples(pass_row=np.arange(len(first) - 1), first_sample=first, **filled)


def tables() -> PhysicsTables:
    """Small tables of round numbers, so that unit tests read no disk."""
    nm = 1e-9
    grid = np.empty((2, 3, 2, 3))
    sun, view = np.deg2rad([-14.0, 0.0, 75.0]), np.deg2rad([5.0, 90.0])
    turn = np.deg2rad([0.0, 90.0, 180.0])
    grid[...] = np.array([1e-5, 1.0, 10.0])[None, :, None, None]
    grid *= np.array([1.0, 0.1])[:, None, None, None] * np.array([4.0, 1.0])[None, None, :, None]
    grid[:, :, 0, :] *= np.array([3.0, 1.0, 0.5])
    return PhysicsTables(
        gas=GasTransmittanceFit(
            source="made up",
            wavelength_m=np.array([785.0, 790.0, 850.0, 1550.0]) * nm,
            water_coefficient=np.array([0.003, 0.028, 0.010, 0.005]),
            water_exponent=np.array([0.57, 0.63, 0.61, 0.94]),
            water_pressure_exponent=np.array([0.6, 0.5, 0.6, 0.4]),
            dry_coefficient=np.array([0.0002, 0.002, 0.0001, 0.005]),
            dry_exponent=np.array([1.1, 0.3, 1.1, 0.3]),
            max_error_db=np.full(4, 0.02),
        ),
        night_sky=NightSkyRadiance(
            source="made up",
            wavelength_m=np.array([532.0, 785.0, 850.0, 1650.0]) * nm,
            radiance_w_m2_sr_um=np.array([2e-6, 6e-6, 9e-6, 8e-5]),
        ),
        solar=SolarIrradiance(
            source="made up",
            wavelength_m=np.array([530.0, 550.0, 785.0, 850.0, 1650.0]) * nm,
            irradiance_w_m2_um=np.array([1900.0, 1867.0, 1191.0, 960.0, 230.0]),
        ),
        ozone=OzoneAbsorption(
            source="made up",
            wavelength_m=np.array([535.0, 605.0, 785.0, 835.0]) * nm,
            cross_section_m2=np.array([2.7e-25, 5e-25, 2.5e-26, 0.7e-26]),
        ),
        light_pollution=LightPollutionSpectrum(
            source="made up",
            wavelength_m=np.array([532.0, 550.0, 785.0, 1650.0]) * nm,
            factor=np.array([1.0, 1.0, 0.3, 0.05]),
        ),
        sunlit_sky=SunlitSkyRadiance(
            source="made up",
            wavelength_m=np.array([550.0, 1650.0]) * nm,
            sun_elevation_rad=sun,
            elevation_rad=view,
            relative_azimuth_rad=turn,
            radiance_w_m2_sr_um=grid,
        ),
    )
