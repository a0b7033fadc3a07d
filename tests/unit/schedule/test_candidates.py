"""Resources, pins, bans and candidates from the records of a scenario."""

from __future__ import annotations

import numpy as np
import pytest
from station_cases import station
from tolerances import BIT, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.assets import (
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    Payload,
    Protocol,
    Role,
    Satellite,
    SettingsPolicy,
)
from euroqci_planner.mission.orbits import CircularOrbit
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.mission.scenario import Ban, Pin, ScheduleSettings
from euroqci_planner.schedule.candidates import (
    banned_rows,
    build_candidates,
    orbit_numbers,
    pinned_rows,
    resources_of,
)
from euroqci_planner.timebase import NOT_A_TIME, utc

MIDNIGHT = utc("2026-06-18T00:00:00Z")
EVENING = utc("2026-06-17T23:00:00Z")


def minutes(*values):
    return MIDNIGHT + (np.array(values, dtype=float) * 60e6).astype("timedelta64[us]")


PASSES = PassTable(
    satellite_ids=("qube-2", "eagle-1"),
    station_ids=("calar-alto", "matera"),
    satellite=[0, 0, 1, 0],
    station=[0, 1, 0, 0],
    start_utc=minutes(-5, 0, 30, 90),
    end_utc=minutes(5, 10, 40, 100),
    rise_utc=minutes(-5, 0, 30, 90),
    culmination_utc=minutes(0, 5, 35, 95),
    set_utc=minutes(5, 10, 40, 100),
    highest_utc=minutes(0, 5, 35, 95),
    **{
        name: np.full(4, 1.0)
        for name in (
            "max_elevation_rad", "rise_azimuth_rad", "culmination_azimuth_rad", "set_azimuth_rad",
            "min_range_m",
        )
    },
)  # fmt: skip
EXCLUSION = np.array([Exclusion.NONE, Exclusion.DAYLIGHT, Exclusion.NONE, Exclusion.NONE])
USABLE = EXCLUSION == Exclusion.NONE
CONDITIONS = PassConditions(
    usable_start_utc=np.where(USABLE, minutes(-1, 0, 32, 90), NOT_A_TIME),
    usable_end_utc=np.where(USABLE, minutes(5, 0, 40, 99), NOT_A_TIME),
    exclusion=EXCLUSION,
    eclipse_state=np.zeros(4),
    **{
        name: np.zeros(4)
        for name in (
            "sun_elevation_rad", "moon_elevation_rad", "moon_separation_rad",
            "moon_illuminated_fraction", "element_age_s", "timing_sigma_s",
        )
    },
)  # fmt: skip
ORBITS = np.array([7, 7, 8, 9])
VALUE = np.array([100.0, np.nan, 300.0, np.nan])


def satellite(**limits):
    return Satellite(
        id="qube-2",
        name="QUBE-II",
        role=Role.TRUSTED_NODE,
        orbit=CircularOrbit(
            epoch_utc=MIDNIGHT, altitude_m=5e5, inclination_rad=1.7, raan_rad=0.0
        ),
        payload=Payload(
            id="p", name="p", wavelength_m=850e-9, aperture_m=0.085, obscuration_ratio=0.0,
            beam=DivergenceBeam(
                divergence_rad=20e-6, convention=DivergenceConvention.FULL_ANGLE_1E2
            ),
            wavefront_error_m=0.0, pointing_jitter_rad=(2e-6, 2e-6), pointing_bias_rad=0.0,
            transmit_efficiency=1.0, terminals=2, slew_s=60.0, acquisition_s=30.0,
            source=DecoySource(
                protocol=Protocol.BB84_TWO_DECOY, pulse_rate_hz=1e8, pulse_width_s=2e-10,
                settings=SettingsPolicy.FIXED, intensities=(0.7, 0.1, 0.0),
                intensity_probabilities=(0.8, 0.15, 0.05), key_basis_probability=0.8,
                intrinsic_error=0.01,
            ),
        ),
        **limits,
    )  # fmt: skip


def test_a_satellite_needs_slew_and_acquisition_between_contacts():
    (resource,), _ = resources_of(
        (satellite(max_contacts_per_orbit=2, max_contacts_per_day=12),), ()
    )
    assert (resource.id, resource.terminals, resource.setup_s) == ("qube-2", 2, 90.0)
    assert (resource.max_contacts_per_orbit, resource.max_contacts_per_day) == (2, 12)


def test_a_station_has_its_own_set_up_and_no_limits():
    _, (resource,) = resources_of((), (station("matera", setup_s=120.0, terminals=3),))
    assert (resource.id, resource.terminals, resource.setup_s) == ("matera", 3, 120.0)
    assert (resource.max_contacts_per_orbit, resource.max_contacts_per_day) == (None, None)


def test_orbit_numbers_count_from_the_epoch_and_fall_below_zero_before_it():
    starts = minutes(-1, 0, 94.999, 95, 190)
    assert orbit_numbers(starts, MIDNIGHT, 5_700.0).tolist() == [-1, 0, 0, 1, 2]


