"""`plan`, `passes` and `export`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from euroqci_planner.app import batch, planner, streaming
from euroqci_planner.app.memory import refuse_too_large
from euroqci_planner.app.requirements import failed
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.tables import (
    contacts_table,
    pair_contacts_table,
    plan_summary,
    requirements_table,
)
from euroqci_planner.errors import (
    EXIT_DONE,
    EXIT_REQUIREMENT_FAILED,
    EXIT_STUDY_PARTLY_FAILED,
    UsageError,
)
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.units import GIGA


def plan(options: Namespace, console: Console) -> int:
    """Plan one scenario, or several into a folder each."""
    if len(options.scenario) > 1:
        return _plan_several(options, console)
    made = _plan_one(options, options.scenario[0], console)
    _show_plan(made, options.out, console)
    return requirements_code(made, console)


def requirements_code(made: Plan, console: Console) -> int:
    """The exit code of a plan: whether it meets its requirements; says which it does not meet."""
    missed = failed(made)
    for item in missed:
        asked = item.requirement
        whose = f" of {asked.demand_id}" if asked.demand_id else ""
        console.error(
            f"requirement {asked.id} failed: {asked.metric.value}{whose} is {item.figure_text},"
            f" wanted {asked.limit_text}"
        )
    return EXIT_REQUIREMENT_FAILED if missed else EXIT_DONE


def passes(options: Namespace, console: Console) -> int:
    """Find the passes of one scenario and write them as they are found."""
    scenario = _loaded(options.scenario, console, strict=options.strict)
    refuse_too_large(scenario, _memory_limit(options), in_parts=True)
    progress = console.progress(scenario.name)
    if options.out is not None:
        found, written = streaming.write_passes(scenario, Path(options.out), progress)
        _warn(found, console)
        _show_written(found, written, console)
    elif console.as_json:
        found, summary = streaming.passes_summary(scenario, progress)
        _warn(found, console)
        console.data(summary)
    else:
        stream = streaming.PassStream(scenario, progress)
        console.pieces(stream.lines())
        _warn(stream.plan(), console)
    return EXIT_DONE


def export(options: Namespace, console: Console) -> int:
    """Write one file of a plan to standard output or to a path."""
    made = _plan_one(options, options.scenario, console)
    files = planner.plan_files(made)
    if options.file not in files:
        raise UsageError(f"there is no {options.file!r} in a plan: choose {', '.join(files)}")
    if options.out is None:
        console.data(files[options.file])
    else:
        planner.write_file(options.out, files[options.file])
        console.say(f"wrote {options.out}")
    return EXIT_DONE


def _plan_one(options: Namespace, path: str, console: Console) -> Plan:
    scenario = _loaded(path, console, strict=options.strict)
    made = planner.make_plan(
        scenario, console.progress(scenario.name), memory_limit_bytes=_memory_limit(options)
    )
    _warn(made, console)
    return made


def _memory_limit(options: Namespace) -> float | None:
    return None if options.memory_limit_gb is None else options.memory_limit_gb * GIGA


def _loaded(path: str, console: Console, *, strict: bool) -> Scenario:
    if console.verbose:
        console.say(f"reading {path}")
    scenario = planner.load_scenario(path)
    if strict:
        planner.refuse_refused_records(scenario)
    return scenario


def _warn(made: Plan, console: Console) -> None:
    for text in made.warnings:
        console.warn(text)
    for record in made.import_report:
        place = f"{record.source}:{record.line}" if record.source else record.satellite_id
        console.warn(f"{place} {record.name}: {record.message}")
    for outcome in made.outcomes:
        if outcome.problem and not outcome.usable_passes:
            console.warn(f"{outcome.satellite_id}: {outcome.problem}")


def _show_plan(made: Plan, out: str | None, console: Console) -> None:
    if out is None:
        if console.as_json:
            console.data(planner.plan_files(made)["summary.json"])
        else:
            _show_summary(made, console)
            console.line(contacts_table(made))
            if made.pair_contacts is not None:
                console.line()
                console.line(pair_contacts_table(made))
        return
    with console.timed("files"):
        written = planner.write_plan(made, out)
    _show_written(made, written, console)


def _show_written(made: Plan, written: tuple[Path, ...], console: Console) -> None:
    if console.as_json:
        files: dict[str, Any] = {"files": [str(path) for path in written]}
        console.json(files)
        return
    _show_summary(made, console)
    for path in written:
        console.line(f"  {path}")


def _show_summary(made: Plan, console: Console) -> None:
    console.line(plan_summary(made))
    console.line()
    if made.findings:
        console.line(requirements_table(made))
        console.line()


def _plan_several(options: Namespace, console: Console) -> int:
    if options.out is None:
        raise UsageError("several scenarios need --out DIR: each gets a folder of its own there")
    rows = batch.plan_several(
        [Path(path) for path in options.scenario],
        Path(options.out),
        console.progress("batch"),
        lambda row: console.error(f"{row.scenario}: {row.message}") if row.exit_code else None,
        strict=options.strict,
        memory_limit_bytes=_memory_limit(options),
    )
    if console.as_json:
        console.json({"scenarios": [row.as_plain() for row in rows]})
    else:
        for row in rows:
            console.line(row.as_line())
        console.line(f"  {Path(options.out) / 'batch.csv'}")
    codes = {row.exit_code for row in rows} - {EXIT_DONE}
    if codes == {EXIT_REQUIREMENT_FAILED}:
        return EXIT_REQUIREMENT_FAILED
    return EXIT_STUDY_PARTLY_FAILED if codes else EXIT_DONE
