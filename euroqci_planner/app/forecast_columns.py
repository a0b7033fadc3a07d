"""A forecast as tables of named columns in file units, the plan beside the asked-about case.

Without switches both cases are the plan: the columns of the asked-about case say so by being the
same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from euroqci_planner.app.key_forecast import SwitchedForecast
from euroqci_planner.app.user_pairs import outcome_of
from euroqci_planner.mission.key_course import ClassShortage, DemandOutcome, FlowTable
from euroqci_planner.mission.key_outlook import KeyOutlook, NextDeposit
from euroqci_planner.mission.named_columns import (
    Column,
    ColumnFormat,
    ColumnKind,
    PlanColumns,
    named_columns,
    number_column,
    number_format,
    text_column,
    text_format,
)
from euroqci_planner.mission.plan import Plan
from euroqci_planner.units import SECONDS_PER_DAY

PLANNED, ASKED = "planned", "asked"


def _both(figures: Mapping[str, ColumnFormat]) -> dict[str, ColumnFormat]:
    """Each figure as planned and as asked, side by side."""
    return {
        f"{name}_{case}": ColumnFormat(
            item.kind, f"{item.meaning} ({words})", item.unit, item.decimals
        )
        for name, item in figures.items()
        for case, words in ((PLANNED, "as planned"), (ASKED, "with the switches"))
    }


DEMAND_FIGURES: Mapping[str, ColumnFormat] = {
    "p_empty": number_format("", 4, "chance to be without key at least once"),
    "days_to_empty_p50": number_format("d", 4, "until key first runs out, in half of the members"),
    "days_to_empty_p10": number_format("d", 4, "1 in 10 members runs out before"),
    "availability": number_format("", 5, "share of the asked-for time with key at hand"),
    "unserved_bits": number_format("bit", 0, "asked for and not served, the mean"),
    "requested_bits": number_format("bit", 0, "asked for in the planning window"),
    "main_driver": text_format("the one cause whose absence would save most unserved key"),
}
DEMAND_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": text_format("demand of the scenario"),
    "a": text_format("first user"),
    "b": text_format("second user"),
    "class": text_format("emergency, public, critical, industry: the order of service"),
    "wanted_availability": number_format("", 5, "what the demand wants; empty where nothing"),
    **_both(DEMAND_FIGURES),
}
CLASS_FIGURES: Mapping[str, ColumnFormat] = {
    "p_short": number_format("", 4, "chance that anything of the class stays unserved"),
    "requested_bits": number_format("bit", 0, "asked for by the class"),
    "mean_bits": number_format("bit", 0, "unserved, the mean"),
    "p50_bits": number_format("bit", 0, "unserved, in half of the members at most"),
    "p90_bits": number_format("bit", 0, "unserved, in 9 of 10 members at most"),
}
CLASS_COLUMNS: Mapping[str, ColumnFormat] = {
    "class": text_format("class of demand, in the order of service"),
    **_both(CLASS_FIGURES),
}
FLOW_FIGURES: Mapping[str, ColumnFormat] = {
    "fibre": number_format("", 4, "share served at best by fibre alone"),
    "satellite": number_format("", 4, "share served at best by satellites alone"),
    "hybrid": number_format("", 4, "share served at best by both"),
    "combination": text_format("what the best use is made of"),
    "disjoint_ways": number_format("", 0, "ways that share no place at all"),
}
FLOW_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": text_format("demand of the scenario"),
    **_both(FLOW_FIGURES),
}
SPARE_COLUMNS: Mapping[str, ColumnFormat] = {
    "a": text_format("first user"),
    "b": text_format("second user"),
    "availability": number_format("", 4, "share of the time for which industry is served"),
    **_both({"bits_per_day": number_format("bit/d", 1, "left for industry beside all demands")}),
}
DEPOSIT_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": text_format("demand that the deposit serves"),
    "change": text_format("lost or gained by the switches; empty where it is in both cases"),
    "key_usable_utc": ColumnFormat(ColumnKind.INSTANT, "when the key can be used", "UTC"),
    "satellite_id": text_format("satellite of the contact"),
    "station_id": text_format("station of the contact"),
    "key_clear_bits": number_format("bit", 0, "key in clear sky"),
    "clear_probability": number_format("", 3, "chance of clear sky"),
}
LOST, GAINED = "lost", "gained"
CLIMATE_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": text_format("demand of the scenario"),
    **{
        f"{figure}_{sky}_{case}": number_format(
            "", 4, f"{meaning} with every monthly chance of clear sky {change} ({words})"
        )
        for figure, meaning in (
            ("p_empty", "chance to be without key"),
            ("availability", "availability"),
        )
        for case, words in ((PLANNED, "as planned"), (ASKED, "with the switches"))
        for sky, change in (("clearer", "higher"), ("cloudier", "lower"))
    },
}


def forecast_demands(found: SwitchedForecast) -> PlanColumns:
    """A row per demand, in order of id."""
    outcome = outcome_of(found.planned)
    names = () if outcome is None else outcome.demand_ids
    values = {
        "demand_id": text_column(names),
        "a": text_column(() if outcome is None else outcome.a),
        "b": text_column(() if outcome is None else outcome.b),
        "class": text_column(() if outcome is None else outcome.classes),
        "wanted_availability": number_column(
            () if outcome is None else outcome.wanted_availability
        ),
    }
    for case, plan in _cases(found):
        values |= _named(case, _demand_figures(plan, outcome_of(plan)))
    return named_columns(DEMAND_COLUMNS, values)


def forecast_classes(found: SwitchedForecast) -> PlanColumns:
    """A row per class of demand, in the order of service; none without members."""
    planned = found.planned.forecast
    names = () if planned is None else planned.shortage.classes
    values = {"class": text_column(names)}
    for case, plan in _cases(found):
        shortage = None if plan.forecast is None else plan.forecast.shortage
        values |= _named(case, _class_figures(shortage, names))
    return named_columns(CLASS_COLUMNS, values)


def forecast_flow(found: SwitchedForecast) -> PlanColumns:
    """A row per demand: fibre alone, satellites alone, both; none where no flow was made."""
    flow = _outlook(found.planned).flow
    values = {"demand_id": text_column(() if flow is None else flow.hybrid.demand_ids)}
    for case, plan in _cases(found):
        values |= _named(case, _flow_figures(_outlook(plan), len(values["demand_id"])))
    return named_columns(FLOW_COLUMNS, values)


def forecast_spare(found: SwitchedForecast) -> PlanColumns:
    """A row per pair of users with demands."""
    base = _outlook(found.planned).spare
    values = {
        "a": text_column(item.a for item in base),
        "b": text_column(item.b for item in base),
        "availability": number_column(item.availability for item in base),
    }
    for case, plan in _cases(found):
        rates = {(item.a, item.b): item.rate_bps for item in _outlook(plan).spare}
        per_day = [rates.get((item.a, item.b), np.nan) * SECONDS_PER_DAY for item in base]
        values |= _named(case, {"bits_per_day": number_column(per_day)})
    return named_columns(SPARE_COLUMNS, values)


def forecast_deposits(found: SwitchedForecast) -> PlanColumns:
    """The next deposits of each demand in either case, by demand, then by time."""
    before, after = (_outlook(plan).next_deposits for _, plan in _cases(found))
    rows: list[tuple[str, str, NextDeposit]] = []
    for name in dict.fromkeys((*before, *after)):
        had, has = before.get(name, ()), after.get(name, ())
        coming = {(item.usable_utc, item.satellite_id, item.station_id): item for item in had}
        coming |= {(item.usable_utc, item.satellite_id, item.station_id): item for item in has}
        for item in sorted(coming.values(), key=lambda one: (one.usable_utc, one.satellite_id)):
            rows.append((name, _change(item, had, has), item))
    items = [item for _, _, item in rows]
    values = {
        "demand_id": text_column(name for name, _, _ in rows),
        "change": text_column(change for _, change, _ in rows),
        "key_usable_utc": np.array([item.usable_utc for item in items], dtype="datetime64[us]"),
        "satellite_id": text_column(item.satellite_id for item in items),
        "station_id": text_column(item.station_id for item in items),
        "key_clear_bits": number_column(item.key_bits for item in items),
        "clear_probability": number_column(item.chance for item in items),
    }
    return named_columns(DEPOSIT_COLUMNS, values)


def _change(item: NextDeposit, had: Sequence[NextDeposit], has: Sequence[NextDeposit]) -> str:
    place = (item.usable_utc, item.satellite_id, item.station_id)
    is_planned, is_left = (
        any((one.usable_utc, one.satellite_id, one.station_id) == place for one in group)
        for group in (had, has)
    )
    return "" if is_planned and is_left else LOST if is_planned else GAINED


def forecast_climate(found: SwitchedForecast) -> PlanColumns:
    """A row per demand: what the error of the climatology means."""
    names = [item.demand_id for item in _outlook(found.planned).climate]
    values = {"demand_id": text_column(names)}
    figures = ("p_empty_clearer", "p_empty_cloudier", "availability_clearer")
    for case, plan in _cases(found):
        items = {item.demand_id: item for item in _outlook(plan).climate}
        values |= _named(
            case,
            {
                figure: number_column(
                    getattr(items[name], figure) if name in items else np.nan for name in names
                )
                for figure in (*figures, "availability_cloudier")
            },
        )
    return named_columns(CLIMATE_COLUMNS, values)


def _cases(found: SwitchedForecast) -> tuple[tuple[str, Plan], ...]:
    return (PLANNED, found.planned), (ASKED, found.last)


def _outlook(plan: Plan) -> KeyOutlook:
    return plan.outlook or KeyOutlook(next_deposits={}, main_drivers={})


def _demand_figures(plan: Plan, outcome: DemandOutcome | None) -> dict[str, Column]:
    if outcome is None:
        return {name: _empty(item) for name, item in DEMAND_FIGURES.items()}
    drivers = _outlook(plan).main_drivers
    return {
        "p_empty": outcome.p_empty,
        "days_to_empty_p50": outcome.time_to_empty_s / SECONDS_PER_DAY,
        "days_to_empty_p10": outcome.time_to_empty_p10_s / SECONDS_PER_DAY,
        "availability": outcome.availability,
        "unserved_bits": outcome.unserved_bits,
        "requested_bits": outcome.requested_bits,
        "main_driver": text_column(drivers.get(name, "") for name in outcome.demand_ids),
    }


def _class_figures(shortage: ClassShortage | None, names: tuple[str, ...]) -> dict[str, Column]:
    if shortage is None:
        return {name: np.full(len(names), np.nan) for name in CLASS_FIGURES}
    return {name: getattr(shortage, name) for name in CLASS_FIGURES}


def _flow_figures(outlook: KeyOutlook, rows: int) -> dict[str, Column]:
    flow = outlook.flow
    if flow is None:
        return {
            name: np.full(rows, "" if item.kind is ColumnKind.TEXT else np.nan)
            for name, item in FLOW_FIGURES.items()
        }
    return {
        "fibre": _share(flow.fibre),
        "satellite": _share(flow.satellite),
        "hybrid": _share(flow.hybrid),
        "combination": text_column(flow.hybrid.combination),
        "disjoint_ways": number_column(flow.hybrid.disjoint_ways),
    }


def _share(table: FlowTable) -> Column:
    asked = table.requested_bits
    whole = np.where(asked > 0.0, asked, np.nan)
    return np.asarray(table.served_bits / whole)


def _named(case: str, figures: Mapping[str, Column]) -> dict[str, Column]:
    return {f"{name}_{case}": values for name, values in figures.items()}


def _empty(shape: ColumnFormat) -> Column:
    return np.array([], dtype=np.str_ if shape.kind is ColumnKind.TEXT else np.float64)
