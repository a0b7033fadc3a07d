"""From TEME to the rotating Earth-fixed frame, in blocks of 64 times."""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.compilation import compiled, inner
from euroqci_planner.orbit.kernels.arithmetic import sine_cosine
from euroqci_planner.orbit.kernels.sgp4 import BLOCK, CODE, SCRATCH, teme_block
from euroqci_planner.units import FloatArray

# Rows of the rotation block: sine and cosine of the sidereal angle, pole.
_SINE, _COSINE, _ACROSS_X, _ACROSS_Y = (row * BLOCK for row in range(4))
ROTATION = 4 * BLOCK


# Rows of the rotation of the Earth (5, n), joined linearly between its nodes: the angle from TEME
# is rate times time plus the excess; beyond the nodes the last piece goes on, the pole stays.
EARTH_S, EXCESS, POLE_X, POLE_Y, RATE = range(5)


@compiled
def earth_fixed_states(
    constants: FloatArray, earth: FloatArray, first: FloatArray, t_s: FloatArray, out: FloatArray
) -> None:
    """Earth-fixed position (m) and velocity (m/s) into `out` (6, n); NaN where SGP4 fails.

    Orbit `k` of `constants` (orbits, 33) owns the times `first[k]:first[k + 1]`.
    """
    times, w, turn = np.empty(BLOCK), np.empty(SCRATCH), np.empty(ROTATION)
    for orbit in range(constants.shape[0]):
        end = int(first[orbit + 1])
        for begin in range(int(first[orbit]), end, BLOCK):
            length = min(BLOCK, end - begin)
            for k in range(BLOCK):
                times[k] = t_s[begin + min(k, length - 1)]
            earth_fixed_block(constants[orbit], earth, times, w, turn)
            for row in range(6):
                for k in range(length):
                    out[row, begin + k] = w[row * BLOCK + k]


@inner
def earth_fixed_block(
    constants: FloatArray, earth: FloatArray, t_s: FloatArray, w: FloatArray, turn: FloatArray
) -> None:
    """Earth-fixed states at the 64 times into the first six rows of the scratch `w`."""
    teme_block(constants, t_s, w)
    _rotation(earth, t_s, turn)
    _rotate(earth[RATE, 0], w, turn)


@inner
def piece_of(earth: FloatArray, t_s: float, hint: int) -> int:
    """Index of the piece between two nodes in which a time lies, looked for from `hint` on."""
    last: int = earth.shape[1] - 2
    piece: int = min(max(hint, 0), last)
    while piece < last and t_s >= earth[EARTH_S, piece + 1]:
        piece += 1
    while piece > 0 and t_s < earth[EARTH_S, piece]:
        piece -= 1
    return piece


@inner
def rotation_at(earth: FloatArray, t_s: float, piece: int) -> tuple[float, float, float]:
    """Sidereal angle and pole (x, y) at a time in a piece."""
    begin, end = earth[EARTH_S, piece], earth[EARTH_S, piece + 1]
    share = (t_s - begin) / (end - begin)
    angle = _between(earth[EXCESS, piece], earth[EXCESS, piece + 1], share) + earth[RATE, 0] * t_s
    share = min(max(share, 0.0), 1.0)
    x = _between(earth[POLE_X, piece], earth[POLE_X, piece + 1], share)
    return angle, x, _between(earth[POLE_Y, piece], earth[POLE_Y, piece + 1], share)


@inner
def _between(begin: float, end: float, share: float) -> float:
    return begin + share * (end - begin)


@inner
def _rotation(earth: FloatArray, t_s: FloatArray, turn: FloatArray) -> None:
    piece = 0
    for k in range(BLOCK):
        piece = piece_of(earth, t_s[k], piece)
        turn[_SINE + k], turn[_ACROSS_X + k], turn[_ACROSS_Y + k] = rotation_at(
            earth, t_s[k], piece
        )
    for k in range(BLOCK):
        turn[_SINE + k], turn[_COSINE + k] = sine_cosine(turn[_SINE + k])


@inner
def pole_turned(
    x: float, y: float, z: float, pole_x: float, pole_y: float
) -> tuple[float, float, float]:
    """R1(-y) R2(-x) of a vector; the pole is under 1e-5 rad away: sines are the angles."""
    cos_x, cos_y = 1.0 - 0.5 * pole_x * pole_x, 1.0 - 0.5 * pole_y * pole_y
    across = cos_x * z - pole_x * x
    return cos_x * x + pole_x * z, cos_y * y - pole_y * across, pole_y * y + cos_y * across


@inner
def _rotate(rate: float, w: FloatArray, turn: FloatArray) -> None:
    """Turn positions and velocities, and take the motion of the axes from the velocities."""
    for k in range(BLOCK):
        s, c = turn[_SINE + k], turn[_COSINE + k]
        px, py = turn[_ACROSS_X + k], turn[_ACROSS_Y + k]
        x, y, z = w[k], w[BLOCK + k], w[2 * BLOCK + k]
        x, y, z = pole_turned(c * x + s * y, c * y - s * x, z, px, py)
        vx, vy, vz = w[3 * BLOCK + k], w[4 * BLOCK + k], w[5 * BLOCK + k]
        vx, vy, vz = pole_turned(c * vx + s * vy, c * vy - s * vx, vz, px, py)
        ox, oy, oz = pole_turned(0.0, 0.0, rate, px, py)
        failed = w[CODE + k] != 0.0
        w[k], w[BLOCK + k] = math.nan if failed else x, math.nan if failed else y
        w[2 * BLOCK + k] = math.nan if failed else z
        w[3 * BLOCK + k] = vx - (oy * z - oz * y)
        w[4 * BLOCK + k] = vy - (oz * x - ox * z)
        w[5 * BLOCK + k] = vz - (ox * y - oy * x)
