"""Refractive-index turbulence over height: the Hufnagel–Valley family, scaled to a site's seeing.

Heights of the upper terms count from sea level, the ground layer starts at the station; every
integral runs upwards from the station.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray

SEEING_WAVELENGTH_M = 500e-9
TOP_OF_TURBULENCE_M = 40_000.0
GROUND_LAYER_M = 100.0
_GROUND_DECAY_M = 700.0
_EDGES_M = (0.0, 100.0, 300.0, 1_000.0, 3_000.0, 6_000.0, 10_000.0, 15_000.0, 22_000.0, 40_000.0)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class HufnagelValley:
    """Constants of Cn²(h) = C h¹⁰ e^(-h/1000) + B e^(-h/1500) + A e^(-h/100), in m^(-2/3).

    `tropopause` is C (m^(-32/3)), `middle` B, `ground` A.
    """

    tropopause: float
    middle: float = 2.7e-16
    ground: float = 1.7e-14

    @classmethod
    def of_wind(cls, rms_wind_m_s: float = 21.0, ground: float = 1.7e-14) -> HufnagelValley:
        """HV with an rms wind of 5–20 km height: C = 0.00594 (W/27)² 1e-50 (Valley 1980).

        21 m/s and 1.7e-14 is HV 5/7: r0 = 5 cm and θ0 = 7 µrad at 500 nm. ITU-R P.1621 writes the
        same with 8.148e-56 W².
        """
        return cls(tropopause=0.00594e-50 * (rms_wind_m_s / 27.0) ** 2, ground=ground)

    def at_height(self, height_m: ArrayLike) -> FloatArray:
        """Cn² at heights above sea level for a station at sea level, m^(-2/3)."""
        height = np.asarray(height_m, dtype=np.float64)
        return self._upper(height) + self.ground * np.exp(-height / GROUND_LAYER_M)

    def _upper(self, height: FloatArray) -> FloatArray:
        tropopause = self.tropopause * height**10 * np.exp(-height / 1_000.0)
        return np.asarray(tropopause + self.middle * np.exp(-height / 1_500.0))


HV_5_7 = HufnagelValley.of_wind(21.0)
HV_10_10 = HufnagelValley(tropopause=2e-53, middle=9e-17, ground=4.5e-15)
HV_15_12 = HufnagelValley(tropopause=1.54e-53, middle=7e-17, ground=2e-15)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TurbulenceProfile:
    """Turbulence above a station at quadrature heights.

    `height_m` above the station; `strength_m13` is Cn² dh of each node (m^(1/3)), so that an
    integral ∫ Cn² f(h) dh is the sum of `strength_m13 * f(height_m)`.
    """

    station_altitude_m: float
    height_m: FloatArray
    strength_m13: FloatArray


def profile_above(
    shape: HufnagelValley, station_altitude_m: float = 0.0, top_m: float = TOP_OF_TURBULENCE_M
) -> TurbulenceProfile:
    """HV profile above a station: the ground term becomes A e^(-h0/700) e^(-(h-h0)/100).

    Site form of the Hufnagel–Valley model as used by Ntanos et al. 2021 (Photonics 8, 544),
    eq. 11. `top_m` is the height above sea level where the integrals end. Quadrature error of
    the integrals in use below 2e-6.
    """
    height, width = _quadrature(top_m - station_altitude_m)
    ground = shape.ground * np.exp(-station_altitude_m / _GROUND_DECAY_M)
    lifted = replace(shape, ground=0.0).at_height(height + station_altitude_m)
    strength = (lifted + ground * np.exp(-height / GROUND_LAYER_M)) * width
    return TurbulenceProfile(
        station_altitude_m=station_altitude_m, height_m=height, strength_m13=strength
    )


def _quadrature(top_m: float) -> tuple[FloatArray, FloatArray]:
    edges = [edge for edge in _EDGES_M if edge < top_m] + [top_m]
    halves = [0.5 * (high - low) for low, high in pairwise(edges)]
    nodes = [low + half * (_NODES + 1.0) for low, half in zip(edges, halves, strict=False)]
    return np.concatenate(nodes), np.concatenate([half * _WEIGHTS for half in halves])


def strength_of_seeing(seeing_rad: float) -> float:
    """∫ Cn² dh that gives this seeing (FWHM at 500 nm and zenith), m^(1/3).

    r0 = 0.98 λ/seeing (Kolmogorov, long exposure), r0 = (0.423 k² ∫ Cn² dh)^(-3/5).
    """
    r0 = 0.98 * SEEING_WAVELENGTH_M / seeing_rad
    return float(r0 ** (-5.0 / 3.0) / (0.423 * (2.0 * np.pi / SEEING_WAVELENGTH_M) ** 2))


def profile_of_seeing(
    seeing_rad: float, station_altitude_m: float = 0.0, shape: HufnagelValley = HV_5_7
) -> TurbulenceProfile:
    """HV profile whose ground layer is set so that the station has this seeing.

    Where the upper terms alone would give worse seeing, the ground layer is empty and the upper
    terms shrink in proportion. The split between ground and free air is thereby a model: θ0 and
    scintillation are those of the shape's wind, not of a measurement.
    """
    free = profile_above(replace(shape, ground=0.0), station_altitude_m)
    layer = np.exp(-free.height_m / GROUND_LAYER_M)
    _, width = _quadrature(TOP_OF_TURBULENCE_M - station_altitude_m)
    wanted, upper = strength_of_seeing(seeing_rad), float(np.sum(free.strength_m13))
    ground = max(wanted - upper, 0.0) * layer * width / float(np.sum(layer * width))
    return replace(free, strength_m13=free.strength_m13 * min(1.0, wanted / upper) + ground)
