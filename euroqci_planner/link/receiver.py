"""Receiver: optics, filter, time gate and detectors of the ground station.

What seeing costs at the field stop or at a fibre is in `site_turbulence`; here are the factors that
do not change along a pass, and how much sky the receiver sees.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf

from euroqci_planner.link.coupling import best_mode_ratio, mode_etendue_m2_sr
from euroqci_planner.mission.assets import Coupling, PairSource, Payload, Receiver
from euroqci_planner.units import PLANCK_J_S, SPEED_OF_LIGHT_M_S, FloatArray

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))
_MICROMETRES_PER_METRE = 1e6


def collecting_area_m2(receiver: Receiver) -> float:
    """Clear area of the telescope, π D² (1-γ²)/4, m²."""
    return 0.25 * np.pi * receiver.aperture_m**2 * (1.0 - receiver.obscuration_ratio**2)


def gate_transmittance(gate_s: ArrayLike, *widths_fwhm_s: float) -> FloatArray:
    """Share of the detections that fall into a gate centred on the pulse, 0..1.

    erf(t_g / (2 √2 σ)) with σ² the sum of the squared widths of the pulse and of the detector's
    timing, each given as full width at half maximum and taken as Gaussian. 1 if all are zero.
    """
    gate = np.asarray(gate_s, dtype=np.float64)
    sigma = float(np.sqrt(sum(width**2 for width in widths_fwhm_s))) / FWHM_PER_SIGMA
    if sigma == 0.0:
        return np.ones_like(gate)
    return np.asarray(erf(gate / (2.0 * np.sqrt(2.0) * sigma)))


def link_gate_transmittance(payload: Payload, receiver: Receiver) -> float:
    """Gate factor of a link: pulse and detector against the gate of the receiver.

    Pulse width and timing jitter are full widths at half maximum, as data sheets state them. For
    pairs the coincidence window is the gate and the detector's jitter the width; the jitter of
    the detector on board is not known and not counted. Clock offset is not counted.
    """
    if isinstance(payload.source, PairSource):
        return float(
            gate_transmittance(payload.source.coincidence_window_s, receiver.timing_jitter_s)
        )
    return float(
        gate_transmittance(receiver.gate_s, payload.source.pulse_width_s, receiver.timing_jitter_s)
    )


def detected_share(receiver: Receiver) -> float:
    """Clicks per photon that enters the telescope inside the filter's width, all detectors."""
    return receiver.optics_efficiency * receiver.filter_transmittance * receiver.detector_efficiency


def photons_per_joule(wavelength_m: float) -> float:
    """λ/(h c), J⁻¹."""
    return wavelength_m / (PLANCK_J_S * SPEED_OF_LIGHT_M_S)


def clicks_per_irradiance(receiver: Receiver, wavelength_m: float) -> float:
    """Clicks per second and detector for 1 W m⁻² µm⁻¹ of unpolarised light on the telescope.

    A_R Δλ λ/(hc) · optics · filter · detector / number of detectors: passive splitting shares
    background evenly. The filter's width counts as a rectangle of its peak transmittance.
    """
    return collecting_area_m2(receiver) * _clicks_per_watt_um(receiver, wavelength_m)


def _clicks_per_watt_um(receiver: Receiver, wavelength_m: float) -> float:
    """Clicks per second and detector for 1 W µm⁻¹ that enters the telescope's optics."""
    width_um = receiver.filter_width_m * _MICROMETRES_PER_METRE
    photons = width_um * photons_per_joule(wavelength_m)
    return photons * detected_share(receiver) / receiver.detectors


def sky_etendue_m2_sr(receiver: Receiver, wavelength_m: float) -> float:
    """Area × solid angle of sky that reaches the detectors, m² sr.

    Free space: A_R · π (FOV/2)², FOV the full angle. Single-mode fibre: about λ², whatever the
    telescope (`mode_etendue_m2_sr`); the field of view has no meaning there.
    """
    if receiver.coupling is Coupling.FREE_SPACE:
        return collecting_area_m2(receiver) * np.pi * (0.5 * receiver.field_of_view_rad) ** 2
    ratio = receiver.obscuration_ratio
    return mode_etendue_m2_sr(wavelength_m, best_mode_ratio(ratio), ratio)


def clicks_per_radiance(receiver: Receiver, wavelength_m: float) -> float:
    """Clicks per second and detector for a sky of 1 W m⁻² sr⁻¹ µm⁻¹.

    The same factors as `clicks_per_irradiance` with the étendue in the place of the area. The
    field stop's and the fibre's loss do not apply: an even sky fills both at any seeing.
    """
    etendue = sky_etendue_m2_sr(receiver, wavelength_m)
    return etendue * _clicks_per_watt_um(receiver, wavelength_m)
