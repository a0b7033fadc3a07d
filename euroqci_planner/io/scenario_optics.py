"""Checked telescopes, detectors and air as nouns of the planner, in SI units and radians."""

from __future__ import annotations

import math
from dataclasses import replace

from euroqci_planner.io.schema_detection import DetectionRecord, OnBoardReceiverRecord
from euroqci_planner.io.schema_payloads import PayloadRecord
from euroqci_planner.io.schema_stations import ReceiverRecord, StationRecord, TransmitterRecord
from euroqci_planner.mission.assets import (
    Atmosphere,
    Coupling,
    DeadTimeKind,
    GroundTransmitter,
    Receiver,
)
from euroqci_planner.units import KILO, MEGA

GIGA = 1e9
TERA = 1e12
_ARCSEC_PER_DEGREE = 3600.0
_MOUNTAIN_M = 1500.0
_WATER_SCALE_M = 2000.0
_W_M2_PER_NW_CM2 = 1e-5


def per_axis_rad(jitter_urad: float | list[float]) -> tuple[float, float]:
    """Jitter of both axes from one number or two."""
    x_urad, y_urad = jitter_urad if isinstance(jitter_urad, list) else (jitter_urad, jitter_urad)
    return x_urad / MEGA, y_urad / MEGA


def receiver_noun(record: ReceiverRecord) -> Receiver:
    """Receiver of a station."""
    telescope = record.aperture_mm / KILO, record.obscuration_ratio
    return replace(
        _detection(record, *telescope),
        coupling=Coupling(record.coupling),
        adaptive_optics_modes=record.modes,
        adaptive_optics_bandwidth_hz=record.bandwidth_hz,
    )


def on_board_noun(payload: PayloadRecord, record: OnBoardReceiverRecord) -> Receiver:
    """The receiver of a payload behind the payload's own telescope."""
    return _detection(record, payload.aperture_mm / KILO, payload.obscuration_ratio)


def _detection(record: DetectionRecord, aperture_m: float, obscuration_ratio: float) -> Receiver:
    """Free-space receiver behind a telescope."""
    return Receiver(
        aperture_m=aperture_m,
        obscuration_ratio=obscuration_ratio,
        optics_efficiency=record.optics_efficiency,
        field_of_view_rad=record.field_of_view_urad / MEGA,
        filter_width_m=record.filter_width_nm / GIGA,
        filter_transmittance=record.filter_transmittance,
        coupling=Coupling.FREE_SPACE,
        key_basis_probability=record.key_basis_probability,
        detectors=record.detectors,
        detector_efficiency=record.detector_efficiency,
        dark_count_hz=record.dark_count_hz,
        dead_time_s=record.dead_time_ns / GIGA,
        dead_time_kind=DeadTimeKind(record.dead_time_kind),
        timing_jitter_s=record.timing_jitter_ps / TERA,
        afterpulse_probability=record.afterpulse_probability,
        gate_s=record.gate_ns / GIGA,
    )


def transmitter_noun(record: TransmitterRecord | None) -> GroundTransmitter | None:
    """Transmitter of a station that has one."""
    if record is None:
        return None
    return GroundTransmitter(
        aperture_m=record.aperture_mm / KILO,
        obscuration_ratio=record.obscuration_ratio,
        waist_m=record.waist_mm / KILO,
        wavefront_error_m=record.wavefront_error_nm_rms / GIGA,
        pointing_jitter_rad=per_axis_rad(record.pointing_jitter_urad),
        pointing_bias_rad=record.pointing_bias_urad / MEGA,
        transmit_efficiency=record.transmit_efficiency,
        corrects_wander=record.tracking == "tip_tilt",
        night_lights_w_m2_sr=record.night_lights_nw_cm2_sr * _W_M2_PER_NW_CM2,
    )


def atmosphere_noun(record: StationRecord) -> Atmosphere:
    """What is written, else what a site of this height has on average."""
    is_mountain = record.altitude_m >= _MOUNTAIN_M
    seeing_arcsec, aerosol = record.seeing_arcsec, record.aerosol_optical_depth_550nm
    water_mm = record.precipitable_water_mm
    if seeing_arcsec is None:
        seeing_arcsec = 0.9 if is_mountain else 1.2
    if aerosol is None:
        aerosol = 0.05 if is_mountain else 0.1
    if water_mm is None:
        water_mm = 14.0 * math.exp(-record.altitude_m / _WATER_SCALE_M)
    return Atmosphere(
        seeing_rad=math.radians(seeing_arcsec / _ARCSEC_PER_DEGREE),
        aerosol_optical_depth_550nm=aerosol,
        angstrom_exponent=record.angstrom_exponent,
        precipitable_water_m=water_mm / KILO,
        ozone_dobson=record.ozone_du,
        cirrus_optical_depth=record.cirrus_optical_depth,
    )
