"""`link`: the budget of one link, term by term."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

EARS = """
[payload.receiver]
optics_efficiency = 0.5
key_basis_probability = 0.8
detector_efficiency = 0.5
dark_count_hz = 100.0
"""


def found(run):
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def down(planner, sample):
    return found(
        planner("link", sample, "--satellite", "eagle-1", "--station", "calar-alto",
                "--elevation-deg", "10:90:5", "--json")
    )  # fmt: skip


def test_the_waterfall_sums_to_the_total_at_every_elevation(down):
    assert down["direction"] == "downlink"
    assert down["elevation_deg"] == pytest.approx(list(range(10, 91, 5)))
    for at, total in enumerate(down["total_loss_db"]):
        assert total == pytest.approx(sum(terms[at] for terms in down["loss_db"].values()))
        noise = sum(terms[at] for terms in down["noise_hz"].values())
        assert down["total_noise_hz"][at] == pytest.approx(noise)


def test_the_loss_falls_with_elevation_as_range_and_air_do(down):
    assert down["total_loss_db"] == sorted(down["total_loss_db"], reverse=True)
    assert down["range_km"][0] == pytest.approx(1690, abs=10)
    assert down["doppler_nm"][0] == pytest.approx(0.036, abs=0.001)
    assert down["point_ahead_urad"][-1] == pytest.approx(51, abs=1)
    assert down["frame_turn_deg_s"][-1] is None


def test_the_table_leaves_out_what_costs_nothing(planner, sample):
    run = planner(
        "link", sample, "--satellite", "qube-2", "--station", "matera", "--elevation-deg", "20,60"
    )
    text = run.stdout.decode()
    assert "  diffraction" in text
    assert "beam spread" not in text
    assert text.splitlines()[0] == "downlink: qube-2 to matera"


def test_light_of_sun_moon_and_satellite_can_be_put_there(planner, sample):
    def noise(*options):
        return found(
            planner("link", sample, "--satellite", "midnight", "--station", "matera",
                    "--elevation-deg", "60", "--json", *options)
        )["noise_hz"]  # fmt: skip

    dark = noise()
    lit = noise("--sun-elevation-deg", "-8", "--moon-elevation-deg", "40", "--sunlit")
    for name in ("twilight", "moon", "sunlit_satellite"):
        assert dark[name] == [0.0]
        assert lit[name][0] > 10.0


def test_the_picture_is_well_formed_and_names_its_bands(planner, sample, tmp_path):
    picture = tmp_path / "link.svg"
    run = planner("link", sample, "--satellite", "eagle-1", "--station", "matera",
                  "--plot", picture)  # fmt: skip
    assert run.returncode == 0, run.stderr.decode()
    texts = {item.text for item in ET.parse(picture).iter() if item.text}  # noqa: S314
    assert {"diffraction", "air", "detector, gate", "elevation [°]", "loss [dB]"} <= texts


def test_satellites_that_receive_have_links_from_satellites_and_from_the_ground(
    planner, short_scenario
):
    text = short_scenario.read_text("utf-8")
    row = 'id = "leo-1550"\nfrom = "generic-leo-1550"\n'
    text = text.replace(row, row + EARS)
    short_scenario.write_text(text, encoding="utf-8")
    seen = found(
        planner("link", short_scenario, "--satellite", "eagle-1", "--partner", "eagle-1",
                "--range-km", "1000,2000,5400", "--json")
    )  # fmt: skip
    assert seen["direction"] == "inter_satellite"
    assert seen["total_loss_db"][1] - seen["total_loss_db"][0] == pytest.approx(6.02, abs=0.01)
    assert seen["lowest_height_km"][1] > 400.0
    assert seen["lowest_height_km"][2] < 0.0
    assert seen["total_loss_db"][2] is None
    refused = planner("link", short_scenario, "--satellite", "midnight", "--partner", "eagle-1")
    assert refused.returncode == 3
    assert b"its filter keeps that light out" in refused.stderr


def test_pairs_go_to_two_stations_at_once_and_nothing_else_does(planner, short_scenario):
    both = ("--satellite", "eagle-1", "--station", "matera", "--station", "helmos",
            "--elevation-deg", "40", "--json")  # fmt: skip
    refused = planner("link", short_scenario, *both)
    assert refused.returncode == 3
    assert b"two stations at once need a source of entangled pairs" in refused.stderr
    text = short_scenario.read_text("utf-8")
    assert b"two stations at once need two telescopes on board" in refused.stderr
    row = 'id = "leo-1550"\nfrom = "generic-leo-1550"\n'
    pairs = row + (
        'terminals = 2\n[payload.source]\nprotocol = "bbm92"\npair_rate_mhz = 5.9\n'
        "coincidence_window_ns = 1.0\n"
        "local_arm_efficiency = 0.2\nlocal_dark_count_hz = 500.0\nkey_basis_probability = 0.5\n"
        "intrinsic_error = 0.02\n"
    )
    short_scenario.write_text(text.replace(row, pairs), encoding="utf-8")
    seen = found(planner("link", short_scenario, *both))
    assert seen["direction"] == "dual_downlink"
    assert seen["receivers"] == ["matera", "helmos"]
    one, other = (
        sum(terms[0] for name, terms in seen["loss_db"].items() if name.endswith(arm))
        for arm in ("_a", "_b")
    )
    assert seen["total_loss_db"][0] == pytest.approx(one + other)
    run = planner("link", short_scenario, *both, "--windows")
    windows = found(run)["windows"]
    assert windows
    for item in windows:
        assert item["begin_utc"] < item["end_utc"]
        assert item["min_loss_db"] < item["max_loss_db"]


def test_a_real_pass_has_its_motion_and_the_numbers_of_the_plan(planner, short_scenario):
    run = planner("link", short_scenario, "--satellite", "midnight", "--station", "matera",
                  "--pass", "20260614T2239Z", "--json")  # fmt: skip
    seen = found(run)
    highest = min(range(len(seen["t_s"])), key=lambda row: abs(seen["t_s"][row]))
    assert seen["elevation_deg"][highest] == pytest.approx(max(seen["elevation_deg"]), abs=0.01)
    assert seen["doppler_nm"][0] < 0.0 < seen["doppler_nm"][-1]
    assert abs(seen["doppler_nm"][highest]) < 1e-3
    turns = [abs(turn) for turn in seen["frame_turn_deg_s"]]
    assert turns[highest] == pytest.approx(max(turns), rel=0.05)
    table = planner("link", short_scenario, "--satellite", "midnight", "--station", "matera",
                    "--pass", "2026-06-14T22:39Z").stdout.decode()  # fmt: skip
    assert "from the highest point [s]" in table
    wrong = planner("link", short_scenario, "--satellite", "midnight", "--station", "matera",
                    "--pass", "20260615T1200Z")  # fmt: skip
    assert wrong.returncode == 3
    assert b"the nearest is midnight/matera/" in wrong.stderr


def test_common_windows_need_two_stations(planner, sample):
    run = planner("link", sample, "--satellite", "eagle-1", "--station", "matera", "--windows")
    assert run.returncode == 2
    assert b"--windows needs --station twice" in run.stderr


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--station", "matra"), 3, "did you mean matera?"),
        ((), 2, "give --station"),
        (("--station", "matera", "--partner", "qube-2"), 2, "give --station"),
        (("--station", "matera", "--elevation-deg", "3:90:5"), 2, "between 5 and 90"),
        (("--station", "matera", "--elevation-deg", "90:10:5"), 2, "first:last:step"),
        (("--station", "matera", "--elevation-deg", "nan"), 2, "between 5 and 90"),
        (("--partner", "midnight"), 3, "payload leo-785.receiver: is missing"),
    ],
)
def test_what_cannot_be_shown_is_said(planner, sample, options, code, words):
    run = planner("link", sample, "--satellite", "eagle-1", *options)
    assert run.returncode == code
    assert words in run.stderr.decode()
    assert "Traceback" not in run.stderr.decode()
