"""Which element set a satellite takes from the orbit files, and whether it is fresh enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.import_report import element_key
from euroqci_planner.mission.orbits import (
    ElementSet,
    ImportRecord,
    OrbitFile,
    RecordStatus,
    StalePolicy,
)
from euroqci_planner.timebase import iso_text, seconds_between
from euroqci_planner.units import SECONDS_PER_DAY


def select_element_set(files: Sequence[OrbitFile], norad_id: int) -> ElementSet:
    """The one element set of a catalogue number in the orbit files, equal copies being one.

    Raises InvalidInput if there are several different ones (a fault for every place), if its
    records were refused (a fault for each, with the rule), or if there is none (with the nearest
    number that there is).
    """
    found = [e for file in files for e in file.element_sets if e.norad_id == norad_id]
    different = len({element_key(elements) for elements in found})
    if different == 1:
        return found[0]
    if found:
        raise InvalidInput(_ambiguous(found, different))
    refused = [r for file in files for r in file.records if _is_refused(r, norad_id)]
    if refused:
        raise InvalidInput(_refused(record) for record in refused)
    raise InvalidInput([_absent(files, norad_id)])


def check_age(
    element_set: ElementSet, start_utc: np.datetime64, file: OrbitFile
) -> ImportRecord | None:
    """Report on the age of an element set at the start of the plan; None if it is fresh.

    The age counts either side of the epoch. Over `warn_age_s` the record is `ageing` (a warning),
    over `max_age_s` it is `stale`: a warning, refused, or accepted, as the file's `on_stale` says;
    with `accept` both are recorded as accepted.
    """
    lead_s = float(seconds_between(element_set.epoch_utc, start_utc))
    if abs(lead_s) <= min(file.warn_age_s, file.max_age_s):
        return None
    stale = abs(lead_s) > file.max_age_s
    return ImportRecord(
        source=element_set.source,
        line=element_set.line,
        norad_id=element_set.norad_id,
        name=element_set.name,
        status=_status(file.on_stale, stale),
        rule="stale" if stale else "ageing",
        message=_age_message(element_set, start_utc, lead_s, file, stale),
    )


def _status(policy: StalePolicy, stale: bool) -> RecordStatus:
    if policy is StalePolicy.ACCEPT:
        return RecordStatus.ACCEPTED
    if stale and policy is StalePolicy.REFUSE:
        return RecordStatus.REFUSED
    return RecordStatus.WARNED


def _age_message(
    elements: ElementSet, start_utc: np.datetime64, lead_s: float, file: OrbitFile, stale: bool
) -> str:
    key, limit_s = ("max_age_days", file.max_age_s) if stale else ("warn_age_days", file.warn_age_s)
    side = "before" if lead_s > 0.0 else "after"
    mend = "use a newer element set" if lead_s > 0.0 else "use an element set from before the start"
    if stale and file.on_stale is StalePolicy.REFUSE:
        mend += ', raise max_age_days, or set on_stale = "warn"'
    fault = Fault(
        f"is {abs(lead_s) / SECONDS_PER_DAY:.2f} days {side} the start of the plan,"
        f" {iso_text(start_utc)}; {key} = {limit_s / SECONDS_PER_DAY:g}",
        file=elements.source,
        line=elements.line,
        where=f"epoch of {_label(elements)}",
        value=iso_text(elements.epoch_utc),
        mend=mend,
    )
    return str(fault)


def _label(elements: ElementSet) -> str:
    return f"{elements.norad_id} ({elements.name})" if elements.name else str(elements.norad_id)


def _ambiguous(found: Sequence[ElementSet], different: int) -> list[Fault]:
    problem = f"one of {different} different element sets of this satellite"
    return [
        Fault(
            f"{problem}, epoch {iso_text(elements.epoch_utc)}",
            file=elements.source,
            line=elements.line,
            where="norad_id",
            value=_label(elements),
            mend="leave one of them in the orbit files",
        )
        for elements in found
    ]


def _is_refused(record: ImportRecord, norad_id: int) -> bool:
    return record.status is RecordStatus.REFUSED and record.norad_id == norad_id


def _refused(record: ImportRecord) -> Fault:
    return Fault(
        f"its element set was refused by the rule {record.rule}: {record.message}",
        file=record.source,
        line=record.line,
        where="norad_id",
        value=str(record.norad_id),
    )


def _absent(files: Sequence[OrbitFile], norad_id: int) -> Fault:
    names = ", ".join(file.path for file in files)
    problem = f"no element set of this satellite in {names}" if files else "there is no orbit file"
    nameless = sum(_is_refused(record, 0) for file in files for record in file.records)
    if nameless:
        problem += f"; {nameless} refused records there have no readable number"
    known = [elements for file in files for elements in file.element_sets]
    nearest = min(known, key=lambda e: _distance(e.norad_id, norad_id), default=None)
    mend = "add an [[orbit_file]] that has it"
    if nearest is not None:
        mend += f"; the nearest number is {_label(nearest)}"
    return Fault(problem, where="norad_id", value=str(norad_id), mend=mend)


def _distance(one: int, other: int) -> tuple[int, int]:
    """How unlike two numbers look: digits that differ, then the difference."""
    a, b = str(one), str(other)
    unlike = sum(x != y for x, y in zip(a, b, strict=True)) if len(a) == len(b) else len(b) + 1
    return unlike, abs(one - other)
