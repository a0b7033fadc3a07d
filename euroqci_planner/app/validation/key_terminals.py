"""Terminals and channels of published keys: all losses are in the channel."""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.assets import (
    Coupling,
    DecoySource,
    Protocol,
    Receiver,
    SettingsPolicy,
)
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.units import FloatArray

GATE_S = 1e-9


def receiver(key_basis_probability: float, afterpulse_probability: float) -> Receiver:
    """Two perfect detectors that choose their basis actively: all losses are in the channel."""
    return Receiver(
        aperture_m=1.0,
        obscuration_ratio=0.0,
        optics_efficiency=1.0,
        field_of_view_rad=1e-4,
        filter_width_m=1e-9,
        filter_transmittance=1.0,
        coupling=Coupling.FREE_SPACE,
        key_basis_probability=key_basis_probability,
        detectors=2,
        detector_efficiency=1.0,
        dark_count_hz=0.0,
        dead_time_s=0.0,
        timing_jitter_s=0.0,
        afterpulse_probability=afterpulse_probability,
        gate_s=GATE_S,
    )


def source(
    intensities: tuple[float, ...],
    probabilities: tuple[float, ...],
    key_basis_probability: float,
    intrinsic_error: float,
) -> DecoySource:
    """A two-decoy source of 100 MHz."""
    return DecoySource(
        protocol=Protocol.BB84_TWO_DECOY,
        pulse_rate_hz=1e8,
        pulse_width_s=2e-10,
        settings=SettingsPolicy.FIXED,
        intensities=intensities,
        intensity_probabilities=probabilities,
        key_basis_probability=key_basis_probability,
        intrinsic_error=intrinsic_error,
    )


def channel(transmittance: FloatArray, noise_per_gate: float, slot_s: FloatArray) -> ChannelSamples:
    """One pass with this transmittance per slot and noise per gate and detector."""
    return ChannelSamples(
        transmittance=transmittance,
        noise_hz=np.full(len(transmittance), noise_per_gate / GATE_S),
        slot_s=slot_s,
        first_sample=np.array([0, len(transmittance)]),
    )
