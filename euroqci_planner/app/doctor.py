"""Is everything in place? The installation, the packaged data, and one scenario if asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from euroqci_planner import compilation
from euroqci_planner.app import planner
from euroqci_planner.app.provenance import LIBRARIES, library_version
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.orbit import warm_up
from euroqci_planner.orbit.earth_orientation import table_description
from euroqci_planner.orbit.engine import COMPILED_FROM_PAIR_DAYS
from euroqci_planner.resources import resource
from euroqci_planner.units import SECONDS_PER_DAY

Status = Literal["ok", "absent", "warning", "broken"]
EXTRAS = {
    "fast": ("numba", "compiled pass search"),
    "gui": ("PySide6", "desktop window"),
    "parquet": ("pyarrow", "tables as Arrow and Parquet"),
}
BYTES_PER_SAMPLE = 8 * 40
PASSES_PER_PAIR_AND_DAY = 8.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined."""

    subject: str
    status: Status
    text: str

    def as_plain(self) -> dict[str, str]:
        """Plain data for JSON."""
        return {"subject": self.subject, "status": self.status, "text": self.text}


def examine(scenario_path: str | None = None) -> list[Finding]:
    """Examine the installation, then the scenario; raises `InvalidInput` for a faulty scenario."""
    findings = [*_libraries(), *_extras(), _engine(), *_data()]
    if scenario_path is not None:
        findings.extend(_scenario(scenario_path))
    return findings


def _libraries() -> Iterator[Finding]:
    yield Finding("python", "ok", sys.version.split()[0])
    for name in LIBRARIES:
        found = library_version(name)
        yield Finding(name, "ok" if found else "broken", found or "not installed: run make setup")


def _extras() -> Iterator[Finding]:
    for extra, (module, use) in EXTRAS.items():
        there = find_spec(module) is not None
        text = (
            f"{use}" if there else f"{use}: not installed (pip install 'euroqci-planner[{extra}]')"
        )
        yield Finding(f"extra {extra}", "ok" if there else "absent", text)


def _engine() -> Finding:
    """How passes are searched, and whether machine code is there for it."""
    subject = "pass search"
    if not compilation.is_available():
        return Finding(subject, "ok", "NumPy and the C++ SGP4; machine code needs the extra fast")
    uses = (
        f"machine code on {compilation.THREADS} threads from {COMPILED_FROM_PAIR_DAYS:,.0f} "
        "satellites x stations x days on, NumPy below"
    )
    if warm_up.is_warm():
        return Finding(subject, "ok", f"{uses}; compiled, kept in {warm_up.kept_in()}")
    if warm_up.kept_in() is None:
        text = "compiled anew in every run: no cache folder that is yours alone"
        return Finding(subject, "warning", f"{uses}; {text}")
    return Finding(subject, "ok", f"{uses}; not compiled yet: doctor --compile does it now")


def _data() -> Iterator[Finding]:
    yield Finding("earth orientation", "ok", table_description())
    tables = load_physics_tables()
    yield Finding("physics tables", "ok", f"gas fit at {len(tables.gas)} wavelengths")
    sample = resource("samples", "first-plan", "first-plan.scenario.toml")
    yield Finding("sample scenario", "ok", sample.name)


def _scenario(path: str) -> Iterator[Finding]:
    scenario = planner.load_scenario(path)
    yield Finding(
        path,
        "ok",
        f"{len(scenario.satellites)} satellites, {len(scenario.stations)} stations, "
        f"{scenario.duration_s / SECONDS_PER_DAY:g} days",
    )
    for text in scenario.warnings:
        yield Finding(path, "warning", text)
    pairs = len(scenario.satellites) * len(scenario.stations)
    passes = pairs * PASSES_PER_PAIR_AND_DAY * scenario.duration_s / SECONDS_PER_DAY
    yield Finding(path, "ok", f"up to about {passes:,.0f} low-orbit passes at 10 degrees")
