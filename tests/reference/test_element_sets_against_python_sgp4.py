"""What SGP4 receives from the strict reader against what python-sgp4's own reader gives it.

Source: python-sgp4 2.27 (Vallado et al. 2006, AIAA 2006-6753), `Satrec.twoline2rv` and
`sgp4.omm`; real element sets of June 2026, historic ones, and the SGP4 verification set.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sgp4 import omm
from sgp4.api import WGS72, Satrec
from tolerances import MICROSECOND, MILLIMETRE, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_lines import (
    ElementText,
    TextLine,
    element_set_of,
    parse_element_lines,
)
from euroqci_planner.io.orbit_files import parse_orbit_text
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.resources import resource
from euroqci_planner.timebase import seconds_between

METRES_PER_KILOMETRE = 1e3
MINUTES = np.arange(-7.0, 7.01, 0.25) * 1440.0
SGP4_EPOCH = np.datetime64("1949-12-31T00:00:00", "us")
FILES = ("qkd-relevant-2026-06-14.tle", "mixed-2026-06-12.tle", "qkd-historic.tle")


def satellite_of(elements: ElementSet) -> Satrec:
    """SGP4 set up from the numbers of an element set alone."""
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",
        elements.norad_id,
        float(seconds_between(SGP4_EPOCH, elements.epoch_utc)) / 86_400.0,
        elements.bstar_per_earth_radius,
        elements.first_derivative_rad_s2 * 3600.0,
        elements.second_derivative_rad_s3 * 216_000.0,
        elements.eccentricity,
        elements.argument_of_perigee_rad,
        elements.inclination_rad,
        elements.mean_anomaly_rad,
        elements.mean_motion_rad_s * 60.0,
        elements.raan_rad,
    )
    return satellite


def positions_m(satellite: Satrec) -> np.ndarray:
    states = [satellite.sgp4_tsince(minute) for minute in MINUTES]
    return np.array([r if not code else (np.nan,) * 3 for code, r, _ in states]) * (
        METRES_PER_KILOMETRE
    )


@pytest.fixture(params=FILES)
def element_sets(request: pytest.FixtureRequest, reference_data: Path) -> tuple[ElementSet, ...]:
    data = (reference_data / "tle" / request.param).read_bytes()
    return parse_orbit_text(data, request.param)[0]


def test_states_over_two_weeks_are_those_of_the_library_reader(
    element_sets: tuple[ElementSet, ...],
) -> None:
    for elements in element_sets:
        expected = positions_m(Satrec.twoline2rv(*elements.text))
        assert np.isfinite(expected[28]).all()
        found = positions_m(satellite_of(elements))
        assert np.array_equal(np.isnan(found), np.isnan(expected))
        seen = ~np.isnan(expected)
        assert found[seen] == within(0.1 * MILLIMETRE, of=expected[seen])


def test_every_number_of_400_element_sets_is_the_library_reader_s_to_the_last_bit(
    reference_data: Path,
) -> None:
    data = (reference_data / "tle" / "oneweb-400-2026-06-14.tle").read_bytes()
    element_sets, records = parse_orbit_text(data, "oneweb")
    assert len(element_sets) == len(records) == 400
    for elements in element_sets:
        library = Satrec.twoline2rv(*elements.text)
        assert (
            elements.norad_id,
            elements.inclination_rad,
            elements.raan_rad,
            elements.eccentricity,
            elements.argument_of_perigee_rad,
            elements.mean_anomaly_rad,
            elements.bstar_per_earth_radius,
            elements.element_set_number,
            elements.revolution_at_epoch,
            elements.classification,
        ) == (
            library.satnum,
            library.inclo,
            library.nodeo,
            library.ecco,
            library.argpo,
            library.mo,
            library.bstar,
            library.elnum,
            library.revnum,
            library.classification,
        )
        scaled = elements.mean_motion_rad_s * 60.0
        assert abs(scaled - library.no_kozai) <= np.spacing(library.no_kozai)
        assert elements.first_derivative_rad_s2 == library.ndot / 3600.0
        assert elements.second_derivative_rad_s3 == library.nddot / 216_000.0


def test_epochs_are_the_library_reader_s_to_the_microsecond(
    element_sets: tuple[ElementSet, ...],
) -> None:
    for elements in element_sets:
        library = Satrec.twoline2rv(*elements.text)
        unix_days = library.jdsatepoch - 2_440_587.5
        expected_s = unix_days * 86_400.0 + library.jdsatepochF * 86_400.0
        unix_s = float(seconds_between(np.datetime64(0, "us"), elements.epoch_utc))
        assert unix_s == within(MICROSECOND, of=expected_s)


def test_the_verification_set_is_read_but_for_its_impossible_orbits() -> None:
    lines = resource("validation", "SGP4-VER.TLE").read_text().splitlines()
    firsts = [line for line in lines if line.startswith("1 ")]
    seconds = [line[:69] for line in lines if line.startswith("2 ")]
    refused = {}
    for first, second in zip(firsts, seconds, strict=True):
        try:
            elements = parse_element_lines(first, second)
        except InvalidInput as refusal:
            refused[first[2:7]] = [getattr(fault, "rule", "") for fault in refusal.faults]
            elements = element_set_of(ElementText(TextLine(0, first), TextLine(0, second)))
        library = Satrec.twoline2rv(first, second)
        assert elements.mean_anomaly_rad == library.mo
        assert elements.eccentricity == library.ecco
    assert len(firsts) == 33
    # 28872 is published as "perigee = -51 km"; the three 3333x were made up to provoke error codes.
    assert refused == {
        "28872": ["perigee"],
        "33333": ["checksum", "perigee", "checksum"],
        "33334": ["checksum"],
        "33335": ["checksum", "checksum"],
    }


@pytest.mark.parametrize("name", ["sample_omm.csv", "sample_omm.json", "sample_omm.xml"])
def test_an_omm_gives_the_states_that_the_library_s_own_omm_reader_gives(
    name: str, reference_data: Path
) -> None:
    path = reference_data / "tle" / name
    (elements,), (record,) = parse_orbit_text(path.read_bytes(), name)
    assert (record.rule, record.message) == ("", "")
    library = Satrec()
    omm.initialize(library, _library_fields(path))
    assert positions_m(satellite_of(elements)) == within(0.1 * MILLIMETRE, of=positions_m(library))
    assert (elements.norad_id, elements.name) == (5, "VANGUARD 1")
    assert elements.international_designator == "1958-002B"


def _library_fields(path: Path) -> dict[str, object]:
    if path.suffix == ".csv":
        return dict(next(csv.DictReader(path.read_text().splitlines())))
    if path.suffix == ".xml":
        with path.open() as file:
            return next(omm.parse_xml(file))
    fields: dict[str, object] = json.loads(path.read_text())[0]
    return fields
