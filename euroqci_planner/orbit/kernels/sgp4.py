"""Near-Earth SGP4 in blocks of 64 times, without branches, so that vector units do the work.

Vallado, Crawford, Hujsak, Kelso 2006, AIAA 2006-6753 (improved mode, WGS 72); the constants of
an orbit come from python-sgp4's initialisation. Sines of sums stand in for the arc tangents of
the paper. A state does not depend on its neighbours in the block.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.compilation import compiled, inner
from euroqci_planner.orbit.kernels.arithmetic import (
    TWO_PI,
    sine_cosine,
    small_sine_cosine,
    whole,
)
from euroqci_planner.units import FloatArray

BLOCK = 64
SCRATCH = 12 * BLOCK
EARTH_RADIUS_M = 6_378_135.0
J2 = 0.001082616
XKE = 60.0 / math.sqrt(6378.135**3 / 398600.8)
_SPEED_M_S = EARTH_RADIUS_M * XKE / 60.0

# TWO_PI as the sum of 33 bits and the rest, for exact products with counts of revolutions.
_TURN_1 = float.fromhex("0x1.921fb54400000p+2")
_TURN_2 = TWO_PI - _TURN_1

# Places of the constants of one orbit (`orbital_constants`), angles in rad, times in minutes.
(MO, MDOT, ARGPO, ARGPDOT, NODEO, NODEDOT, NODECF, CC1, BCC4, T2COF) = range(10)
(OMGCOF, ETA, XMCOF, DELMO, D2, D3, D4, BCC5, SINMAO, T3COF) = range(10, 20)
(T4COF, T5COF, NO, ECCO, AXIS, SINIO, COSIO, AYCOF, XLCOF, CON41) = range(20, 30)
(X1MTH2, X7THM1, SINCE_S) = range(30, 33)
CONSTANTS = 33

# Rows of the scratch block; the first six hold position and velocity in the end.
(_U, _AXN, _AYN, _AM, _SIN_NODE, _COS_NODE) = (row * BLOCK for row in range(6))
(_NM, _EO1, _SINE, _COSINE, _STEP, CODE) = (row * BLOCK for row in range(6, 12))
_KEPLER_TOLERANCE = 1e-12
_KEPLER_MOST = 0.95
_KEPLER_ROUNDS = 10


@compiled
def teme_states(
    constants: FloatArray, t_s: FloatArray, out: FloatArray, code: NDArray[np.uint8]
) -> None:
    """TEME position (m) and velocity (m/s) into `out` (6, n), error codes into `code` (n).

    NaN where the code is not 0. `t_s` counts from the start of the window.
    """
    times, w = np.empty(BLOCK), np.empty(SCRATCH)
    count = t_s.shape[0]
    for begin in range(0, count, BLOCK):
        length = min(BLOCK, count - begin)
        for k in range(BLOCK):
            times[k] = t_s[begin + min(k, length - 1)]
        teme_block(constants, times, w)
        for k in range(length):
            failed = w[CODE + k] != 0.0
            code[begin + k] = np.uint8(w[CODE + k])
            for row in range(6):
                out[row, begin + k] = math.nan if failed else w[row * BLOCK + k]


@inner
def teme_block(c: FloatArray, t_s: FloatArray, w: FloatArray) -> None:
    """States at the 64 times `t_s` into the first six rows of the scratch, codes into `CODE`."""
    _mean_elements(c, t_s, w)
    _kepler(w)
    _states(c, w)


@inner
def _mean_elements(c: FloatArray, t_s: FloatArray, w: FloatArray) -> None:
    """Secular gravity and drag, long-period terms: what Kepler's equation needs."""
    for k in range(BLOCK):
        t = (c[SINCE_S] + t_s[k]) / 60.0
        t2 = t * t
        mean = c[MO] + c[MDOT] * t
        _, cos_mean = sine_cosine(mean)
        bulge = 1.0 + c[ETA] * cos_mean
        drag = c[OMGCOF] * t + c[XMCOF] * (bulge * bulge * bulge - c[DELMO])
        mean = mean + drag
        sin_mean, _ = sine_cosine(mean)
        argp = c[ARGPO] + c[ARGPDOT] * t - drag
        tempa = 1.0 - c[CC1] * t - t2 * (c[D2] + t * (c[D3] + t * c[D4]))
        tempe = c[BCC4] * t + c[BCC5] * (sin_mean - c[SINMAO])
        templ = t2 * (c[T2COF] + t * (c[T3COF] + t * (c[T4COF] + t * c[T5COF])))
        am = c[AXIS] * tempa * tempa
        em = c[ECCO] - tempe
        w[CODE + k] = 1.0 if (em >= 1.0) | (em < -0.001) else 0.0
        em = 1e-6 if em < 1e-6 else em
        per_p = 1.0 / (am * (1.0 - em * em))
        sin_argp, cos_argp = sine_cosine(argp)
        axn = em * cos_argp
        u = mean + c[NO] * templ + argp + per_p * c[XLCOF] * axn
        turns = whole(u / TWO_PI)
        w[_U + k] = (u - turns * _TURN_1) - turns * _TURN_2
        w[_AXN + k], w[_AYN + k] = axn, em * sin_argp + per_p * c[AYCOF]
        w[_AM + k], w[_NM + k] = am, XKE / (am * math.sqrt(am))
        node = c[NODEO] + c[NODEDOT] * t + c[NODECF] * t2
        w[_SIN_NODE + k], w[_COS_NODE + k] = sine_cosine(node)


