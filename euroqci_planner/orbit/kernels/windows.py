"""The compiled conditions of passes: usable windows, Sun, Moon and shadow, pass by pass."""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.compilation import compiled, inner
from euroqci_planner.orbit.kernels.arithmetic import nothing
from euroqci_planner.orbit.kernels.columns import (
    BEGIN_US,
    CODE,
    CUT_BEGIN_US,
    CUT_END_US,
    DWELL_US,
    ECLIPSE_ONLY,
    END_US,
    EXCLUSION,
    FIRST_CUT,
    LAST_CUT,
    NODE_STEP_S,
    PASS_BEGIN_US,
    PASS_END_US,
    PASS_SATELLITE,
    PASS_STATION,
    SKY_BEGIN_S,
    SKY_STEP_S,
)
from euroqci_planner.orbit.kernels.earth import RATE, ROTATION, earth_fixed_block
from euroqci_planner.orbit.kernels.geometry import (
    MASK_BEGIN,
    MASK_END,
    MAX_SUN_ELEVATION,
    MIN_ELEVATION,
    MIN_MOON_SEPARATION,
    MIN_SUN_SEPARATION,
    acceleration,
)
from euroqci_planner.orbit.kernels.light import describe
from euroqci_planner.orbit.kernels.rules import GAP_COLUMNS, MOST_GAPS, forbid
from euroqci_planner.orbit.kernels.sgp4 import BLOCK, SCRATCH
from euroqci_planner.orbit.kernels.sky import (
    DAYLIGHT,
    HORIZON_MASK,
    MOON,
    MOON_TOO_CLOSE,
    SATELLITE_SUNLIT,
    SKY_RATE_RAD_S,
    SUN,
    SUN_TOO_CLOSE,
    Contact,
    earth_fixed,
    elevation_of,
    position_at,
)
from euroqci_planner.units import FloatArray

_RULES = (HORIZON_MASK, DAYLIGHT, SUN_TOO_CLOSE, MOON_TOO_CLOSE, SATELLITE_SUNLIT)
_ELEMENTS_UNUSABLE, _TOO_SHORT, _CODES = 9, 10, 11
_FEWEST_NODES = 1024
_FEWEST_CUTS = 64
_SAFE_RAD = 1e-6


@compiled
def conditions(
    constants: FloatArray,
    earth: FloatArray,
    stations: FloatArray,
    satellites: FloatArray,
    bodies: FloatArray,
    mask: FloatArray,
    settings: FloatArray,
    passes: FloatArray,
    calendar: FloatArray,
    out: FloatArray,
) -> None:
    """Fill `out` (n, `CONDITIONS`) row for row with `passes` (n, `INPUTS`), which go by satellite.

    All tables are those of `kernels.columns`; `calendar` (m, 3) holds what dates, hours and the
    bounds of the elements forbid.
    """
    count = passes.shape[0]
    tracks, gaps = np.empty((9, _FEWEST_NODES)), np.empty((MOST_GAPS, GAP_COLUMNS))
    cuts, taken = np.empty((_FEWEST_CUTS, 2)), np.empty(_CODES)
    row = nothing()
    while row < count:
        satellite = int(passes[row, PASS_SATELLITE])
        end, nodes = row, nothing()
        while end < count and int(passes[end, PASS_SATELLITE]) == satellite:
            more = _nodes_of(passes, satellites, end)
            if nodes + more > tracks.shape[1] and end > row:
                break
            nodes, end = nodes + more, end + 1
        if nodes > tracks.shape[1]:
            tracks = np.empty((9, nodes))
        _fill_tracks(constants[satellite], earth, passes, satellites, row, end, tracks)
        node = nothing()
        while row < end:
            contact = _contact(stations, satellites, settings, passes, row, node, tracks)
            found = _cut(
                contact, tracks, earth, stations, satellites, bodies, mask, passes, row, calendar,
                gaps, cuts, taken,
            )  # fmt: skip
            if found > cuts.shape[0]:
                cuts = np.empty((2 * found, 2))
                continue
            _decide(passes, settings, row, cuts, found, taken, out)
            describe(contact, tracks, earth, bodies, passes, row, out)
            node += contact.gaps + 1
            row += 1


@inner
def _nodes_of(passes: FloatArray, satellites: FloatArray, row: int) -> int:
    length_s = 1e-6 * passes[row, PASS_END_US] - 1e-6 * passes[row, PASS_BEGIN_US]
    nodes: int = (
        max(math.ceil(length_s / satellites[int(passes[row, PASS_SATELLITE]), NODE_STEP_S]), 1) + 1
    )
    return nodes


