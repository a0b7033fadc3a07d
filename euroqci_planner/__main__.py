"""Front door of the program."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from euroqci_planner.cli.main import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    return run(list(sys.argv[1:] if arguments is None else arguments))


if __name__ == "__main__":
    raise SystemExit(main())
