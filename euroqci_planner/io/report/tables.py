"""Tables of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from euroqci_planner.io.exports.plain_text import plain
from euroqci_planner.io.report.display import (
    ABSENT,
    bit_unit,
    bits_text,
    count,
    day_and_time,
    fixed,
    percent,
    span,
    time_of_day,
)
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.key_yield import EpsilonLedger
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.plan import SatelliteOutcome
from euroqci_planner.mission.plan_totals import Limit, Totals
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.schedule_columns import goal_verdict, quota_verdict
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import SECONDS_PER_DAY

TEXT, NUMBER = "text", "number"


def table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]) -> Markup:
    """A table; heads are (title, `TEXT` or `NUMBER`). Wide tables scroll sideways."""
    classes = [kind if kind == NUMBER else None for _, kind in heads]
    head = tag(
        "tr", *(tag("th", title, class_=c, scope="col") for (title, _), c in _with(heads, classes))
    )
    body = [
        tag("tr", *(tag("td", cell, class_=c) for cell, c in _with(row, classes))) for row in rows
    ]
    whole = tag("table", tag("thead", head), tag("tbody", joined(body)))
    return tag("div", whole, class_="scroll", role="region", aria_label=heads[0][0], tabindex="0")


def _with(cells: Sequence[Any], classes: Sequence[str | None]) -> Iterable[tuple[Any, str | None]]:
    return zip(cells, classes, strict=True)


def goals_table(goals: Sequence[Goal]) -> Markup:
    """What was maximised, the first before all others."""
    heads = (("Goal", TEXT), ("Reached", NUMBER), ("Bound", NUMBER), ("", TEXT))
    rows = [
        (item.name, _figure(item.value, item.unit), _figure(item.bound, item.unit),
         goal_verdict(item))
        for item in goals
    ]  # fmt: skip
    return table(heads, rows)


def quotas_table(quotas: Sequence[QuotaUse]) -> Markup:
    """Share of the contact time of every group that has a quota."""
    heads = (
        ("Quota of", TEXT),
        ("Share", NUMBER),
        ("At most", NUMBER),
        ("Credited", NUMBER),
        ("", TEXT),
        ("Stations", TEXT),
    )
    rows = [
        (
            item.group,
            percent(item.share, 1),
            percent(item.max_share, 1),
            span(item.credited_s),
            quota_verdict(item),
            ", ".join(item.station_ids),
        )
        for item in quotas
    ]
    return table(heads, rows)


def served_table(pairs: PairShares) -> Markup:
    """What the schedule means for each demand."""
    heads = [
        ("Demand", TEXT),
        ("Class", TEXT),
        ("Asked for", NUMBER),
        ("Served, expected", NUMBER),
        ("Share", NUMBER),
        ("At most", NUMBER),
    ]
    with_value = bool(np.isfinite(pairs.stock_value).any())
    heads += [("Value", NUMBER), ("of", NUMBER)] if with_value else []
    classes = tuple(DemandClass)
    rows = []
    for row, name in enumerate(pairs.demand_ids):
        cells = [
            name,
            classes[int(pairs.rank[row])].value,
            bits_text(float(pairs.requested_bits[row])),
            bits_text(float(pairs.served_bits[row])),
            percent(float(pairs.served_share[row]), 1),
            percent(float(pairs.most_share[row]), 1) if pairs.is_reached[row] else "no new key",
        ]
        values = (pairs.stock_value[row], pairs.most_value[row])
        rows.append(cells + [_figure(float(item), "day") for item in values] * with_value)
    return table(heads, rows)


def _figure(value: float, unit: str) -> str:
    if not np.isfinite(value):
        return ABSENT
    if unit == "day":
        return f"{value:.2f} d"
    return bits_text(value) if unit == "bit" else percent(value, 2)


def contacts_table(view: View) -> Markup:
    """Every contact in order of time."""
    contacts = view.contacts
    largest = float(np.nanmax(contacts["key_clear_bits"], initial=0.0))
    size, unit = bit_unit(largest)
    heads = (
        ("Start [UTC]", TEXT),
        ("End", TEXT),
        ("Length", NUMBER),
        ("Satellite", TEXT),
        ("Station", TEXT),
        ("Max. elevation [\u00b0]", NUMBER),
        ("Loss near culm. [dB]", NUMBER),
        ("QBER", NUMBER),
        (f"Key, clear [{unit}]", NUMBER),
        ("P(clear)", NUMBER),
        ("P(thin)", NUMBER),
        ("P(broken)", NUMBER),
        (f"Key, expected [{unit}]", NUMBER),
        ("State", TEXT),
    )
    lengths = seconds_between(contacts["start_utc"], contacts["end_utc"])
    decimals = 0 if size == 1.0 else 2
    rows = (
        (
            day_and_time(contacts["start_utc"][row]),
            time_of_day(contacts["end_utc"][row]),
            span(float(lengths[row])),
            _satellite(view, str(contacts["satellite_id"][row])),
            view.station_labels[str(contacts["station_id"][row])],
            fixed(float(contacts["max_elevation_deg"][row]), 1),
            fixed(float(contacts["loss_culmination_db"][row]), 1),
            percent(float(contacts["qber"][row]), 2),
            fixed(float(contacts["key_clear_bits"][row]) / size, decimals),
            percent(float(contacts["clear_probability"][row]), 0),
            percent(float(contacts["thin_probability"][row]), 0),
            percent(float(contacts["broken_probability"][row]), 0),
            fixed(float(contacts["key_expected_bits"][row]) / size, decimals),
            str(contacts["state"][row]),
        )
        for row in range(contacts.rows)
    )
    return table(heads, rows)


def _satellite(view: View, name: str) -> Markup:
    return tag("span", view.styles[name].icon(), view.satellite_labels[name], class_="named")


def limits_table(limits: Sequence[Limit]) -> Markup:
    """Why passes are not flown."""
    heads = (
        ("Reason", TEXT),
        ("Passes", NUMBER),
        ("Key in clear sky", NUMBER),
        ("Expected key", NUMBER),
    )
    rows = [
        (
            item.text,
            count(item.passes),
            bits_text(item.key_clear_bits),
            bits_text(item.key_expected_bits),
        )
        for item in limits
    ]
    return table(heads, rows)


def satellites_table(view: View, totals: Mapping[str, Totals]) -> Markup:
    """What became of each satellite."""
    heads = (
        ("Satellite", TEXT),
        ("Name", TEXT),
        ("Elements", TEXT),
        ("Age at start", NUMBER),
        ("Passes", NUMBER),
        ("Usable", NUMBER),
        ("Contacts", NUMBER),
        ("Time in contact", NUMBER),
        ("Expected key", NUMBER),
        ("Outcome", TEXT),
    )
    rows = [
        (
            _satellite(view, item.satellite_id),
            view.satellites[item.satellite_id].name,
            item.elements,
            _age(view, item),
            count(item.passes),
            count(item.usable_passes),
            count(item.contacts),
            span(totals[item.satellite_id].contact_s),
            bits_text(totals[item.satellite_id].all_expected_bits),
            _outcome(item),
        )
        for item in view.plan.outcomes
    ]
    return table(heads, rows)


def _age(view: View, item: SatelliteOutcome) -> str:
    """Days from the epoch to the start of the window; a design orbit has no age."""
    orbit = view.satellites[item.satellite_id].orbit
    if not isinstance(orbit, ElementSet) or orbit.is_design:
        return ABSENT
    age_s = float(seconds_between(item.epoch_utc, view.plan.scenario.start_utc))
    return f"{fixed(age_s / SECONDS_PER_DAY, 2)} d"


def _outcome(item: SatelliteOutcome) -> str | Markup:
    bounds = [
        f"usable {word} {day_and_time(instant)} UTC"
        for word, instant in (("from", item.usable_from_utc), ("until", item.usable_until_utc))
        if not np.isnat(instant)
    ]
    texts = [item.problem, *bounds] if item.problem else bounds
    return "; ".join(texts) or tag("span", "as planned", class_="named")


def stations_table(view: View, totals: Mapping[str, Totals]) -> Markup:
    """What each station does."""
    heads = (
        ("Station", TEXT),
        ("Name", TEXT),
        ("Country", TEXT),
        ("Passes", NUMBER),
        ("Usable", NUMBER),
        ("Contacts", NUMBER),
        ("Time in contact", NUMBER),
        ("Key in clear sky", NUMBER),
        ("Expected key", NUMBER),
    )
    rows = [
        (
            view.station_labels[name],
            view.stations[name].name,
            view.stations[name].country or ABSENT,
            count(item.passes),
            count(item.usable_passes),
            count(item.contacts),
            span(item.contact_s),
            bits_text(item.all_clear_bits),
            bits_text(item.all_expected_bits),
        )
        for name, item in totals.items()
    ]
    return table(heads, rows)


def ledgers_table(view: View) -> Markup:
    """Where the security parameters go."""
    heads = (
        ("Payload", TEXT),
        ("Purpose", TEXT),
        ("Uses", NUMBER),
        ("Each", NUMBER),
        ("In all", NUMBER),
    )
    rows: list[tuple[object, ...]] = []
    for payloads, ledger in _ledgers(view):
        for number, share in enumerate(ledger.shares):
            name = payloads if number == 0 else ""
            each, whole = _power(share.epsilon_each), _power(share.epsilon)
            rows.append((name, share.purpose, count(share.uses), each, whole))
        rows.append(("", tag("strong", f"total ({ledger.proof})"), "", "", _power(ledger.total)))
    return table(heads, rows)


def _ledgers(view: View) -> list[tuple[str, EpsilonLedger]]:
    """Ledgers with the payloads that share them."""
    found: list[tuple[list[str], EpsilonLedger]] = []
    for name, ledger in sorted(view.plan.ledgers.items()):
        same = next((names for names, other in found if other == ledger), None)
        if same is None:
            found.append(([name], ledger))
        else:
            same.append(name)
    return [(", ".join(names), ledger) for names, ledger in found]


def _power(value: float) -> str:
    return f"{value:.3g}"


def models_table(view: View) -> Markup:
    """Models and their sources."""
    heads = (("Room", TEXT), ("Model", TEXT), ("Source", TEXT))
    return table(heads, [(item.role, item.name, item.citation) for item in view.plan.models])


def import_table(view: View) -> Markup:
    """Records of orbit files that were not plainly accepted."""
    heads = (
        ("File", TEXT),
        ("Line", NUMBER),
        ("Number", NUMBER),
        ("Name", TEXT),
        ("Status", TEXT),
        ("Rule", TEXT),
        ("What is wrong", TEXT),
    )
    rows = [
        (
            item.source or ABSENT,
            str(item.line) if item.line else ABSENT,
            str(item.norad_id),
            item.name,
            item.status.value,
            item.rule,
            item.message,
        )
        for item in view.plan.import_report
    ]
    return table(heads, rows)


def inputs_table(view: View) -> Markup:
    """Files that the plan follows from."""
    heads = (("File", TEXT), ("Bytes", NUMBER), ("SHA-256", TEXT))
    rows = [
        (item.path, count(item.bytes), tag("code", item.sha256))
        for item in view.plan.scenario.inputs
    ]
    return table(heads, rows)


def provenance_table(view: View) -> Markup:
    """What the plan was made with."""
    scenario = view.plan.scenario
    known = {
        "scenario": scenario.name,
        "issued": f"{day_and_time(scenario.issued_utc)} UTC",
        "seed": scenario.seed,
        "sample step": f"{scenario.step_s:g} s",
    }
    rows = [*known.items(), *_flat(plain(view.plan.provenance))]
    return table((("What", TEXT), ("Value", TEXT)), rows)


def _flat(data: Any, name: str = "") -> list[tuple[str, object]]:
    """Nested plain data as (dotted name, value)."""
    if isinstance(data, dict):
        parts = [(f"{name}.{key}" if name else str(key), value) for key, value in data.items()]
    elif isinstance(data, list):
        parts = [(f"{name}[{number}]", value) for number, value in enumerate(data)]
    else:
        return [(name, ABSENT if data in (None, "") else data)]
    return [row for key, value in parts for row in _flat(value, key)]