@inner
def _fill_tracks(
    constants: FloatArray,
    earth: FloatArray,
    passes: FloatArray,
    satellites: FloatArray,
    begin: int,
    end: int,
    tracks: FloatArray,
) -> None:
    """Position, velocity and acceleration at the nodes of the passes `begin` to `end`."""
    t_s, w, turn = np.empty(BLOCK), np.empty(SCRATCH), np.empty(ROTATION)
    filled, stored = nothing(), nothing()
    for row in range(begin, end):
        begin_s, nodes = 1e-6 * passes[row, PASS_BEGIN_US], _nodes_of(passes, satellites, row)
        step_s = _step_of(passes, satellites, row, nodes)
        for place in range(nodes):
            t_s[filled] = begin_s + place * step_s
            filled += 1
            if filled == BLOCK or (row == end - 1 and place == nodes - 1):
                for k in range(filled, BLOCK):
                    t_s[k] = t_s[0]
                earth_fixed_block(constants, earth, t_s, w, turn)
                _store(w, filled, earth[RATE, 0], tracks, stored)
                stored += filled
                filled = nothing()


@inner
def _step_of(passes: FloatArray, satellites: FloatArray, row: int, nodes: int) -> float:
    length_s = 1e-6 * passes[row, PASS_END_US] - 1e-6 * passes[row, PASS_BEGIN_US]
    if length_s > 0.0:
        return float(length_s / (nodes - 1))
    return float(satellites[int(passes[row, PASS_SATELLITE]), NODE_STEP_S])


@inner
def _store(w: FloatArray, count: int, rate: float, tracks: FloatArray, first: int) -> None:
    for k in range(count):
        for row in range(6):
            tracks[row, first + k] = w[row * BLOCK + k]
        x, y, z = w[k], w[BLOCK + k], w[2 * BLOCK + k]
        ax, ay, az = acceleration(x, y, z, w[3 * BLOCK + k], w[4 * BLOCK + k], rate)
        tracks[6, first + k], tracks[7, first + k], tracks[8, first + k] = ax, ay, az


@inner
def _contact(
    stations: FloatArray,
    satellites: FloatArray,
    settings: FloatArray,
    passes: FloatArray,
    row: int,
    node: int,
    tracks: FloatArray,
) -> Contact:
    station, nodes = int(passes[row, PASS_STATION]), _nodes_of(passes, satellites, row)
    fastest2 = 0.0
    for k in range(node, node + nodes):
        speed2 = tracks[3, k] ** 2 + tracks[4, k] ** 2 + tracks[5, k] ** 2
        fastest2 = speed2 if speed2 > fastest2 else fastest2
    return Contact(
        1e-6 * passes[row, PASS_BEGIN_US],
        1e-6 * passes[row, PASS_END_US],
        _step_of(passes, satellites, row, nodes),
        node,
        nodes - 1,
        math.sqrt(fastest2),
        _three(stations, station, 0),
        (
            *_three(stations, station, 3),
            *_three(stations, station, 6),
            *_three(stations, station, 9),
        ),
        stations[station, MAX_SUN_ELEVATION],
        stations[station, MIN_SUN_SEPARATION],
        stations[station, MIN_MOON_SEPARATION],
        int(stations[station, MASK_BEGIN]),
        int(stations[station, MASK_END]),
        settings[SKY_BEGIN_S],
        settings[SKY_STEP_S],
    )


@inner
def _three(table: FloatArray, row: int, column: int) -> tuple[float, float, float]:
    return table[row, column], table[row, column + 1], table[row, column + 2]


