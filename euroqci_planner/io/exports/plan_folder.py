"""The output folder of a plan: the same bytes for both faces."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.io.atomic_write import write_folder
from euroqci_planner.io.exports import calendar_file, csv_metadata, summary_json
from euroqci_planner.io.exports.csv_files import header_line, table_lines
from euroqci_planner.io.report import page
from euroqci_planner.mission.assurance_columns import requirements_columns, security_columns
from euroqci_planner.mission.named_columns import PlanColumns
from euroqci_planner.mission.network_columns import demands_columns, stores_columns
from euroqci_planner.mission.pair_columns import pair_contacts_columns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_columns import columns_of_passes, contacts_columns
from euroqci_planner.mission.settings_columns import settings_columns

CONTACTS_NAME = "contacts.csv"
PASSES_NAME = "passes.csv"
PAIR_CONTACTS_NAME = "pair_contacts.csv"
STORES_NAME = "stores.csv"
DEMANDS_NAME = "demands.csv"
REQUIREMENTS_NAME = "requirements.csv"
SECURITY_NAME = "security.csv"
SETTINGS_NAME = "settings.csv"
_PASSES_AT_ONCE = 32_768


def plan_files(plan: Plan) -> dict[str, bytes]:
    """Content of every file by name; `passes_files` where the plan holds the passes alone."""
    return {name: _whole(content) for name, content in _contents(plan).items()}


def passes_files(plan: Plan) -> dict[str, bytes]:
    """Content of the files that say something about passes alone."""
    return {name: _whole(content) for name, content in _passes_contents(plan).items()}


def _contents(plan: Plan) -> dict[str, Iterable[bytes]]:
    """The files in pieces, to be read in this order: no table of all passes stands in memory."""
    if plan.keys is None:
        return _passes_contents(plan)
    pass_ids = plan.passes.pass_ids()
    contacts = contacts_columns(plan, pass_ids)
    empty = columns_of_passes(plan, [], pass_ids)
    tables = {CONTACTS_NAME: contacts, PASSES_NAME: empty}
    pairs = pair_contacts_columns(plan, pass_ids)
    tables |= {} if pairs is None else {PAIR_CONTACTS_NAME: pairs}
    tables |= _store_tables(plan)
    tables |= _settings_table(plan, contacts)
    contents = {name: _table_pieces(table) for name, table in tables.items()}
    contents[PASSES_NAME] = _passes_pieces(plan, pass_ids)
    rows = {PASSES_NAME: len(plan.passes)}
    contents |= {
        csv_metadata.FILE_NAME: _made(lambda: csv_metadata.tables_meta_bytes(plan, tables, rows)),
        calendar_file.FILE_NAME: _made(lambda: calendar_file.calendar_bytes(plan, contacts)),
        page.FILE_NAME: _made(lambda: page.report_bytes(plan, contacts, pass_ids)),
    }
    return _with_summary(contents, lambda: plan)


def _passes_contents(plan: Plan) -> dict[str, Iterable[bytes]]:
    return streamed_files(_passes_pieces(plan, plan.passes.pass_ids()), lambda: plan)


def _passes_pieces(plan: Plan, pass_ids: NDArray[np.str_]) -> Iterator[bytes]:
    """The content of `passes.csv`, some thousands of passes at a time."""
    yield header_line(columns_of_passes(plan, [], pass_ids))
    for begin in range(0, len(plan.passes), _PASSES_AT_ONCE):
        rows = np.arange(begin, min(begin + _PASSES_AT_ONCE, len(plan.passes)))
        yield from table_lines(columns_of_passes(plan, rows, pass_ids))


def _table_pieces(table: PlanColumns) -> Iterator[bytes]:
    yield header_line(table)
    yield from table_lines(table)


def _made(make: Callable[[], bytes]) -> Iterator[bytes]:
    """A file in one piece, made when it is asked for."""
    yield make()


def _whole(content: Iterable[bytes]) -> bytes:
    """All pieces in one; the buffer gives its content away without a copy."""
    file = BytesIO()
    file.writelines(content)
    return file.getvalue()


def _store_tables(plan: Plan) -> dict[str, PlanColumns]:
    """Tables of key stores, demands, requirements and security, where the plan has stores."""
    stores = plan.forecast or plan.course
    if stores is None or plan.course is None:
        return {}
    return {
        STORES_NAME: stores_columns(stores.stores),
        DEMANDS_NAME: demands_columns(stores.demands),
        REQUIREMENTS_NAME: requirements_columns(plan.findings),
        SECURITY_NAME: security_columns(plan.course.security, plan.findings),
    }


def _settings_table(plan: Plan, contacts: PlanColumns) -> dict[str, PlanColumns]:
    """Settings of the contacts, where some are sought: given ones stand in the scenario."""
    sought = any(item.is_sought for item in plan.key_settings)
    columns = settings_columns(plan, contacts) if sought else None
    return {} if columns is None else {SETTINGS_NAME: columns}


def streamed_files(lines: Iterable[bytes], plan: Callable[[], Plan]) -> dict[str, Iterable[bytes]]:
    """The files of `passes_files`, for passes that go by in parts; to be read in this order.

    `lines` is the content of `passes.csv`, `plan` gives the plan with the counts once it is read.
    """

    def metadata() -> bytes:
        made = plan()
        rows = {PASSES_NAME: len(made.passes if made.counts is None else made.counts)}
        table = columns_of_passes(made, [])
        return csv_metadata.tables_meta_bytes(made, {PASSES_NAME: table}, rows)

    return _with_summary({PASSES_NAME: lines, csv_metadata.FILE_NAME: _made(metadata)}, plan)


def _with_summary(
    contents: Mapping[str, Iterable[bytes]], plan: Callable[[], Plan]
) -> dict[str, Iterable[bytes]]:
    """The files and behind them the summary, which follows from what the others were."""
    digests: dict[str, bytes | summary_json.FileDigest] = {}

    def digested(name: str, content: Iterable[bytes]) -> Iterator[bytes]:
        hashed, size = hashlib.sha256(), 0
        for piece in content:
            hashed.update(piece)
            size += len(piece)
            yield piece
        digests[name] = summary_json.FileDigest(hashed.hexdigest(), size)

    files: dict[str, Iterable[bytes]] = {
        name: digested(name, content) for name, content in contents.items()
    }
    files[summary_json.FILE_NAME] = _made(lambda: summary_json.summary_bytes(plan(), digests))
    return files


def write_plan(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write the whole folder, or nothing; returns the paths. Raises `OutputError`.

    `summary.json` comes last and holds the SHA-256 of the others: where they disagree, the
    folder is a mixture.
    """
    return write_folder(folder, _contents(plan))
