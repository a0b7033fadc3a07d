"""`forecast`: who runs out of key, as planned and with something changed."""

from __future__ import annotations

from argparse import Namespace

from euroqci_planner.app import planner
from euroqci_planner.app.key_forecast import (
    Switches,
    forecast_files,
    forecast_scenario,
    write_forecast,
)
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.forecast_tables import forecast_text
from euroqci_planner.cli.planning_verbs import requirements_code
from euroqci_planner.units import GIGA


def forecast(options: Namespace, console: Console) -> int:
    """Forecast the stores of one scenario; exit code 4 where a requirement fails."""
    scenario = planner.load_scenario(options.scenario)
    if options.strict:
        planner.refuse_refused_records(scenario)
    limit = None if options.memory_limit_gb is None else options.memory_limit_gb * GIGA
    found = forecast_scenario(
        scenario, _switches(options), console.progress(scenario.name), memory_limit_bytes=limit
    )
    for text in found.last.warnings:
        console.warn(text)
    written = () if options.out is None else write_forecast(found, options.out)
    if console.as_json:
        console.data(forecast_files(found)["forecast.json"])
    else:
        console.line(forecast_text(found))
        if written:
            console.line()
        for path in written:
            console.line(f"  {path}")
    return requirements_code(found.last, console)


def _switches(options: Namespace) -> Switches:
    return Switches(
        without_stations=tuple(dict.fromkeys(options.without_station)),
        without_satellites=tuple(dict.fromkeys(options.without_satellite)),
        demand_factor=options.demand_factor,
        is_replanned=options.replan,
    )
