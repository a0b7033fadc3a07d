"""Every number of a scenario, just outside of every bound it has: refused at its place.

The bounds are written down here by hand. A test compares the list with the schema, so that no
number of the format goes without.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from scenario_editing import changed, example, faults_of, unmarked, with_line

from euroqci_planner.io.scenario_schema import strict_schema


class Block(NamedTuple):
    header: str
    where: str
    text: str
    outside: dict[str, dict[str, str]]


HUGE = "1e400"
ABOVE_0 = {"0": "above 0", "-1": "above 0", HUGE: "finite", "nan": "finite"}
NOT_BELOW_0 = {"-0.001": "at least 0", "inf": "finite", "-nan": "finite"}
DEGREES_360 = {"-0.1": "between 0 and 360", "360.1": "between 0 and 360"}
DEGREES_180 = {"-0.1": "between 0 and 180", "180.1": "between 0 and 180"}
PROBABILITY = {"-0.01": "between 0 and 1", "1.01": "between 0 and 1"}
OPEN_FRACTION = {"0": "above 0 and below 1", "1": "above 0 and below 1", "-0.1": "above 0"}
EFFICIENCY = {"0": "above 0 and at most 1", "1.01": "above 0 and at most 1"}
BELOW_1 = {"-0.01": "at least 0 and below 1", "1": "at least 0 and below 1"}
LIMIT = {"-1": "between 0 and 10000", "10001": "between 0 and 10000", "1.0": "whole number"}
COUNT = {"0": "between 1 and 1000", "1001": "between 1 and 1000", "true": "whole number"}
RELAY_PATHS = {"0": "between 1 and 8", "9": "between 1 and 8", "2.0": "whole number"}
WAVELENGTH = {"299.9": "between 300 and 2500", "2500.1": "between 300 and 2500"}
LATITUDE = {"-90.01": "between -90 and 90", "148": "between -90 and 90"}
LONGITUDE = {"-180.01": "between -180 and 180", "180.01": "between -180 and 180"}
SITE_ALTITUDE = {"-501": "between -500 and 9000", "9001": "between -500 and 9000"}
ORBIT_ALTITUDE = {"159.9": "between 160 and 60000", "60001": "between 160 and 60000"}
AGE = {"-0.1": "between 0 and 36600", "36600.1": "between 0 and 36600"}
DEPTH = {"-0.01": "between 0 and 10", "10.1": "between 0 and 10"}

SPACECRAFT = {
    "max_contacts_per_orbit": LIMIT,
    "max_contacts_per_day": LIMIT,
    "key_memory_mbit": ABOVE_0,
    "standard_magnitude": {"-10.1": "between -10 and 30", "30.1": "between -10 and 30"},
    "diffuse_area_m2": NOT_BELOW_0,
}
DETECTION = {
    "optics_efficiency": EFFICIENCY,
    "field_of_view_urad": {"0": "above 0 and at most 100000", "100001": "at most 100000"},
    "filter_width_nm": ABOVE_0,
    "filter_transmittance": EFFICIENCY,
    "key_basis_probability": OPEN_FRACTION,
    "detectors": {"0": "between 1 and 64", "65": "between 1 and 64"},
    "detector_efficiency": EFFICIENCY,
    "dark_count_hz": NOT_BELOW_0,
    "dead_time_ns": NOT_BELOW_0,
    "timing_jitter_ps": NOT_BELOW_0,
    "afterpulse_probability": BELOW_1,
    "gate_ns": ABOVE_0,
}
SOURCE = {
    "key_basis_probability": OPEN_FRACTION,
    "intrinsic_error": {"-0.001": "at least 0 and below 0.5", "0.5": "at least 0 and below 0.5"},
}
PULSES = {
    **SOURCE,
    "pulse_rate_mhz": ABOVE_0,
    "pulse_width_ps": ABOVE_0,
    "settings_sets": {"0": "between 1 and 16", "17": "between 1 and 16", "1.0": "whole number"},
}

DESIGN_ORBIT = example()[
    example().index('type = "sun_synchronous"') : example().index("# circular: altitude_km")
]
CIRCULAR_ORBIT = """type = "circular"
epoch_utc = 2026-06-14T00:00:00Z
altitude_km = 500.0
inclination_deg = 97.4
raan_deg = 10.0
"""
KEPLERIAN_ORBIT = """type = "keplerian"
epoch_utc = 2026-06-14T00:00:00Z
semi_major_axis_km = 7000.0
eccentricity = 0.001
inclination_deg = 97.4
raan_deg = 10.0
argument_of_perigee_deg = 90.0
mean_anomaly_deg = 0.0
"""
CIRCULAR = changed((DESIGN_ORBIT, CIRCULAR_ORBIT))
KEPLERIAN = changed((DESIGN_ORBIT, KEPLERIAN_ORBIT))
ONE_DECOY = changed(
    ('protocol = "bb84_two_decoy"', 'protocol = "bb84_one_decoy"'),
    ("intensities = [0.70, 0.10, 0.0]", "intensities = [0.70, 0.10]"),
    ("= [0.80, 0.15, 0.05]", "= [0.80, 0.20]"),
)
BBM92 = changed(
    ('protocol = "bb84_two_decoy"', 'protocol = "bbm92"'),
    (
        'pulse_rate_mhz = 100.0\npulse_width_ps = 200.0\nsettings = "fixed"',
        "pair_rate_mhz = 100.0\ncoincidence_window_ns = 1.0\nlocal_arm_efficiency = 0.5",
    ),
    (
        "intensities = [0.70, 0.10, 0.0]\nintensity_probabilities = [0.80, 0.15, 0.05]",
        "local_dark_count_hz = 100.0",
    ),
)
TELESCOPE_ON_BOARD = """[payload.receiver]
optics_efficiency = 0.4
key_basis_probability = 0.9
detector_efficiency = 0.55
dark_count_hz = 150.0
[payload.source]
protocol = "bb84_two_decoy"                #"""
ON_BOARD = changed(
    ('[payload.source]\nprotocol = "bb84_two_decoy"                #', TELESCOPE_ON_BOARD)
)
SENDING = changed(
    (
        "[station.receiver]\n",
        "[station.transmitter]\naperture_mm = 400.0\nwaist_mm = 178.0\n[station.receiver]\n",
    )
)
AES = (
    'type = "aes_rekey"                         '
    "# aes_rekey | one_time_pad (rate_bps) | bits_per_day (kbit_per_day)\n"
    "key_bits = 256\nperiod_min = 10.0\ntunnels = 4\ndirections = 2\n"
)
ONE_TIME_PAD = changed((AES, 'type = "one_time_pad"\nrate_bps = 64.0\n'))
BITS_PER_DAY = changed((AES, 'type = "bits_per_day"\nkbit_per_day = 64.0\n'))

