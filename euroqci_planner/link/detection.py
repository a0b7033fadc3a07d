"""Detector and filter effects that a budget can state by itself.

Non-paralysable dead time and afterpulses act on counts and live with them (key model).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray


def paralysable_live_share(rate_hz: ArrayLike, dead_time_s: ArrayLike) -> FloatArray:
    """Share of the clicks that a paralysable detector registers: e^(-R t_d), 0..1.

    `rate_hz` is the rate without dead time. Passively quenched diodes; the registered rate falls
    again above 1/t_d. The non-paralysable form 1/(1 + R t_d) agrees with it to (R t_d)²/2.
    """
    load = np.asarray(rate_hz, dtype=np.float64) * np.asarray(dead_time_s)
    return np.asarray(np.exp(-load))


def filter_shift_m(
    wavelength_m: float, incidence_rad: ArrayLike, effective_index: float
) -> FloatArray:
    """How far an interference filter's centre moves to the blue at an angle: λ θ²/(2 n²), m.

    0.6 nm at 785 nm, 4° and n = 1.8. For angles below about 0.2 rad.
    """
    angle = np.asarray(incidence_rad, dtype=np.float64)
    return np.asarray(wavelength_m * angle**2 / (2.0 * effective_index**2))
