"""How damage, kills and injected faults end, counted; with the cases of `tests/faults`."""

from __future__ import annotations

import errno
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_atomic_write import ERRORS, NEW, OLD, FailingSystem, content, fill, outcome
from test_damaged_element_sets import Lines, damaged, pairs_of, verdict
from test_damaged_orbit_messages import SAMPLES, kvn_of, mutated
from test_document import SAVING, in_another_process
from test_hostile_scenarios import BOMBS, KEYS, SYNTAX, TYPES, VERSION, Case, found

from euroqci_planner.app.document import SAMPLE, open_document
from euroqci_planner.errors import OutputError, PlannerError
from euroqci_planner.io.atomic_write import write_bytes
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.io.import_report import element_key
from euroqci_planner.io.orbit_files import parse_orbit_text
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.resources import resource

SEED = 20260614
TLE = Path(__file__).parents[1] / "reference" / "data" / "tle"
TLE_FILES = ("qkd-relevant-2026-06-14.tle", "mixed-2026-06-12.tle", "qkd-historic.tle")
SILENT, REFUSED, HARMLESS, CRASHED = "silent", "refused", "harmless", "crashed"


def element_sets(count: int) -> Counter[str]:
    """Two-line sets with bytes, bits, characters and lines damaged."""
    pairs = [pair for name in TLE_FILES for pair in pairs_of(TLE / name)]
    chance = random.Random(SEED)  # noqa: S311 (repeatable damage, no secret)
    originals = [parse_element_lines(*pair) for pair in pairs]
    words = {"other orbit": SILENT, "same orbit": HARMLESS, "refused": REFUSED}

    def ends(pair: Lines, at: int) -> str:
        return words[verdict(pair, originals[at])]

    tally: Counter[str] = Counter()
    while tally.total() < count:
        at = chance.randrange(len(pairs))
        pair = damaged(pairs[at], chance.choice(pairs), chance)
        if pair != pairs[at]:
            tally[_counted(lambda pair=pair, at=at: ends(pair, at))] += 1  # type: ignore[misc]
    return tally


def orbit_messages(count: int) -> Counter[str]:
    """OMM files in four forms; the format has no checksum, so that another digit is another orbit.

    Silent is what is taken with an orbit that the file did not hold.
    """
    texts = [(TLE / name).read_bytes() for name in SAMPLES]
    texts.append(kvn_of(texts[1]))
    chance = random.Random(SEED)  # noqa: S311 (repeatable damage, no secret)
    tally: Counter[str] = Counter()
    for number in range(count):
        original = texts[number % len(texts)]
        hurt = mutated(original, chance)
        known = {element_key(item) for item in parse_orbit_text(original, "omm")[0]}
        tally[_counted(lambda hurt=hurt, known=known: _taken(hurt, known))] += 1  # type: ignore[misc]
    return tally


def _taken(data: bytes, known: set[object]) -> str:
    found_keys = {element_key(item) for item in parse_orbit_text(data, "omm")[0]}
    if not found_keys:
        return REFUSED
    return HARMLESS if found_keys <= known else SILENT


def hostile_scenarios() -> Counter[str]:
    """The scenarios of `test_hostile_scenarios`: each must be refused, by the right fault."""
    cases = [*SYNTAX, *VERSION, *TYPES, *KEYS]
    tally: Counter[str] = Counter(_counted(lambda case=case: _named(case)) for case in cases)  # type: ignore[misc]
    tally.update(_counted(lambda text=text: _refused(text)) for text in BOMBS.values())  # type: ignore[misc]
    return tally


def _named(case: Case) -> str:
    found(case)
    return REFUSED


def _refused(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.scenario.toml"
        path.write_text(text, "utf-8")
        load_scenario(path)
    return SILENT


def damaged_scenarios(count: int) -> Counter[str]:
    """The sample with random bytes damaged: refused, or taken as another valid text."""
    sample = resource(*SAMPLE)
    chance = random.Random(SEED)  # noqa: S311 (repeatable damage, no secret)
    tally: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in sample.parent.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        path, whole = folder / sample.name, sample.read_bytes()
        for _ in range(count):
            path.write_bytes(mutated(whole, chance))
            tally[_counted(lambda: load_scenario(path) and HARMLESS)] += 1
    return tally


def _counted(work: Callable[[], str]) -> str:
    """How the work ends: a refusal in the program's own words, its result, or a crash."""
    try:
        return work()
    except PlannerError:
        return REFUSED
    except Exception:  # noqa: BLE001 (anything else is what is counted)
        return CRASHED


def killed_saves(kills: int) -> tuple[int, int, int]:
    """Kills while a document saves in a loop: kills, projects lost, locks that stayed."""
    chance = random.Random(SEED)  # noqa: S311 (repeatable waits, no secret)
    lost = locked = 0
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(Path(name) / "state"))
        folder = Path(name) / "project"
        folder.mkdir()
        for file in resource(*SAMPLE[:-1]).iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        path = folder / SAMPLE[-1]
        before = path.read_text("utf-8")
        whole = {before, before + "\n# edited\n"}
        for _ in range(kills):
            _kill_while_saving(path, chance.uniform(0.0, 0.25))
            lost += path.read_text("utf-8") not in whole
            document = open_document(path)
            locked += document.is_read_only
            document.close()
            path.write_text(before, "utf-8")
    return kills, lost, locked


def _kill_while_saving(path: Path, wait_s: float) -> None:
    process = in_another_process(SAVING, path)
    if process.stdout is None or process.stdout.readline() != "ready\n":
        raise RuntimeError("the saving process did not start")
    time.sleep(wait_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def injected_faults(codes: tuple[int, ...] = ERRORS) -> tuple[int, int]:
    """Every call of the operating system failed in turn: faults, and how many ended badly.

    Well ended is: said in the program's words, and the former files whole; or written all the same.
    """
    injected = bad = 0
    with tempfile.TemporaryDirectory() as name:
        for code in codes:
            for writes in (_write_folder, _write_with_backup):
                for ended_well in _each_call_failed(Path(name), code, writes):
                    injected += 1
                    bad += not ended_well
    return injected, bad


def _each_call_failed(
    base: Path, code: int, writes: Callable[[Path, FailingSystem], bool]
) -> Iterator[bool]:
    for fail_at in range(1, 200):
        folder = base / f"{errno.errorcode[code]}-{writes.__name__}-{fail_at}"
        with pytest.MonkeyPatch.context() as patch:
            fill(folder, {**OLD, "s.toml": b"old"})
            system = FailingSystem(patch, code, fail_at)
            try:
                ended_well = writes(folder, system)
            except Exception:  # noqa: BLE001 (anything but a message is a bad end)
                ended_well = False
        if not system.failed:
            return
        yield ended_well


def _write_folder(folder: Path, system: FailingSystem) -> bool:
    message = outcome(folder)
    system.fail_at = -1
    expected = {**OLD, "s.toml": b"old"} if message else {**NEW, "s.toml": b"old"}
    return content(folder) == expected


def _write_with_backup(folder: Path, system: FailingSystem) -> bool:
    try:
        write_bytes(folder / "s.toml", b"new", keep_backup=True)
        expected = b"new"
    except OutputError:
        expected = b"old"
    system.fail_at = -1
    return content(folder)["s.toml"] == expected


if __name__ == "__main__":
    sys.exit("this is a part of scoreboard.py")
