"""What comes next for the demands, as the report shows it."""

from __future__ import annotations

import numpy as np

from euroqci_planner.io.report.display import (
    ABSENT,
    bits_text,
    count,
    day_and_time,
    fixed,
    percent,
)
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.tables import NUMBER, TEXT, table
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.key_course import DemandOutcome, FlowTable
from euroqci_planner.mission.key_outlook import FlowComparison, KeyOutlook, NextDeposit
from euroqci_planner.units import SECONDS_PER_DAY


def outlook_parts(view: View) -> Markup:
    """Demands with their risk and next deposits, and the best mix of fibre and satellites."""
    plan, outlook = view.plan, view.plan.outlook
    stores = plan.forecast or plan.course
    if outlook is None or stores is None or not len(stores.demands):
        return Markup("")
    parts = [_demands(stores.demands, outlook)]
    if outlook.flow is not None:
        note = (
            "The best that any use of key could serve, with stores of any size and all deposits"
            " known beforehand."
        )
        parts += [tag("h3", "Fibre, satellite or both"), tag("p", note, class_="note")]
        parts.append(_flow(outlook.flow))
    parts += [tag("p", text, class_="note") for text in outlook.notes]
    return joined(parts)


def _demands(demands: DemandOutcome, outlook: KeyOutlook) -> Markup:
    heads = (
        ("Demand", TEXT),
        ("Class", TEXT),
        ("Asked for", NUMBER),
        ("Served", NUMBER),
        ("P(empty)", NUMBER),
        ("Days to empty (P50)", NUMBER),
        ("Availability", NUMBER),
        ("Main driver", TEXT),
        ("Next deposits", TEXT),
    )
    rows = [
        (
            name,
            demands.classes[row],
            bits_text(float(demands.requested_bits[row])),
            bits_text(float(demands.served_bits[row])),
            percent(float(demands.p_empty[row])),
            fixed(_finite(demands.time_to_empty_s[row] / SECONDS_PER_DAY), 2),
            percent(float(demands.availability[row]), 2),
            outlook.main_drivers.get(name) or ABSENT,
            _coming(outlook.next_deposits.get(name, ())),
        )
        for row, name in enumerate(demands.demand_ids)
    ]
    return table(heads, rows)


def _finite(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")


def _coming(items: tuple[NextDeposit, ...]) -> object:
    lines = [
        tag(
            "span",
            f"{_month_to_minute(item.usable_utc)} {item.link_text}"
            f" {bits_text(item.key_bits)} ({percent(item.chance, 0)})",
            class_="named",
        )
        for item in items
    ]
    return joined(lines, tag("br")) if lines else "none"


def _month_to_minute(instant: np.datetime64) -> str:
    """Without the year, which stands above, and the seconds: three of these go into a cell."""
    return day_and_time(instant)[5:16]


def _flow(flow: FlowComparison) -> Markup:
    heads = (
        ("Demand", TEXT),
        ("Fibre only", NUMBER),
        ("Satellite only", NUMBER),
        ("Both", NUMBER),
        ("Best", TEXT),
        ("Trusted nodes", NUMBER),
        ("Countries", TEXT),
        ("Disjoint ways", NUMBER),
    )
    best = flow.hybrid
    rows = [
        (
            name,
            *(_share(part, row) for part in (flow.fibre, flow.satellite, best)),
            best.combination[row],
            ABSENT if best.trusted_nodes[row] < 0 else count(int(best.trusted_nodes[row])),
            ", ".join(best.countries[row].split()) or ABSENT,
            count(int(best.disjoint_ways[row])),
        )
        for row, name in enumerate(best.demand_ids)
    ]
    return table(heads, rows)


def _share(flow: FlowTable, row: int) -> str:
    asked = float(flow.requested_bits[row])
    return percent(float(flow.served_bits[row]) / asked) if asked > 0.0 else ABSENT
