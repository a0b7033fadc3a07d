"""SGP4 against the authors' own output.

Vallado, Crawford, Hujsak, Kelso 2006, Revisiting Spacetrack Report #3, AIAA 2006-6753: element
sets SGP4-VER.TLE and printed states tcppver.out (10 micrometres are its last digit).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from orbit_cases import element_set, fleet_of
from tolerances import KILOMETRE, MILLIMETRE, within

from euroqci_planner.resources import resource

MINUTE_S = 60.0


def _element_lines(path: Path) -> Iterator[tuple[str, str]]:
    lines = [line for line in path.read_text("ascii").splitlines() if line[:2] in ("1 ", "2 ")]
    yield from (
        (line1[:69], line2[:69]) for line1, line2 in zip(lines[::2], lines[1::2], strict=True)
    )


def _printed_states(path: Path) -> Iterator[tuple[int, np.ndarray]]:
    number, rows = 0, []
    for line in path.read_text("ascii").splitlines():
        if line.rstrip().endswith("xx"):
            if number:
                yield number, np.array(rows)
            number, rows = int(line.split()[0]), []
        elif line.strip():
            rows.append([float(word) for word in line.split()[:7]])
    yield number, np.array(rows)


def test_every_printed_state_is_met_within_a_millimetre() -> None:
    sets = list(_element_lines(resource("validation", "SGP4-VER.TLE")))
    printed = list(_printed_states(resource("validation", "tcppver.out")))
    assert len(sets) == len(printed) == 33
    compared = 0
    for lines, (number, states) in zip(sets, printed, strict=True):
        elements = element_set(*lines)
        assert elements.norad_id == number
        fleet = fleet_of([elements], elements.epoch_utc)
        position, velocity, code = fleet.teme(0, states[:, 0] * MINUTE_S)
        good = code == 0
        assert position[:, good] == within(1 * MILLIMETRE, of=states[good, 1:4].T * KILOMETRE), (
            number
        )
        assert velocity[:, good] == within(
            0.001 * MILLIMETRE, of=states[good, 4:7].T * KILOMETRE
        ), number
        assert np.isnan(position[:, ~good]).all()
        compared += int(good.sum())
    assert compared >= 666


def test_the_sets_that_fail_report_it_and_give_no_state() -> None:
    # 3 and 4 as the comments of the file say; 6, decayed, for the two sets "lost in ... minutes".
    failing = {"33333": 4, "33334": 3, "28872": 6, "29141": 6, "28350": 1}
    for lines in _element_lines(resource("validation", "SGP4-VER.TLE")):
        if lines[0][2:7] not in failing:
            continue
        elements = element_set(*lines)
        fleet = fleet_of([elements], elements.epoch_utc)
        times = np.arange(0.0, 2000.0, 5.0) * MINUTE_S
        position, _, code = fleet.teme(0, times)
        assert code[code != 0][0] == failing[lines[0][2:7]]
        assert np.array_equal(np.isnan(position[0]), code != 0)
