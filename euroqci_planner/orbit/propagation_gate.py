"""The propagation gate: how long SGP4 can be trusted with an element set.

SGP4 keeps answering after an orbit has decayed: with error codes that come and go, with NaN under
code 0, or with positions millions of kilometres away. The gate follows each element set from its
epoch through the planning window; the first failure closes it for all later times (before the
epoch: for all earlier times), whatever the library says afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from sgp4.api import Satrec

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.orbit.ephemeris import (
    EARTH_RADIUS_M,
    GRAVITY_M3_S2,
    CodeArray,
    Fleet,
    satrec_of,
)
from euroqci_planner.timebase import NOT_A_TIME, instant_after, iso_text, seconds_between
from euroqci_planner.units import KILO, SECONDS_PER_DAY, FloatArray

DECAY_ALTITUDE_M = 100e3
PERTURBATION_MARGIN_M = 50e3
REVERSE_DECAY_M_S = 5e3 / SECONDS_PER_DAY
DEEP_SPACE_MARGIN = 0.02
DRAG_FREE_PERIGEE_M = 2_000e3

_Look = Callable[[FloatArray], tuple[FloatArray, FloatArray, CodeArray]]

_SAMPLES_PER_TURN = 24
_MOST_WINDOW_STATES = 40_000
_MOST_LEAD_STATES = 20_000
_REFINED_STATES = 513
_REFINEMENTS = 2
_YEAR_S = 365.25 * SECONDS_PER_DAY
_DECAYED_CODE = 6
_SGP4_ERRORS = {
    1: "mean eccentricity out of range",
    2: "mean motion not positive",
    3: "perturbed eccentricity out of range",
    4: "semi-latus rectum not positive",
    5: "elements of a sub-orbital path",
    6: "position under the Earth's surface",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """The part of the planning window in which an element set can be used.

    Seconds from the start of the window: 0 and its duration where nothing is wrong, both 0 where
    no part can be used. `rule` is '' or `sgp4_init`, `sgp4_error`, `not_finite`, `decayed`,
    `outside_apsides`; `message` says what, when and the mend; `failed_utc` is the failure that is
    nearest to the epoch (not-a-time: none).
    """

    usable_from_s: float
    usable_until_s: float
    rule: str = ""
    message: str = ""
    failed_utc: np.datetime64 = NOT_A_TIME

    @property
    def is_usable(self) -> bool:
        """Whether any part of the window can be used."""
        return self.usable_until_s > self.usable_from_s


@dataclass(frozen=True, slots=True)
class _Failure:
    """The first bad state on the way from the epoch, and the last good one before it (s)."""

    good_s: float
    bad_s: float
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Limits:
    """Perigee and apogee radius of the elements, and how far to believe them."""

    perigee_m: float
    apogee_m: float
    is_deep_space: bool
    step_s: float

    def radii_m(self, since_epoch_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest radius that is believed at these times from the epoch."""
        margin = PERTURBATION_MARGIN_M + REVERSE_DECAY_M_S * np.maximum(-since_epoch_s, 0.0)
        if self.is_deep_space:
            years = np.abs(since_epoch_s) / _YEAR_S
            margin = margin + DEEP_SPACE_MARGIN * (1.0 + years) * self.apogee_m
        lowest = np.full_like(margin, EARTH_RADIUS_M + DECAY_ALTITUDE_M)
        if self.perigee_m - EARTH_RADIUS_M > DRAG_FREE_PERIGEE_M:
            lowest = np.maximum(lowest, self.perigee_m - margin)
        return lowest, self.apogee_m + margin


@dataclass(frozen=True, slots=True)
class _Quick:
    """A fast propagator that may say that nothing fails."""

    look: _Look
    limits: _Limits
    begin_s: float

    def finds_no_fault(self, times_s: FloatArray) -> bool:
        """Whether every state at these times from the epoch is good."""
        position, velocity, code = self.look(times_s - self.begin_s)
        radius2 = np.einsum("ij,ij->j", position, position)
        lowest_m, highest_m = self.limits.radii_m(times_s)
        good = (radius2 >= lowest_m**2) & (radius2 <= highest_m**2)
        return bool(good.all() and np.isfinite(velocity).all() and not code.any())


