"""Tables of a forecast for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from euroqci_planner.app.key_forecast import SwitchedForecast
from euroqci_planner.app.user_pairs import outcome_of
from euroqci_planner.cli.tables import requirements_table, text_table
from euroqci_planner.mission.key_course import DemandOutcome, FlowTable
from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import iso_text
from euroqci_planner.units import KILO, SECONDS_PER_DAY

ABSENT = "-"


def forecast_text(found: SwitchedForecast) -> str:
    """All that a planner asks about the stores, part by part."""
    plan = found.last
    parts = [_headline(found), _demands(found)]
    if plan.outlook is not None:
        parts += list(_outlook(plan.outlook))
    if plan.findings:
        parts.append("requirements\n" + requirements_table(plan))
    return "\n\n".join(parts)


def _headline(found: SwitchedForecast) -> str:
    plan, scenario = found.last, found.planned.scenario
    members = plan.forecast.members if plan.forecast is not None else 0
    skies = f"{members} members" if members else "one course, no members"
    window = f"{iso_text(scenario.start_utc, 's')} to {iso_text(scenario.end_utc, 's')}"
    lines = [
        f"{scenario.name}  ({scenario.marking})",
        f"{window}, {skies}, {len(plan.contact_rows)} contacts",
        f"asked: {found.switches.text}",
    ]
    return "\n".join(lines)


def _demands(found: SwitchedForecast) -> str:
    """A row per demand; with switches the planned figures stand beside the new ones."""
    plan = found.last
    now, before = outcome_of(plan), outcome_of(found.planned)
    if now is None or before is None:
        return "no demands"
    names = ["demand", "class", "asked [kbit/d]", "P(empty)", "days to empty", "availability"]
    names += ["wanted", "unserved [kbit]", "main driver"]
    rows = [_demand_row(plan, now, row) for row in range(len(now))]
    if found.switched is not None:
        names[3:3] = ["P(empty) planned"]
        rows = [
            [*cells[:3], _fraction(before.p_empty[row]), *cells[3:]]
            for row, cells in enumerate(rows)
        ]
    return text_table(names, rows)


def _demand_row(plan: Plan, outcome: DemandOutcome, row: int) -> list[str]:
    days = plan.scenario.duration_s / SECONDS_PER_DAY
    drivers = {} if plan.outlook is None else plan.outlook.main_drivers
    empty_days = float(outcome.time_to_empty_s[row]) / SECONDS_PER_DAY
    return [
        outcome.demand_ids[row],
        outcome.classes[row],
        f"{float(outcome.requested_bits[row]) / days / KILO:.1f}",
        _fraction(outcome.p_empty[row]),
        f"{empty_days:.2f}" if np.isfinite(empty_days) else ABSENT,
        _fraction(outcome.availability[row]),
        _fraction(outcome.wanted_availability[row]),
        f"{float(outcome.unserved_bits[row]) / KILO:.1f}",
        drivers.get(outcome.demand_ids[row], ""),
    ]


def _outlook(outlook: KeyOutlook) -> Iterator[str]:
    coming = [
        (name, iso_text(item.usable_utc, "s"), item.satellite_id, item.stations_text,
         f"{item.key_bits / KILO:.1f}", f"{item.chance:.2f}")
        for name, items in outlook.next_deposits.items()
        for item in items
    ]  # fmt: skip
    heads = ("demand", "usable from (UTC)", "satellite", "station", "key clear [kbit]", "chance")
    yield "next deposits\n" + text_table(heads, coming)
    if outlook.flow is not None:
        names = ("demand", "fibre only", "satellite only", "hybrid", "best", "disjoint ways")
        best = outlook.flow.hybrid
        tables = (outlook.flow.fibre, outlook.flow.satellite, best)
        rows = [
            (name, *(_share(table, row) for table in tables), best.combination[row],
             str(best.disjoint_ways[row]))
            for row, name in enumerate(best.demand_ids)
        ]  # fmt: skip
        yield "served at best, as share of what is asked\n" + text_table(names, rows)
    if outlook.spare:
        pairs = [
            (
                f"{item.a} - {item.b}",
                f"{item.availability:g}",
                f"{item.rate_bps * SECONDS_PER_DAY / KILO:.1f}",
            )
            for item in outlook.spare
        ]
        names_of_spare = ("pair", "availability", "spare [kbit/d]")
        yield "left for industry beside all demands\n" + text_table(names_of_spare, pairs)
    if outlook.climate:
        ranges = [
            (
                item.demand_id,
                f"{_fraction(item.p_empty_clearer)} .. {_fraction(item.p_empty_cloudier)}",
                " .. ".join(
                    map(_fraction, (item.availability_cloudier, item.availability_clearer))
                ),
            )
            for item in outlook.climate
        ]
        shift = outlook.climate[0].shift
        head = (
            f"with every monthly chance of clear sky {shift:g} higher or lower (error of the"
            " climatology)"
        )
        yield head + "\n" + text_table(("demand", "P(empty)", "availability"), ranges)
    yield from outlook.notes


def _share(table: FlowTable, row: int) -> str:
    asked = float(table.requested_bits[row])
    return f"{float(table.served_bits[row]) / asked:.3f}" if asked > 0.0 else ABSENT


def _fraction(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else ABSENT
