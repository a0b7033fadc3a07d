"""Micius over Xinglong on 19 December 2016, end to end: orbit, link, detections."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.app.validation.key_terminals import channel, receiver, source
from euroqci_planner.app.validation.orbit_checks import (
    MICIUS as MICIUS_ELEMENTS,
)
from euroqci_planner.app.validation.orbit_checks import (
    MICIUS_DURATION_S,
    MICIUS_START_UTC,
    RANGE_LIMIT_M,
    XINGLONG_DEG,
)
from euroqci_planner.app.validation.reference_terminals import (
    MICIUS,
    XINGLONG_AIR,
    XINGLONG_ALTITUDE_M,
)
from euroqci_planner.app.validation.whole_link_checks import (
    MICIUS_FIXED_DB,
    MICIUS_JITTER_RAD,
    MICIUS_RECEIVER_M,
    micius_haze,
)
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import air_masses
from euroqci_planner.link.extinction import extinction_terms, site_extinction
from euroqci_planner.link.far_field import far_field
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.site import Site, east_north_up, geodetic_position_m
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.units import FloatArray

BASES = 2.0
NOISE_PER_GATE = 1e-7


def sifted_level_db() -> float:
    """Sifted bits of the 273 s below 1200 km as a level, 10 log10(bits).

    The published payload with the divergence read as a uniform disc, receiver losses and air as
    published (0.16 × 0.5; 8 dB at 1200 km, growth computed), 2.5 µrad of jitter. With the default
    clear air and 1.2 µrad it comes out 5.2 dB higher.
    """
    elevation, range_m = _track()
    transmittance = _transmittance(elevation, range_m)
    counts = expected_counts(
        source((0.8, 0.1, 0.0), (0.5, 0.25, 0.25), 0.5, 0.0114),
        receiver(0.5, 0.0),
        channel(transmittance, NOISE_PER_GATE, np.ones(len(transmittance))),
    )
    return float(10.0 * np.log10(BASES * np.sum(counts.key_detections)))


def _track() -> tuple[FloatArray, FloatArray]:
    """Elevation and range from Xinglong every second below 1200 km."""
    t_s = np.arange(0.0, MICIUS_DURATION_S)
    orientation = EarthOrientation.over(MICIUS_START_UTC, MICIUS_DURATION_S)
    fleet = Fleet.of([parse_element_lines(*MICIUS_ELEMENTS)], MICIUS_START_UTC, orientation)
    latitude, longitude = np.radians(XINGLONG_DEG)
    site = Site(
        geodetic_position_m(latitude, longitude, XINGLONG_ALTITUDE_M),
        east_north_up(latitude, longitude),
    )
    elevation, _, range_m = site.elevation_azimuth_range(fleet.earth_fixed(0, t_s).position_m)
    near = range_m < RANGE_LIMIT_M
    return elevation[near], range_m[near]


def _transmittance(elevation: FloatArray, range_m: FloatArray) -> FloatArray:
    air = replace(XINGLONG_AIR, aerosol_optical_depth_550nm=micius_haze())
    site = site_extinction(MICIUS.wavelength_m, XINGLONG_ALTITUDE_M, air, load_physics_tables())
    through = extinction_terms(site, air_masses(elevation, XINGLONG_ALTITUDE_M)).total()
    shaky = replace(MICIUS, pointing_jitter_rad=(MICIUS_JITTER_RAD, MICIUS_JITTER_RAD))
    steady, shaken = far_field(shaky).collection(range_m, MICIUS_RECEIVER_M)
    return np.asarray(steady * shaken * through * 10.0 ** (-0.1 * MICIUS_FIXED_DB))
