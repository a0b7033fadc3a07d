"""What the map says of the thing under the pointer."""

from __future__ import annotations

from html import escape

import numpy as np

from euroqci_planner.app.catalogue_offers import StationOffer
from euroqci_planner.app.display import counted, time_of_day
from euroqci_planner.app.pass_card import PassCard, pass_card
from euroqci_planner.gui.map.stage import MapTarget, Stage, TargetKind
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import Plan
from euroqci_planner.units import KILO


def tip_of(target: MapTarget, stage: Stage, plan: Plan | None) -> str:
    """Rich text for a tooltip; '' for bare ground."""
    if target.kind is TargetKind.STATION:
        return _station(target.index, stage, plan)
    if target.kind is TargetKind.OFFER:
        return _offer(stage.offers[target.index])
    if plan is None or target.kind is TargetKind.GROUND:
        return ""
    if target.kind is TargetKind.SATELLITE:
        return _satellite(target.index, stage, plan)
    return card_html(pass_card(plan, target.index))


def coordinates_text(latitude_rad: float, longitude_rad: float) -> str:
    """`48.08° N 11.28° E`; '' beside the map."""
    if not (np.isfinite(latitude_rad) and np.isfinite(longitude_rad)):
        return ""
    latitude, longitude = float(np.degrees(latitude_rad)), float(np.degrees(longitude_rad))
    north, east = "S" if latitude < 0.0 else "N", "W" if longitude < 0.0 else "E"
    return f"{abs(latitude):.2f}° {north} {abs(longitude):.2f}° {east}"


def _station(index: int, stage: Stage, plan: Plan | None) -> str:
    site = stage.stations[index]
    lines = [
        f"<b>{escape(site.name)}</b> ({escape(site.id)}, {escape(site.country)})",
        f"{coordinates_text(site.latitude_rad, site.longitude_rad)}, {site.altitude_m:.0f} m",
        _instrument(site),
    ]
    if plan is None or index >= len(plan.passes.station_ids):
        lines.append("not in the plan yet")
    else:
        mine = plan.passes.station == index
        contacts = int(np.count_nonzero(mine[plan.contact_rows]))
        lines.append(_counts(int(np.count_nonzero(mine)), contacts))
        lines += [
            f"in contact with {escape(_name(plan, link.satellite))}"
            for link in stage.contacts
            if link.station == index
        ]
    return "<br>".join(lines)


def _instrument(site: Station) -> str:
    least, aperture_mm = np.degrees(site.min_elevation_rad), site.receiver.aperture_m * KILO
    return f"from {least:.0f}° elevation, {aperture_mm:.0f} mm telescope"


def _satellite(index: int, stage: Stage, plan: Plan) -> str:
    lines = [f"<b>{escape(_name(plan, index))}</b> ({escape(plan.passes.satellite_ids[index])})"]
    if stage.points is not None:
        height = stage.points.altitude_m[index] / KILO
        place = coordinates_text(
            float(stage.points.latitude_rad[index]), float(stage.points.longitude_rad[index])
        )
        lines.append(f"over {place}, {height:.0f} km high")
    outcome = plan.outcomes[index]
    lines.append(_counts(outcome.passes, outcome.contacts))
    lines += [
        f"in contact with {escape(stage.stations[link.station].name)} until {_end(plan, link.row)}"
        for link in stage.contacts
        if link.satellite == index
    ]
    if outcome.problem:
        lines.append(escape(outcome.problem))
    return "<br>".join(lines)


def _offer(offer: StationOffer) -> str:
    lines = [
        f"<b>{escape(offer.name)}</b> ({escape(offer.id)}, {escape(offer.country)})",
        "of the catalogue, not in the scenario"
        + (f"; {escape(offer.status)}" if offer.status else ""),
        escape(offer.source),
    ]
    return "<br>".join(line for line in lines if line)


def card_html(card: PassCard) -> str:
    """A card as rich text: the title, the state with its reason, and a small table."""
    state = escape(card.state) + (f": {escape(card.reason)}" if card.reason else "")
    rows = "".join(
        f"<tr><td>{escape(name)}&nbsp;&nbsp;</td><td>{escape(text)}</td></tr>"
        for name, text in card.lines
    )
    return f"<b>{escape(card.title)}</b><br>{state}<table cellspacing='0'>{rows}</table>"


def _end(plan: Plan, row: int) -> str:
    return f"{time_of_day(plan.conditions.usable_end_utc[row])} UTC"


def _counts(passes: int, contacts: int) -> str:
    return f"{counted(passes, 'pass', 'passes')}, {counted(contacts, 'contact', 'contacts')}"


def _name(plan: Plan, satellite: int) -> str:
    return plan.scenario.satellites[satellite].name
