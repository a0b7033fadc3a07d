"""Damaged and hostile OMM files: never an exception but InvalidInput, always in bounded time."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ELEMENT_RULES
from euroqci_planner.io.import_report import RECORD_RULES
from euroqci_planner.io.orbit_files import parse_orbit_text
from euroqci_planner.io.orbit_messages import MESSAGE_RULES
from euroqci_planner.mission.orbits import ImportRecord, RecordStatus

ROUNDS = 1_500
SEED = 20260711
RULES = {**ELEMENT_RULES, **RECORD_RULES, **MESSAGE_RULES, "": ""}
SAMPLES = ("sample_omm.csv", "sample_omm.json", "sample_omm.xml")
SCRAPS = [
    b"\0",
    b"\xff",
    b"<!--",
    b"]]>",
    b"&amp;",
    b'"',
    b",",
    b"{",
    b"}",
    b"[",
    b"<",
    b"\n",
    b"=",
]


def records_of(data: bytes) -> tuple[ImportRecord, ...]:
    """Import records; none where the file as a whole was refused with a reason."""
    try:
        _, records = parse_orbit_text(data, "omm")
    except InvalidInput as refusal:
        problems = [fault.problem for fault in refusal.faults]
        records = ()
    else:
        problems = [r.message for r in records if r.status is RecordStatus.REFUSED]
        assert records
    assert all(problems)
    return records


def kvn_of(data: bytes) -> bytes:
    (message,) = json.loads(data)
    head = {"CCSDS_OMM_VERS": "3.0", "CENTER_NAME": "EARTH", "REF_FRAME": "TEME"}
    body = {**head, "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP4", **message}
    return "".join(f"{keyword} = {value}\n" for keyword, value in body.items()).encode()


@pytest.fixture(scope="module")
def samples() -> list[bytes]:
    folder = Path(__file__).parents[1] / "reference" / "data" / "tle"
    texts = [(folder / name).read_bytes() for name in SAMPLES]
    return [*texts, kvn_of(texts[1])]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four bytes changed, lost or added, a piece doubled, or the end cut off."""
    hurt = bytearray(data)
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(hurt))
        match chance.randrange(5):
            case 0:
                hurt[at] = chance.randrange(256)
            case 1:
                del hurt[at : at + chance.randrange(1, 6)]
            case 2:
                hurt[at:at] = chance.choice(SCRAPS)
            case 3:
                hurt[at:at] = hurt[at : at + chance.randrange(1, 80)]
            case _:
                hurt = hurt[: max(1, len(hurt) - chance.randrange(40))]
    return bytes(hurt)


@pytest.mark.parametrize("form", range(4))
def test_mutated_messages_are_taken_or_refused_with_a_rule(form: int, samples: list[bytes]) -> None:
    chance = random.Random(SEED + form)  # noqa: S311 (repeatable damage, no secret)
    refused = 0
    for _ in range(ROUNDS):
        for record in records_of(mutated(samples[form], chance)):
            assert record.rule in RULES
            assert record.message.isprintable()
            assert record.name.isprintable()
            refused += record.status is RecordStatus.REFUSED
    assert refused > ROUNDS // 10


ROW = "N,2020-10-13T04:52:48,10.8,.18,34,225,162,205,5,1\n"
HEAD = (
    "OBJECT_NAME,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,"
    "MEAN_ANOMALY,NORAD_CAT_ID,BSTAR\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nested json", b'[{"a":' + b"[" * 2_000_000),
        ("nested json objects", b'{"a":' * 1_000_000),
        ("broken json objects", b'[{"OBJECT_NAME" ' + b'},{"a" ' * 500_000),
        ("json number of a million digits", b'[{"BSTAR": ' + b"1" * 1_000_000 + b"}]"),
        ("json without end", b'[{"OBJECT_NAME": "' + b"x" * 4_000_000),
        ("one line of json", b"[" + b'{"OBJECT_NAME": 1, "BSTAR": 2},' * 50_000 + b"{}]"),
        ("nested xml", b"<ndm>" + b"<a>" * 1_000_000),
        ("wide xml", b"<omm>" + b"<a/>" * 1_000_000 + b"</omm>"),
        ("attributes", b"<omm " + b" ".join(b"a%d='1'" % i for i in range(20_000)) + b"/>"),
        ("long xml text", b"<omm><segment><BSTAR>" + b"1" * 4_000_000),
        ("entity bomb", b"<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'x'>]><omm>&a;</omm>"),
        ("quotes", HEAD.encode() + b'"' * 2_000_000),
        ("wide csv", b"NORAD_CAT_ID" + b"," * 50_000 + b"\n1\n"),
        ("kvn without values", b"CCSDS_OMM_VERS = 2.0\n" * 60_000),
        ("kvn of blanks", b"OBJECT_NAME = " + b" " * 200_000 + b"[" * 10 + b"x\n"),
        ("kvn of brackets", b"OBJECT_NAME = " + b"[ " * 100_000 + b"\n"),
    ],
)
def test_hostile_messages_are_answered_in_bounded_time(name: str, data: bytes) -> None:
    started = time.perf_counter()
    records = records_of(data)
    assert time.perf_counter() - started < 15.0
    assert not any(record.status is RecordStatus.ACCEPTED for record in records), name
    assert all(len(record.message) < 5_000 for record in records)


def test_an_xml_file_of_another_encoding_in_disguise_is_refused() -> None:
    hidden = "<?xml version='1.0'?><!DOCTYPE b [<!ENTITY a 'x'>]><omm>&a;</omm>".encode("utf-7")
    assert records_of(hidden) == ()
    wide = "<?xml version='1.0'?><!DOCTYPE b><omm/>".encode("utf-16-be")
    assert records_of(wide) == ()


def test_fifteen_thousand_messages_are_read_in_a_few_seconds() -> None:
    rows = [ROW.replace(",5,", f",{number},") for number in range(100_000, 115_700)]
    started = time.perf_counter()
    element_sets, _ = parse_orbit_text(HEAD + "".join(rows), "many.csv")
    assert len(element_sets) == 15_700
    assert time.perf_counter() - started < 10.0
