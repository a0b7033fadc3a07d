"""Sources, receivers and channels that the key tests share."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import station_cases

from euroqci_planner.mission.assets import (
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    Payload,
    Protocol,
    Receiver,
    SettingsPolicy,
)
from euroqci_planner.qkd.bounds import chernoff, hoeffding, no_deviation
from euroqci_planner.qkd.counts import ChannelSamples

GATE_S = 1e-9
BOUNDS = {"Chernoff": chernoff, "Hoeffding": hoeffding, "Asymptotic": no_deviation}
Row = Mapping[str, str]

SOURCE = DecoySource(
    protocol=Protocol.BB84_TWO_DECOY,
    pulse_rate_hz=1e8,
    pulse_width_s=200e-12,
    settings=SettingsPolicy.FIXED,
    intensities=(0.7, 0.1, 0.0),
    intensity_probabilities=(0.8, 0.15, 0.05),
    key_basis_probability=0.8,
    intrinsic_error=0.01,
)
RECEIVER = replace(station_cases.RECEIVER, detectors=2, dead_time_s=0.0, gate_s=GATE_S)


def payload_with(source: DecoySource) -> Payload:
    """A terminal around a source."""
    return Payload(
        id="terminal",
        name="Terminal",
        wavelength_m=850e-9,
        aperture_m=0.085,
        obscuration_ratio=0.0,
        beam=DivergenceBeam(divergence_rad=20e-6, convention=DivergenceConvention.FULL_ANGLE_1E2),
        wavefront_error_m=40e-9,
        pointing_jitter_rad=(2e-6, 2e-6),
        pointing_bias_rad=0.5e-6,
        transmit_efficiency=1.0,
        terminals=1,
        slew_s=60.0,
        acquisition_s=30.0,
        source=source,
    )


def channel(transmittance, noise_hz=100.0, slot_s=1.0, first_sample=None) -> ChannelSamples:
    """A channel of 1 s slots; one pass unless offsets are given."""
    eta = np.atleast_1d(np.asarray(transmittance, dtype=np.float64))
    offsets = [0, eta.size] if first_sample is None else first_sample
    return ChannelSamples(
        transmittance=eta,
        noise_hz=np.broadcast_to(np.asarray(noise_hz, dtype=np.float64), eta.shape).copy(),
        slot_s=np.broadcast_to(np.asarray(slot_s, dtype=np.float64), eta.shape).copy(),
        first_sample=np.asarray(offsets, dtype=np.intp),
    )


def read_rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def read_losses(folder: Path, *names: str) -> dict[str, np.ndarray]:
    """Loss tables of the reference program by name: t_s, elevation_deg, eta_total, ..."""
    return {
        name: np.genfromtxt(folder / f"loss_{name}.csv", delimiter=",", names=True)
        for name in names
    }


def setting_of(row: Row) -> tuple[DecoySource, Receiver]:
    """Source and receiver of a row of the reference program: both ends with one basis choice."""
    number = {key: float(row[key]) for key in ("Px", "p1", "p2", "mu1", "mu2", "QBERI")}
    source = replace(
        SOURCE,
        pulse_rate_hz=float(row.get("fs_Hz", 1e8)),
        intensities=(number["mu1"], number["mu2"], float(row.get("mu3", 0.0))),
        intensity_probabilities=(
            number["p1"],
            number["p2"],
            1.0 - number["p1"] - number["p2"],
        ),
        key_basis_probability=number["Px"],
        intrinsic_error=number["QBERI"],
    )
    receiver = replace(
        RECEIVER,
        key_basis_probability=number["Px"],
        afterpulse_probability=float(row.get("Pap", 1e-3)),
    )
    return source, receiver


def window_of(row: Row, loss: np.ndarray) -> ChannelSamples:
    """1 s slots from t0 − dt to t0 + dt, both included.

    t0 is the highest point of the table or, with a shift in degrees, the last slot that is no
    more than the shift away from the zenith. Pooled passes repeat every slot.
    """
    shift = float(row.get("shift_deg", 0.0))
    t_s = loss["t_s"]
    start = 0.0
    if shift:
        start = t_s[(t_s >= 0.0) & (loss["elevation_deg"] >= 90.0 - shift)].max()
    inside = np.abs(t_s - start) <= float(row["dt_s"])
    eta = loss["eta_total"][inside] * 10.0 ** (-0.1 * float(row["extra_loss_dB"]))
    return channel(eta, float(row["Pec"]) / GATE_S, float(row.get("NoPass", 1)))