def gates(fleet: Fleet, duration_s: float, *, compiled: bool) -> tuple[GateResult, ...]:
    """The gate of every element set of a fleet over its window.

    `compiled` lets machine code look first at orbits near the Earth; where it sees a failure, the
    library decides.
    """
    looks: Sequence[_Look | None] = [None] * len(fleet)
    if compiled:
        from euroqci_planner.orbit.kernel_inputs import compiled_sgp4  # noqa: PLC0415 (an extra)

        quick = compiled_sgp4(fleet)
        looks = [
            partial(quick.teme, row) if near else None
            for row, near in enumerate(quick.is_compiled.tolist())
        ]
    return tuple(
        gate(item, fleet.start_utc, duration_s, look)
        for item, look in zip(fleet.element_sets, looks, strict=True)
    )


def gate(
    element_set: ElementSet,
    start_utc: np.datetime64,
    duration_s: float,
    look: _Look | None = None,
) -> GateResult:
    """Usable part of the window `start_utc` + `duration_s` (s, > 0) for one element set.

    A state fails on an SGP4 error code, on a value that is not finite, under 100 km of altitude,
    and outside the apsides of the elements by more than 50 km (from 225 min of period on: plus
    2 % of the apogee and again 2 % a year for Moon and Sun; before the epoch: plus 5 km a day of
    drag taken back). The perigee counts where it is over 2000 km: drag lowers the others.
    States stand 24 to a turn at the angular rate of the perigee, from the epoch on; at most
    40 000 in the window (110 days in low orbit) and 20 000 on the way to it, farther apart then.
    The failure is placed within its gap to 4e-6 of the gap's length. Error codes: Vallado et al.
    2006, AIAA 2006-6753.

    `look` gives TEME position (3, n), velocity (3, n) and error code (n,) at seconds from the
    start of the window, and is asked first: what it finds without fault passes.
    """
    record = satrec_of(element_set)
    begin_s = float(seconds_between(element_set.epoch_utc, start_utc))
    if record.error:
        detail = f"SGP4 error {record.error}, {_SGP4_ERRORS.get(record.error, 'unknown')}"
        return _result(element_set, _Failure(0.0, 0.0, "sgp4_init", detail), 0.0, 0.0)
    end_s, limits = begin_s + duration_s, _limits(record)
    quick = None if look is None else _Quick(look, limits, begin_s)
    later = earlier = None
    if end_s > 0.0:
        later = _first_failure(record, limits, (max(begin_s, 0.0), end_s), quick)
    if begin_s < 0.0:
        earlier = _first_failure(record, limits, (min(end_s, 0.0), begin_s), quick)
    failure = later or earlier
    if failure is None:
        return GateResult(usable_from_s=0.0, usable_until_s=duration_s)
    from_s = max(earlier.good_s - begin_s, 0.0) if earlier else 0.0
    until_s = min(later.good_s - begin_s, duration_s) if later else duration_s
    if until_s <= from_s:
        from_s = until_s = 0.0
    return _result(element_set, failure, from_s, until_s)


def _limits(record: Satrec) -> _Limits:
    perigee_m = (1.0 + record.altp) * EARTH_RADIUS_M
    apogee_m = (1.0 + record.alta) * EARTH_RADIUS_M
    fastest_rad_s = np.sqrt(GRAVITY_M3_S2 * (1.0 + record.ecco) / perigee_m**3)
    return _Limits(
        perigee_m=perigee_m,
        apogee_m=apogee_m,
        is_deep_space=record.method == "d",
        step_s=2.0 * np.pi / float(fastest_rad_s) / _SAMPLES_PER_TURN,
    )


