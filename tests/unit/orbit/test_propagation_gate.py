"""The propagation gate: a decayed or silly state is named, and never believed again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from orbit_cases import element_set, fleet_of
from sky_cases import ALPHASAT, CUBEL, DAY_S, ISS, QUBE_II, START_UTC
from tolerances import SECOND, within

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M, GRAVITY_M3_S2, satrec_of
from euroqci_planner.orbit.propagation_gate import GateResult, gate, gates
from euroqci_planner.timebase import instant_after, seconds_between

WEEK_S = 7.0 * DAY_S

# Decaying cases of the SGP4 verification set (Vallado et al. 2006, AIAA 2006-6753).
MINOTAUR = element_set(
    "1 28872U 05037B   05333.02012661  .25992681  00000-0  24476-3 0  1534",
    "2 28872  96.4736 157.9986 0303955 244.0492 110.6523 16.46015938 10708",
    "MINOTAUR R/B",
)
SL_14 = element_set(
    "1 29141U 85108AA  06170.26783845  .99999999  00000-0  13519-0 0   718",
    "2 29141  82.4288 273.4882 0015848 277.2124  83.9133 15.93343074  6828",
    "SL-14 DEB",
)
ERROR_AT_ONCE = element_set(
    "1 33334U 78066F   06174.85818871  .00000620  00000-0  10000-3 0  6809",
    "2 33334  68.4714 236.1303 5602877 123.7484 302.5767  0.00001000 67521",
    "PERTURBED ECCENTRICITY",
)


def high_drag(altitude_m: float) -> ElementSet:
    """A circular orbit with a drag term of 0.1 per Earth radius, as of a large balloon."""
    return replace(
        ISS,
        name="BALLOON",
        epoch_utc=np.datetime64("2026-06-14T00:00:00", "us"),
        inclination_rad=0.9,
        raan_rad=1.0,
        eccentricity=1e-4,
        argument_of_perigee_rad=0.5,
        mean_anomaly_rad=0.2,
        mean_motion_rad_s=np.sqrt(GRAVITY_M3_S2 / (EARTH_RADIUS_M + altitude_m) ** 3),
        bstar_per_earth_radius=0.1,
    )


def altitude_m(elements: ElementSet, since_epoch_s: float) -> float:
    record = satrec_of(elements)
    code, position_km, _ = record.sgp4_tsince(since_epoch_s / 60.0)
    return float(np.linalg.norm(position_km)) * 1e3 - EARTH_RADIUS_M if code == 0 else np.nan


def test_a_fresh_element_set_is_usable_over_the_whole_week():
    for elements in (QUBE_II, CUBEL, ISS, ALPHASAT):
        assert gate(elements, START_UTC, WEEK_S) == GateResult(
            usable_from_s=0.0, usable_until_s=WEEK_S
        )


@pytest.mark.parametrize(
    ("elements", "lost_min"), [(MINOTAUR, 50.0), (SL_14, 420.0)], ids=("50 min", "420 min")
)
def test_a_decaying_satellite_is_usable_until_it_is_under_100_km(elements, lost_min):
    # The verification set says: decayed in 50 min; lost in under 420 min.
    result = gate(elements, elements.epoch_utc, WEEK_S)
    assert result.usable_from_s == 0.0
    assert result.rule == "decayed"
    assert 0.8 * lost_min < result.usable_until_s / 60.0 < lost_min
    assert altitude_m(elements, result.usable_until_s) == within(50.0, of=100e3)
    earlier = np.linspace(0.0, result.usable_until_s, 5_000)
    assert min(altitude_m(elements, t_s) for t_s in earlier) >= 100e3 - 50.0


def test_errors_that_come_and_go_stay_latched():
    elements = high_drag(500e3)
    decayed = gate(elements, elements.epoch_utc, 60.0 * DAY_S)
    first_bad_s = float(seconds_between(elements.epoch_utc, decayed.failed_utc))
    record = satrec_of(elements)
    codes = [record.sgp4_tsince(day * 1440.0)[0] for day in np.arange(0.0, 60.0, 0.25)]
    good_again = 0.25 * max(np.flatnonzero(np.array(codes) == 0))
    assert good_again * DAY_S > first_bad_s + 10.0 * DAY_S, "the case has lost its trap"
    later = gate(elements, instant_after(elements.epoch_utc, good_again * DAY_S), 3_600.0)
    assert not later.is_usable
    assert later.usable_from_s == later.usable_until_s == 0.0
    assert seconds_between(decayed.failed_utc, later.failed_utc) == within(DAY_S, of=0.0)


def test_states_that_answer_with_code_0_from_a_million_kilometres_are_not_believed():
    runaway = high_drag(800e3)
    start_utc = instant_after(runaway.epoch_utc, 600.0 * DAY_S)
    record = satrec_of(runaway)
    code, position_km, _ = record.sgp4_tsince(600.0 * 1440.0)
    assert (code, np.linalg.norm(position_km) > 50_000.0) == (0, True), "the case lost its trap"
    assert not gate(runaway, start_utc, DAY_S).is_usable


def test_a_twenty_year_old_element_set_says_when_it_decayed():
    result = gate(QUBE_II, np.datetime64("2046-06-14T12:00:00", "us"), WEEK_S)
    assert not result.is_usable
    assert result.rule == "decayed"
    assert QUBE_II.epoch_utc < result.failed_utc < np.datetime64("2046-06-14")
    for part in ("QUBE-II (69023)", "unusable from 20", "days after its epoch 2026-06-13", "take"):
        assert part in result.message


def test_elements_that_sgp4_refuses_at_once_are_unusable():
    result = gate(ERROR_AT_ONCE, ERROR_AT_ONCE.epoch_utc, DAY_S)
    assert (result.rule, result.is_usable) == ("sgp4_init", False)
    assert "SGP4 error 3, perturbed eccentricity out of range" in result.message


def test_an_error_code_on_the_way_is_named():
    # A public set of June 2026 of a satellite that was raising its orbit.
    raising = element_set(
        "1 69216U 26115F   26164.83335647 -.02517364  00000+0 -27885-1 0  9997",
        "2 69216  97.2837 182.0980 0001408  79.2887 319.2448 15.66387529  4157",
        "STARLINK-37766",
    )
    result = gate(raising, START_UTC, WEEK_S)
    assert result.rule == "sgp4_error"
    assert "SGP4 error 1, mean eccentricity out of range" in result.message
    assert 6.0 * DAY_S < result.usable_until_s < WEEK_S


@pytest.mark.parametrize("field", ["bstar_per_earth_radius", "raan_rad", "mean_anomaly_rad"])
def test_a_state_that_is_not_a_number_is_not_usable(field):
    result = gate(replace(ISS, **{field: float("nan")}), START_UTC, DAY_S)
    assert not result.is_usable
    assert result.rule in {"not_finite", "sgp4_error"}


def test_a_window_before_the_epoch_latches_backwards():
    # 5 km a day of drag taken back is believed, 30 km a day is not.
    falling = replace(ISS, name="FALLING", bstar_per_earth_radius=0.05)
    start_utc = instant_after(falling.epoch_utc, -20.0 * DAY_S)
    result = gate(falling, start_utc, 40.0 * DAY_S)
    assert result.is_usable
    assert 0.0 < result.usable_from_s < 20.0 * DAY_S < result.usable_until_s < 40.0 * DAY_S
    assert gate(falling, start_utc, 0.5 * result.usable_from_s).usable_until_s == 0.0
    assert gate(ISS, start_utc, DAY_S).is_usable


def test_the_edge_does_not_depend_on_where_the_window_begins():
    whole = gate(SL_14, SL_14.epoch_utc, DAY_S)
    shifted = gate(SL_14, instant_after(SL_14.epoch_utc, 10_000.0), DAY_S)
    assert shifted.usable_until_s + 10_000.0 == within(0.5 * SECOND, of=whole.usable_until_s)
    ended = gate(SL_14, instant_after(SL_14.epoch_utc, 30_000.0), DAY_S)
    assert not ended.is_usable


def test_an_orbit_that_grows_beyond_its_apogee_is_named():
    # Negative drag terms stand in public sets of satellites that were raising their orbits.
    raised = replace(ISS, name="RAISED", bstar_per_earth_radius=-0.02)
    result = gate(raised, START_UTC, 30.0 * DAY_S)
    assert result.rule == "outside_apsides"
    assert "while the elements say" in result.message
    days = float(seconds_between(raised.epoch_utc, result.failed_utc)) / DAY_S
    assert altitude_m(raised, days * DAY_S) > 420e3 + 50e3


def test_an_eccentric_deep_space_orbit_is_believed_for_a_year():
    molniya = element_set(
        "1 09880U 77021A   06176.56157475  .00000421  00000-0  10000-3 0  9814",
        "2 09880  64.5968 349.3786 7069051 270.0229  16.3320  2.00813614112380",
        "MOLNIYA 2-17",
    )
    assert gate(molniya, molniya.epoch_utc, 365.0 * DAY_S).rule == ""


@pytest.mark.parametrize("start", ["2026-06-14T12:00", "2026-06-01T00:00", "2026-09-20T00:00"])
def test_machine_code_lets_through_what_the_library_does(start):
    pytest.importorskip("numba")
    sets = [QUBE_II, CUBEL, ISS, ALPHASAT, MINOTAUR, SL_14, ERROR_AT_ONCE]
    sets += [high_drag(height_m) for height_m in np.arange(300e3, 900e3, 25e3)]
    begin, duration_s = np.datetime64(start, "us"), 40.0 * DAY_S
    fleet = fleet_of(sets, begin, duration_s)
    one_by_one = tuple(gate(item, begin, duration_s) for item in sets)
    assert gates(fleet, duration_s, compiled=True) == one_by_one
    assert gates(fleet, duration_s, compiled=False) == one_by_one
    assert {item.is_usable for item in one_by_one} == {True, False}
    assert any(item.is_usable and item.message for item in one_by_one)
