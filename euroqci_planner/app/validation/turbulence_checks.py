"""Published turbulence figures, recomputed.

The published rows use flat layers (sec z) over a station at sea level; so do these checks. A plan
takes the same functions along a spherical path through a profile scaled to the site's seeing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from euroqci_planner.link.elliptic_beam import elliptic_collection
from euroqci_planner.link.scintillation import averaged_scintillation
from euroqci_planner.link.slant_path import SlantPath, flat_path
from euroqci_planner.link.turbulence import (
    coherence_length_m,
    isoplanatic_angle_rad,
    rytov_variance,
)
from euroqci_planner.link.turbulence_profile import (
    HV_5_7,
    TOP_OF_TURBULENCE_M,
    HufnagelValley,
    TurbulenceProfile,
    profile_above,
)
from euroqci_planner.link.uplink import (
    UplinkBeam,
    UplinkTracking,
    uplink_coherence_m,
    uplink_collection,
)
from euroqci_planner.units import MICRO, NANO, decibel_loss

EARTH_RADIUS_M = 6_371e3
ITU_TOP_M = 20_000.0
ITU_ELEVATION_DEG = 75.0


@lru_cache(maxsize=8)
def _profile(wind_m_s: float = 21.0, top_m: float = TOP_OF_TURBULENCE_M) -> TurbulenceProfile:
    return profile_above(HufnagelValley.of_wind(wind_m_s, HV_5_7.ground), top_m=top_m)


def _path(elevation_deg: float, profile: TurbulenceProfile) -> SlantPath:
    return flat_path(np.deg2rad(elevation_deg), profile.height_m)


def coherence_m(wavelength_nm: float, elevation_deg: float) -> float:
    """Fried parameter of HV 5/7 in metres."""
    profile = _profile()
    return float(coherence_length_m(wavelength_nm * NANO, profile, _path(elevation_deg, profile)))


def isoplanatic_urad(wavelength_nm: float) -> float:
    """Isoplanatic angle of HV 5/7 at zenith in µrad."""
    profile = _profile()
    path = _path(90.0, profile)
    return float(isoplanatic_angle_rad(wavelength_nm * NANO, profile, path)) / MICRO


def rytov(wavelength_nm: float, elevation_deg: float) -> float:
    """Rytov variance of HV 5/7."""
    profile = _profile()
    return float(rytov_variance(wavelength_nm * NANO, profile, _path(elevation_deg, profile)))


def log_irradiance_variance(wavelength_nm: float, wind_m_s: float) -> float:
    """Variance of log irradiance at 75° as in ITU-R P.1622: profile from the ground to 20 km."""
    profile = _profile(wind_m_s, ITU_TOP_M)
    return float(rytov_variance(wavelength_nm * NANO, profile, _path(ITU_ELEVATION_DEG, profile)))


def scintillation(wavelength_nm: float, elevation_deg: float, aperture_m: float) -> float:
    """Aperture-averaged scintillation index of HV 5/7."""
    profile = _profile()
    path = _path(elevation_deg, profile)
    return float(averaged_scintillation(wavelength_nm * NANO, aperture_m, profile, path))


def uplink_db(elevation_deg: float) -> float:
    """Uplink of 785 nm, W0 10 cm, to 0.3 m at 600 km: long-term beam, 2 µrad, HV 5/7."""
    elevation, top_m = np.deg2rad(elevation_deg), EARTH_RADIUS_M + 600e3
    level = EARTH_RADIUS_M * np.cos(elevation)
    range_m = np.sqrt(top_m**2 - level**2) - EARTH_RADIUS_M * np.sin(elevation)
    profile, beam = _profile(), UplinkBeam(wavelength_m=785e-9, waist_m=0.1)
    coherence = uplink_coherence_m(
        beam.wavelength_m, range_m, profile, _path(elevation_deg, profile)
    )
    tracking = UplinkTracking(jitter_rad=2e-6)
    return float(decibel_loss(uplink_collection(beam, range_m, coherence, 0.3, tracking)))


def elliptic(first: float, second: float, x0: float, y0: float) -> float:
    """Share of an elliptic spot inside an aperture of radius 0.15."""
    return float(elliptic_collection(0.15, (first, second), (x0, y0)))


_SCINTILLATION_CASES = {
    785: ((20, 0.4), (20, 1.0), (30, 0.7), (90, 0.4), (90, 1.0)),
    850: ((20, 0.7), (30, 0.4), (30, 1.0), (90, 0.7)),
    1550: ((20, 0.4), (20, 1.0), (30, 0.7), (90, 0.4), (90, 1.0)),
}

TURBULENCE_CHECKS: dict[str, Callable[[], float]] = {
    "HV57-r0": partial(coherence_m, 500.0, 90.0),
    "HV57-t0": partial(isoplanatic_urad, 500.0),
    **{
        f"R0-{nm}-{el}": partial(coherence_m, nm, el)
        for nm, el in ((785, 20), (785, 90), (850, 30), (1550, 20), (1550, 90))
    },
    **{
        f"RYT-{nm}-{el}": partial(rytov, nm, el)
        for nm, el in ((785, 30), (850, 20), (850, 90), (1550, 30))
    },
    **{
        f"SI-{nm}-{el}-{aperture}": partial(scintillation, nm, el, aperture)
        for nm, cases in _SCINTILLATION_CASES.items()
        for el, aperture in cases
    },
    **{
        f"P1622-{nm}-{wind}": partial(log_irradiance_variance, nm, wind)
        for wind in (21, 30)
        for nm in (532, 850, 1064, 1550)
    },
    "UPL-1": partial(uplink_db, 90.0),
    "UPL-2": partial(uplink_db, 30.0),
    "ELL-1": partial(elliptic, 0.3, 0.5, 0.0, 0.0),
    "ELL-2": partial(elliptic, 0.3, 0.5, 0.15, 0.0),
    "ELL-3": partial(elliptic, 2.0, 3.0, 1.0, 0.0),
    "ELL-4": partial(elliptic, 2.0, 3.0, 0.0, 1.0),
}
