"""What cannot be a source of entangled pairs is refused by name, with place and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "entangled-pairs", "entangled-pairs.scenario.toml")
STOCK = """
[[link_store]]
satellite = "pairs-2020"
station = "ogs-cal"
stock_kbit = 1.0
"""


def changed(folder: Path, old: str, new: str, more: str = "") -> Path:
    text = SAMPLE.read_text("utf-8")
    assert old in text
    path = folder / "pairs.scenario.toml"
    path.write_text(text.replace(old, new, 1) + more, encoding="utf-8")
    return path


CASES = {
    "one telescope": ("terminals = 2", "terminals = 1", "", "satellite[0].role",
                      "payload pairs-2020 has terminals = 1", "set terminals = 2"),
    "no telescope said": ("terminals = 2\n", "", "", "satellite[0].role",
                          "needs two telescopes", "set terminals = 2"),
    "half a telescope": ("terminals = 2", "terminals = 2.5", "", "payload[0].terminals", "", ""),
    "a negative coincidence window": (
        "coincidence_window_ns = 2.5", "coincidence_window_ns = -1.0", "",
        "payload[0].source.coincidence_window_ns", "above 0", ""),
    "an unknown role": ('role = "entangled_source"', 'role = "entangled"', "",
                        "satellite[0].role", "", "entangled_source"),
    "key on board at the start": ("schema = 1", "schema = 1", STOCK, "link_store[0].satellite",
                                  "holds no key", "remove the store"),
    "settings to seek": ('protocol = "bbm92"', 'protocol = "bbm92"\nsettings = "optimise_pass"',
                         "", "payload[0].source.settings", "no settings to optimise",
                         "settings = fixed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_source_that_cannot_be_is_refused_where_it_stands(tmp_path, case):
    old, new, more, where, problem, mend = case
    with pytest.raises(InvalidInput) as refused:
        load_scenario(changed(tmp_path, old, new, more))
    faults = [fault for fault in refused.value.faults if fault.where == where]
    assert faults, [str(fault) for fault in refused.value.faults]
    assert problem in faults[0].problem
    assert mend in faults[0].mend
    assert faults[0].line


def test_a_receiving_payload_is_no_source(tmp_path):
    with pytest.raises(InvalidInput) as refused:
        load_scenario(changed(tmp_path, "terminals = 2", 'terminals = 2\ndirection = "uplink"'))
    texts = [fault.problem for fault in refused.value.faults if fault.where == "satellite[0].role"]
    assert any("sends to two stations" in text for text in texts)


def test_the_sample_itself_is_refused_nothing():
    scenario = load_scenario(SAMPLE)
    assert [item.role.value for item in scenario.satellites] == ["entangled_source"] * 2
