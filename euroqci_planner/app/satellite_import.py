"""Satellites from an orbit file that a user drops on the window: what it holds, and adding them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euroqci_planner.app.document import Document
from euroqci_planner.app.scenario_edits import Edit
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.atomic_write import write_bytes
from euroqci_planner.io.orbit_files import read_orbit_file
from euroqci_planner.io.toml_edits import with_tables, with_value
from euroqci_planner.mission.orbits import ElementSet, ImportRecord, RecordStatus, StalePolicy

_NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
_ID_LENGTH = 40


@dataclass(frozen=True, slots=True)
class OrbitOffer:
    """What an orbit file offers to a scenario.

    `new` are element sets of satellites that the scenario does not have; `known` those that it
    finds in another file now; `refused` the records that were not accepted, with the rule.
    """

    path: Path
    new: tuple[ElementSet, ...]
    known: tuple[ElementSet, ...]
    refused: tuple[ImportRecord, ...]


def orbit_offer(document: Document, path: Path) -> OrbitOffer:
    """Read an orbit file; raises `InvalidInput` where nothing in it can be used."""
    file = read_orbit_file(path, path.name, 0.0, 0.0, StalePolicy.ACCEPT)
    numbers = {item.get("norad_id") for item in document.data.get("satellite", [])}
    return OrbitOffer(
        path,
        new=tuple(item for item in file.element_sets if item.norad_id not in numbers),
        known=tuple(item for item in file.element_sets if item.norad_id in numbers),
        refused=tuple(item for item in file.records if item.status is RecordStatus.REFUSED),
    )


def add_satellites(
    document: Document, offer: OrbitOffer, norad_ids: Sequence[int], payload_id: str
) -> Edit:
    """Add satellites of an offered file, each with the payload named.

    The file is copied into the scenario's folder where it lies elsewhere; `OutputError` where
    that fails.
    """
    chosen = [item for item in offer.new if item.norad_id in set(norad_ids)]
    named = _brought_in(document, offer.path)
    text = _with_orbit_file(document, document.text, named)
    taken = {str(item.get("id")) for item in document.data.get("satellite", [])}
    members = []
    for item in chosen:
        name = _unused(_slug(item), taken)
        taken.add(name)
        members.append(_fields(name, item, payload_id))
    text = with_tables(text, ("satellite",), members) if members else text
    what = str(members[0]["id"]) if len(members) == 1 else f"{len(members)} satellites"
    return Edit(text, f"Add {what} from {offer.path.name}")


def update_element_sets(document: Document, offer: OrbitOffer) -> Edit:
    """Use the offered file in place of the orbit files whose satellites it holds.

    Raises `InvalidInput` where it lacks a satellite that an orbit file now gives.
    """
    offered = {item.norad_id for item in offer.known}
    text, done = document.text, 0
    named = _brought_in(document, offer.path)
    for number, file in enumerate(document.scenario.orbit_files):
        needed = _needed(document, {item.norad_id for item in file.element_sets})
        if not needed & offered:
            continue
        if not needed <= offered:
            raise _incomplete(offer, file.path, needed - offered)
        text = with_value(text, ("orbit_file", number, "path"), named)
        done += 1
    if not done:
        raise InvalidInput.single("none of its satellites is in the scenario", file=offer.path.name)
    return Edit(text, f"Take element sets from {offer.path.name}")


def _needed(document: Document, numbers: set[int]) -> set[int]:
    used = {item.get("norad_id") for item in document.data.get("satellite", [])}
    return {number for number in numbers if number in used}


def _incomplete(offer: OrbitOffer, former: str, missing: set[int]) -> InvalidInput:
    listed = ", ".join(str(number) for number in sorted(missing))
    return InvalidInput(
        [
            Fault(
                f"it lacks satellites that {former} gives: {listed}",
                file=offer.path.name,
                mend="put all element sets of these satellites into one file",
            )
        ]
    )


def _brought_in(document: Document, path: Path) -> str:
    """Relative path of the file inside the scenario's folder, copied there if need be."""
    home, source = document.folder.resolve(), path.resolve()
    if source.is_relative_to(home):
        return source.relative_to(home).as_posix()
    content = source.read_bytes()
    target = home / path.name
    if target.exists() and target.read_bytes() != content:
        mark = hashlib.sha256(content).hexdigest()[:8]
        target = home / f"{path.stem}-{mark}{path.suffix}"
    if not target.exists():
        write_bytes(target, content)
    return target.name


def _with_orbit_file(document: Document, text: str, named: str) -> str:
    present = [item.get("path") for item in document.data.get("orbit_file", [])]
    if named in present:
        return text
    return with_tables(text, ("orbit_file",), [{"path": named}])


def _fields(name: str, item: ElementSet, payload_id: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": name}
    if item.name:
        fields["name"] = item.name
    return {**fields, "norad_id": item.norad_id, "payload": payload_id}


def _slug(item: ElementSet) -> str:
    slug = _NOT_IN_AN_ID.sub("-", item.name.lower()).strip("-")[:_ID_LENGTH].strip("-")
    return slug or f"norad-{item.norad_id}"


def _unused(name: str, taken: set[str]) -> str:
    unused, number = name, 2
    while unused in taken:
        unused, number = f"{name}-{number}", number + 1
    return unused
