"""Secret key rate of fibre links: one device class per hop, chains of trusted nodes.

The rate model takes one measured rate per class and carries it to other losses: in proportion
to the transmittance, with a steeper fall towards the largest loss where dark counts win. It is a
planning model, good to about a factor of two; the anchors are public measurements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.mission.network import FibreDevice, FibreLink
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.units import KILO, FloatArray, transmittance

KILOMETRE_TRANSMITTANCE = float(transmittance(0.20))
OLD_KILOMETRE_TRANSMITTANCE = float(transmittance(0.22))
CONNECTOR_TRANSMITTANCE = float(transmittance(0.5))
CONNECTORS_PER_HOP = 4
_ROLL_OFF = 10.0 / 6.0
_WHOLE_HOPS = 1e-9

FIBRE_MODEL = ModelUsed(
    role="fibre",
    name="anchored rate against loss",
    citation=(
        "secret key rate in proportion to transmittance from one published rate per device class, "
        "rolled off towards its largest loss; 0.20 dB/km (ITU-T G.652) and two panels of two "
        "connectors, 0.5 dB each, per hop"
    ),
)


def fibre_transmittance(
    length_m: ArrayLike,
    kilometre_transmittance: float = KILOMETRE_TRANSMITTANCE,
    connectors: int = CONNECTORS_PER_HOP,
) -> FloatArray:
    """Transmittance of a hop: fibre of `length_m` and its connectors.

    NaN for a negative length. Missing here: the penalty of sharing the fibre with data channels;
    a link with measured loss states it instead (`FibreLink.hop_transmittance`).
    """
    length_km = np.asarray(length_m, dtype=np.float64) / KILO
    through = kilometre_transmittance**length_km * CONNECTOR_TRANSMITTANCE**connectors
    return np.asarray(np.where(length_km >= 0.0, through, np.nan))


def key_rate_bps(hop_transmittance: ArrayLike, device: FibreDevice) -> FloatArray:
    """Secret key rate of one hop at each transmittance, bit/s; elementwise.

    R(T) = R_a (T/T_a) (1 - (T_0/T)^(5/3)) / (1 - (T_0/T_a)^(5/3)), at most the cap of the class,
    with the anchor (T_a, R_a) and the least transmittance T_0 (in dB of loss A: the factor
    1 - 10^(-(A_max - A)/6)). Zero at and below T_0; NaN outside 0 <= T <= 1.
    """
    through = np.asarray(hop_transmittance, dtype=np.float64)
    least, anchor = device.least_transmittance, device.anchor_transmittance
    ratio = least / np.where(through > least, through, least)
    shape = (1.0 - ratio**_ROLL_OFF) / (1.0 - (least / anchor) ** _ROLL_OFF)
    rate = device.anchor_rate_bps * (through / anchor) * shape
    if device.rate_cap_bps is not None:
        rate = np.minimum(rate, device.rate_cap_bps)
    is_valid = (through >= 0.0) & (through <= 1.0)
    return np.asarray(np.where(is_valid, np.where(through > least, rate, 0.0), np.nan))


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreChain:
    """A fibre link as a chain: equal hops with trusted nodes between them.

    Every end-to-end bit costs one bit on every hop, so the chain is as fast as a hop.
    `rate_bps` is the rate while the link works, `mean_rate_bps` over all time.
    """

    hops: int
    trusted_nodes: int
    hop_m: float
    hop_transmittance: float
    rate_bps: float
    mean_rate_bps: float


def chain_of(link: FibreLink) -> FibreChain:
    """Hops, trusted nodes and rate of a fibre link."""
    hops = max(1, math.ceil(link.length_m / link.hop_m - _WHOLE_HOPS))
    hop_m = link.length_m / hops
    through = link.hop_transmittance
    if through is None:
        through = float(fibre_transmittance(hop_m))
    rate = float(key_rate_bps(through, link.device))
    return FibreChain(
        hops=hops,
        trusted_nodes=hops - 1,
        hop_m=hop_m,
        hop_transmittance=through,
        rate_bps=rate,
        mean_rate_bps=rate * link.availability,
    )
