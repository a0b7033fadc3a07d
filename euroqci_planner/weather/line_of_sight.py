"""Cloud-free line of sight: from cloud cover to the chance of a clear path at an elevation."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_jacobi

from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.units import FloatArray

REFERENCE_ELEVATION_RAD = float(np.radians(30.0))
LOWEST_ELEVATION_DEG = 5.0
# Sum of the two parameters of the beta distribution of hourly cover: 0.6 gives a variance of
# 0.15 at a mean of 0.6, U-shaped as hours are mostly clear or overcast. Over 26 typical years of
# observed night cover the chance at 30 deg follows to 0.007 rms; 0.7 would fit them best.
COVER_CONCENTRATION = 0.6
_NODES = 48
_MEANS = 201

LINE_OF_SIGHT_MODEL = ModelUsed(
    role="weather",
    name="cloud-free line of sight by elevation",
    citation=(
        "Allen and Malick 1983 after Lund and Shanklin 1973, Journal of Applied Meteorology 12, "
        "28; hourly cover beta-distributed about its mean (concentration 0.6; 26 typical years of"
        " hourly night cover give 0.7)"
    ),
)


def clear_line_of_sight(cloud_cover: FloatArray, elevation_rad: FloatArray) -> FloatArray:
    """Chance of a clear line of sight under a cover (0..1) at an elevation, elementwise.

    p = z^(1 + b / tan el) with z = 1 - (N + 3 N^2) / 4 and b = 0.55 - N / 2: the fit of Allen and
    Malick 1983 to the whole-sky photographs of Lund and Shanklin 1973. NaN outside 0..1 and below
    5 deg. The photographs were taken at one site; coefficients as quoted second hand.
    """
    cover, elevation = np.broadcast_arrays(
        np.asarray(cloud_cover, np.float64), np.asarray(elevation_rad, np.float64)
    )
    is_valid = (cover >= 0.0) & (cover <= 1.0)
    is_valid &= elevation >= np.radians(LOWEST_ELEVATION_DEG) - 1e-12
    safe_cover = np.where(is_valid, cover, 0.5)
    safe_elevation = np.where(is_valid, elevation, REFERENCE_ELEVATION_RAD)
    zenith = 1.0 - 0.25 * (safe_cover + 3.0 * safe_cover**2)
    cotangent = np.maximum(np.cos(safe_elevation) / np.sin(safe_elevation), 0.0)
    exponent = 1.0 + (0.55 - 0.5 * safe_cover) * cotangent
    return np.asarray(np.where(is_valid, np.maximum(zenith, 0.0) ** exponent, np.nan))


def at_elevation(clear_at_reference: FloatArray, elevation_rad: FloatArray) -> FloatArray:
    """Chance of a clear line of sight at an elevation, from the climatological one at 30 deg.

    The hourly cover behind a climatological chance is taken as beta-distributed; its mean is the
    one that gives the chance at 30 deg, and the chance at another elevation is the mean of
    `clear_line_of_sight` over the same hours. At 30 deg the value comes out unchanged, 0 and 1
    stay. Shapes broadcast; NaN below 5 deg and where an input is NaN.
    """
    return means_over_hours(clear_at_reference, elevation_rad, (line_of_sight_table(),))[0]


def means_over_hours(
    clear_at_reference: FloatArray, elevation_rad: FloatArray, tables: tuple[FloatArray, ...]
) -> tuple[FloatArray, ...]:
    """Means over the hours behind a chance at 30 deg, at an elevation, one for each table.

    Tables stand over `table_axes`; a chance of 1 is the first row (no cloud), 0 the last. Otherwise
    as `at_elevation`.
    """
    chance, elevation = np.broadcast_arrays(
        np.asarray(clear_at_reference, np.float64), np.asarray(elevation_rad, np.float64)
    )
    grid_rad = _grid_rad()
    is_valid = (elevation >= grid_rad[0] - 1e-12) & np.isfinite(chance)
    mean = cover_of(np.where(is_valid, chance, 0.5))
    height = np.clip(np.where(is_valid, elevation, REFERENCE_ELEVATION_RAD), *grid_rad[[0, -1]])
    corners = _corners(mean * (_MEANS - 1), _place(grid_rad, height), len(grid_rad))
    hole = np.where(is_valid, 0.0, np.nan)
    return tuple(corners.between(table) + hole for table in tables)


def cover_of(clear_at_reference: FloatArray) -> FloatArray:
    """Mean cover of the hours that give a chance of a clear line of sight at 30 deg."""
    grid_rad, means, table = _table()
    reference = table[:, np.searchsorted(grid_rad, REFERENCE_ELEVATION_RAD - 1e-9)]
    return np.interp(np.asarray(clear_at_reference, np.float64), reference[::-1], means[::-1])


def table_axes() -> tuple[FloatArray, FloatArray]:
    """Mean covers and elevations over which chances are tabled, both even."""
    return np.linspace(0.0, 1.0, _MEANS), _grid_rad()


def line_of_sight_table() -> FloatArray:
    """Chance of a clear line of sight by mean cover and elevation."""
    return _table()[2]


def _grid_rad() -> FloatArray:
    return np.asarray(np.radians(np.arange(LOWEST_ELEVATION_DEG, 90.5, 2.5)))


@lru_cache(maxsize=1)
def _table() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Elevations, mean covers, and the chance by mean cover and elevation."""
    grid_rad, means = _grid_rad(), np.linspace(0.0, 1.0, _MEANS)
    rows = [np.ones_like(grid_rad)]
    for mean in means[1:-1]:
        cover, weight = _hours(float(mean))
        rows.append(weight @ clear_line_of_sight(cover[:, None], grid_rad))
    rows.append(np.zeros_like(grid_rad))
    return grid_rad, means, np.array(rows)


def _hours(mean: float) -> tuple[FloatArray, FloatArray]:
    """Covers and weights of a beta distribution with this mean (Gauss-Jacobi quadrature)."""
    alpha, beta = COVER_CONCENTRATION * mean, COVER_CONCENTRATION * (1.0 - mean)
    nodes, weights = roots_jacobi(_NODES, beta - 1.0, alpha - 1.0)
    return 0.5 * (nodes + 1.0), weights / weights.sum()


def _place(grid: FloatArray, values: FloatArray) -> FloatArray:
    """Values as fractional places in an even grid."""
    return np.asarray((values - grid[0]) / (grid[1] - grid[0]))


class _Corners(NamedTuple):
    """Places between the rows and columns of tables of one shape: the upper left corner."""

    corner: NDArray[np.intp]
    down: FloatArray
    right: FloatArray
    columns: int

    def between(self, table: FloatArray) -> FloatArray:
        """The table at these places."""
        flat, corner, left = table.ravel(), self.corner, 1.0 - self.right
        upper = flat.take(corner) * left + flat.take(corner + 1) * self.right
        below = corner + self.columns
        lower = flat.take(below) * left + flat.take(below + 1) * self.right
        return np.asarray(upper * (1.0 - self.down) + lower * self.down)


def _corners(row: FloatArray, column: FloatArray, columns: int) -> _Corners:
    first = np.clip(row.astype(np.intp), 0, _MEANS - 2)
    place = np.clip(np.floor(column + 1e-9).astype(np.intp), 0, columns - 2)
    right = np.clip(column - place, 0.0, 1.0)
    return _Corners(first * columns + place, row - first, right, columns)
