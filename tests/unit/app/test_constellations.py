"""Constellations laid out as satellites."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plan_cases import scenario
from tolerances import DEGREE

from euroqci_planner.app.constellations import with_constellations
from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.assets import Constellation
from euroqci_planner.mission.orbits import WalkerKind, WalkerPattern
from euroqci_planner.timebase import utc

PATTERN = WalkerPattern(
    kind=WalkerKind.DELTA, satellites=24, planes=6, phasing=1, altitude_m=550e3,
    inclination_rad=53.0 * DEGREE, epoch_utc=utc("2026-06-14T00:00:00Z"),
)  # fmt: skip


def flown(pattern: WalkerPattern, name: str = "unio"):
    plain = scenario()
    member = replace(plain.satellites[0], id=name)
    item = Constellation(id=name, pattern=pattern, member=member)
    return plain, replace(plain, constellations=(item,))


def test_every_satellite_of_the_pattern_follows_those_of_the_file():
    plain, with_pattern = flown(PATTERN)
    satellites = with_constellations(with_pattern).satellites
    assert satellites[: len(plain.satellites)] == plain.satellites
    members = satellites[len(plain.satellites) :]
    assert [item.id for item in members[:5]] == [
        "unio-p1-s1", "unio-p1-s2", "unio-p1-s3", "unio-p1-s4", "unio-p2-s1",
    ]  # fmt: skip
    assert len({item.orbit for item in members}) == 24
    assert {item.payload for item in members} == {plain.satellites[0].payload}


def test_a_pattern_whose_satellites_meet_is_warned_of_with_a_better_phasing():
    _, with_pattern = flown(replace(PATTERN, phasing=0))
    (text,) = with_constellations(with_pattern).warnings[-1:]
    assert "within 0 km" in text
    assert "phasing = " in text


def test_a_satellite_with_the_id_of_a_member_is_refused():
    plain, with_pattern = flown(PATTERN)
    twin = replace(plain.satellites[0], id="unio-p3-s2")
    with pytest.raises(InvalidInput, match="unio-p3-s2"):
        with_constellations(replace(with_pattern, satellites=(*plain.satellites, twin)))
