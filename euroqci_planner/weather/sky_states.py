"""Clear, broken or overcast: what the hourly cover of the sky means for one line of sight.

In an hour of cover N the line of sight is clear for p(N) of the time (`clear_line_of_sight`). Below
an eighth of cover a pass is flown in clear sky with the chance p, else a cloud is in its way. Up to
seven eighths clouds come and go during the pass. Above, p falls from its value at seven eighths to
nothing: that much of the hour passes for broken cloud as it is there, the rest is overcast.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import beta as beta_function
from scipy.special import roots_jacobi

from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.line_of_sight import (
    COVER_CONCENTRATION,
    clear_line_of_sight,
    line_of_sight_table,
    means_over_hours,
    table_axes,
)

CLEAR_COVER, OVERCAST_COVER = 1.0 / 8.0, 7.0 / 8.0
# Share of the time with ice cloud alone: the difference between the time without liquid cloud of
# ITU-R P.840 and the clear nights of observatories, 0.07 +- 0.05.
THIN_CLOUD_PROBABILITY = 0.07
_NODES = 24
_SLIGHT = 1e-9

SKY_STATES_MODEL = ModelUsed(
    role="weather",
    name="sky states clear, thin, broken, overcast",
    citation=(
        "hourly cover below 1/8, to 7/8 and above with the line of sight of Allen and Malick 1983;"
        " ice cloud alone for 0.07 +- 0.05 of the time (ITU-R P.840 against observatory logs) or as"
        " given; Hoareau et al. 2013, Atmospheric Chemistry and Physics 13, 6951, see cirrus for"
        " 37 % of lidar time, Kienast-Sjogren et al. 2016, ibid. 16, 7605, a mean depth of 0.12 to"
        " 0.17"
    ),
)


class CoverStates(NamedTuple):
    """Chances of clear and broken sky, and the share of a pass that broken sky leaves."""

    clear: FloatArray
    broken: FloatArray
    usable_share: FloatArray


def states_of_climatology(clear_at_reference: FloatArray, elevation_rad: FloatArray) -> CoverStates:
    """States behind a climatological chance at 30 deg, at an elevation, elementwise.

    Means over the beta-distributed hours of `at_elevation`, whose chance they keep: clear + broken
    * usable_share is that chance. 0 and 1 stay certain. NaN below 5 deg and where an input is NaN.
    """
    tables = (line_of_sight_table(), *_tables())
    line, clear, broken = means_over_hours(clear_at_reference, elevation_rad, tables)
    return _with_share(line, clear, broken)


def states_under_cover(cloud_cover: FloatArray, elevation_rad: FloatArray) -> CoverStates:
    """States in an hour of this cover (0..1), elementwise; NaN as `clear_line_of_sight`."""
    cover = np.asarray(cloud_cover, np.float64)
    line = clear_line_of_sight(cover, elevation_rad)
    edge = clear_line_of_sight(np.array(OVERCAST_COVER), elevation_rad)
    clear = np.where(cover < CLEAR_COVER, line, 0.0 * line)
    broken = np.where(cover < CLEAR_COVER, 1.0 - line, 1.0 + 0.0 * line)
    broken = np.where(cover > OVERCAST_COVER, line / edge, broken)
    return _with_share(line, clear, broken)


def with_thin_cloud(states: CoverStates, thin: FloatArray) -> SkyChances:
    """States with ice cloud alone for a share `thin` (0..1) of the time, (passes,).

    A veil covers most of the sky: its hours are taken from the overcast ones, and from broken ones
    where these do not suffice; never from clear ones. A sky that is certain stays so.
    """
    overcast = 1.0 - states.clear - states.broken
    is_certain = (states.clear >= 1.0) | (overcast >= 1.0)
    veil = np.where(is_certain, 0.0, np.minimum(thin, 1.0 - states.clear))
    broken = np.minimum(states.broken, 1.0 - states.clear - veil)
    share = np.where(broken > 0.0, states.usable_share, 0.0 * broken)
    return SkyChances(clear=states.clear, thin=veil, broken=broken, usable_share=share)


def under_a_veil(states: CoverStates, veil: FloatArray) -> SkyChances:
    """States of the lower clouds under high cloud that is in the way with a chance `veil` (0..1).

    High cloud makes clear sky thin; over broken cloud it is not counted.
    """
    return SkyChances(
        clear=states.clear * (1.0 - veil),
        thin=states.clear * veil,
        broken=states.broken,
        usable_share=states.usable_share,
    )


def _with_share(line: FloatArray, clear: FloatArray, broken: FloatArray) -> CoverStates:
    """The states with the usable share that keeps the chance of a clear line of sight."""
    some = broken > _SLIGHT
    share = np.where(some, (line - clear) / np.where(some, broken, 1.0), 0.0 * line)
    return CoverStates(clear, broken, np.asarray(share))


@lru_cache(maxsize=1)
def _tables() -> tuple[FloatArray, FloatArray]:
    """Chances of clear and of broken sky by mean cover and elevation."""
    means, grid_rad = table_axes()
    edge = clear_line_of_sight(np.array(OVERCAST_COVER), grid_rad)
    clear, overcast = [np.ones_like(grid_rad)], [np.zeros_like(grid_rad)]
    for mean in means[1:-1]:
        alpha, beta = COVER_CONCENTRATION * mean, COVER_CONCENTRATION * (1.0 - mean)
        cover, weight = _end_of_the_hours(alpha, beta, CLEAR_COVER)
        clear.append(weight @ clear_line_of_sight(cover[:, None], grid_rad))
        open_sky, weight = _end_of_the_hours(beta, alpha, 1.0 - OVERCAST_COVER)
        line = clear_line_of_sight(1.0 - open_sky[:, None], grid_rad)
        overcast.append(weight @ (1.0 - line / edge))
    clear.append(np.zeros_like(grid_rad))
    overcast.append(np.ones_like(grid_rad))
    return np.array(clear), 1.0 - np.array(clear) - np.array(overcast)


def _end_of_the_hours(first: float, second: float, end: float) -> tuple[FloatArray, FloatArray]:
    """Places and weights of a beta distribution over 0..`end`, its pole at 0 in the rule."""
    nodes, weights = roots_jacobi(_NODES, 0.0, first - 1.0)
    place = 0.5 * end * (nodes + 1.0)
    scale = (0.5 * end) ** first / beta_function(first, second)
    return place, scale * weights * (1.0 - place) ** (second - 1.0)
