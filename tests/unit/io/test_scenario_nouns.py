"""The example of the format as nouns: every block read, every number in SI units."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime

import numpy as np
import pytest
from scenario_editing import DATA, NAME, changed, example, read
from tolerances import DEGREE, within

from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.mission.assets import (
    Coupling,
    DecoySource,
    DivergenceBeam,
    DivergenceConvention,
    Protocol,
    Role,
    SunRule,
    TruncatedGaussianBeam,
)
from euroqci_planner.mission.orbits import (
    CircularOrbit,
    ElementSet,
    KeplerianOrbit,
    SunSynchronousOrbit,
)
from euroqci_planner.mission.scenario import Concentration, Objective, Scenario, WeatherModel
from euroqci_planner.timebase import utc

ROUNDING = 1e-12


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(DATA / NAME)


def test_the_window_and_the_labels_are_those_of_the_file(scenario: Scenario) -> None:
    assert scenario.name == "Seven June nights"
    assert scenario.start_utc == utc("2026-06-14T12:00:00Z")
    assert scenario.issued_utc == utc("2026-06-14T06:00:00Z")
    assert scenario.duration_s == 7 * 86_400
    assert scenario.end_utc == utc("2026-06-21T12:00:00Z")
    assert (scenario.seed, scenario.marking, scenario.step_s) == (20_260_614, "UNMARKED", 1.0)
    assert scenario.path == str(DATA / NAME)


def test_the_issue_time_is_the_start_where_none_is_given() -> None:
    scenario = read(changed(("issued_utc", "# issued_utc")))
    assert scenario.issued_utc == scenario.start_utc


def test_inputs_name_every_file_with_its_digest(scenario: Scenario) -> None:
    for entry, name in zip(scenario.inputs, [NAME, "qkd-relevant-2026-06-14.tle"], strict=True):
        data = (DATA / name).read_bytes()
        assert (entry.path, entry.bytes) == (name, len(data))
        assert entry.sha256 == hashlib.sha256(data).hexdigest()


def test_a_satellite_is_on_the_orbit_of_its_catalogue_number(scenario: Scenario) -> None:
    satellite = scenario.satellites[0]
    assert isinstance(satellite.orbit, ElementSet)
    assert (satellite.orbit.norad_id, satellite.orbit.line) == (69_023, 32)
    assert satellite.orbit.inclination_rad == within(ROUNDING, of=97.4085 * DEGREE)
    assert (satellite.id, satellite.name, satellite.owner) == ("qube-2", "QUBE-II", "DE")
    assert satellite.role is Role.TRUSTED_NODE
    assert (satellite.max_contacts_per_orbit, satellite.max_contacts_per_day) == (2, 12)
    assert satellite.key_memory_bits == 512e6
    assert satellite.standard_magnitude == 8.0
    assert np.isnat(satellite.valid_from_utc)


def test_a_design_orbit_keeps_the_local_time_of_its_node(scenario: Scenario) -> None:
    satellite = scenario.satellites[1]
    assert satellite.orbit == SunSynchronousOrbit(
        epoch_utc=utc("2026-06-14T00:00:00Z"),
        altitude_m=500e3,
        local_time_descending_node_h=22.5,
        argument_of_latitude_rad=0.0,
    )
    assert satellite.valid_to_utc == utc("2029-06-01T00:00:00Z")


def _with_orbit(lines: str) -> Scenario:
    text = example()
    start = text.index('type = "sun_synchronous"')
    end = text.index("# circular: altitude_km")
    return read(text[:start] + lines + text[end:])


def test_circular_and_keplerian_orbits_are_read() -> None:
    circular = _with_orbit(
        'type = "circular"\nepoch_utc = 2026-06-14T02:00:00+02:00\naltitude_km = 550\n'
        "inclination_deg = 53.0\nraan_deg = 90.0\nargument_of_latitude_deg = 180.0\n"
    ).satellites[1]
    assert circular.orbit == CircularOrbit(
        epoch_utc=utc("2026-06-14T00:00:00Z"),
        altitude_m=550e3,
        inclination_rad=math.radians(53.0),
        raan_rad=math.pi / 2,
        argument_of_latitude_rad=math.pi,
    )
    keplerian = _with_orbit(
        'type = "keplerian"\nepoch_utc = 2026-06-14T00:00:00Z\nsemi_major_axis_km = 26560.0\n'
        "eccentricity = 0.7\ninclination_deg = 63.4\nraan_deg = 90.0\n"
        "argument_of_perigee_deg = 270.0\nmean_anomaly_deg = 0.0\n"
    ).satellites[1]
    assert isinstance(keplerian.orbit, KeplerianOrbit)
    assert keplerian.orbit.semi_major_axis_m == 26_560e3
    assert keplerian.orbit.argument_of_perigee_rad == within(ROUNDING, of=1.5 * math.pi)


def test_a_payload_is_in_metres_and_radians(scenario: Scenario) -> None:
    payload = scenario.satellites[0].payload
    assert (payload.wavelength_m, payload.aperture_m) == (850e-9, 0.085)
    assert payload.beam == DivergenceBeam(
        divergence_rad=20e-6, convention=DivergenceConvention.FULL_ANGLE_1E2
    )
    assert payload.wavefront_error_m == 40e-9
    assert payload.pointing_jitter_rad == (2e-6, 2e-6)
    assert payload.pointing_bias_rad == 0.5e-6
    assert payload.beacon_wavelength_m == 1590e-9
    assert (payload.slew_s, payload.acquisition_s, payload.terminals) == (60.0, 30.0, 1)
    assert payload.source == DecoySource(
        protocol=Protocol.BB84_TWO_DECOY,
        pulse_rate_hz=100e6,
        pulse_width_s=200e-12,
        settings=payload.source.settings,
        intensities=(0.7, 0.1, 0.0),
        intensity_probabilities=(0.8, 0.15, 0.05),
        key_basis_probability=0.8,
        intrinsic_error=0.01,
    )


def test_jitter_may_differ_between_the_axes() -> None:
    scenario = read(changed(("urad = 2.0 ", "urad = [1.0, 3.0] ")))
    assert scenario.satellites[0].payload.pointing_jitter_rad == (1e-6, 3e-6)


def test_a_truncated_gaussian_is_given_by_its_waist() -> None:
    text = changed(
        ('beam = "divergence" ', 'beam = "truncated_gaussian" #'),
        ("divergence_urad = 20.0", "waist_mm = 38.0"),
        ("divergence_convention", "#"),
    )
    assert read(text).satellites[0].payload.beam == TruncatedGaussianBeam(waist_m=0.038)


def test_a_station_is_in_radians_metres_and_seconds(scenario: Scenario) -> None:
    station = scenario.stations[0]
    assert station.latitude_rad == within(ROUNDING, of=37.2236 * DEGREE)
    assert station.longitude_rad == within(ROUNDING, of=-2.5461 * DEGREE)
    assert station.altitude_m == 2168.0
    assert station.min_elevation_rad == within(ROUNDING, of=20 * DEGREE)
    assert station.max_sun_elevation_rad == within(ROUNDING, of=-9 * DEGREE)
    assert station.min_sun_separation_rad == within(ROUNDING, of=25 * DEGREE)
    assert station.min_moon_separation_rad == within(ROUNDING, of=15 * DEGREE)
    assert np.array(station.horizon_mask_rad)[1] == within(ROUNDING, of=[np.pi / 2, 22 * DEGREE])
    assert station.opening_s == (18 * 3600.0, 6 * 3600.0)
    assert station.sun_rule is SunRule.MAX_ELEVATION
    assert station.clear_sky_probability is not None
    assert station.clear_sky_probability[6] == 0.80
    assert station.closures[0].from_utc == utc("2026-06-17T00:00:00Z")
    assert station.closures[0].reason == "mirror cleaning"
    assert (station.setup_s, station.terminals, station.country) == (120.0, 1, "ES")


def test_the_air_above_a_station_is_in_si_units(scenario: Scenario) -> None:
    air = scenario.stations[0].atmosphere
    assert air.seeing_rad == within(ROUNDING, of=0.9 / 3600 * DEGREE)
    assert air.precipitable_water_m == 0.005
    assert (air.aerosol_optical_depth_550nm, air.angstrom_exponent) == (0.05, 1.3)
    assert (air.ozone_dobson, air.cirrus_optical_depth) == (320.0, 0.0)


def test_a_receiver_is_in_si_units(scenario: Scenario) -> None:
    receiver = scenario.stations[0].receiver
    assert (receiver.aperture_m, receiver.obscuration_ratio) == (0.8, 0.3)
    assert receiver.field_of_view_rad == 100e-6
    assert (receiver.filter_width_m, receiver.gate_s) == (1e-9, 1e-9)
    assert (receiver.dead_time_s, receiver.timing_jitter_s) == (50e-9, 350e-12)
    assert receiver.coupling is Coupling.FREE_SPACE
    assert (receiver.detectors, receiver.dark_count_hz) == (4, 100.0)


def test_policy_schedule_and_weather_are_in_si_units(scenario: Scenario) -> None:
    assert scenario.policy.epsilon_secrecy == 1e-9
    assert scenario.policy.concentration is Concentration.CHERNOFF
    assert scenario.policy.post_processing_s == 1800.0
    assert scenario.policy.classical_contact_s == 5400.0
    assert scenario.schedule.objective is Objective.EXPECTED_KEY
    assert scenario.schedule.min_dwell_s == 30.0
    assert scenario.schedule.pins[0].near_utc == utc("2026-06-18T23:18:00Z")
    assert (scenario.schedule.bans[0].satellite_id, scenario.schedule.bans[0].station_id) == (
        "eagle-1",
        "",
    )
    assert scenario.weather.model is WeatherModel.CLIMATOLOGY
    assert scenario.weather.correlation_length_m == 600e3
    assert scenario.weather.members == 1000


BARE = """
schema = 1
[scenario]
name = "bare"
start_utc = 2026-06-14T12:00:00Z
duration_days = 1
[[orbit_file]]
path = "qkd-relevant-2026-06-14.tle"
[[satellite]]
id = "s"
norad_id = 69023
payload = "p"
[[payload]]
id = "p"
wavelength_nm = 850
aperture_mm = 85
beam = "divergence"
divergence_urad = 20
divergence_convention = "fwhm"
[payload.source]
protocol = "bb84_two_decoy"
pulse_rate_mhz = 100
intensities = [0.7, 0.1, 0]
intensity_probabilities = [0.8, 0.15, 0.05]
key_basis_probability = 0.8
intrinsic_error = 0.01
[[station]]
id = "g"
latitude_deg = 48
longitude_deg = 11
altitude_m = 600
[station.receiver]
aperture_mm = 800
optics_efficiency = 0.5
key_basis_probability = 0.5
detector_efficiency = 0.5
dark_count_hz = 100
[weather]
model = "clear"
"""


def test_what_is_left_out_has_the_documented_defaults() -> None:
    scenario = read(BARE)
    station, payload = scenario.stations[0], scenario.satellites[0].payload
    assert station.min_elevation_rad == within(ROUNDING, of=20 * DEGREE)
    assert station.max_sun_elevation_rad == within(ROUNDING, of=-10 * DEGREE)
    assert station.min_moon_separation_rad == within(ROUNDING, of=20 * DEGREE)
    assert station.sky_brightness_mag_arcsec2 == 20.5
    assert station.atmosphere.seeing_rad == within(ROUNDING, of=1.2 / 3600 * DEGREE)
    assert station.atmosphere.aerosol_optical_depth_550nm == 0.1
    assert station.atmosphere.precipitable_water_m == within(
        ROUNDING, of=0.014 * math.exp(-600 / 2000)
    )
    assert station.receiver.field_of_view_rad == 100e-6
    assert station.receiver.filter_width_m == 1e-9
    assert station.clear_sky_probability is None
    assert station.opening_s is None
    assert payload.pointing_jitter_rad == (1e-6, 1e-6)
    assert scenario.policy.error_correction_efficiency == 1.16
    assert scenario.orbit_files[0].max_age_s == 14 * 86_400
    assert scenario.orbit_files[0].on_stale == "refuse"
    assert (scenario.warnings, scenario.kept_blocks) == ((), {})


def test_a_mountain_has_less_aerosol_and_better_seeing() -> None:
    air = read(BARE.replace("altitude_m = 600", "altitude_m = 2000")).stations[0].atmosphere
    assert air.aerosol_optical_depth_550nm == 0.05
    assert air.seeing_rad == within(ROUNDING, of=0.9 / 3600 * DEGREE)


def test_reading_twice_gives_the_same_scenario() -> None:
    assert read(example()) == read(example())
    assert isinstance(read(example()).kept_blocks["constellation"][0]["epoch_utc"], datetime)
