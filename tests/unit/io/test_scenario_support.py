"""What this version uses, what it keeps aside with a warning, and what it refuses."""

from __future__ import annotations

import pytest
from scenario_editing import changed, example, faults_of, read, unmarked

from euroqci_planner.mission.assets import PairSource, Protocol, Role, SettingsPolicy
from euroqci_planner.mission.scenario import (
    BlockPolicy,
    Concentration,
    ErrorCorrectionModel,
    Objective,
    WindowPolicy,
)


def test_the_example_loads_in_full_with_these_warnings() -> None:
    assert read(example()).warnings == (
        "[[cost]]: kept, not used yet",
        "constellation unio: enabled = false, not flown",
        "[schedule] freeze_hours = 12.0: kept, not used yet; nothing is frozen",
        "[schedule] change_penalty = 0.02: kept, not used yet; changes cost nothing",
    )


def test_blocks_that_are_kept_are_kept_as_they_were_written() -> None:
    kept = read(example()).kept_blocks
    assert kept["constellation"][0]["satellites"] == 24
    assert kept["schedule"]["freeze_hours"] == 12.0
    assert set(kept["schedule"]) == {"freeze_hours", "change_penalty"}


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_is_in_force_as_it_is_written(objective: Objective) -> None:
    without_quota = ('[[schedule.quota]]\ngroup = "SEEWQCI"\nmax_share = 0.4', "")
    scenario = read(
        changed(('objective = "expected_key"', f'objective = "{objective.value}"'), without_quota)
    )
    assert scenario.schedule.objective is objective
    assert scenario.schedule.freeze_s == 0.0
    assert "objective" not in scenario.kept_blocks["schedule"]


def test_quotas_are_in_force_as_they_are_written() -> None:
    (quota,) = read(example()).schedule.quotas
    assert (quota.group, quota.max_share) == ("SEEWQCI", 0.4)


def test_key_settings_are_in_force_as_they_are_written() -> None:
    scenario = read(
        changed(
            ('block = "per_pass"', 'block = "pooled"'),
            ('settings = "fixed"', 'settings = "optimise_mission"\nsettings_sets = 3'),
            ("post_processing_min = 30.0", "loss_sigma_db = 0.5\npost_processing_min = 30.0"),
        )
    )
    policy, source = scenario.policy, scenario.satellites[0].payload.source
    assert policy.block is BlockPolicy.POOLED
    assert policy.usable_window is WindowPolicy.OPTIMISE
    assert policy.pool_latency_s == 7.0 * 86_400.0
    numbers = (policy.loss_sigma_db, policy.background_spread, policy.uncertainty_draws)
    assert numbers == (0.5, 1.5, 32)
    assert source.settings is SettingsPolicy.OPTIMISE_MISSION
    assert source.settings_sets == 3
    assert not {"policy", "payload"} & set(scenario.kept_blocks)


def test_settings_of_every_pass_are_in_force() -> None:
    scenario = read(changed(('settings = "fixed"', 'settings = "optimise_pass"')))
    assert scenario.satellites[0].payload.source.settings is SettingsPolicy.OPTIMISE_PASS


def test_bounds_and_error_correction_models_are_passed_on() -> None:
    policy = read(
        changed(('"chernoff"', '"exact"'), ('model = "block"', 'model = "finite_length"'))
    ).policy
    assert policy.concentration is Concentration.EXACT
    assert policy.error_correction_model is ErrorCorrectionModel.FINITE_LENGTH


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ('"climatology" ', '"forecast"\nforecast_file = ¦"none.csv" #', "weather.forecast_file",
         "no such file"),
        ('"climatology" ', '"forecast"\nforecast_file = ¦"../x.csv" #', "weather.forecast_file",
         ".. leads out"),
        ("start_mbit = 1.0 ", 'status_file = ¦"none.json" #', "demand[0].store.status_file",
         "no such file"),
    ],
)  # fmt: skip
def test_a_file_that_is_kept_must_be_there(old: str, new: str, where: str, words: str) -> None:
    text, line, column = unmarked(changed((old, new)))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, where)
    assert words in fault.problem


def test_a_payload_that_nobody_carries_is_kept_with_a_warning() -> None:
    scenario = read(
        changed(("[[payload]]", '[[payload]]\nid = "spare"\nfrom = "micius-like"\n[[payload]]'))
    )
    assert scenario.kept_blocks["payload"] == {"spare": {"id": "spare", "from": "micius-like"}}
    assert "payload spare: no satellite carries it" in scenario.warnings


ONE_DECOY = (
    ('"bb84_two_decoy"', '¦"bb84_one_decoy"'),
    ("[0.70, 0.10, 0.0]", "[0.70, 0.10]"),
    ("[0.80, 0.15, 0.05]", "[0.80, 0.20]"),
)


PAIRS = (
    ('protocol = "bb84_two_decoy"', 'protocol = ¦"bbm92"'),
    ("pulse_rate_mhz = 100.0\npulse_width_ps = 200.0\n", "pair_rate_mhz = 5.0\n"),
    ("intensities = [0.70, 0.10, 0.0]\n", "coincidence_window_ns = 1.0\n"),
    (
        "intensity_probabilities = [0.80, 0.15, 0.05]\n",
        "local_arm_efficiency = 0.3\nlocal_dark_count_hz = 1000.0\n",
    ),
)


def test_one_decoy_has_a_key_model() -> None:
    scenario = read(changed(*ONE_DECOY).replace("¦", ""))
    assert scenario.satellites[0].payload.source.protocol is Protocol.BB84_ONE_DECOY