def _first_failure(
    record: Satrec, limits: _Limits, way_s: tuple[float, float], quick: _Quick | None
) -> _Failure | None:
    """First failure on the way from the epoch (0) over a nearer to a farther time on one side."""
    near_s, far_s = way_s
    lead = _walk(0.0, near_s, limits.step_s, _MOST_LEAD_STATES)
    window = _walk(near_s, far_s, limits.step_s, _MOST_WINDOW_STATES)
    times_s = np.concatenate((lead, window[1:]))
    if quick is not None and quick.finds_no_fault(times_s):
        return None
    found = None
    for _ in range(1 + _REFINEMENTS):
        failure = _first_of(record, limits, times_s)
        if failure is None:
            break
        found = failure
        times_s = np.linspace(found.good_s, found.bad_s, _REFINED_STATES)
    return found


def _walk(begin_s: float, end_s: float, step_s: float, most: int) -> FloatArray:
    gaps = min(int(np.ceil(abs(end_s - begin_s) / step_s)), most)
    return np.linspace(begin_s, end_s, gaps + 1)


def _first_of(record: Satrec, limits: _Limits, times_s: FloatArray) -> _Failure | None:
    """First of these states that fails, with the state before it."""
    days = times_s / SECONDS_PER_DAY
    code, position_km, velocity_km_s = record.sgp4_array(
        np.full_like(days, record.jdsatepoch), record.jdsatepochF + days
    )
    radius_m = np.linalg.norm(position_km, axis=1) * KILO
    finite = np.isfinite(radius_m) & np.isfinite(velocity_km_s).all(axis=1)
    lowest_m, highest_m = limits.radii_m(times_s)
    bad = (code != 0) | ~finite | ~((radius_m >= lowest_m) & (radius_m <= highest_m))
    if not bad.any():
        return None
    row = int(np.argmax(bad))
    rule, detail = _verdict(int(code[row]), bool(finite[row]), float(radius_m[row]), limits)
    return _Failure(float(times_s[max(row - 1, 0)]), float(times_s[row]), rule, detail)


def _verdict(code: int, finite: bool, radius_m: float, limits: _Limits) -> tuple[str, str]:
    altitude_km = (radius_m - EARTH_RADIUS_M) / KILO
    if code == _DECAYED_CODE:
        return "decayed", f"SGP4 error {code}, {_SGP4_ERRORS[code]}"
    if code:
        return "sgp4_error", f"SGP4 error {code}, {_SGP4_ERRORS.get(code, 'unknown')}"
    if not finite:
        return "not_finite", "SGP4 gives a state that is not a number"
    if altitude_km < DECAY_ALTITUDE_M / KILO:
        return "decayed", f"altitude {altitude_km:.0f} km"
    apsides_km = [(r - EARTH_RADIUS_M) / KILO for r in (limits.perigee_m, limits.apogee_m)]
    return "outside_apsides", (
        f"altitude {altitude_km:.0f} km, while the elements say "
        f"{apsides_km[0]:.0f} to {apsides_km[1]:.0f} km"
    )


def _result(
    element_set: ElementSet, failure: _Failure, from_s: float, until_s: float
) -> GateResult:
    failed_utc = instant_after(element_set.epoch_utc, failure.bad_s)
    which = f"{element_set.name or 'satellite'} ({element_set.norad_id})"
    days = abs(failure.bad_s) / SECONDS_PER_DAY
    side, direction = ("after", "from") if failure.bad_s >= 0.0 else ("before", "until")
    return GateResult(
        usable_from_s=from_s,
        usable_until_s=until_s,
        rule=failure.rule,
        message=(
            f"{which}: element set unusable {direction} {iso_text(failed_utc, 's')}, "
            f"{days:.1f} days {side} its epoch {iso_text(element_set.epoch_utc, 's')}: "
            f"{failure.detail}; take an element set whose epoch is nearer to the plan"
        ),
        failed_utc=failed_utc,
    )
