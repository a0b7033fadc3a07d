"""Satellites from a dropped orbit file: added, renewed, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from euroqci_planner.app.document import SAMPLE, Document, open_document
from euroqci_planner.app.satellite_import import add_satellites, orbit_offer, update_element_sets
from euroqci_planner.errors import InvalidInput
from euroqci_planner.resources import resource

MICIUS = """\
QSS (MICIUS)
1 41731U 16051A   26164.50000000  .00001000  00000-0  50000-4 0  9992
2 41731  97.3500 100.0000 0010000  90.0000 270.0000 15.24000000    04
"""


def with_checksums(text: str) -> str:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith(("1 ", "2 ")):
            digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:68])
            lines[number] = line[:68] + str(digits % 10)
    return "\n".join(lines) + "\n"


@pytest.fixture
def document(tmp_path: Path):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for file in resource(*SAMPLE[:-1]).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    made = open_document(folder / SAMPLE[-1])
    yield made
    made.close()


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    path = tmp_path / "downloads" / "micius.tle"
    path.parent.mkdir()
    path.write_text(with_checksums(MICIUS), encoding="ascii")
    return path


def test_a_dropped_satellite_flies_in_the_scenario(document: Document, dropped: Path):
    offer = orbit_offer(document, dropped)
    assert [item.norad_id for item in offer.new] == [41731]
    edit = add_satellites(document, offer, [41731], "leo-785")
    document.replace(edit.text)
    assert edit.title == "Add qss-micius from micius.tle"
    assert document.scenario.satellites[-1].id == "qss-micius"
    assert (document.folder / "micius.tle").read_bytes() == dropped.read_bytes()


def test_a_file_that_is_in_the_folder_already_is_not_copied(document: Document):
    offer = orbit_offer(document, document.folder / "qkd-relevant-2026-06-14.tle")
    assert len(offer.known) == 3
    edit = add_satellites(document, offer, [offer.new[0].norad_id], "leo-785")
    assert edit.text.count("[[orbit_file]]") == 1
    document.replace(edit.text)


def test_another_file_of_the_same_name_is_kept_beside(document: Document, dropped: Path):
    (document.folder / "micius.tle").write_text("something else\n", encoding="ascii")
    edit = add_satellites(document, orbit_offer(document, dropped), [41731], "leo-785")
    document.replace(edit.text)
    assert (document.folder / "micius.tle").read_text(encoding="ascii") == "something else\n"


def test_newer_element_sets_take_the_place_of_the_former_file(document: Document, tmp_path: Path):
    newer = tmp_path / "newer.tle"
    former = document.folder / "qkd-relevant-2026-06-14.tle"
    newer.write_bytes(b"# newer\n" + former.read_bytes())
    edit = update_element_sets(document, orbit_offer(document, newer))
    document.replace(edit.text)
    assert document.scenario.orbit_files[0].path == "newer.tle"
    assert edit.title == "Take element sets from newer.tle"


def test_a_file_that_lacks_a_satellite_cannot_renew_the_former_one(
    document: Document, tmp_path: Path
):
    part = tmp_path / "part.tle"
    lines = (document.folder / "qkd-relevant-2026-06-14.tle").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("1 69023"))
    part.write_text("\n".join(lines[start - 1 : start + 2]) + "\n", encoding="ascii")
    with pytest.raises(InvalidInput, match=r"lacks satellites .*: 47448, 66769"):
        update_element_sets(document, orbit_offer(document, part))


def test_damaged_records_are_counted_and_the_rest_is_offered(document: Document, dropped: Path):
    broken = with_checksums(MICIUS).replace("41731", "41732", 1)
    dropped.write_text(with_checksums(MICIUS) + broken, encoding="ascii")
    offer = orbit_offer(document, dropped)
    assert [item.norad_id for item in offer.new] == [41731]
    assert len(offer.refused) == 1


def test_a_file_without_element_sets_is_refused(document: Document, tmp_path: Path):
    other = tmp_path / "letter.txt"
    other.write_text("Dear Sir or Madam\n", encoding="ascii")
    with pytest.raises(InvalidInput):
        orbit_offer(document, other)
