"""A plan from Orbit Mean-Elements Messages is the plan from the two-line sets they say the same of.

Element sets: `resources/samples/first-plan` (June 2026). The messages are made here from the
columns of the lines, by the keywords of CCSDS 502.0-B-3, in all four forms.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from euroqci_planner.app import planner
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
TLE = "qkd-relevant-2026-06-14.tle"
METADATA = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM")
THEORY = "MEAN_ELEMENT_THEORY"
Message = dict[str, str]


def _decimal(field: str) -> str:
    """`-12345-3` with its assumed point as a plain number."""
    sign, digits, power = field[0].strip(), field[1:6], int(field[6:])
    return f"{sign}0.{digits}E{power}"


def _epoch(field: str) -> str:
    """`26164.67935215` in ISO form; eight decimals of a day are whole multiples of 0.864 ms."""
    year, day, fraction = 2000 + int(field[:2]), int(field[2:5]), int(field[6:])
    micro = fraction * 864
    start = np.datetime64(f"{year}-01-01", "us") + np.timedelta64(day - 1, "D")
    return str(start + np.timedelta64(micro, "us"))


def message_of(name: str, first: str, second: str) -> Message:
    return {
        "OBJECT_NAME": name.strip(),
        "OBJECT_ID": f"20{first[9:11]}-{first[11:17].strip()}",
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "TEME",
        "TIME_SYSTEM": "UTC",
        THEORY: "SGP4",
        "EPOCH": _epoch(first[18:32]),
        "MEAN_MOTION": second[52:63].strip(),
        "ECCENTRICITY": f"0.{second[26:33]}",
        "INCLINATION": second[8:16].strip(),
        "RA_OF_ASC_NODE": second[17:25].strip(),
        "ARG_OF_PERICENTER": second[34:42].strip(),
        "MEAN_ANOMALY": second[43:51].strip(),
        "EPHEMERIS_TYPE": "0",
        "CLASSIFICATION_TYPE": first[7],
        "NORAD_CAT_ID": first[2:7].strip(),
        "ELEMENT_SET_NO": first[64:68].strip(),
        "REV_AT_EPOCH": second[63:68].strip(),
        "BSTAR": _decimal(first[53:61]),
        "MEAN_MOTION_DOT": first[33:43].strip().replace("-.", "-0.").replace("+.", "0."),
        "MEAN_MOTION_DDOT": _decimal(first[44:52]),
    }


def as_kvn(messages: list[Message]) -> str:
    return "".join(
        "CCSDS_OMM_VERS = 3.0\nORIGINATOR = N/A\n"
        + "".join(f"{keyword} = {text}\n" for keyword, text in message.items())
        for message in messages
    )


def as_csv(messages: list[Message]) -> str:
    rows = [",".join(messages[0]), *(",".join(message.values()) for message in messages)]
    return "\n".join([*rows, ""])


def as_json(messages: list[Message]) -> str:
    return json.dumps(messages)


def as_xml(messages: list[Message]) -> str:
    def tags(message: Message, names: list[str]) -> str:
        return "".join(f"<{name}>{message[name]}</{name}>" for name in names)

    def omm(message: Message) -> str:
        head = [name for name in message if name in METADATA or name == THEORY]
        rest = [name for name in message if name not in head]
        return (
            '<omm id="CCSDS_OMM_VERS" version="3.0"><header><ORIGINATOR/></header><body><segment>'
            f"<metadata>{tags(message, head)}</metadata><data><meanElements>{tags(message, rest)}"
            "</meanElements></data></segment></body></omm>"
        )

    return f'<?xml version="1.0" encoding="UTF-8"?><ndm>{"".join(map(omm, messages))}</ndm>'


def _tables(folder: Path, text: str, suffix: str) -> dict[str, bytes]:
    """The tables of a day of the sample whose orbit file holds this text."""
    folder.mkdir()
    (folder / f"orbits.{suffix}").write_text(text, encoding="utf-8")
    scenario = SAMPLE.read_text("utf-8").replace(TLE, f"orbits.{suffix}", 1)
    assert "duration_days = 7.0" in scenario
    path = folder / SAMPLE.name
    path.write_text(scenario.replace("duration_days = 7.0", "duration_days = 1.0"), "utf-8")
    files = planner.plan_files(planner.make_plan(planner.load_scenario(path)))
    return {name: content for name, content in files.items() if name.endswith((".csv", ".ics"))}


@pytest.fixture(scope="module")
def lines() -> str:
    return (SAMPLE.parent / TLE).read_text("utf-8")


@pytest.fixture(scope="module")
def plan_of_lines(lines, tmp_path_factory):
    return _tables(tmp_path_factory.mktemp("lines") / "plan", lines, "tle")


@pytest.mark.parametrize(
    ("form", "suffix"), [(as_xml, "xml"), (as_json, "json"), (as_csv, "csv"), (as_kvn, "kvn")]
)
def test_every_form_of_the_messages_gives_the_plan_of_the_lines(
    form, suffix, lines, plan_of_lines, tmp_path
):
    rows = lines.splitlines()
    messages = [message_of(*rows[at : at + 3]) for at in range(0, len(rows), 3)]
    assert len(messages) == 11
    tables = _tables(tmp_path / "plan", form(messages), suffix)
    assert tables == plan_of_lines
    assert tables["passes.csv"].count(b"\r\n") > 50
    assert tables["contacts.csv"].count(b"\r\n") > 5
