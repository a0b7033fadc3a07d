"""Damaged and hostile element sets: what gets through, counted against python-sgp4 alone.

The mutations are those of transmission and of hands: bytes and bits changed, characters lost,
added or blanked, lines cut, swapped, or taken from another satellite. A set that is taken with the
very same orbit is harmless; one that is taken with another orbit is what must not happen. What no
reader of the format can see is kept apart and documented: the checksum is a sum, so it is blind to
the order of digits, and to line 2 of the same satellite from another day.
"""

from __future__ import annotations

import hashlib
import math
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sgp4.api import Satrec

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ELEMENT_RULES, ElementFault
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.io.import_report import RECORD_RULES, element_key
from euroqci_planner.io.orbit_files import MAX_BYTES, parse_orbit_text, read_orbit_file
from euroqci_planner.mission.orbits import ElementSet, OrbitFile, RecordStatus, StalePolicy

MUTATIONS = 20_000
SEED = 20260614
MAX_SILENT_SHARE = 0.0005
FOREIGN = "٣५５²\u00a0\u2212éОl|O\t\0\x7f\x1b_e,"
Lines = tuple[str, str]


def byte_changed(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line))
    return line[:at] + chr(chance.randrange(1, 256)) + line[at + 1 :]


def bit_flipped(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line))
    return line[:at] + chr(ord(line[at]) ^ (1 << chance.randrange(8))) + line[at + 1 :]


def digit_changed(line: str, chance: random.Random) -> str:
    at = chance.choice([i for i, c in enumerate(line) if c.isdigit()] or [0])
    return line[:at] + chance.choice("0123456789") + line[at + 1 :]


def character_lost(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line))
    return line[:at] + line[at + 1 :]


def character_added(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line) + 1)
    return line[:at] + chance.choice("0123456789 +-.AUI") + line[at:]


def foreign_character(line: str, chance: random.Random) -> str:
    at = chance.randrange(len(line))
    return line[:at] + chance.choice(FOREIGN) + line[at + 1 :]


def cut_short(line: str, chance: random.Random) -> str:
    return line[: chance.randrange(len(line))]


def run_blanked(line: str, chance: random.Random) -> str:
    at, width = chance.randrange(len(line)), chance.randrange(1, 12)
    return line[:at] + " " * len(line[at : at + width]) + line[at + width :]


MUTATORS: tuple[Callable[[str, random.Random], str], ...] = (
    byte_changed,
    bit_flipped,
    digit_changed,
    character_lost,
    character_added,
    foreign_character,
    cut_short,
    run_blanked,
)


def damaged(pair: Lines, other: Lines, chance: random.Random) -> Lines:
    """One to three changes to the two lines, or lines swapped or mixed with another satellite's."""
    lines = list(pair)
    if chance.random() < 0.03:
        mixed = [(pair[1], pair[0])]
        if other[0][2:7] != pair[0][2:7]:
            mixed += [(pair[0], other[1]), (other[0], pair[1])]
        return chance.choice(mixed)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(2)
        if lines[at]:
            lines[at] = chance.choice(MUTATORS)(lines[at], chance)
    return lines[0], lines[1]


def library_verdict(pair: Lines, orbit: tuple[object, ...]) -> str:
    """What python-sgp4 alone makes of the lines: refused, same orbit, other orbit, or NaN."""
    try:
        satellite = Satrec.twoline2rv(*pair)
        code, position, _ = satellite.sgp4_tsince(0.0)
    except ValueError:
        return "refused"
    if code:
        return "refused"
    if not all(map(math.isfinite, position)):
        return "not a number"
    return "same orbit" if library_orbit(satellite) == orbit else "other orbit"


def library_orbit(satellite: Satrec) -> tuple[object, ...]:
    return (
        satellite.satnum_str,
        satellite.jdsatepoch,
        satellite.jdsatepochF,
        satellite.inclo,
        satellite.nodeo,
        satellite.ecco,
        satellite.argpo,
        satellite.mo,
        satellite.no_kozai,
        satellite.bstar,
    )


def pairs_of(path: Path) -> list[Lines]:
    lines = [line for line in path.read_text().splitlines() if line[:2] in {"1 ", "2 "}]
    return list(zip(lines[::2], lines[1::2], strict=True))


