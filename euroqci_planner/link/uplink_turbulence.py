"""What turbulence does to an uplink beam, tabulated once per station and looked up per sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from euroqci_planner.link.airmass import MIN_ELEVATION_RAD, inside_validity
from euroqci_planner.link.diffraction import axial_gain_factor, emitted_fraction
from euroqci_planner.link.slant_path import spherical_path
from euroqci_planner.link.turbulence_profile import profile_of_seeing
from euroqci_planner.link.uplink import (
    UplinkBeam,
    long_term_radius_m,
    short_term_radius_m,
    uplink_coherence_m,
)
from euroqci_planner.mission.assets import GroundTransmitter, Station
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline, RectBivariateSpline

LARGEST_SHARE_OF_WAY = 0.5
_SINES = np.geomspace(np.sin(MIN_ELEVATION_RAD), 1.0, 48)
_SHARES = np.linspace(0.0, LARGEST_SHARE_OF_WAY, 12)


def uplink_beam(transmitter: GroundTransmitter, wavelength_m: float) -> UplinkBeam:
    """The Gaussian with the axial gain of the truncated, obscured beam that leaves the telescope.

    θ0² = 8/G with G = (4π A/λ²) g_T/P of the emitted power (Klein & Degnan 1974), W0 = λ/(π θ0).
    Exact on the axis of a beam far wider than the satellite's aperture, without air.
    """
    radius = 0.5 * transmitter.aperture_m
    truncation = radius / transmitter.waist_m
    shape = truncation, transmitter.obscuration_ratio
    gain = float(axial_gain_factor(*shape) / emitted_fraction(*shape))
    axial_gain = (2.0 * np.pi * radius / wavelength_m) ** 2 * gain
    return UplinkBeam(
        wavelength_m=wavelength_m,
        waist_m=float(wavelength_m / np.pi * np.sqrt(axial_gain / 8.0)),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UplinkTurbulence:
    """Coherence length of the upward wave over sine of elevation and the share of its way in air.

    `reach_m` is the distance to the top of the turbulence along the line of sight.
    """

    coherence_m: RectBivariateSpline
    reach_m: CubicSpline

    def beam_radius_m(
        self,
        beam: UplinkBeam,
        elevation_rad: FloatArray,
        range_m: FloatArray,
        *,
        corrects_wander: bool,
    ) -> FloatArray:
        """1/e² radius at the satellite, long-term, or short-term where the wander is corrected.

        NaN outside 5..90° of elevation and for a satellite less than twice as far as the top of
        the turbulence (under 40 km high).
        """
        sine = np.sin(inside_validity(elevation_rad))
        share = self.reach_m(sine) / range_m
        known = share <= LARGEST_SHARE_OF_WAY
        place = np.where(known, sine, 1.0), np.where(known, share, 0.0)
        coherence = np.where(known, self.coherence_m.ev(*place), np.nan)
        radius = short_term_radius_m if corrects_wander else long_term_radius_m
        return radius(beam, range_m, coherence)


def uplink_turbulence(wavelength_m: float, station: Station) -> UplinkTurbulence:
    """Turbulence for light that goes up from a station; the same object for the same numbers."""
    return _tabulated(wavelength_m, station.atmosphere.seeing_rad, station.altitude_m)


@lru_cache(maxsize=64)
def _tabulated(wavelength_m: float, seeing_rad: float, altitude_m: float) -> UplinkTurbulence:
    from scipy.interpolate import (  # noqa: PLC0415 (light start of other verbs)
        CubicSpline,
        RectBivariateSpline,
    )

    profile = profile_of_seeing(seeing_rad, altitude_m)
    path = spherical_path(np.arcsin(_SINES), profile.height_m, altitude_m)
    reach_m = path.distance_m[:, -1]
    columns = [
        uplink_coherence_m(wavelength_m, reach_m / max(share, 1e-9), profile, path)
        for share in _SHARES
    ]
    return UplinkTurbulence(
        coherence_m=RectBivariateSpline(_SINES, _SHARES, np.stack(columns, axis=1), kx=3, ky=3),
        reach_m=CubicSpline(_SINES, reach_m),
    )
