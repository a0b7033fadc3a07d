"""Sun, Moon and shadow around a pass whose window is known."""

from __future__ import annotations

import math

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.columns import (
    BEGIN_US,
    ECLIPSE,
    END_US,
    EXCLUSION,
    MOON_ELEVATION,
    MOON_FRACTION,
    MOON_SEPARATION,
    PASS_BEGIN_US,
    PASS_END_US,
    PASS_HIGHEST_US,
    SUN_ELEVATION,
)
from euroqci_planner.orbit.kernels.sky import (
    MOON,
    SUN,
    Contact,
    angle_between,
    earth_fixed,
    elevation_of,
    light_level,
    plain_light_level,
    position_at,
    separation,
)
from euroqci_planner.units import FloatArray

# So long the Sun's way around the Earth is straight to 0.001 rad.
_STRAIGHT_S = 1_200.0
_SUNLIT, _PENUMBRA, _UMBRA, _ENTERING, _LEAVING = range(5)


@inner
def describe(
    contact: Contact,
    tracks: FloatArray,
    earth: FloatArray,
    bodies: FloatArray,
    passes: FloatArray,
    row: int,
    out: FloatArray,
) -> None:
    """Sun and Moon at the middle of the usable window, the light along it (else of the pass)."""
    usable = out[row, EXCLUSION] == 0.0
    begin_us = out[row, BEGIN_US] if usable else passes[row, PASS_BEGIN_US]
    end_us = out[row, END_US] if usable else passes[row, PASS_END_US]
    middle_us = 0.5 * (begin_us + end_us) if usable else passes[row, PASS_HIGHEST_US]
    t_s = 1e-6 * middle_us
    sx, sy, sz = position_at(tracks, contact, t_s)
    bx, by, bz = earth_fixed(SUN, bodies, earth, contact, t_s)
    mx, my, mz = earth_fixed(MOON, bodies, earth, contact, t_s)
    out[row, SUN_ELEVATION] = elevation_of(contact, bx, by, bz)
    out[row, MOON_ELEVATION] = elevation_of(contact, mx, my, mz)
    out[row, MOON_SEPARATION] = separation(contact, sx, sy, sz, mx, my, mz)
    phase = angle_between(bx - mx, by - my, bz - mz, -mx, -my, -mz)
    out[row, MOON_FRACTION] = 0.5 * (1.0 + math.cos(phase))
    out[row, ECLIPSE] = _eclipse(contact, tracks, earth, bodies, 1e-6 * begin_us, 1e-6 * end_us)


@inner
def _eclipse(
    contact: Contact,
    tracks: FloatArray,
    earth: FloatArray,
    bodies: FloatArray,
    begin_s: float,
    end_s: float,
) -> int:
    """State of the light between two times, looked at once per step of the track."""
    gaps = max(math.ceil((end_s - begin_s) / contact.step_s), 1)
    x0, y0, z0 = earth_fixed(SUN, bodies, earth, contact, begin_s)
    x1, y1, z1 = earth_fixed(SUN, bodies, earth, contact, end_s)
    is_short, before = end_s - begin_s < _STRAIGHT_S, -1
    for place in range(gaps + 1):
        share = place / gaps
        t_s = begin_s + (end_s - begin_s) * share
        x, y, z = position_at(tracks, contact, t_s)
        level = -1
        if is_short:
            bx, by, bz = x0 + share * (x1 - x0), y0 + share * (y1 - y0), z0 + share * (z1 - z0)
            level = plain_light_level(x, y, z, bx, by, bz)
        if level < 0:
            bx, by, bz = earth_fixed(SUN, bodies, earth, contact, t_s)
            level = light_level(x, y, z, bx, by, bz)
        if before >= 0 and level != before:
            return _ENTERING if level < before else _LEAVING
        before = level
    if before == 0:
        return _UMBRA
    return _PENUMBRA if before == 1 else _SUNLIT
