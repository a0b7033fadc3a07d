"""From a checked document to the scenario noun, with what is kept aside and what to warn of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euroqci_planner.io.catalogue import CatalogueRow, load_catalogue
from euroqci_planner.io.cloud_cover_file import load_cloud_cover
from euroqci_planner.io.scenario_assets import (
    constellation_noun,
    instant,
    payload_noun,
    satellite_noun,
    station_noun,
)
from euroqci_planner.io.scenario_merge import FROM, Filled
from euroqci_planner.io.scenario_network import network_noun
from euroqci_planner.io.scenario_orbits import Orbits
from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_requirements import requirement_noun
from euroqci_planner.io.scenario_schema import ScenarioDocument
from euroqci_planner.io.scenario_settings import policy_noun, schedule_noun, weather_noun
from euroqci_planner.io.scenario_support import kept_aside
from euroqci_planner.mission.assets import Constellation, Payload, Satellite, Station
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.scenario import InputFile, Scenario
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.units import SECONDS_PER_DAY

_NOT_OVERRIDES = {"id", "name", FROM}


@dataclass(frozen=True, slots=True)
class Checked:
    """A document without faults: as records, as it was written, and with its catalogue rows."""

    document: ScenarioDocument
    written: dict[str, Any]
    filled: Filled
    orbits: Orbits


def assembled(checked: Checked, folder: Path, source: InputFile, display: str) -> Scenario:
    """The scenario; `display` is the path that it was read from, `folder` where its files are."""
    document, orbits = checked.document, checked.orbits
    settings = document.scenario
    kept = kept_aside(Part((), checked.written), Part((), checked.filled.data))
    satellites = tuple(_satellites(checked))
    network = network_noun(document, checked.filled.rows, folder)
    sky_forecast = _sky_forecast(document, folder)
    return Scenario(
        name=settings.name,
        description=settings.description,
        start_utc=instant(settings.start_utc),
        duration_s=settings.duration_days * SECONDS_PER_DAY,
        issued_utc=instant(settings.issued_utc or settings.start_utc),
        seed=settings.seed,
        marking=settings.marking,
        step_s=settings.step_s,
        satellites=satellites,
        stations=tuple(_stations(checked)),
        constellations=tuple(_constellations(checked)),
        network=network,
        orbit_files=orbits.files,
        policy=policy_noun(document.policy),
        schedule=schedule_noun(document.schedule),
        weather=weather_noun(document.weather, sky_forecast),
        requirements=tuple(requirement_noun(item) for item in document.requirement),
        kept_blocks=kept.blocks,
        warnings=(
            *orbits.warnings,
            *_twin_warnings(satellites),
            *network.warnings,
            *_forecast_warnings(document, sky_forecast),
            *kept.warnings,
        ),
        inputs=(source, *_orbit_inputs(checked, folder), *_other_inputs(document, folder)),
        path=display,
    )


def _satellites(checked: Checked) -> Iterator[Satellite]:
    payloads = dict(_payloads(checked))
    for index, record in enumerate(checked.document.satellite):
        yield satellite_noun(record, checked.orbits.sources[index], payloads[record.payload])


def _constellations(checked: Checked) -> Iterator[Constellation]:
    payloads = dict(_payloads(checked))
    for record in checked.document.constellation:
        if record.enabled:
            yield constellation_noun(record, payloads[record.payload])


def _payloads(checked: Checked) -> Iterator[tuple[str, Payload]]:
    for index, record in enumerate(checked.document.payload):
        row = checked.filled.rows.get(("payload", index))
        written = checked.written["payload"][index]
        yield (
            record.id,
            payload_noun(
                record, _provenance(row, written), assumed=row is not None and row.assumed
            ),
        )


def _stations(checked: Checked) -> Iterator[Station]:
    for index, record in enumerate(checked.document.station):
        row = checked.filled.rows.get(("station", index))
        written = checked.written["station"][index]
        yield station_noun(record, _provenance(row, written), assumed=_is_assumed(row, written))


def _is_assumed(row: CatalogueRow | None, written: Mapping[str, Any]) -> bool:
    """Whether the site is a guess, or its receiver comes from a class or an assumed preset."""
    preset = _preset(written)
    if preset is not None and preset.assumed:
        return True
    if row is None:
        return False
    shared = set(row.fields.get("receiver", ())) - set(written.get("receiver", ()))
    return row.assumed or bool(shared)


def _provenance(row: CatalogueRow | None, written: Mapping[str, Any]) -> str:
    """Catalogue row with its source, and the fields that the scenario changes."""
    preset = _preset(written)
    told = f"receiver {preset.id}: {preset.source}" if preset is not None else ""
    if row is None:
        return told
    changed = list(_overrides(row.fields, written))
    tail = f"; changed by the scenario: {', '.join(changed)}" if changed else ""
    of_class = f"receiver of the class {row.receiver_class}" if row.receiver_class else ""
    receiver = f"; {told or of_class}" if told or of_class else ""
    return f"catalogue {row.id}: {row.source}{receiver}{tail}"


def _preset(written: Mapping[str, Any]) -> CatalogueRow | None:
    """The receiver preset that a station or payload names."""
    receiver = written.get("receiver")
    name = receiver.get(FROM) if isinstance(receiver, Mapping) else None
    return load_catalogue().receivers.get(name) if isinstance(name, str) else None


def _overrides(fields: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[str]:
    """Fields of the row that the scenario writes itself, `receiver.aperture_mm` in a table."""
    for key, value in written.items():
        below = fields.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            yield from (f"{key}.{inner}" for inner in value if inner in below)
        elif key in fields and key not in _NOT_OVERRIDES:
            yield key


def _twin_warnings(satellites: tuple[Satellite, ...]) -> Iterator[str]:
    first: dict[int, str] = {}
    for item in satellites:
        number = item.orbit.norad_id if isinstance(item.orbit, ElementSet) else 0
        if number and number in first:
            yield (
                f"satellites {first[number]} and {item.id} have one catalogue number, {number}:"
                " they are planned as two spacecraft"
            )
        first.setdefault(number, item.id)


def _orbit_inputs(checked: Checked, folder: Path) -> Iterator[InputFile]:
    digests = {file.path: file.sha256 for file in checked.orbits.files}
    for record in checked.document.orbit_file:
        size = (folder / record.path).stat().st_size
        yield InputFile(path=record.path, sha256=digests[record.path], bytes=size)


def _sky_forecast(document: ScenarioDocument, folder: Path) -> SkyForecast | None:
    """What the forecast file holds; the door has checked it."""
    weather, settings = document.weather, document.scenario
    if weather.forecast_file is None:
        return None
    issued = instant(settings.issued_utc or settings.start_utc)
    stations = [item.id for item in document.station]
    return load_cloud_cover(folder / weather.forecast_file, stations, issued)


def _forecast_warnings(document: ScenarioDocument, forecast: SkyForecast | None) -> Iterator[str]:
    if forecast is None:
        return
    missing = [item.id for item in document.station if item.id not in forecast.station_ids]
    if missing:
        yield f"forecast_file has nothing for {', '.join(missing)}: the climatology stands there"
    last = forecast.time_utc.max()
    if last <= instant(document.scenario.start_utc):
        yield "forecast_file ends before the plan starts: the climatology stands everywhere"


def _other_inputs(document: ScenarioDocument, folder: Path) -> Iterator[InputFile]:
    """Files behind the stocks of demands and the forecast of the sky, each once, by name."""
    named = {record.store.status_file for record in document.demand}
    named = {*named, document.weather.forecast_file} - {None}
    for name in sorted(str(item) for item in named):
        data = (folder / name).read_bytes()
        yield InputFile(path=name, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
