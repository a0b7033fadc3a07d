"""Rules between fields and between records: each broken one at its place, with its mend.

`¦` marks where the fault must be; without it the place is that of the record's header.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from scenario_editing import changed, faults_of, read, unmarked


class Case(NamedTuple):
    name: str
    old: str
    new: str
    where: str
    problem: str
    mend: str = ""


WITHIN_A_RECORD = (
    Case("service ends before it begins", "valid_to_utc = 2029-06-01T00:00:00Z",
         "valid_to_utc = ¦2026-05-01T00:00:00Z", "satellite[1].valid_to_utc",
         "after valid_from_utc", "exchange"),
    Case("closure reversed", "to_utc = 2026-06-18T00:00:00Z", "to_utc = ¦2026-06-16T23:00:00Z",
         "station[0].closed[0].to_utc", "after from_utc", "exchange"),
    Case("closure of no length, in another zone", "to_utc = 2026-06-18T00:00:00Z",
         "to_utc = ¦2026-06-17T02:00:00+02:00", "station[0].closed[0].to_utc", "after from_utc"),
    Case("ban reversed", "to_utc = 2026-06-16T12:00:00Z", "to_utc = ¦2026-06-15T12:00:00Z",
         "schedule.ban[0].to_utc", "after from_utc"),
    Case("no orbit", "norad_id = 69023", "#", "satellite[0]", "has no orbit", "[satellite.orbit]"),
    Case("two orbits", "argument_of_latitude_deg = 0.0\n",
         "argument_of_latitude_deg = 0.0\n[[satellite]]\nid = \"x\"\npayload = \"qube-2\"\n"
         "norad_id = 69023\ntle = ¦[\"a\", \"b\"]\n", "satellite[2].tle",
         "given already, by norad_id", "keep one"),
    Case("two kinds of brightness", "standard_magnitude = 8.0",
         "standard_magnitude = 8.0\ndiffuse_area_m2 = ¦0.1", "satellite[0].diffuse_area_m2",
         "same thing as standard_magnitude"),
    Case("planes that do not divide", "planes = 6", "planes = ¦7", "constellation[0].planes",
         "divide the 24 satellites", "divisor"),
    Case("phasing over planes", "phasing = 1", "phasing = ¦6", "constellation[0].phasing",
         "below planes", "0 to 5"),
    Case("divergence without its convention", "divergence_convention", "#",
         "payload[1].divergence_convention", "is missing for beam = divergence",
         "there is no default: full_angle_1e2, half_angle_1e2, fwhm or uniform_disc"),
    Case("divergence forgotten", "divergence_urad = 20.0", "#", "payload[1].divergence_urad",
         "is missing for beam = divergence"),
    Case("waist beside a divergence", "divergence_urad = 20.0",
         "divergence_urad = 20.0\nwaist_mm = ¦40.0", "payload[1].waist_mm", "has no meaning",
         "truncated_gaussian"),
    Case("signal not over the decoys", "[0.70, 0.10, 0.0]", "¦[0.40, 0.30, 0.10]",
         "payload[1].source.intensities", "exceed the sum of both decoys", "Lim et al. 2014"),
    Case("intensities that rise", "[0.70, 0.10, 0.0]", "¦[0.10, 0.70, 0.0]",
         "payload[1].source.intensities", "must fall strictly", "signal first"),
    Case("equal intensities", "[0.70, 0.10, 0.0]", "¦[0.70, 0.10, 0.10]",
         "payload[1].source.intensities", "must fall strictly"),
    Case("shares that do not sum to 1", "[0.80, 0.15, 0.05]", "¦[0.80, 0.15, 0.06]",
         "payload[1].source.intensity_probabilities", "sum to 1, the sum is 1.01", "change one"),
    Case("azimuths that fall", "[180.0, 12.0]", "[¦80.0, 12.0]",
         "station[0].horizon_mask_deg[2][0]", "azimuths must rise", "sort"),
    Case("azimuth twice", "[180.0, 12.0]", "[¦90.0, 12.0]", "station[0].horizon_mask_deg[2][0]",
         "azimuths must rise"),
    Case("azimuth 360", "[270.0, 18.0]", "[¦360.0, 18.0]", "station[0].horizon_mask_deg[3][0]",
         "from 0 to below 360"),
    Case("mask over the zenith", "[270.0, 18.0]", "[270.0, ¦91.0]",
         "station[0].horizon_mask_deg[3][1]", "between -5 and 90"),
    Case("open for no time", '["18:00", "06:00"]', '¦["18:00", "18:00"]', "station[0].opening_utc",
         "opens and closes at the same time", "always open"),
    Case("adaptive optics without modes", 'coupling = "free_space"',
         'bandwidth_hz = 300.0\ncoupling = "fibre_adaptive_optics"', "station[0].receiver.modes",
         "is missing for adaptive optics"),
    Case("modes without adaptive optics", "detectors = 4", "detectors = 4\nmodes = ¦60",
         "station[0].receiver.modes", "belongs to adaptive optics"),
    Case("warning after the limit", "warn_age_days = 3.0", "warn_age_days = ¦20.0",
         "orbit_file[0].warn_age_days", "must not come after the limit (14)"),
    Case("link to itself", 'b = "madrid"\nlength', 'b = ¦"calar-alto"\nlength', "fibre_link[0].b",
         "same as a"),
    Case("link without loss", 'device = "dv-standard"', "#", "fibre_link[0]", "has no loss",
         "device or loss_db"),
    Case("demand with itself", 'b = "athens"\nclass', 'b = ¦"madrid"\nclass', "demand[0].b",
         "same as a"),
    Case("stock twice", "start_mbit = 1.0 ", 'start_mbit = 1.0\nstatus_file = ¦"kme.json" #',
         "demand[0].store.status_file", "same thing as start_mbit"),
    Case("week without weight", 'profile = "always"', f"profile = ¦[{', '.join(['0.0'] * 168)}]",
         "demand[0].consumption.profile", "all weights are 0"),
    Case("requirement without limit", "at_least = 0.95", "#", "requirement[0]", "has no limit",
         "at_least or at_most"),
    Case("two limits", "at_least = 0.95", "at_least = 0.95\nat_most = ¦0.99",
         "requirement[0].at_most", "same thing as at_least"),
    Case("availability in percent", "at_least = 0.95", "at_least = ¦95.0",
         "requirement[0].at_least", "between 0 and 1", "fraction"),
    Case("availability of nobody", 'demand = "madrid-athens"', "#", "requirement[0].demand",
         "is missing for metric = availability"),
    Case("prices that fall", "mode_meur = 1.84", "mode_meur = ¦0.84", "cost[0].mode_meur",
         "is below low_meur", "low <= mode <= high"),
    Case("ban of nothing", 'satellite = "eagle-1"                      '
         "# satellite, station or both\n", "", "schedule.ban[0]", "names nothing",
         "satellite, station"),
    Case("forecast without file", 'model = "climatology"', 'model = "forecast" #',
         "weather.forecast_file", "is missing for model = forecast"),
    Case("file without forecast", "members = 1000", 'members = 1000\nforecast_file = ¦"x.csv"',
         "weather.forecast_file", "belongs to model = forecast"),
    Case("thin cloud of two states", "members = 1000",
         'members = 1000\nsky_states = "two"\nthin_cloud_loss_db = ¦1.5',
         "weather.thin_cloud_loss_db", "has no meaning with sky_states = two", "change sky_states"),
    Case("thin cloud of a clear sky", 'model = "climatology"',
         'model = "clear"\nthin_cloud_loss_db = ¦1.5 #',
         "weather.thin_cloud_loss_db", "has no meaning with model = clear", "change model"),
    Case("thin cloud beyond the rest", "clear_sky_probability_monthly = ",
         f"thin_cloud_probability_monthly = [¦0.6{', 0.05' * 11}]\n"
         "clear_sky_probability_monthly = ",
         "station[0].thin_cloud_probability_monthly[0]", "more than the 0.48 that clear sky leaves",
         "not clear"),
)  # fmt: skip

BETWEEN_RECORDS = (
    Case("unknown payload", 'payload = "qube-2"', 'payload = ¦"qube-3"', "satellite[0].payload",
         "no payload of this id", "did you mean qube-2?"),
    Case("preset without block", 'payload = "leo-1550"\nrole = "trusted_node"\nowner = "EU"',
         'payload = ¦"generic-leo-850"', "satellite[1].payload", "no payload of this id",
         'add [[payload]] with id = "generic-leo-850" and from = "generic-leo-850"'),
    Case("payload of a constellation", 'payload = "leo-1550"\nrole = "trusted_node"\n\n[[payload]]',
         'payload = ¦"leo-155"\n\n[[payload]]', "constellation[0].payload", "no payload of this id",
         "leo-1550"),
    Case("store of an unknown satellite", 'satellite = "qube-2"\nstation = "calar-alto"\nstock',
         'satellite = ¦"qube-1"\nstation = "calar-alto"\nstock', "link_store[0].satellite",
         "no satellite of this id", "did you mean qube-2?"),
    Case("store at an unknown station", 'station = "calar-alto"\nstock',
         'station = ¦"cala-alto"\nstock', "link_store[0].station", "no station of this id",
         "did you mean calar-alto?"),
    Case("fibre to nowhere", 'b = "madrid"\nlength', 'b = ¦"madrit"\nlength', "fibre_link[0].b",
         "no node or station of this id", "did you mean madrid?"),
    Case("unknown device", '"dv-standard"', '¦"dv-standart"', "fibre_link[0].device",
         "no catalogue device", "did you mean dv-standard?"),
    Case("demand of a station", 'a = "madrid"\nb = "athens"', 'a = ¦"calar-alto"\nb = "athens"',
         "demand[0].a", "no node of this id", "madrid, athens"),
    Case("pin of an unknown satellite", 'satellite = "qube-2"\nstation = "calar-alto"\nnear',
         'satellite = ¦"qube2"\nstation = "calar-alto"\nnear', "schedule.pin[0].satellite",
         "no satellite of this id", "did you mean qube-2?"),
    Case("pin at an unknown station", 'station = "calar-alto"\nnear', 'station = ¦"madrid"\nnear',
         "schedule.pin[0].station", "no station of this id", "calar-alto"),
    Case("pin outside of the plan", "near_utc = 2026-06-18T23:18:00Z",
         "near_utc = ¦2026-06-21T12:00:01Z", "schedule.pin[0].near_utc",
         "outside the planning window", "2026-06-14T12:00:00Z to 2026-06-21T12:00:00Z"),
    Case("ban of an unknown satellite", 'satellite = "eagle-1" ', 'satellite = ¦"eagle-2" ',
         "schedule.ban[0].satellite", "no satellite of this id", "did you mean eagle-1?"),
    Case("quota of nobody", '\ngroup = "SEEWQCI"', '\ngroup = ¦"SEEWQC"', "schedule.quota[0].group",
         "no quota_group of a demand", "did you mean SEEWQCI?"),
    Case("quota twice", "[weather]",
         '[[schedule.quota]]\ngroup = ¦"SEEWQCI"\nmax_share = 0.1\n[weather]',
         "schedule.quota[1].group", "has a quota already"),
    Case("requirement on nothing", 'demand = "madrid-athens"', 'demand = ¦"madrid-athen"',
         "requirement[0].demand", "no demand of this id", "did you mean madrid-athens?"),
    Case("satellite twice", '[[satellite]]\nid = "eagle-1"', '[[satellite]]\nid = ¦"qube-2"',
         "satellite[1].id", "this id is taken", "the first is satellite[0]"),
    Case("constellation named as a satellite", 'id = "unio"', 'id = ¦"qube-2"',
         "constellation[0].id", "this id is taken", "satellite[0]"),
    Case("node named as a station", '[[node]]\nid = "athens"', '[[node]]\nid = ¦"calar-alto"',
         "node[1].id", "this id is taken", "station[0]"),
    Case("station named as a satellite", '[[station]]\nid = "calar-alto"',
         '[[station]]\nid = ¦"eagle-1"', "station[0].id", "a satellite has this id",
         "give the station another id; the satellite is satellite[1]"),
    Case("station named as a satellite of a constellation",
         'enabled = false\npattern = "walker_delta"', 'pattern = "walker_delta"',
         "station[0].id", "a satellite has this id", "the satellite is in a [[constellation]]"),
    Case("payload twice", '[[payload]]\nid = "qube-2"', '[[payload]]\nid = ¦"leo-1550"',
         "payload[1].id", "this id is taken", "payload[0]"),
    Case("orbit file twice", "[[satellite]]",
         '[[orbit_file]]\npath = ¦"qkd-relevant-2026-06-14.tle"\n[[satellite]]',
         "orbit_file[1].path", "this path is taken"),
    Case("store twice", "[[demand]]", '[[link_store]]\nsatellite = "qube-2"\n'
         'station = ¦"calar-alto"\nstock_kbit = 1.0\n[[demand]]', "link_store[1].station",
         "given already"),
    Case("climatology without values", "clear_sky_probability_monthly", "# from no catalogue",
         "station[0].clear_sky_probability_monthly", "[weather] model = climatology needs it",
         "twelve values"),
    Case("plan beyond the century", "start_utc = 2026-06-14T12:00:00Z",
         "start_utc = 2099-12-30T12:00:00Z", "scenario.duration_days", "end after 2099", "shorten"),
)  # fmt: skip


@pytest.mark.parametrize("case", [*WITHIN_A_RECORD, *BETWEEN_RECORDS], ids=lambda case: case.name)
def test_a_broken_rule_is_told_at_its_place(case: Case) -> None:
    edits = [(case.old, case.new)]
    if case.name == "climatology without values":
        edits.append(('from = "OGS-ALM"', "#"))
    if case.name == "station named as a satellite of a constellation":
        edits.append(('[[station]]\nid = "calar-alto"', '[[station]]\nid = ¦"unio-p6-s4"'))
    text = changed(*edits)
    marked, line, column = unmarked(text) if "¦" in text else (text, 0, 0)
    faults = [fault for fault in faults_of(marked) if fault.where == case.where]
    told = [fault for fault in faults if case.problem in fault.problem]
    assert told, [str(fault) for fault in faults_of(marked)]
    assert case.mend in told[0].mend
    assert line == 0 or (told[0].line, told[0].column) == (line, column)


@pytest.mark.parametrize("block", ["satellite", "station", "payload"])
def test_a_scenario_without_anything_to_plan_is_refused(block: str) -> None:
    empty = f"schema = 1\n{block} = []\n"
    faults = {fault.where: fault for fault in faults_of(empty)}
    assert faults[block].problem == f"there is no [[{block}]]"
    assert faults[block].line == 2
    absent = {fault.where: fault for fault in faults_of("schema = 1\n")}
    assert absent[block].problem == f"there is no [[{block}]]"


def test_an_id_that_is_wrong_itself_does_not_raise_faults_about_those_who_name_it() -> None:
    faults = faults_of(
        changed(('[[station]]\nid = "calar-alto"', '[[station]]\nid = "calar alto"'))
    )
    assert [fault.where for fault in faults] == ["station[0].id"]


def test_a_station_may_have_the_id_of_a_constellation_that_no_satellite_has() -> None:
    text = changed(('[[station]]\nid = "calar-alto"', '[[station]]\nid = "unio-p6-s5"'))
    assert "station[0].id" not in {fault.where for fault in faults_of(text)}


def test_a_perigee_inside_the_air_is_told_with_its_height() -> None:
    keplerian = (
        'type = "keplerian"\nepoch_utc = 2026-06-14T00:00:00Z\nsemi_major_axis_km = 7000.0\n'
        "eccentricity = ¦0.1\ninclination_deg = 97.4\nraan_deg = 10.0\n"
        "argument_of_perigee_deg = 90.0\nmean_anomaly_deg = 0.0\n"
    )
    base = re.sub(
        r"type = \"sun_synchronous\"[^\[]*# circular", f"{keplerian}# circular", changed()
    )
    text, line, column = unmarked(base)
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (line, column)
    assert "the perigee lies at -78.1 km" in fault.problem


def test_a_one_decoy_source_needs_a_decoy_above_vacuum() -> None:
    text, line, column = unmarked(
        changed(
            ('"bb84_two_decoy"', '"bb84_one_decoy"'),
            ("[0.70, 0.10, 0.0]", "¦[0.70, 0.0]"),
            ("[0.80, 0.15, 0.05]", "[0.80, 0.20]"),
        )
    )
    told = [fault for fault in faults_of(text) if (fault.line, fault.column) == (line, column)]
    assert "decoy must be above 0" in told[0].problem


def test_times_with_an_offset_come_out_as_utc() -> None:
    scenario = read(
        changed(("start_utc = 2026-06-14T12:00:00Z", "start_utc = 2026-06-14T14:00:00+02:00"))
    )
    assert str(scenario.start_utc) == "2026-06-14T12:00:00.000000"