def verdict(pair: Lines, original: ElementSet) -> str:
    """What the strict reader makes of the lines; anything but InvalidInput is an error."""
    try:
        elements = parse_element_lines(*pair)
    except InvalidInput as refusal:
        faults = refusal.faults
    else:
        return "same orbit" if element_key(elements) == element_key(original) else "other orbit"
    assert faults
    for fault in faults:
        assert isinstance(fault, ElementFault)
        assert fault.rule in ELEMENT_RULES
        assert fault.problem
        assert fault.mend
        assert 1 <= fault.column <= 69
    return "refused"


def fuzz(pairs: list[Lines], count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    chance = random.Random(seed)  # noqa: S311 (repeatable damage, no secret)
    originals = [parse_element_lines(*pair) for pair in pairs]
    orbits = [library_orbit(Satrec.twoline2rv(*pair)) for pair in pairs]
    ours: Counter[str] = Counter()
    library: Counter[str] = Counter()
    while sum(ours.values()) < count:
        at = chance.randrange(len(pairs))
        pair = damaged(pairs[at], chance.choice(pairs), chance)
        if pair == pairs[at]:
            continue
        ours[verdict(pair, originals[at])] += 1
        library[library_verdict(pair, orbits[at])] += 1
    return ours, library


@pytest.fixture(scope="module")
def pairs() -> list[Lines]:
    folder = Path(__file__).parents[1] / "reference" / "data" / "tle"
    names = ("qkd-relevant-2026-06-14.tle", "mixed-2026-06-12.tle", "qkd-historic.tle")
    return [pair for name in names for pair in pairs_of(folder / name)]


def test_hardly_any_damaged_set_is_taken_with_another_orbit(pairs: list[Lines]) -> None:
    ours, library = fuzz(pairs, MUTATIONS, SEED)
    assert ours["other orbit"] <= MAX_SILENT_SHARE * MUTATIONS
    assert ours["refused"] > 0.9 * MUTATIONS
    silent = library["other orbit"] + library["not a number"]
    assert silent > 0.3 * MUTATIONS
    assert ours["other orbit"] < 0.001 * silent


def test_the_order_of_digits_and_a_line_of_another_day_are_beyond_the_format(
    pairs: list[Lines],
) -> None:
    one, two = pairs[0]
    exchanged = two[:9] + two[10] + two[9] + two[11:]
    assert two[9] != two[10]
    assert verdict((one, exchanged), parse_element_lines(one, two)) == "other orbit"
    older, newer = [pair for pair in pairs if pair[0][2:7] == "41731"][:2]
    assert verdict((newer[0], older[1]), parse_element_lines(*newer)) == "other orbit"


def test_damage_to_one_record_of_a_file_never_costs_another(pairs: list[Lines]) -> None:
    chance = random.Random(SEED)  # noqa: S311 (repeatable damage, no secret)
    unlike = [pair for at, pair in enumerate(pairs) if pair[0][2:7] not in str(pairs[:at])][:12]
    wanted = {element_key(parse_element_lines(*pair)) for pair in unlike}
    for _ in range(400):
        at = chance.randrange(len(unlike))
        hurt = list(damaged(unlike[at], unlike[at - 1], chance))
        if chance.random() < 0.2:
            hurt.pop(chance.randrange(2))
        text = "".join(
            f"NAME {i}\n" + "".join(f"{line}\n" for line in (hurt if i == at else pair))
            for i, pair in enumerate(unlike)
        )
        element_sets, records = parse_orbit_text(text, "hurt.tle")
        spared = wanted - {element_key(parse_element_lines(*unlike[at]))}
        assert spared <= {element_key(elements) for elements in element_sets}
        assert all(record.rule in {**ELEMENT_RULES, **RECORD_RULES, "": ""} for record in records)


def test_random_bytes_never_end_in_anything_but_a_report_or_a_refusal(pairs: list[Lines]) -> None:
    chance = random.Random(SEED)  # noqa: S311 (repeatable damage, no secret)
    text = "".join(f"NAME\n{one}\n{two}\n" for one, two in pairs).encode()
    for _ in range(300):
        data = bytearray(text[: chance.randrange(1, len(text))])
        for _ in range(chance.randrange(1, 60)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            element_sets, records = parse_orbit_text(bytes(data), "noise.tle")
        except InvalidInput as refusal:
            element_sets, records = (), ()
            problems = [fault.problem for fault in refusal.faults]
        else:
            problems = [r.message for r in records if r.status is RecordStatus.REFUSED]
        assert len(records) >= len(element_sets)
        assert all(problems)
        assert problems or element_sets


def read(path: Path) -> OrbitFile:
    return read_orbit_file(path, path.name, 3 * 86_400.0, 14 * 86_400.0, StalePolicy.WARN)


def refusal_of(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    assert len(caught.value.faults) == 1
    return str(caught.value)


def test_a_sound_file_is_read_with_its_hash(tmp_path: Path, pairs: list[Lines]) -> None:
    path = tmp_path / "one.tle"
    path.write_bytes(b"ABC\r\n" + "\r\n".join(pairs[0]).encode() + b"\r\n")
    file = read(path)
    assert (file.path, file.warn_age_s, file.on_stale) == ("one.tle", 259_200.0, StalePolicy.WARN)
    assert [elements.name for elements in file.element_sets] == ["ABC"]
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_missing_file_names_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "active-2026.tle").write_text("x")
    told = refusal_of(tmp_path / "active-2025.tle")
    assert told.startswith("active-2025.tle: there is no such file")
    assert "active-2026.tle" in told
    assert "no such file" in refusal_of(tmp_path / "nowhere" / "x.tle")


def test_folders_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    assert "is a folder" in refusal_of(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    started = time.perf_counter()
    assert "no regular file" in refusal_of(tmp_path / "pipe")
    assert "no regular file" in refusal_of(Path("/dev/zero"))
    assert time.perf_counter() - started < 1.0


def test_a_name_with_a_nul_is_refused() -> None:
    assert "cannot be read" in refusal_of(Path("a\0b"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "closed.tle"
    path.write_text("x")
    path.chmod(0)
    assert "Permission denied" in refusal_of(path)


def test_an_empty_file_and_a_binary_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tle"
    path.write_bytes(b"")
    assert "the file is empty" in refusal_of(path)
    path.write_bytes(random.Random(1).randbytes(200_000))  # noqa: S311
    assert "no line of the file is an element line" in refusal_of(path)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.tle"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    started = time.perf_counter()
    assert "larger than 64 MiB" in refusal_of(path)
    assert time.perf_counter() - started < 0.5


def test_nul_bytes_between_sound_records_cost_nothing_else(pairs: list[Lines]) -> None:
    text = "\n".join([*pairs[0], "\0" * 500, *pairs[1]])
    element_sets, records = parse_orbit_text(text, "nul.tle")
    assert len(element_sets) == 1
    assert records[1].rule == "name"


def garbage_lines(count: int) -> bytes:
    chance = random.Random(SEED)  # noqa: S311 (repeatable noise, no secret)
    letters = "0123456789 .+-ABCDEFGHIJ\t\0é{}<>"
    return "\n".join("".join(chance.choices(letters, k=40)) for _ in range(count)).encode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("noise", garbage_lines(100_000)),
        ("element-like", b"1 25544U 98067A   26164.83523427  .00008738  0000\n" * 100_000),
        ("blank", b"\n" * 1_900_000),
        ("too many lines", b"\n" * 3_000_000),
        ("one huge line", b"1" * 8_000_000),
        ("one huge line of blanks", b"1 25544" + b" " * 8_000_000),
        ("one huge name", b"N" * 8_000_000 + b"\n1 25544U 98067A"),
        ("carriage returns", b"1 2\r" * 150_000),
    ],
)
def test_hostile_bulk_is_answered_in_bounded_time(name: str, data: bytes) -> None:
    started = time.perf_counter()
    element_sets: tuple[ElementSet, ...] = ()
    try:
        element_sets, records = parse_orbit_text(data, name)
        longest = max(len(record.message) for record in records)
    except InvalidInput as refusal:
        longest = len(str(refusal))
    assert time.perf_counter() - started < 30.0
    assert element_sets == ()
    assert 0 < longest < 1000


def test_fifteen_thousand_records_are_read_in_a_few_seconds(pairs: list[Lines]) -> None:
    one, two = pairs[0]
    records = []
    for number in range(10_000, 25_700):
        record = [f"{number}".join((line[:2], line[7:68])) for line in (one, two)]
        total = [sum(int(c) if c.isdigit() else c == "-" for c in line) % 10 for line in record]
        records.append(f"N {number}\n{record[0]}{total[0]}\n{record[1]}{total[1]}\n")
    started = time.perf_counter()
    element_sets, _ = parse_orbit_text("".join(records), "many.tle")
    assert len(element_sets) == 15_700
    assert time.perf_counter() - started < 8.0
