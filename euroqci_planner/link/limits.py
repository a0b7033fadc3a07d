"""What the link model refuses.

Faults name the keys of the scenario file, with values in its units, so that the door and a script
read the same text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from euroqci_planner.errors import Fault
from euroqci_planner.link.airmass import MIN_ELEVATION_RAD
from euroqci_planner.link.extinction import wavelength_faults
from euroqci_planner.link.wavefront import LARGEST_WAVEFRONT_ERROR_WAVES
from euroqci_planner.mission.assets import (
    Coupling,
    Direction,
    DivergenceBeam,
    DivergenceConvention,
    GroundTransmitter,
    PairSource,
    Payload,
    Satellite,
    Station,
)
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.units import MICRO, MILLI, NANO


def link_faults(payload: Payload, tables: PhysicsTables) -> tuple[Fault, ...]:
    """What puts a payload outside the link model, for the door to report; empty if nothing."""
    shared = (
        *wavelength_faults(payload.wavelength_m, tables.gas),
        *optics_faults(payload.aperture_m, payload.obscuration_ratio),
    )
    if payload.direction is Direction.UPLINK:
        return (*shared, *_on_board_faults(payload))
    pointing = pointing_faults(payload.pointing_jitter_rad, payload.pointing_bias_rad)
    return (*shared, *_beam_faults(payload), *pointing)


def _on_board_faults(payload: Payload) -> Iterator[Fault]:
    if payload.receiver is None:
        yield Fault(
            "is missing for direction = uplink",
            where="receiver",
            mend="add [payload.receiver], what is behind the telescope on board",
        )
    if isinstance(payload.source, PairSource):
        yield Fault(
            "a source of pairs is on board, and an uplink has its source on the ground",
            where="source.protocol",
            value=payload.source.protocol,
            mend="set direction = downlink, or a bb84 protocol",
        )


def optics_faults(aperture_m: float, obscuration_ratio: float) -> Iterator[Fault]:
    """Faults of a telescope."""
    if not aperture_m > 0.0:
        yield _fault("must be above 0", "aperture_mm", aperture_m / MILLI)
    if not 0.0 <= obscuration_ratio < 1.0:
        yield _fault("must be at least 0 and below 1", "obscuration_ratio", obscuration_ratio)


def _beam_faults(payload: Payload) -> Iterator[Fault]:
    beam = payload.beam
    if beam is None:
        yield Fault("is missing", where="beam", mend="divergence or truncated_gaussian")
    elif not isinstance(beam, DivergenceBeam):
        if not beam.waist_m > 0.0:
            yield _fault("must be above 0", "waist_mm", beam.waist_m / MILLI)
    else:
        if not beam.divergence_rad > 0.0:
            yield _fault("must be above 0", "divergence_urad", beam.divergence_rad / MICRO)
        if beam.convention not in tuple(DivergenceConvention):
            yield Fault(
                "is missing for beam = divergence",
                where="divergence_convention",
                mend="there is no default: full_angle_1e2, half_angle_1e2, fwhm or uniform_disc",
            )
    limit = LARGEST_WAVEFRONT_ERROR_WAVES * payload.wavelength_m
    if not payload.wavefront_error_m <= limit:
        yield _fault(
            "larger than the link model holds for",
            "wavefront_error_nm_rms",
            payload.wavefront_error_m / NANO,
            f"at most a sixth of the wavelength, {limit / NANO:.0f} nm",
        )


def pointing_faults(jitter_rad: tuple[float, float], bias_rad: float) -> Iterator[Fault]:
    """Faults of jitter per axis and bias."""
    for sigma in dict.fromkeys(jitter_rad):
        if not sigma >= 0.0:
            mend = "one sigma per axis"
            yield _fault("must be at least 0", "pointing_jitter_urad", sigma / MICRO, mend)
    if not bias_rad >= 0.0:
        yield _fault("must be at least 0", "pointing_bias_urad", bias_rad / MICRO)


def station_faults(station: Station) -> tuple[Fault, ...]:
    """What puts a station outside the link model; empty if nothing."""
    receiver = station.receiver
    faults = list(optics_faults(receiver.aperture_m, receiver.obscuration_ratio))
    lowest = max(
        station.min_elevation_rad,
        min((elevation for _, elevation in station.horizon_mask_rad), default=-np.inf),
    )
    if lowest < MIN_ELEVATION_RAD - 1e-9:
        faults.append(
            _fault(
                "is below the link model, which ends at 5 degrees",
                "min_elevation_deg",
                np.rad2deg(station.min_elevation_rad),
                "set it to 5 or more",
            )
        )
    if not receiver.field_of_view_rad > 0.0:
        view = receiver.field_of_view_rad / MICRO
        faults.append(_fault("must be above 0", "field_of_view_urad", view, "the full angle"))
    if not station.atmosphere.seeing_rad > 0.0:
        seeing = np.rad2deg(station.atmosphere.seeing_rad) * 3_600.0
        faults.append(_fault("must be above 0", "seeing_arcsec", seeing))
    if receiver.coupling is Coupling.FIBRE_ADAPTIVE_OPTICS:
        known = {
            "modes": receiver.adaptive_optics_modes,
            "bandwidth_hz": receiver.adaptive_optics_bandwidth_hz,
        }
        for key, value in known.items():
            if value is None or not value > 0:
                faults.append(Fault("is missing for coupling = fibre_adaptive_optics", where=key))
    return (*faults, *_transmitter_faults(station.transmitter))


def _transmitter_faults(transmitter: GroundTransmitter | None) -> Iterator[Fault]:
    if transmitter is None:
        return
    jitter_rad, bias_rad = transmitter.pointing_jitter_rad, transmitter.pointing_bias_rad
    found = [
        *optics_faults(transmitter.aperture_m, transmitter.obscuration_ratio),
        *pointing_faults(jitter_rad, bias_rad),
    ]
    if not transmitter.waist_m > 0.0:
        found.append(_fault("must be above 0", "waist_mm", transmitter.waist_m / MILLI))
    for fault in found:
        yield replace(fault, where=f"transmitter.{fault.where}")


def uplink_pair_faults(satellite: Satellite, station: Station) -> tuple[Fault, ...]:
    """What keeps a station from sending to a satellite that receives; empty if nothing."""
    if satellite.payload.direction is not Direction.UPLINK or station.transmitter is not None:
        return ()
    return (
        Fault(
            f"is missing: satellite {satellite.id} receives (direction = uplink)",
            where="transmitter",
            mend="add [station.transmitter], or take the station out",
        ),
    )


def _fault(problem: str, where: str, value: float, mend: str = "") -> Fault:
    return Fault(problem, where=where, value=f"{value:g}", mend=mend)