BLOCKS = {
    "ScenarioRecord": Block(
        "[scenario]",
        "scenario",
        example(),
        {
            "duration_days": {
                **ABOVE_0,
                "0": "above 0 and at most 3660",
                "3660.01": "at most 3660",
            },
            "seed": {"-1": "between 0", "9223372036854775808": "between 0", "1.5": "whole number"},
            "step_s": {"0": "above 0 and at most 60", "60.1": "at most 60"},
        },
    ),
    "OrbitFileRecord": Block(
        "[[orbit_file]]",
        "orbit_file[0]",
        example(),
        {"warn_age_days": AGE, "max_age_days": AGE},
    ),
    "SatelliteRecord": Block(
        "[[satellite]]",
        "satellite[0]",
        example(),
        {
            **SPACECRAFT,
            "norad_id": {"0": "between 1 and 999999999", "1000000000": "between 1", "1.0": "whole"},
        },
    ),
    "SunSynchronousRecord": Block(
        "[satellite.orbit]",
        "satellite[1].orbit",
        example(),
        {
            "altitude_km": {"159.9": "between 160 and 5900", "5900.1": "between 160 and 5900"},
            "argument_of_latitude_deg": DEGREES_360,
        },
    ),
    "CircularRecord": Block(
        "[satellite.orbit]",
        "satellite[1].orbit",
        CIRCULAR,
        {
            "altitude_km": ORBIT_ALTITUDE,
            "inclination_deg": DEGREES_180,
            "raan_deg": DEGREES_360,
            "argument_of_latitude_deg": DEGREES_360,
        },
    ),
    "KeplerianRecord": Block(
        "[satellite.orbit]",
        "satellite[1].orbit",
        KEPLERIAN,
        {
            "semi_major_axis_km": {"6499": "between 6500 and 100000", "100001": "between 6500"},
            "eccentricity": BELOW_1,
            "inclination_deg": DEGREES_180,
            "raan_deg": DEGREES_360,
            "argument_of_perigee_deg": DEGREES_360,
            "mean_anomaly_deg": DEGREES_360,
        },
    ),
    "ConstellationRecord": Block(
        "[[constellation]]",
        "constellation[0]",
        example(),
        {
            **SPACECRAFT,
            "satellites": {"0": "between 1 and 10000", "10001": "between 1 and 10000"},
            "planes": COUNT,
            "phasing": {"-1": "between 0 and 999", "1000": "between 0 and 999"},
            "altitude_km": ORBIT_ALTITUDE,
            "inclination_deg": DEGREES_180,
        },
    ),
    "PayloadRecord": Block(
        "[[payload]]",
        "payload[0]",
        example(),
        {
            "wavelength_nm": WAVELENGTH,
            "aperture_mm": {"0": "above 0 and at most 5000", "5000.1": "at most 5000"},
            "obscuration_ratio": BELOW_1,
            "wavefront_error_nm_rms": NOT_BELOW_0,
            "pointing_jitter_urad": NOT_BELOW_0,
            "pointing_bias_urad": NOT_BELOW_0,
            "beacon_wavelength_nm": WAVELENGTH,
            "transmit_efficiency": EFFICIENCY,
            "terminals": COUNT,
            "slew_s": NOT_BELOW_0,
            "acquisition_s": NOT_BELOW_0,
            "divergence_urad": {"0": "above 0 and at most 100000", "100001": "at most 100000"},
            "waist_mm": {"0": "above 0 and at most 50000", "50001": "at most 50000"},
        },
    ),
    "TwoDecoyRecord": Block("[payload.source]", "payload[1].source", example(), PULSES),
    "OneDecoyRecord": Block("[payload.source]", "payload[1].source", ONE_DECOY, PULSES),
    "PairSourceRecord": Block(
        "[payload.source]",
        "payload[1].source",
        BBM92,
        {
            **SOURCE,
            "pair_rate_mhz": ABOVE_0,
            "coincidence_window_ns": ABOVE_0,
            "local_arm_efficiency": EFFICIENCY,
            "local_dark_count_hz": NOT_BELOW_0,
        },
    ),
    "StationRecord": Block(
        "[[station]]",
        "station[0]",
        example(),
        {
            "latitude_deg": LATITUDE,
            "longitude_deg": LONGITUDE,
            "altitude_m": SITE_ALTITUDE,
            "min_elevation_deg": {"-0.1": "at least 0 and below 90", "90": "below 90"},
            "max_sun_elevation_deg": LATITUDE,
            "min_sun_separation_deg": DEGREES_180,
            "min_moon_separation_deg": DEGREES_180,
            "setup_s": NOT_BELOW_0,
            "terminals": COUNT,
            "seeing_arcsec": {"0": "above 0 and at most 20", "20.1": "at most 20"},
            "aerosol_optical_depth_550nm": DEPTH,
            "angstrom_exponent": {"-1.1": "between -1 and 4", "4.1": "between -1 and 4"},
            "precipitable_water_mm": {"-0.1": "between 0 and 100", "100.1": "between 0 and 100"},
            "ozone_du": {"-0.1": "between 0 and 1000", "1000.1": "between 0 and 1000"},
            "cirrus_optical_depth": DEPTH,
            "sky_brightness_mag_arcsec2": {"4.9": "between 5 and 25", "25.1": "between 5 and 25"},
        },
    ),
    "ReceiverRecord": Block(
        "[station.receiver]",
        "station[0].receiver",
        example(),
        {
            **DETECTION,
            "aperture_mm": {"0": "above 0 and at most 50000", "50001": "at most 50000"},
            "obscuration_ratio": BELOW_1,
            "modes": {"0": "between 1 and 10000", "10001": "between 1 and 10000"},
            "bandwidth_hz": ABOVE_0,
        },
    ),
    "OnBoardReceiverRecord": Block(
        "[payload.receiver]", "payload[1].receiver", ON_BOARD, DETECTION
    ),
    "TransmitterRecord": Block(
        "[station.transmitter]",
        "station[0].transmitter",
        SENDING,
        {
            "aperture_mm": {"0": "above 0 and at most 50000", "50001": "at most 50000"},
            "obscuration_ratio": BELOW_1,
            "waist_mm": {"0": "above 0 and at most 50000", "50001": "at most 50000"},
            "wavefront_error_nm_rms": NOT_BELOW_0,
            "pointing_jitter_urad": NOT_BELOW_0,
            "pointing_bias_urad": NOT_BELOW_0,
            "transmit_efficiency": EFFICIENCY,
            "night_lights_nw_cm2_sr": {"-1": "between 0 and 10000", "10001": "between 0 and 10000"},
        },
    ),
    "NodeRecord": Block(
        "[[node]]",
        "node[0]",
        example(),
        {"latitude_deg": LATITUDE, "longitude_deg": LONGITUDE, "altitude_m": SITE_ALTITUDE},
    ),
    "FibreLinkRecord": Block(
        "[[fibre_link]]",
        "fibre_link[0]",
        example(),
        {
            "length_km": ABOVE_0,
            "hop_km": ABOVE_0,
            "loss_db": NOT_BELOW_0,
            "availability": PROBABILITY,
        },
    ),
    "LinkStoreRecord": Block(
        "[[link_store]]", "link_store[0]", example(), {"stock_kbit": NOT_BELOW_0}
    ),
    "AesRekeyRecord": Block(
        "[demand.consumption]",
        "demand[0].consumption",
        example(),
        {
            "key_bits": {"0": "between 1 and 100000", "100001": "between 1 and 100000"},
            "period_min": ABOVE_0,
            "tunnels": {"0": "between 1 and 1000000", "1000001": "between 1 and 1000000"},
            "directions": {"0": "between 1 and 2", "3": "between 1 and 2"},
        },
    ),
    "OneTimePadRecord": Block(
        "[demand.consumption]", "demand[0].consumption", ONE_TIME_PAD, {"rate_bps": ABOVE_0}
    ),
    "BitsPerDayRecord": Block(
        "[demand.consumption]", "demand[0].consumption", BITS_PER_DAY, {"kbit_per_day": ABOVE_0}
    ),
    "DemandRecord": Block("[[demand]]", "demand[0]", example(), {"relay_paths": RELAY_PATHS}),
    "DemandStoreRecord": Block(
        "[demand.store]",
        "demand[0].store",
        example(),
        {
            "start_mbit": NOT_BELOW_0,
            "reserve_mbit": NOT_BELOW_0,
            "max_age_days": ABOVE_0,
            "wanted_availability": OPEN_FRACTION,
        },
    ),
    "PolicyRecord": Block(
        "[policy]",
        "policy",
        example(),
        {
            "epsilon_secrecy": OPEN_FRACTION,
            "epsilon_correctness": OPEN_FRACTION,
            "error_correction_efficiency": {"0.99": "between 1 and 10", "10.1": "between 1 and 10"},
            "frame_error_probability": BELOW_1,
            "pool_latency_days": ABOVE_0,
            "loss_sigma_db": {"-0.1": "between 0 and 20", "20.1": "between 0 and 20"},
            "background_spread": {"0.99": "between 1 and 100", "100.1": "between 1 and 100"},
            "uncertainty_draws": {
                "-1": "between 0 and 10000",
                "10001": "between 0",
                "1.0": "whole",
            },
            "post_processing_min": NOT_BELOW_0,
            "classical_contact_h": NOT_BELOW_0,
            "authentication_bits_per_contact": NOT_BELOW_0,
            "relay_paths": RELAY_PATHS,
        },
    ),
    "ScheduleRecord": Block(
        "[schedule]",
        "schedule",
        example(),
        {
            "relative_gap": BELOW_1,
            "freeze_hours": NOT_BELOW_0,
            "change_penalty": NOT_BELOW_0,
            "min_dwell_s": NOT_BELOW_0,
        },
    ),
    "QuotaRecord": Block(
        "[[schedule.quota]]", "schedule.quota[0]", example(), {"max_share": EFFICIENCY}
    ),
    "WeatherRecord": Block(
        "[weather]",
        "weather",
        example(),
        {
            "correlation_time_h": ABOVE_0,
            "correlation_length_km": ABOVE_0,
            "members": {"0": "between 1 and 100000", "100001": "between 1 and 100000"},
            "thin_cloud_loss_db": {"0.39": "between 0.4 and 3", "3.01": "between 0.4 and 3"},
        },
    ),
    "RequirementRecord": Block(
        "[[requirement]]",
        "requirement[0]",
        example(),
        {"at_least": NOT_BELOW_0, "at_most": NOT_BELOW_0},
    ),
    "CostRecord": Block(
        "[[cost]]",
        "cost[0]",
        example(),
        {
            "low_meur": NOT_BELOW_0,
            "mode_meur": NOT_BELOW_0,
            "high_meur": NOT_BELOW_0,
            "quantity": ABOVE_0,
        },
    ),
}


