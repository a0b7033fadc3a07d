"""`new`, `schema` and `doctor`."""

from __future__ import annotations

import json
from argparse import Namespace

from euroqci_planner.app import planner
from euroqci_planner.cli.console import Console
from euroqci_planner.errors import EXIT_DONE, EXIT_INTERNAL, OutputError


def new(options: Namespace, console: Console) -> int:
    """Write a scenario to start from."""
    try:
        written = planner.write_new_scenario(options.path, overwrite=options.force)
    except OutputError:
        if not options.force:
            console.say("--force overwrites what stands there")
        raise
    if console.as_json:
        console.json({"files": [str(path) for path in written]})
        return EXIT_DONE
    for path in written:
        console.line(f"  {path}")
    console.say(f"plan it: euroqci-planner plan {options.path} --out DIR")
    return EXIT_DONE


def schema(options: Namespace, console: Console) -> int:
    """Print the JSON Schema."""
    del options
    console.line(json.dumps(planner.scenario_schema(), indent=2, ensure_ascii=False))
    return EXIT_DONE


def doctor(options: Namespace, console: Console) -> int:
    """Say what is installed, what is missing, and what a scenario would need."""
    from euroqci_planner.app.doctor import examine  # noqa: PLC0415 (loads the engine)
    from euroqci_planner.app.warm_up import compile_now  # noqa: PLC0415

    if options.compile:
        console.say("compiling the pass search, where that is still to be done")
        compile_now()
    findings = examine(options.scenario)
    if console.as_json:
        console.json({"findings": [item.as_plain() for item in findings]})
    else:
        for item in findings:
            console.line(f"{item.status:8} {item.subject}: {item.text}")
    return EXIT_INTERNAL if any(item.status == "broken" for item in findings) else EXIT_DONE