@inner
def _kepler(w: FloatArray) -> None:
    """Newton's method for the eccentric longitude; what has converged is not touched again."""
    for k in range(BLOCK):
        w[_EO1 + k], w[_STEP + k] = w[_U + k], 1.0
        w[_SINE + k], w[_COSINE + k] = 0.0, 0.0
    for _ in range(_KEPLER_ROUNDS):
        unsettled = 0
        for k in range(BLOCK):
            open_ = abs(w[_STEP + k]) >= _KEPLER_TOLERANCE
            eo1, axn, ayn = w[_EO1 + k], w[_AXN + k], w[_AYN + k]
            s, c = sine_cosine(eo1)
            step = (w[_U + k] - ayn * c + axn * s - eo1) / (1.0 - c * axn - s * ayn)
            step = _KEPLER_MOST if step > _KEPLER_MOST else step
            step = -_KEPLER_MOST if step < -_KEPLER_MOST else step
            w[_SINE + k] = s if open_ else w[_SINE + k]
            w[_COSINE + k] = c if open_ else w[_COSINE + k]
            w[_EO1 + k] = eo1 + step if open_ else eo1
            w[_STEP + k] = step if open_ else w[_STEP + k]
            unsettled |= open_ & (abs(step) >= _KEPLER_TOLERANCE)
        if not unsettled:
            break


@inner
def _states(c: FloatArray, w: FloatArray) -> None:
    """Short-period terms, position and velocity, and the error codes that follow from them."""
    for k in range(BLOCK):
        axn, ayn, am = w[_AXN + k], w[_AYN + k], w[_AM + k]
        s, co = w[_SINE + k], w[_COSINE + k]
        esine = axn * s - ayn * co
        el2 = axn * axn + ayn * ayn
        pl, rl = am * (1.0 - el2), am * (1.0 - (axn * co + ayn * s))
        betal = math.sqrt(1.0 - el2)
        part = esine / (1.0 + betal)
        sinu, cosu = am / rl * (s - ayn - axn * part), am / rl * (co - axn + ayn * part)
        sin2u, cos2u = 2.0 * sinu * cosu, 1.0 - 2.0 * sinu * sinu
        temp1 = 0.5 * J2 / pl
        temp2 = temp1 / pl
        radius = rl * (1.0 - 1.5 * temp2 * betal * c[CON41]) + 0.5 * temp1 * c[X1MTH2] * cos2u
        sin_u, cos_u = _turned(sinu, cosu, -0.25 * temp2 * c[X7THM1] * sin2u)
        sin_node, cos_node = _turned(
            w[_SIN_NODE + k], w[_COS_NODE + k], 1.5 * temp2 * c[COSIO] * sin2u
        )
        sin_i, cos_i = _turned(c[SINIO], c[COSIO], 1.5 * temp2 * c[COSIO] * c[SINIO] * cos2u)
        rate = w[_NM + k] / XKE * temp1
        outward = math.sqrt(am) * esine / rl - rate * c[X1MTH2] * sin2u
        along = math.sqrt(pl) / rl + rate * (c[X1MTH2] * cos2u + 1.5 * c[CON41])
        failed = 6.0 if radius < 1.0 else 0.0
        failed = 4.0 if pl < 0.0 else failed
        w[CODE + k] = w[CODE + k] if w[CODE + k] != 0.0 else failed
        across_x, across_y = -sin_node * cos_i, cos_node * cos_i
        ux, vx = across_x * sin_u + cos_node * cos_u, across_x * cos_u - cos_node * sin_u
        uy, vy = across_y * sin_u + sin_node * cos_u, across_y * cos_u - sin_node * sin_u
        uz, vz = sin_i * sin_u, sin_i * cos_u
        radius, outward, along = radius * EARTH_RADIUS_M, outward * _SPEED_M_S, along * _SPEED_M_S
        w[k], w[BLOCK + k], w[2 * BLOCK + k] = radius * ux, radius * uy, radius * uz
        w[3 * BLOCK + k] = outward * ux + along * vx
        w[4 * BLOCK + k] = outward * uy + along * vy
        w[5 * BLOCK + k] = outward * uz + along * vz


@inner
def _turned(sine: float, cosine: float, by: float) -> tuple[float, float]:
    """Sine and cosine of an angle that is greater by the small angle `by`."""
    s, c = small_sine_cosine(by)
    return sine * c + cosine * s, cosine * c - sine * s
