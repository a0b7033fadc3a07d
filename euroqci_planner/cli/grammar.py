"""The grammar of the command line; nothing heavy is imported for it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from euroqci_planner import __version__

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

EXIT_TEXT = """exit codes: 0 done · 1 internal error · 2 usage · 3 invalid input ·
4 plan made but a requirement failed · 5 part of the work failed · 130 interrupted"""
_PLANNING = "euroqci_planner.cli.planning_verbs"
_SCENARIO = "euroqci_planner.cli.scenario_verbs"
_VALIDATE = "euroqci_planner.cli.validate_verb"
_CATALOGUE = "euroqci_planner.cli.catalogue_verb"
_CATALOGUE_KINDS = ("stations", "nodes", "fibre", "payloads", "receivers", "devices")
_SCENARIO_HELP = "scenario file (TOML)"


def build_parser() -> argparse.ArgumentParser:
    """All verbs with their options; `runs` names the module and function of the verb."""
    parser = argparse.ArgumentParser(
        prog="euroqci-planner",
        description="Plan satellite QKD contacts over European optical ground stations.",
        epilog=EXIT_TEXT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    version = f"euroqci-planner {__version__}"
    parser.add_argument("-V", "--version", action="version", version=version)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for add in (
        _plan,
        _passes,
        _forecast,
        _key,
        _link,
        _export,
        _validate,
        _catalogue,
        _new,
        _schema,
        _doctor,
        _gui,
    ):
        add(verbs)
    return parser


def _plan(verbs: Verbs) -> None:
    verb = _verb(verbs, "plan", "Plan one or more scenarios.", _PLANNING)
    verb.add_argument("scenario", nargs="+", help=_SCENARIO_HELP)
    verb.add_argument("--out", metavar="DIR", help="write the plan's files into this folder")
    _strict(verb)


def _passes(verbs: Verbs) -> None:
    text = "Find the passes alone: geometry and usable windows."
    verb = _verb(verbs, "passes", text, _PLANNING)
    verb.add_argument("scenario", help=_SCENARIO_HELP)
    verb.add_argument("--out", metavar="DIR", help="write passes.csv and summary.json there")
    _strict(verb)


def _forecast(verbs: Verbs) -> None:
    text = "Say who will run out of key, as planned and with something changed."
    verb = _verb(verbs, "forecast", text, "euroqci_planner.cli.forecast_verb")
    verb.add_argument("scenario", help=_SCENARIO_HELP)
    verb.add_argument("--out", metavar="DIR", help="write forecast.json and the tables there")
    for what, help_text in (
        ("station", "no contact with this station (repeatable)"),
        ("satellite", "this satellite and the key aboard are lost (repeatable)"),
    ):
        verb.add_argument(
            f"--without-{what}", action="append", default=[], metavar="ID", help=help_text
        )
    factor = "every demand asks for X times as much"
    verb.add_argument("--demand-factor", type=float, default=1.0, metavar="X", help=factor)
    anew = "choose the contacts anew; else the others stay as planned"
    verb.add_argument("--replan", action="store_true", help=anew)
    _strict(verb)


def _key(verbs: Verbs) -> None:
    text = "Study the key of one link: settings, epsilon ledger, key against loss and block size."
    verb = _verb(verbs, "key", text, "euroqci_planner.cli.key_verb")
    verb.add_argument("scenario", help=_SCENARIO_HELP)
    verb.add_argument("--satellite", metavar="ID", help="satellite (default: the first)")
    verb.add_argument("--station", metavar="ID", help="ground station (default: the first)")
    loss = "a constant loss instead of the best pass of the link"
    verb.add_argument("--loss-db", type=float, metavar="DB", help=loss)
    noise = "noise per detector with --loss-db (default: its dark counts)"
    verb.add_argument("--background-hz", type=float, metavar="HZ", help=noise)
    seconds = "length of the contact with --loss-db (default: 300)"
    verb.add_argument("--seconds", type=float, metavar="S", help=seconds)
    verb.add_argument("--plot", metavar="FILE", help="draw both curves into this SVG file")


def _link(verbs: Verbs) -> None:
    text = "Show the link budget of a satellite over a station, term by term."
    verb = _verb(verbs, "link", text, "euroqci_planner.cli.link_verb")
    verb.add_argument("scenario", help=_SCENARIO_HELP)
    verb.add_argument("--satellite", metavar="ID", required=True, help="which satellite")
    pair = "which station; twice for the two ends of a source of pairs"
    verb.add_argument("--station", metavar="ID", action="append", default=[], help=pair)
    partner = "another satellite that receives, in place of a station"
    verb.add_argument("--partner", metavar="ID", help=partner)
    numbers = "first:last:step, or numbers with commas (default 10:90:10)"
    verb.add_argument("--elevation-deg", metavar="LIST", default="10:90:10", help=numbers)
    ranges = "between satellites (default 500:5000:500)"
    verb.add_argument("--range-km", metavar="LIST", default="500:5000:500", help=ranges)
    for light, meaning in (("sun", "the Sun"), ("moon", "a full Moon")):
        name, told = f"--{light}-elevation-deg", f"height of {meaning} (default: far below)"
        verb.add_argument(name, type=float, default=-30.0, metavar="X", help=told)
    verb.add_argument("--sunlit", action="store_true", help="the satellite stands in sunlight")
    verb.add_argument("--plot", metavar="FILE.svg", help="draw the losses into this file")
    one = "along the pass that culminates near this time (or stamp of a pass_id)"
    verb.add_argument("--pass", metavar="UTC", dest="near", help=one)
    both = "when both stations see the satellite at once, and the key that they share"
    verb.add_argument("--windows", action="store_true", help=both)


def _export(verbs: Verbs) -> None:
    names = "contacts.csv, passes.csv, summary.json, contacts.ics or report.html"
    verb = _verb(verbs, "export", "Plan and write one file of the output folder.", _PLANNING)
    verb.add_argument("scenario", help=_SCENARIO_HELP)
    verb.add_argument("file", metavar="NAME", help=names)
    verb.add_argument("--out", metavar="FILE", help="write here instead of standard output")
    _strict(verb)


def _validate(verbs: Verbs) -> None:
    groups = "only this group: orbit, link, key, network (repeatable)"
    verb = _verb(verbs, "validate", "Recompute published numbers and compare.", _VALIDATE)
    verb.add_argument("--group", action="append", metavar="GROUP", help=groups)


def _catalogue(verbs: Verbs) -> None:
    verb = _verb(verbs, "catalogue", "List what is packaged, with its sources.", _CATALOGUE)
    verb.add_argument("kind", choices=_CATALOGUE_KINDS, help="what to list")
    verb.add_argument("id", nargs="?", help="show this row with everything that is known")
    verb.add_argument("--country", metavar="XX", help="only rows of this country")


def _new(verbs: Verbs) -> None:
    verb = _verb(verbs, "new", "Write a commented scenario to start from.", _SCENARIO)
    verb.add_argument("path", help="file to write, usually NAME.scenario.toml")
    verb.add_argument("--force", action="store_true", help="overwrite what stands there")


def _schema(verbs: Verbs) -> None:
    _verb(verbs, "schema", "Print the JSON Schema of the scenario file.", _SCENARIO)


def _gui(verbs: Verbs) -> None:
    text = "Open the desktop program, with the sample scenario if none is given."
    verb = _verb(verbs, "gui", text, "euroqci_planner.cli.gui_verb")
    verb.add_argument("scenario", nargs="?", help=_SCENARIO_HELP)
    folder = "save pictures of the window there, both themes and two sizes, and end"
    verb.add_argument("--screenshot", metavar="DIR", help=folder)


def _doctor(verbs: Verbs) -> None:
    text = "Check the installation, and a scenario if one is given."
    verb = _verb(verbs, "doctor", text, _SCENARIO)
    compile_help = "compile the pass search now, once for this version (the extra fast)"
    verb.add_argument("--compile", action="store_true", help=compile_help)
    verb.add_argument("scenario", nargs="?", help=_SCENARIO_HELP)


def _verb(verbs: Verbs, name: str, text: str, module: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text, epilog=EXIT_TEXT, allow_abbrev=False)
    verb.set_defaults(runs=(module, name))
    shared = verb.add_argument_group("output")
    shared.add_argument("--json", action="store_true", help="print the result as JSON")
    shared.add_argument("--quiet", "-q", action="store_true", help="no progress, no warnings")
    shared.add_argument("--verbose", "-v", action="store_true", help="more detail, tracebacks")
    return verb


def _strict(verb: argparse.ArgumentParser) -> None:
    text = "exit 3 if any record of an orbit file was refused"
    verb.add_argument("--strict", action="store_true", help=text)
    text = "refuse work that needs more (default: 80 %% of the machine's memory)"
    verb.add_argument("--memory-limit-gb", type=float, metavar="GB", help=text)
