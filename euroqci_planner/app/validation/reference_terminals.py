"""Terminals of published links: SatQuMA's default one, and both directions of Micius."""

from __future__ import annotations

from euroqci_planner.mission.assets import (
    Atmosphere,
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    GroundTransmitter,
    Payload,
    Protocol,
    SettingsPolicy,
    TruncatedGaussianBeam,
)
from euroqci_planner.units import MICRO, NANO, PICO

_SOURCE = DecoySource(
    protocol=Protocol.BB84_TWO_DECOY,
    pulse_rate_hz=100e6,
    pulse_width_s=200 * PICO,
    settings=SettingsPolicy.FIXED,
    intensities=(0.8, 0.1, 0.0),
    intensity_probabilities=(0.5, 0.25, 0.25),
    key_basis_probability=0.5,
    intrinsic_error=0.0114,
)


def _terminal(
    name: str,
    wavelength_m: float,
    beam: DivergenceBeam | TruncatedGaussianBeam,
    jitter_rad: float,
) -> Payload:
    """A terminal of 0.3 m without obscuration, wavefront error, bias and inner losses."""
    return Payload(
        id=name,
        name=name,
        wavelength_m=wavelength_m,
        aperture_m=0.3,
        obscuration_ratio=0.0,
        beam=beam,
        wavefront_error_m=0.0,
        pointing_jitter_rad=(jitter_rad, jitter_rad),
        pointing_bias_rad=0.0,
        transmit_efficiency=1.0,
        terminals=1,
        slew_s=60.0,
        acquisition_s=30.0,
        source=_SOURCE,
    )


SATQUMA = _terminal("satquma", 810 * NANO, TruncatedGaussianBeam(waist_m=0.15), 0.0)
MICIUS = _terminal(
    "micius",
    848.6 * NANO,
    DivergenceBeam(divergence_rad=10 * MICRO, convention=DivergenceConvention.UNIFORM_DISC),
    1.2 * MICRO,
)
XINGLONG_ALTITUDE_M = 890.0
XINGLONG_AIR = Atmosphere(
    seeing_rad=5.8 * MICRO,
    aerosol_optical_depth_550nm=0.1,
    angstrom_exponent=1.3,
    precipitable_water_m=0.009,
    ozone_dobson=320.0,
    cirrus_optical_depth=0.0,
)
NGARI_ALTITUDE_M = 5_047.0
NGARI_AIR = Atmosphere(
    seeing_rad=4.4 * MICRO,
    aerosol_optical_depth_550nm=0.05,
    angstrom_exponent=1.3,
    precipitable_water_m=0.002,
    ozone_dobson=300.0,
    cirrus_optical_depth=0.0,
)
NGARI_SENDER = GroundTransmitter(
    aperture_m=0.13,
    obscuration_ratio=0.0,
    waist_m=0.058,
    wavefront_error_m=0.0,
    pointing_jitter_rad=(1.2 * MICRO, 1.2 * MICRO),
    pointing_bias_rad=0.0,
    transmit_efficiency=1.0,
    corrects_wander=False,
    night_lights_w_m2_sr=0.0,
)
MICIUS_EAR_M = 0.3
