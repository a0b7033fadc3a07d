"""Satellite to satellite: the vacuum part of the budget, and whether the Earth is in the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import EARTH_RADIUS_M
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.receiver import link_gate_transmittance
from euroqci_planner.link.wavefront import wavefront_transmittance
from euroqci_planner.mission.assets import Payload, Receiver
from euroqci_planner.units import FloatArray

LOWEST_CLEAR_M = 50_000.0
"""Height that a line between satellites must keep above the ground to be one in vacuum."""


def grazing_height_m(
    radius_m: ArrayLike, other_radius_m: ArrayLike, range_m: ArrayLike
) -> FloatArray:
    """Lowest height above a spherical Earth (6371 km) of the line between two satellites, m.

    `radius_m` are distances from the Earth's centre. Below `LOWEST_CLEAR_M` the air takes the
    light; negative where the Earth stands in between. Heights of the ends where the line only
    rises. NaN at ranges that two such radii do not reach.
    """
    first, other, distance = (
        np.asarray(value, dtype=np.float64) for value in (radius_m, other_radius_m, range_m)
    )
    reached = (distance >= np.abs(first - other)) & (distance <= first + other)
    along = (first**2 - other**2 + distance**2) / (2.0 * distance)
    nearest = np.clip(along, 0.0, distance)
    square = np.where(reached, first**2 + nearest**2 - 2.0 * nearest * along, np.nan)
    return np.asarray(np.sqrt(square) - EARTH_RADIUS_M)


def inter_satellite_terms(
    payload: Payload, receiver: Receiver, range_m: ArrayLike, point_ahead_error_rad: float = 0.0
) -> dict[str, FloatArray | float]:
    """Transmittances by the names of `LOSS_TERMS` that a link in vacuum has.

    `point_ahead_error_rad` is what the lead over the partner's motion misses; it adds to the
    payload's pointing bias. Stray light of Sun and Earth is not counted.
    """
    bias = payload.pointing_bias_rad + point_ahead_error_rad
    diffraction, pointing = far_field(replace(payload, pointing_bias_rad=bias)).collection(
        range_m, receiver.aperture_m, receiver.obscuration_ratio
    )
    return {
        "transmit_optics": payload.transmit_efficiency,
        "diffraction": diffraction,
        "wavefront": float(
            wavefront_transmittance(payload.wavefront_error_m, payload.wavelength_m)
        ),
        "pointing": pointing,
        "receive_optics": receiver.optics_efficiency,
        "filter": receiver.filter_transmittance,
        "gate": link_gate_transmittance(payload, receiver),
        "detector": receiver.detector_efficiency,
    }