def test_pairs_with_one_half_measured_on_board_have_a_key_model() -> None:
    source = read(changed(*PAIRS).replace("¦", "")).satellites[0].payload.source
    assert isinstance(source, PairSource)
    assert (source.pair_rate_hz, source.coincidence_window_s) == (5e6, 1e-9)
    assert (source.local_arm_efficiency, source.local_dark_count_hz) == (0.3, 1000.0)


SOURCE = ('role = "trusted_node"', 'role = ¦"entangled_source"')
NO_STOCK = (
    '[[link_store]]\nsatellite = "qube-2"\nstation = "calar-alto"\nstock_kbit = 200.0\n',
    "",
)


def test_a_source_for_two_stations_needs_two_telescopes() -> None:
    text, line, column = unmarked(changed(NO_STOCK, *PAIRS).replace("¦", "").replace(*SOURCE, 1))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, "satellite[0].role")
    assert "payload qube-2 has terminals = 1" in fault.problem
    assert fault.mend.startswith("set terminals = 2")


def with_two_telescopes(text: str) -> str:
    own = text.index('id = "qube-2"\nwavelength')
    return text[:own] + text[own:].replace("terminals = 1", "terminals = 2", 1)


def test_a_source_with_two_telescopes_becomes_a_noun() -> None:
    text = with_two_telescopes(changed(NO_STOCK, *PAIRS).replace(*SOURCE, 1).replace("¦", ""))
    satellite = read(text).satellites[0]
    assert satellite.role is Role.ENTANGLED_SOURCE
    assert satellite.payload.terminals == 2


def test_a_mere_source_has_no_half_on_board_that_could_fill_the_window() -> None:
    text = with_two_telescopes(changed(NO_STOCK, *PAIRS).replace(*SOURCE, 1).replace("¦", ""))
    crowded = text.replace("local_arm_efficiency = 0.3", "local_arm_efficiency = 0.9")
    crowded = crowded.replace("pair_rate_mhz = 5.0", "pair_rate_mhz = 2000.0")
    assert read(crowded).satellites[0].role is Role.ENTANGLED_SOURCE
    on_board = crowded.replace('role = "entangled_source"', 'role = "trusted_node"')
    (fault,) = faults_of(on_board)
    assert fault.where == "payload[1].source.coincidence_window_ns"


def test_pairs_have_no_settings_to_optimise() -> None:
    sought = ('settings = "fixed"', 'settings = ¦"optimise_pass"')
    text, line, column = unmarked(changed(*PAIRS).replace("¦", "").replace(*sought, 1))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, "payload[1].source.settings")


def test_passes_of_a_pooled_block_cannot_have_settings_of_their_own() -> None:
    text, line, column = unmarked(
        changed(
            ('settings = "fixed"', 'settings = ¦"optimise_pass"'),
            ('block = "per_pass"', 'block = "pooled"'),
        )
    )
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, "payload[1].source.settings")
    assert "optimise_mission" in fault.mend


def test_an_entangled_source_needs_bbm92() -> None:
    text, line, column = unmarked(changed(NO_STOCK, SOURCE))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert "cannot send bb84_two_decoy" in fault.problem


@pytest.mark.parametrize(
    ("old", "new"), [("enabled = false", "enabled = true"), ("enabled = false\n", "")]
)
def test_a_constellation_that_is_not_switched_off_becomes_a_noun(old: str, new: str) -> None:
    scenario = read(changed((old, new)))
    (unio,) = scenario.constellations
    assert (unio.pattern.satellites, unio.pattern.planes, unio.pattern.phasing) == (24, 6, 1)
    assert unio.member.payload.id == "leo-1550"
    assert unio.member_ids()[:5] == (
        "unio-p1-s1",
        "unio-p1-s2",
        "unio-p1-s3",
        "unio-p1-s4",
        "unio-p2-s1",
    )
    assert "constellation" not in scenario.kept_blocks


def test_a_ban_may_name_a_satellite_of_a_constellation_and_no_other() -> None:
    flown = ("enabled = false", "enabled = true")
    ban = 'satellite = "eagle-1"                      # satellite, station or both'
    assert read(changed(flown, (ban, 'satellite = "unio-p6-s4"'))).schedule.bans
    (fault,) = faults_of(changed(flown, (ban, 'satellite = "unio-p6-s5"')))
    assert "unio-p6-s" in fault.mend


def test_a_scenario_may_fly_a_constellation_alone_but_not_nothing() -> None:
    text = changed(("enabled = false", "enabled = true"))
    head, _, rest = text.partition("[[satellite]]")
    alone = head + "[[constellation]]" + rest.partition("[[constellation]]")[2]
    for block in ("[[link_store]]", "[[schedule.pin]]", "[[schedule.ban]]"):
        before, _, after = alone.partition(block)
        alone = before + "[" + after.partition("\n[")[2]
    assert len(read(alone).constellations) == 1
    faults = faults_of(alone.replace("enabled = true", "enabled = false"))
    assert any("no [[satellite]]" in fault.problem for fault in faults)


@pytest.mark.parametrize("coupling", ["fibre_tip_tilt", "fibre_adaptive_optics"])
def test_a_fibre_coupling_is_read_with_its_adaptive_optics(coupling: str) -> None:
    modes = "modes = 60\nbandwidth_hz = 300.0\n" if coupling.endswith("optics") else ""
    receiver = read(changed(('coupling = "free_space"', f'{modes}coupling = "{coupling}"')))
    found = receiver.stations[0].receiver
    assert found.coupling == coupling
    assert found.adaptive_optics_modes == (60 if modes else None)


def test_two_satellites_of_one_catalogue_number_are_named() -> None:
    twin = '[[satellite]]\nid = "twin"\nnorad_id = 69023\npayload = "qube-2"\n\n[[constellation]]'
    scenario = read(changed(("[[constellation]]", twin)))
    assert any("qube-2 and twin have one catalogue number" in text for text in scenario.warnings)
