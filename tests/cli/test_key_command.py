"""`key`: one link, its settings, ledger and curves, as table, JSON and picture."""

from __future__ import annotations

import json
from itertools import pairwise
from xml.etree import ElementTree

import pytest

SVG = "{http://www.w3.org/2000/svg}"
PAIRS = """[payload.source]
protocol = "bbm92"
pair_rate_mhz = 20.0
coincidence_window_ns = 0.5
local_arm_efficiency = 0.4
local_dark_count_hz = 500.0
key_basis_probability = 0.5
intrinsic_error = 0.01
"""


@pytest.fixture(scope="module")
def study(planner, sample):
    run = planner("key", sample, "--satellite", "qube-2", "--station", "calern", "--json")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_best_pass_of_the_link_is_studied_with_its_settings(study):
    assert (study["satellite"], study["station"]) == ("qube-2", "calern")
    assert study["channel"].startswith("best pass of qube-2 over calern: 2026-06-")
    flown, best = study["settings"]["flown"], study["settings"]["best"]
    assert flown["intensities"] == [0.7, 0.1, 0.0]
    assert best["key_bits"] > 1.1 * flown["key_bits"] > 0
    assert sum(best["intensity_probabilities"]) == pytest.approx(1.0, abs=1e-8)


def test_the_account_sums_to_the_key_and_the_ledger_to_its_epsilon(study):
    signed = sum(line["bits"] for line in study["account"])
    assert signed == pytest.approx(study["settings"]["flown"]["key_bits"], abs=1.0)
    ledger = study["epsilon_ledger"]
    spent = sum(share["epsilon"] for share in ledger["shares"])
    assert spent == pytest.approx(1e-9 + 1e-15, rel=1e-12)
    assert ledger["total"] == pytest.approx(spent, rel=1e-12)


def test_the_key_falls_with_loss_and_the_pass_itself_is_among_the_rows(study):
    rows = study["key_against_loss"]
    for name in ("key_bits", "best_key_bits", "endless_key_bits", "sifted_bits"):
        assert all(one[name] >= other[name] for one, other in pairwise(rows)), name
    here = [row for row in rows if abs(row["loss_db"] - study["loss_db"]) < 1e-6]
    assert [row["key_bits"] for row in here] == [study["settings"]["flown"]["key_bits"]]
    assert all(row["key_bits"] <= row["best_key_bits"] for row in rows)
    assert all(row["key_bits"] <= row["endless_key_bits"] <= row["sifted_bits"] for row in rows)
    assert rows[-1]["key_bits"] == 0


def test_larger_blocks_give_more_key_per_pass(study):
    rows = study["key_against_block"]
    assert [row["passes"] for row in rows][3] == 1.0
    for name in ("key_bits_per_pass", "best_key_bits_per_pass"):
        assert all(one[name] < other[name] for one, other in pairwise(rows)), name


def test_the_plan_and_the_study_agree_on_the_key_of_the_best_pass(study, sample_plan):
    lines = (sample_plan / "passes.csv").read_text("utf-8").splitlines()
    head = lines[0].split(",")
    link = [row.split(",") for row in lines if row.startswith("qube-2/calern/")]
    most = max(int(row[head.index("key_clear_bits")] or 0) for row in link)
    assert study["settings"]["flown"]["key_bits"] == most


def test_a_constant_loss_needs_no_pass(planner, sample):
    run = planner("key", sample, "--loss-db", "30", "--background-hz", "50", "--seconds", "200",
                  "--json")  # fmt: skip
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["channel"] == "constant loss of 30 dB over 200 s"
    assert (found["loss_db"], found["duration_s"]) == (30.0, 200.0)
    assert found["background_hz"] == 50.0
    assert found["settings"]["flown"]["key_bits"] > 0


def test_the_table_names_every_part(planner, sample):
    run = planner("key", sample, "--loss-db", "28")
    text = run.stdout.decode()
    for part in ("as flown", "best here", "key account", "epsilon ledger", "Lim et al. 2014",
                 "loss [dB]", "endless block [bit]", "passes in a block"):  # fmt: skip
        assert part in text


def test_the_picture_stands_by_itself(planner, sample, tmp_path):
    target = tmp_path / "key.svg"
    run = planner("key", sample, "--loss-db", "30", "--plot", target, "--quiet")
    assert run.returncode == 0, run.stderr
    root = ElementTree.fromstring(target.read_bytes())  # noqa: S314 (our own file)
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}style") is not None
    lines = [item.get("class") for item in root.iter(f"{SVG}path")]
    assert lines.count("flown") >= 2
    assert lines.count("best") >= 2
    again = tmp_path / "again.svg"
    planner("key", sample, "--loss-db", "30", "--plot", again, "--quiet")
    assert again.read_bytes() == target.read_bytes()


def test_pairs_are_studied_without_settings_to_choose(planner, sample, tmp_path):
    text = sample.read_text("utf-8").replace(
        "[payload.source]\npulse_rate_mhz = 100.0", PAIRS + "# pulse_rate_mhz = 100.0"
    )
    path = tmp_path / "pairs.scenario.toml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / "qkd-relevant-2026-06-14.tle").write_bytes(
        (sample.parent / "qkd-relevant-2026-06-14.tle").read_bytes()
    )
    run = planner("key", path, "--loss-db", "25", "--json")
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["settings"]["flown"]["protocol"] == "bbm92"
    assert found["settings"]["best"] is None
    assert found["settings"]["flown"]["key_bits"] > 0
    assert found["key_against_loss"][0]["best_key_bits"] is None
    assert "Tomamichel" in found["epsilon_ledger"]["proof"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--satellite", "qube2"), 3, b"qube-2"),
        (("--station", "calar-alt"), 3, b"calar-alto"),
        (("--loss-db", "-1"), 2, b"at least 0"),
        (("--loss-db", "nan"), 2, b"--loss-db"),
        (("--seconds", "100"), 2, b"goes with --loss-db"),
        (("--loss-db", "20", "--seconds", "0"), 2, b"above 0"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(planner, sample, options, code, words):
    run = planner("key", sample, *options)
    assert run.returncode == code
    assert words in run.stderr
    assert b"Traceback" not in run.stderr


def test_a_picture_that_cannot_be_written_is_an_error(planner, sample, tmp_path):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    run = planner("key", sample, "--loss-db", "20", "--plot", tmp_path / "file" / "k.svg")
    assert run.returncode == 1
    assert b"a file stands where a folder is needed" in run.stderr
    assert b"Traceback" not in run.stderr
