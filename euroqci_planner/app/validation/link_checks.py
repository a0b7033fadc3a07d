"""Published link budgets, recomputed: optics, pointing, extinction, background, whole links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.optimize import minimize_scalar

from euroqci_planner.app.validation.micius_pass import sifted_level_db
from euroqci_planner.app.validation.modtran_checks import MODTRAN_CHECKS
from euroqci_planner.app.validation.turbulence_checks import TURBULENCE_CHECKS
from euroqci_planner.app.validation.whole_link_checks import WHOLE_LINK_CHECKS
from euroqci_planner.link.airmass import exponential_layer_air_mass
from euroqci_planner.link.diffraction import (
    antenna_collection,
    axial_gain_factor,
    gaussian_collection,
    gaussian_half_angle_rad,
    gaussian_radius_m,
)
from euroqci_planner.link.night_sky import moonlight_nanolambert
from euroqci_planner.link.pointing import mean_pointing_transmittance
from euroqci_planner.link.refraction import chromatic_refraction_rad
from euroqci_planner.mission.assets import DivergenceConvention
from euroqci_planner.units import KILO, MICRO, NANO, decibel_loss


def axial_gain(obscuration_ratio: float) -> float:
    """Largest axial gain factor over the truncation (Klein & Degnan 1974)."""
    found = minimize_scalar(
        lambda truncation: -float(axial_gain_factor(truncation, obscuration_ratio)),
        bounds=(0.5, 1.6),
        method="bounded",
    )
    return -float(found.fun)


def pointing_db(jitter_urad: float, bias_urad: float) -> float:
    """Mean pointing loss of a Gaussian of 5 µrad half-angle."""
    jitter = jitter_urad * MICRO
    share = mean_pointing_transmittance(5 * MICRO, (jitter, jitter), bias_urad * MICRO)
    return float(decibel_loss(share))


def divergence_db(convention: DivergenceConvention) -> float:
    """Geometric loss of 10 µrad over 1200 km into 1 m under a convention."""
    half_angle = gaussian_half_angle_rad(10 * MICRO, convention)
    share = gaussian_collection(gaussian_radius_m(1_200 * KILO, half_angle), 1.0)
    return float(decibel_loss(share))


def antenna_db(receiver_m: float, range_km: float) -> float:
    """Antenna form at 1550 nm from 15 cm (Ntanos et al. 2021)."""
    return float(decibel_loss(antenna_collection(range_km * KILO, 1_550 * NANO, 0.15, receiver_m)))


def moonlight(phase_deg: float) -> float:
    """Krisciunas–Schaefer brightness at zenith, Moon at 45°, nanolambert."""
    quarter = np.pi / 4.0
    return float(moonlight_nanolambert(quarter, np.deg2rad(phase_deg), quarter, np.pi / 2.0))


def dispersion_urad() -> float:
    """Angle between 785 and 1550 nm at 10°, µrad."""
    angle = chromatic_refraction_rad(np.deg2rad(10.0), 785 * NANO, 1_550 * NANO)
    return float(angle) / MICRO


_NTANOS = {
    "Helmos-1000": (2.3, 1000),
    "Skinakas-600": (1.3, 600),
    "Skinakas-1500": (1.3, 1500),
    "Holomondas-1000": (0.75, 1000),
}

LINK_CHECKS: dict[str, Callable[[], float]] = {
    **{f"KD-{ratio:g}": partial(axial_gain, ratio) for ratio in (0.0, 0.1, 0.2, 0.3, 0.4)},
    **{f"PT-{jitter:g}-0": partial(pointing_db, jitter, 0.0) for jitter in (0.5, 1, 1.2, 2, 2.5)},
    **{f"PT-{jitter:g}-1": partial(pointing_db, jitter, 1.0) for jitter in (1, 1.2)},
    "MIC-geo-unif21.58": partial(divergence_db, DivergenceConvention.UNIFORM_DISC),
    "MIC-geo-Gaus18.6": partial(divergence_db, DivergenceConvention.FULL_ANGLE_1E2),
    "MIC-geo-Gaus23.19": partial(divergence_db, DivergenceConvention.FWHM),
    **{f"NTA21-{name}": partial(antenna_db, *case) for name, case in _NTANOS.items()},
    "MIC-2016-SIFTED": sifted_level_db,
    "AOD-m": lambda: float(exponential_layer_air_mass(np.deg2rad(5.0), 1 * KILO)),
    "KS-1": partial(moonlight, 0.0),
    "KS-2": partial(moonlight, 90.0),
    "REF-1": dispersion_urad,
    **WHOLE_LINK_CHECKS,
    **MODTRAN_CHECKS,
    **TURBULENCE_CHECKS,
}
