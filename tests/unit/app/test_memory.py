"""Work that does not fit into memory is refused before it starts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from euroqci_planner.app import planner
from euroqci_planner.app.memory import expected_passes, physical_memory_bytes
from euroqci_planner.errors import InvalidInput
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")


@pytest.fixture(scope="module")
def sample():
    return planner.load_scenario(SAMPLE)


def test_the_expected_number_of_passes_is_good_to_a_factor_of_two(sample):
    found = len(planner.find_passes(sample).passes)
    assert 0.9 * found <= expected_passes(sample) <= 2.0 * found


def test_a_scenario_over_the_limit_is_refused_with_the_figures(sample):
    decade = replace(sample, duration_s=3_650.0 * 86_400.0)
    with pytest.raises(InvalidInput, match=r"passes need some \d\.\d GB .* limit is 2\.0 GB"):
        planner.make_plan(decade, memory_limit_bytes=2e9)


def test_the_limit_follows_from_the_memory_of_the_machine(sample):
    century = replace(sample, duration_s=1e6 * 86_400.0)
    assert physical_memory_bytes() > 1e9
    with pytest.raises(InvalidInput, match="--memory-limit-gb"):
        planner.find_passes(century)
