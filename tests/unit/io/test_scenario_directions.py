"""Payloads that send and payloads that receive, at the file door."""

from __future__ import annotations

import pytest
from scenario_editing import changed, faults_of, read
from tolerances import within

from euroqci_planner.mission.assets import DeadTimeKind, Direction

BEAM = """beam = "divergence"                        # divergence | truncated_gaussian (then waist_mm = 1/e2 radius in the pupil)
divergence_urad = 20.0
divergence_convention = "full_angle_1e2"   # full_angle_1e2 | half_angle_1e2 | fwhm | uniform_disc; no default
"""  # noqa: E501 (as in the example)
ON_BOARD = """[payload.receiver]
optics_efficiency = 0.4
key_basis_probability = 0.9
detector_efficiency = 0.55
dark_count_hz = 150.0
dead_time_kind = "paralysable"
[payload.source]
protocol = "bb84_two_decoy"                #"""
SENDER = """[station.transmitter]
aperture_mm = 400.0
waist_mm = 178.0
pointing_jitter_urad = [1.0, 1.5]
tracking = "tip_tilt"
night_lights_nw_cm2_sr = 20.0
[station.receiver]
"""
UPLINK = (
    (BEAM, 'direction = "uplink"\n'),
    ('[payload.source]\nprotocol = "bb84_two_decoy"                #', ON_BOARD),
)
SENDS = ("[station.receiver]\n", SENDER)


def payload_of(scenario, name="qube-2"):
    return next(item.payload for item in scenario.satellites if item.payload.id == name)


def test_a_payload_sends_unless_it_says_otherwise():
    payload = payload_of(read(changed()))
    assert payload.direction is Direction.DOWNLINK
    assert payload.receiver is None


def test_an_uplink_has_its_telescope_on_board_and_its_beam_on_the_ground():
    scenario = read(changed(*UPLINK, SENDS))
    payload, station = payload_of(scenario), scenario.stations[0]
    assert payload.direction is Direction.UPLINK
    assert payload.beam is None
    assert payload.receiver is not None
    assert (payload.receiver.aperture_m, payload.receiver.obscuration_ratio) == (0.085, 0.0)
    assert (payload.receiver.detector_efficiency, payload.receiver.dark_count_hz) == (0.55, 150.0)
    assert payload.receiver.dead_time_kind is DeadTimeKind.PARALYSABLE
    assert station.receiver.dead_time_kind is DeadTimeKind.NON_PARALYSABLE
    sender = station.transmitter
    assert sender is not None
    assert (sender.aperture_m, sender.waist_m) == (0.4, 0.178)
    assert sender.pointing_jitter_rad == within(1e-15, of=(1e-6, 1.5e-6))
    assert sender.corrects_wander
    assert sender.night_lights_w_m2_sr == within(1e-12, of=2e-4)


def test_a_station_that_cannot_send_is_refused_by_name():
    (fault,) = faults_of(changed(*UPLINK))
    assert fault.where == "station[0].transmitter"
    assert fault.problem.startswith("is missing: payload qube-2 receives (direction = uplink)")
    assert fault.mend == "add [station.transmitter], or take the station out"


@pytest.mark.parametrize(
    ("edits", "where", "problem"),
    [
        ((UPLINK[0], SENDS), "payload[1].receiver", "is missing for direction = uplink"),
        (
            ((BEAM, BEAM + 'direction = "uplink"\n'), UPLINK[1], SENDS),
            "payload[1].beam",
            "has no meaning for direction = uplink",
        ),
        (((BEAM, ""),), "payload[1].beam", "is missing"),
        (
            ((BEAM, BEAM + 'direction = "sidelink"\n'),),
            "payload[1].direction",
            "must be one of downlink, uplink",
        ),
    ],
)
def test_what_a_direction_does_not_hold_is_refused(edits, where, problem):
    faults = faults_of(changed(*edits))
    assert (where, problem) in [(fault.where, fault.problem) for fault in faults]


def test_pairs_are_made_on_board_and_not_on_the_ground():
    pairs = """protocol = "bbm92"
pair_rate_mhz = 5.9
coincidence_window_ns = 1.0
local_arm_efficiency = 0.2
local_dark_count_hz = 500.0
key_basis_probability = 0.5
intrinsic_error = 0.02
[ignored]
protocol = "bb84_two_decoy"                #"""
    edits = (*UPLINK, SENDS, ('protocol = "bb84_two_decoy"                #', pairs))
    problems = [fault.problem for fault in faults_of(changed(*edits))]
    assert "bbm92 has its source on board, and an uplink has it on the ground" in problems


def test_a_catalogue_terminal_can_be_turned_round():
    edit = (
        'from = "generic-leo-1550"\n',
        'from = "generic-leo-1550"\ndirection = "uplink"\n'
        + ON_BOARD.partition("[payload.source]")[0],
    )
    payload = payload_of(read(changed(edit, SENDS)), "leo-1550")
    assert payload.beam is None
    assert payload.receiver is not None
    assert payload.receiver.aperture_m == 0.08
