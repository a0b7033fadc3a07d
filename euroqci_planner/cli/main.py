"""Run one command, turn errors into exit codes."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from euroqci_planner.cli.console import Console
from euroqci_planner.cli.grammar import build_parser
from euroqci_planner.errors import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    Cancelled,
    PlannerError,
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; every error meant for the user ends here."""
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_USAGE
    console = Console(quiet=options.quiet, verbose=options.verbose, as_json=options.json)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run_verb(options, console)
    except (KeyboardInterrupt, Cancelled):
        console.error("interrupted: nothing half-written was left behind")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: no message helps anybody then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_INTERNAL


def _run_verb(options: argparse.Namespace, console: Console) -> int:
    module, function = options.runs
    try:
        code: int = getattr(import_module(module), function)(options, console)
    except (Cancelled, KeyboardInterrupt, BrokenPipeError):
        raise
    except PlannerError as error:
        console.fail(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 (the last door: the user gets a message, -v the trace)
        console.internal_error(error)
        return EXIT_INTERNAL
    finally:
        console.close()
    return code