def every_case() -> Iterator[Any]:
    for record, block in BLOCKS.items():
        for key, outside in block.outside.items():
            for value, words in outside.items():
                yield pytest.param(block, key, value, words, id=f"{record}.{key}={value}")


@pytest.mark.parametrize(("block", "key", "value", "words"), list(every_case()))
def test_a_number_outside_of_its_bounds_is_refused_at_its_place(
    block: Block, key: str, value: str, words: str
) -> None:
    text, line, column = unmarked(with_line(block.text, block.header, key, value))
    here = [
        fault
        for fault in faults_of(text)
        if (fault.line, fault.column, fault.where) == (line, column, f"{block.where}.{key}")
    ]
    assert any(words in fault.problem for fault in here), [str(fault) for fault in here]
    assert all(fault.file == "example.scenario.toml" and fault.value for fault in here)


def test_the_list_above_holds_every_number_of_the_format() -> None:
    missing = [
        f"{record}.{key}"
        for record, rule in strict_schema()["$defs"].items()
        for key, value in rule["properties"].items()
        if _is_number(value) and key not in BLOCKS.get(record, BLOCKS["NodeRecord"]).outside
    ]
    assert missing == []


def _is_number(rule: dict[str, Any]) -> bool:
    options = [rule, *rule.get("anyOf", []), *rule.get("oneOf", [])]
    return any(option.get("type") in {"number", "integer"} for option in options)
