"""The manual says what the program does."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from euroqci_planner.cli.grammar import build_parser
from euroqci_planner.mission.plan import REASON_TEXTS
from euroqci_planner.resources import resource

MANUAL = resource("manual")
VERBS = [
    "plan", "passes", "forecast", "key", "link", "export", "validate", "catalogue", "new", "schema",
    "doctor", "gui",
]  # fmt: skip
ROW = re.compile(r"^\| `(?P<column>\w+)` \| (?P<value>.*?) \|", re.MULTILINE)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_page_and_the_index_names_it(verb):
    assert f"euroqci-planner {verb}" in (MANUAL / f"{verb}.md").read_text("utf-8")
    assert f"({verb}.md)" in (MANUAL / "index.md").read_text("utf-8")


def test_the_list_of_verbs_here_is_that_of_the_program():
    offered = re.findall(r"^    (\w+) ", build_parser().format_help(), re.MULTILINE)
    assert offered == VERBS


def test_the_example_row_of_the_manual_is_the_row_of_the_sample_plan(sample_plan):
    text = (MANUAL / "sample-plan.md").read_text("utf-8")
    shown = {match["column"]: match["value"] for match in ROW.finditer(text)}
    with (sample_plan / "passes.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["pass_id"]: row for row in csv.DictReader(file)}
    example = rows[shown["pass_id"]]
    assert shown == {name: value or "(empty)" for name, value in example.items()}


def test_every_reason_stands_in_the_manual():
    text = " ".join((MANUAL / "plan.md").read_text("utf-8").split())
    for reason in REASON_TEXTS.values():
        assert reason in text


def test_links_of_the_manual_lead_somewhere():
    for page in MANUAL.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_names_only_what_exists():
    readme = Path(__file__).parents[2] / "README.md"
    for target in re.findall(r"\]\(([^)#]+)", readme.read_text("utf-8")):
        assert (readme.parent / target).exists(), target