def test_orbit_numbers_take_epochs_and_periods_by_contact():
    epochs = np.array([EVENING, MIDNIGHT])
    assert orbit_numbers(minutes(30, 30), epochs, [600.0, 1_200.0]).tolist() == [9, 1]


def test_a_pass_without_contact_has_orbit_number_zero():
    assert orbit_numbers(np.array([NOT_A_TIME]), MIDNIGHT, 6_000.0).tolist() == [0]


@pytest.mark.parametrize(("epoch", "period"), [(MIDNIGHT, 0.0), (NOT_A_TIME, 6_000.0)])
def test_orbit_numbers_without_epoch_or_period_are_an_error(epoch, period):
    with pytest.raises(ValueError, match="epoch and a period"):
        orbit_numbers(minutes(0), epoch, period)


def test_a_pin_means_the_pass_of_its_pair_that_is_highest_nearest():
    pins = (
        Pin(satellite_id="qube-2", station_id="calar-alto", near_utc=minutes(104)[0]),
        Pin(satellite_id="qube-2", station_id="calar-alto", near_utc=minutes(-10)[0]),
    )
    assert pinned_rows(PASSES, CONDITIONS, pins).tolist() == [3, 0]


def test_pins_that_mean_no_usable_pass_are_all_reported_with_the_nearest():
    pins = (
        Pin(satellite_id="qube-2", station_id="calar-alto", near_utc=minutes(84.9)[0]),
        Pin(satellite_id="qube-2", station_id="matera", near_utc=minutes(5)[0]),
        Pin(satellite_id="eagle-1", station_id="matera", near_utc=minutes(5)[0]),
        Pin(satellite_id="eagle-1", station_id="calar-alto", near_utc=minutes(35)[0]),
    )
    with pytest.raises(InvalidInput) as caught:
        pinned_rows(PASSES, CONDITIONS, pins)
    far, dark, none = caught.value.faults
    assert far.where == "schedule.pin[0]"
    assert far.value == "qube-2/calar-alto near 2026-06-18T01:24:54Z"
    assert far.mend == "the nearest is at 2026-06-18T01:35:00Z"
    assert dark.where == "schedule.pin[1]"
    assert dark.problem == "the pass at 2026-06-18T00:05:00Z cannot be used: daylight"
    assert none.where == "schedule.pin[2]"
    assert none.problem == "this pair has no pass in the planning window"


@pytest.mark.parametrize(
    ("ban", "rows"),
    [
        (Ban(satellite_id="qube-2", station_id=""), [0, 1, 3]),
        (Ban(satellite_id="", station_id="calar-alto"), [0, 2, 3]),
        (Ban(satellite_id="qube-2", station_id="calar-alto"), [0, 3]),
        (Ban(satellite_id="qube-2", station_id="", to_utc=minutes(0)[0]), [0]),
        (Ban(satellite_id="qube-2", station_id="", from_utc=minutes(10)[0]), [3]),
        (Ban(satellite_id="qube-2", station_id="", from_utc=minutes(9.9)[0]), [1, 3]),
        (
            Ban(satellite_id="", station_id="calar-alto", from_utc=minutes(4)[0],
                to_utc=minutes(31)[0]),
            [0, 2],
        ),
        (Ban(satellite_id="sputnik", station_id=""), []),
    ],
)  # fmt: skip
def test_a_ban_meets_the_passes_that_share_time_with_it(ban, rows):
    assert banned_rows(PASSES, (ban,)).tolist() == rows


def test_several_bans_add_up():
    bans = (Ban(satellite_id="eagle-1", station_id=""), Ban(satellite_id="", station_id="matera"))
    assert banned_rows(PASSES, bans).tolist() == [1, 2]


def test_candidates_are_the_usable_windows_with_pins_and_bans():
    settings = ScheduleSettings(
        pins=(Pin(satellite_id="qube-2", station_id="calar-alto", near_utc=minutes(1)[0]),),
        bans=(Ban(satellite_id="eagle-1", station_id=""),),
    )
    table = build_candidates(PASSES, CONDITIONS, VALUE, ORBITS, settings)
    assert table.pass_row.tolist() == [0, 2, 3]
    assert table.pinned.tolist() == [True, False, False]
    assert table.banned.tolist() == [False, True, False]
    assert table.orbit_number.tolist() == [7, 8, 9]
    assert np.array_equal(table.start_utc, minutes(-1, 32, 90))
    assert np.array_equal(table.end_utc, minutes(5, 40, 99))
    assert np.diff(table.day_number).tolist() == [1, 0]
    assert table.value_bits[:2] == within(0 * BIT, of=[100.0, 300.0])
    assert np.isnan(table.value_bits[2])


def test_no_usable_pass_gives_no_candidates():
    closed = PassConditions(
        **{
            name: getattr(CONDITIONS, name)
            for name in CONDITIONS.column_names()
            if name != "exclusion"
        },
        exclusion=np.full(4, Exclusion.STATION_CLOSED),
    )
    assert len(build_candidates(PASSES, closed, VALUE, ORBITS, ScheduleSettings())) == 0