@inner
def _cut(
    contact: Contact,
    tracks: FloatArray,
    earth: FloatArray,
    stations: FloatArray,
    satellites: FloatArray,
    bodies: FloatArray,
    mask: FloatArray,
    passes: FloatArray,
    row: int,
    calendar: FloatArray,
    gaps: FloatArray,
    cuts: FloatArray,
    taken: FloatArray,
) -> int:
    """Forbidden stretches of a pass into `cuts`, and what each rule takes; their number.

    A pass that one rule takes whole needs no later rule of the sky.
    """
    whole_us = passes[row, PASS_END_US] - passes[row, PASS_BEGIN_US]
    count, undecided = nothing(), True
    for code in range(_CODES):
        taken[code] = 0.0
    for given in range(int(passes[row, FIRST_CUT]), int(passes[row, LAST_CUT])):
        code = int(calendar[given, CODE])
        taken[code] += calendar[given, CUT_END_US] - calendar[given, CUT_BEGIN_US]
        undecided = undecided and (taken[code] < whole_us or code == _ELEMENTS_UNUSABLE)
        if count < cuts.shape[0]:
            cuts[count, 0] = calendar[given, CUT_BEGIN_US]
            cuts[count, 1] = calendar[given, CUT_END_US]
        count += 1
    lowest = stations[int(passes[row, PASS_STATION]), MIN_ELEVATION]
    in_dark = satellites[int(passes[row, PASS_SATELLITE]), ECLIPSE_ONLY] > 0.0
    for rule in _RULES:
        if undecided and _may_forbid(rule, contact, tracks, earth, bodies, lowest, in_dark):
            before = count
            count = forbid(rule, tracks, contact, bodies, earth, mask, gaps, cuts, count)
            for cut in range(before, min(count, cuts.shape[0])):
                taken[int(rule)] += cuts[cut, 1] - cuts[cut, 0]
            undecided = taken[int(rule)] < whole_us
    return count


@inner
def _may_forbid(
    rule: float,
    contact: Contact,
    tracks: FloatArray,
    earth: FloatArray,
    bodies: FloatArray,
    lowest: float,
    in_dark: bool,
) -> bool:
    """Whether a rule holds for a pass, and can take anything of it (never says no wrongly).

    `lowest` is the station's minimum elevation, `in_dark` whether the satellite works in eclipse
    alone.
    """
    if rule == HORIZON_MASK:
        return contact.mask_end > contact.mask_begin
    if rule == DAYLIGHT:
        return contact.max_sun_elevation_rad < math.inf
    if rule == SATELLITE_SUNLIT:
        return in_dark
    if rule == MOON_TOO_CLOSE:
        holds = contact.min_moon_separation_rad > 0.0
        return holds and not _highest(MOON, contact, earth, bodies) < 0.0
    for t_s in (contact.begin_s, contact.end_s):
        x, y, z = position_at(tracks, contact, t_s)
        lowest = min(lowest, elevation_of(contact, x, y, z))
    apart = lowest - _SAFE_RAD - _highest(SUN, contact, earth, bodies)
    holds = contact.min_sun_separation_rad > 0.0
    return holds and not apart > contact.min_sun_separation_rad


@inner
def _highest(body: int, contact: Contact, earth: FloatArray, bodies: FloatArray) -> float:
    """Bound on the elevation of a body during a pass."""
    highest = -math.inf
    for t_s in (contact.begin_s, contact.end_s):
        x, y, z = earth_fixed(body, bodies, earth, contact, t_s)
        highest = max(highest, elevation_of(contact, x, y, z))
    return highest + SKY_RATE_RAD_S * (contact.end_s - contact.begin_s)


@inner
def _decide(
    passes: FloatArray,
    settings: FloatArray,
    row: int,
    cuts: FloatArray,
    count: int,
    taken: FloatArray,
    out: FloatArray,
) -> None:
    """The longest stretch outside the forbidden ones, of equals the first; or why there is none."""
    _sort(cuts, count)
    begin, cursor, longest = passes[row, PASS_BEGIN_US], passes[row, PASS_BEGIN_US], 0.0
    for cut in range(count):
        if cuts[cut, 0] - cursor > longest:
            begin, longest = cursor, cuts[cut, 0] - cursor
        cursor = max(cursor, cuts[cut, 1])
    if passes[row, PASS_END_US] - cursor > longest:
        begin, longest = cursor, passes[row, PASS_END_US] - cursor
    exclusion = 0
    if longest < settings[DWELL_US] or longest <= 0.0:
        exclusion = _TOO_SHORT
    if longest <= 0.0 and passes[row, PASS_END_US] > passes[row, PASS_BEGIN_US]:
        exclusion = 0
        for code in range(1, _CODES):
            exclusion = code if taken[code] > taken[exclusion] else exclusion
    out[row, BEGIN_US], out[row, END_US], out[row, EXCLUSION] = begin, begin + longest, exclusion


@inner
def _sort(cuts: FloatArray, count: int) -> None:
    """By begin: a handful of rows, nearly in order."""
    for row in range(1, count):
        begin, end, place = cuts[row, 0], cuts[row, 1], row
        while place > 0 and cuts[place - 1, 0] > begin:
            cuts[place, 0], cuts[place, 1] = cuts[place - 1, 0], cuts[place - 1, 1]
            place -= 1
        cuts[place, 0], cuts[place, 1] = begin, end
