"""Uplink: a Gaussian beam from the ground, spread and shaken by the air just above the telescope.

Means over turbulence after Andrews & Phillips 2005, ch. 12, and Fante 1975. Symbols: W0 the 1/e²
intensity radius at the telescope, L range, w radius at the satellite, r0 the coherence length of
the upward wave. Lengths in metres; any shape of elevations and ranges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.diffraction import gaussian_collection
from euroqci_planner.link.slant_path import SlantPath
from euroqci_planner.link.turbulence import wavenumber_per_m
from euroqci_planner.link.turbulence_profile import TurbulenceProfile
from euroqci_planner.units import FloatArray

LUNAR_ALBEDO = 0.12
LUNAR_DILUTION = 2.0e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkBeam:
    """A collimated Gaussian beam leaving a ground telescope, 1/e² intensity radius `waist_m`."""

    wavelength_m: float
    waist_m: float

    def diffracted_radius_m(self, range_m: ArrayLike) -> FloatArray:
        """w_d = W0 sqrt(1 + (λ L/(π W0²))²): the beam without air."""
        spread = self.wavelength_m / (np.pi * self.waist_m**2)
        return np.asarray(self.waist_m * np.hypot(1.0, spread * np.asarray(range_m)))


def uplink_coherence_m(
    wavelength_m: float, range_m: ArrayLike, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """r0 of the upward spherical wave: (0.423 k² ∫ Cn² (1 - z/L)^(5/3) dz)^(-3/5)."""
    distance = np.asarray(range_m, dtype=np.float64)[..., None]
    weight = path.air_mass * (1.0 - path.distance_m / distance) ** (5.0 / 3.0)
    strength = weight @ profile.strength_m13
    return np.asarray((0.423 * wavenumber_per_m(wavelength_m) ** 2 * strength) ** -0.6)


def long_term_radius_m(beam: UplinkBeam, range_m: ArrayLike, coherence_m: ArrayLike) -> FloatArray:
    """Radius of the long exposure: w_d (1 + (D0/r0)^(5/3))^p with D0 = sqrt(8) W0.

    p = 1/2 for D0 < r0 and 3/5 above (Andrews & Phillips 2005, ch. 12); the two forms meet with a
    step of 7 % at D0 = r0.
    """
    ratio = np.sqrt(8.0) * beam.waist_m / np.asarray(coherence_m, dtype=np.float64)
    power = np.where(ratio < 1.0, 0.5, 0.6)
    return np.asarray(beam.diffracted_radius_m(range_m) * (1.0 + ratio ** (5.0 / 3.0)) ** power)


def wander_variance_m2(beam: UplinkBeam, range_m: ArrayLike, coherence_m: ArrayLike) -> FloatArray:
    """Mean square distance of the beam's centre from the axis, both axes together, m².

    <r_c²> = 0.54 L² (λ/(2 W0))² (2 W0/r0)^(5/3) (Andrews & Phillips 2005, ch. 12).
    """
    width = 2.0 * beam.waist_m
    spread = (np.asarray(range_m, dtype=np.float64) * beam.wavelength_m / width) ** 2
    return np.asarray(0.54 * spread * (width / np.asarray(coherence_m)) ** (5.0 / 3.0))


def short_term_radius_m(beam: UplinkBeam, range_m: ArrayLike, coherence_m: ArrayLike) -> FloatArray:
    """Radius about the wandering centre: sqrt(w_LT² - <r_c²>)."""
    long_term = long_term_radius_m(beam, range_m, coherence_m)
    return np.asarray(np.sqrt(long_term**2 - wander_variance_m2(beam, range_m, coherence_m)))


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkTracking:
    """How the ground terminal points.

    `jitter_rad` is one sigma per axis of what remains; `corrects_wander` says that tip-tilt
    pre-compensation follows the beam's wander, whose remainder then belongs into the jitter.
    """

    jitter_rad: float
    corrects_wander: bool = False


def uplink_collection(
    beam: UplinkBeam,
    range_m: ArrayLike,
    coherence_m: ArrayLike,
    receiver_aperture_m: float,
    tracking: UplinkTracking,
) -> FloatArray:
    """Mean share of the beam that a satellite's aperture collects, 0..1, extinction not included.

    Gaussian of w² + 4 σ² L² with the long-term radius, or the short-term one where the wander is
    corrected. 28.9 dB at 785 nm, W0 = 10 cm, 600 km overhead, 0.3 m, HV 5/7, 2 µrad.
    """
    radius = short_term_radius_m if tracking.corrects_wander else long_term_radius_m
    shake = 2.0 * tracking.jitter_rad * np.asarray(range_m, dtype=np.float64)
    mean_radius = np.hypot(radius(beam, range_m, coherence_m), shake)
    return gaussian_collection(mean_radius, receiver_aperture_m)


def point_ahead_share(point_ahead_rad: ArrayLike, isoplanatic_rad: ArrayLike) -> FloatArray:
    """Strehl ratio of pre-compensation that measures the downlink: exp(-(PAA/θ0)^(5/3)).

    At 51 µrad and θ0 = 27 µrad (1550 nm, HV 5/7, zenith) 0.06: full pre-compensation needs a guide
    star at the point-ahead angle.
    """
    ratio = np.asarray(point_ahead_rad, dtype=np.float64) / np.asarray(isoplanatic_rad)
    return np.asarray(np.exp(-(ratio ** (5.0 / 3.0))))


def uplink_rytov_variance(
    wavelength_m: float, range_m: ArrayLike, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """Rytov variance of the upward spherical wave: 2.25 k^(7/6) ∫ Cn² (z (1 - z/L))^(5/6) dz."""
    rest = 1.0 - path.distance_m / np.asarray(range_m, dtype=np.float64)[..., None]
    moment = (path.air_mass * (path.distance_m * rest) ** (5.0 / 6.0)) @ profile.strength_m13
    return np.asarray(2.25 * wavenumber_per_m(wavelength_m) ** (7.0 / 6.0) * moment)


def earthshine_radiance(
    solar_irradiance: float, albedo: float, sun_zenith_rad: ArrayLike
) -> FloatArray:
    """Radiance of the sunlit Earth seen from above: E_sun a cos(sza)/π, zero with the Sun down.

    In the units of the irradiance per sr; the ground as a matt surface, no air.
    """
    cosine = np.maximum(np.cos(np.asarray(sun_zenith_rad, dtype=np.float64)), 0.0)
    return np.asarray(solar_irradiance * albedo * cosine / np.pi)


def moonlit_earth_radiance(
    solar_irradiance: float, albedo: float, moon_zenith_rad: ArrayLike, phase_law: ArrayLike = 1.0
) -> FloatArray:
    """Radiance of the moonlit Earth from above: the sunlit one times 2.4e-6 (full Moon).

    Lunar albedo 0.12 × (radius/distance)² 2.0e-5; `phase_law` is the Moon's brightness relative to
    full.
    """
    sunlit = earthshine_radiance(solar_irradiance, albedo, moon_zenith_rad)
    return np.asarray(sunlit * LUNAR_ALBEDO * LUNAR_DILUTION * np.asarray(phase_law))


def city_radiance(night_lights_nw_cm2_sr: ArrayLike, band_um: float = 0.4) -> FloatArray:
    """Radiance of lit ground from the VIIRS day/night band, W m⁻² sr⁻¹ µm⁻¹.

    1 nW cm⁻² sr⁻¹ = 1e-5 W m⁻² sr⁻¹, spread evenly over the band (0.5–0.9 µm).
    """
    return np.asarray(1e-5 * np.asarray(night_lights_nw_cm2_sr, dtype=np.float64) / band_um)
