"""What tilt does to the spectral filter; dead time and afterpulses live with the counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray


def filter_shift_m(
    wavelength_m: float, incidence_rad: ArrayLike, effective_index: float
) -> FloatArray:
    """How far an interference filter's centre moves to the blue at an angle: λ θ²/(2 n²), m.

    0.6 nm at 785 nm, 4° and n = 1.8. For angles below about 0.2 rad.
    """
    angle = np.asarray(incidence_rad, dtype=np.float64)
    return np.asarray(wavelength_m * angle**2 / (2.0 * effective_index**2))
