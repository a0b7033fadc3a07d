"""The output folder of a plan: the same bytes for both faces."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from euroqci_planner.io.atomic_write import write_folder
from euroqci_planner.io.exports import calendar_file, csv_metadata, summary_json
from euroqci_planner.io.exports.csv_files import table_bytes
from euroqci_planner.io.report import page
from euroqci_planner.mission.assets import SettingsPolicy
from euroqci_planner.mission.assurance_columns import requirements_columns, security_columns
from euroqci_planner.mission.network_columns import demands_columns, stores_columns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_columns import PlanColumns, contacts_columns, passes_columns
from euroqci_planner.mission.settings_columns import settings_columns

CONTACTS_NAME = "contacts.csv"
PASSES_NAME = "passes.csv"
STORES_NAME = "stores.csv"
DEMANDS_NAME = "demands.csv"
REQUIREMENTS_NAME = "requirements.csv"
SECURITY_NAME = "security.csv"
SETTINGS_NAME = "settings.csv"


def plan_files(plan: Plan) -> dict[str, bytes]:
    """Content of every file by name; `passes_files` where the plan holds the passes alone."""
    if plan.keys is None:
        return passes_files(plan)
    passes = passes_columns(plan)
    contacts = contacts_columns(plan, passes)
    tables = {CONTACTS_NAME: contacts, PASSES_NAME: passes, **_store_tables(plan)}
    tables |= _settings_table(plan, contacts)
    files = {name: table_bytes(table) for name, table in tables.items()}
    files[csv_metadata.FILE_NAME] = csv_metadata.tables_meta_bytes(plan, tables)
    files[calendar_file.FILE_NAME] = calendar_file.calendar_bytes(plan, contacts)
    files[page.FILE_NAME] = page.report_bytes(plan, passes, contacts)
    files[summary_json.FILE_NAME] = summary_json.summary_bytes(plan, files)
    return files


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
    sought = any(item.policy is not SettingsPolicy.FIXED for item in plan.key_settings)
    columns = settings_columns(plan, contacts) if sought else None
    return {} if columns is None else {SETTINGS_NAME: columns}


def passes_files(plan: Plan) -> dict[str, bytes]:
    """Content of the files that say something about passes alone."""
    tables = {PASSES_NAME: passes_columns(plan)}
    files = {name: table_bytes(table) for name, table in tables.items()}
    files[csv_metadata.FILE_NAME] = csv_metadata.tables_meta_bytes(plan, tables)
    files[summary_json.FILE_NAME] = summary_json.summary_bytes(plan, files)
    return files


def streamed_files(lines: Iterable[bytes], plan: Callable[[], Plan]) -> dict[str, Iterable[bytes]]:
    """The files of `passes_files`, for passes that go by in parts; to be read in this order.

    `lines` is the content of `passes.csv`, `plan` gives the plan with the counts once it is read.
    """
    digests: dict[str, bytes | summary_json.FileDigest] = {}

    def digested(name: str, content: Iterable[bytes]) -> Iterator[bytes]:
        hashed, size = hashlib.sha256(), 0
        for part in content:
            hashed.update(part)
            size += len(part)
            yield part
        digests[name] = summary_json.FileDigest(hashed.hexdigest(), size)

    def metadata() -> Iterator[bytes]:
        made = plan()
        rows = {} if made.counts is None else {PASSES_NAME: len(made.counts)}
        yield csv_metadata.tables_meta_bytes(made, {PASSES_NAME: passes_columns(made)}, rows)

    def summary() -> Iterator[bytes]:
        yield summary_json.summary_bytes(plan(), digests)

    return {
        PASSES_NAME: digested(PASSES_NAME, lines),
        csv_metadata.FILE_NAME: digested(csv_metadata.FILE_NAME, metadata()),
        summary_json.FILE_NAME: summary(),
    }


def write_plan(plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write the whole folder, or nothing; returns the paths. Raises `OutputError`.

    `summary.json` comes last and holds the SHA-256 of the others: where they disagree, the
    folder is a mixture.
    """
    return write_folder(folder, plan_files(plan))
