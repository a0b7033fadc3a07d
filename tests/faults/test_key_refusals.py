"""Key settings that no proof covers: refused by name, where they stand, before all work."""

from __future__ import annotations

import pytest
from scenario_editing import changed, faults_of, read, unmarked

from euroqci_planner.mission.scenario import ErrorCorrectionModel

REFUSED = {
    "probabilities that do not sum to one": (
        "[0.80, 0.15, 0.05]",
        "¦[0.80, 0.15, 0.06]",
        "payload[1].source.intensity_probabilities",
        "must sum to 1, the sum is 1.01",
    ),
    "a signal that is not above both decoys": (
        "[0.70, 0.10, 0.0]",
        "¦[0.40, 0.30, 0.10]",
        "payload[1].source.intensities",
        "must exceed the sum of both decoys",
    ),
    "no secrecy at all": (
        "epsilon_secrecy = 1e-9",
        "epsilon_secrecy = ¦0.0",
        "policy.epsilon_secrecy",
        "above 0 and below 1",
    ),
    "a negative correctness": (
        "epsilon_correctness = 1e-15",
        "epsilon_correctness = ¦-1e-15",
        "policy.epsilon_correctness",
        "above 0 and below 1",
    ),
    "error correction below the Shannon limit": (
        "error_correction_efficiency = 1.16",
        "error_correction_efficiency = ¦0.99",
        "policy.error_correction_efficiency",
        "between 1 and 10",
    ),
    "three detectors": (
        "detectors = 4",
        "detectors = ¦3",
        "station[0].receiver.detectors",
        "2 or 4 detectors",
    ),
    "one detector": (
        "detectors = 4",
        "detectors = ¦1",
        "station[0].receiver.detectors",
        "2 or 4 detectors",
    ),
    "gates that overlap": (
        "gate_ns = 1.0",
        "gate_ns = ¦10.1",
        "station[0].receiver.gate_ns",
        "sends 100 million pulses/s",
    ),
    "too few draws for a quantile": (
        "post_processing_min = 30.0",
        "uncertainty_draws = ¦9\npost_processing_min = 30.0",
        "policy.uncertainty_draws",
        "ten draws",
    ),
    "sets of settings that nobody seeks": (
        'settings = "fixed"',
        'settings = "fixed"\nsettings_sets = ¦2',
        "payload[1].source.settings_sets",
        "belongs to settings = optimise_mission",
    ),
    "a basis that is never chosen": (
        "key_basis_probability = 0.80\nintrinsic",
        "key_basis_probability = ¦1.0\nintrinsic",
        "payload[1].source.key_basis_probability",
        "above 0 and below 1",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_no_proof_covers_is_refused_by_name(name: str) -> None:
    old, new, where, words = REFUSED[name]
    text, line, column = unmarked(changed((old, new)))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, where)
    assert words in fault.problem
    assert fault.mend


def test_a_code_that_never_fails_has_no_finite_length_leakage() -> None:
    never = ("frame_error_probability = 1e-3", "frame_error_probability = ¦0.0")
    model = ('error_correction_model = "block"', 'error_correction_model = "finite_length"')
    text, line, column = unmarked(changed(never, model))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert fault.where == "policy.frame_error_probability"
    plain = read(changed((never[0], never[1].replace("¦", "")))).policy
    assert plain.error_correction_model is ErrorCorrectionModel.BLOCK


def test_a_window_full_of_clicks_on_board_is_refused_where_it_stands() -> None:
    pairs = (
        ('protocol = "bb84_two_decoy"', 'protocol = "bbm92"'),
        ("pulse_rate_mhz = 100.0\npulse_width_ps = 200.0\n", "pair_rate_mhz = 2500.0\n"),
        ("intensities = [0.70, 0.10, 0.0]\n", "coincidence_window_ns = ¦1.0\n"),
        (
            "intensity_probabilities = [0.80, 0.15, 0.05]\n",
            "local_arm_efficiency = 0.4\nlocal_dark_count_hz = 1000.0\n",
        ),
    )
    text, line, column = unmarked(changed(*pairs))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert fault.where == "payload[1].source.coincidence_window_ns"
    assert fault.mend == "below 1 ns, or fewer pairs"
    fewer = text.replace("pair_rate_mhz = 2500.0", "pair_rate_mhz = 25.0")
    assert read(fewer).satellites[0].payload.source.protocol == "bbm92"


def test_gates_as_long_as_the_pulse_period_are_allowed() -> None:
    assert read(changed(("gate_ns = 1.0", "gate_ns = 10.0"))).stations[0].receiver.gate_s == 1e-8


def test_all_faults_of_a_source_come_at_once() -> None:
    text = changed(
        ("[0.70, 0.10, 0.0]", "[0.40, 0.30, 0.10]"),
        ("[0.80, 0.15, 0.05]", "[0.80, 0.15, 0.06]"),
        ("error_correction_efficiency = 1.16", "error_correction_efficiency = 0.5"),
    )
    assert len(faults_of(text)) == 3
