"""Stores and demands as named columns in file units: what `stores.csv` and `demands.csv` hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.mission.key_course import DemandOutcome, StoreCourse
from euroqci_planner.mission.named_columns import (
    Column,
    ColumnFormat,
    ColumnKind,
    PlanColumns,
    named_columns,
    number_format,
    text_format,
)
from euroqci_planner.units import SECONDS_PER_DAY


def _bits(meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.NUMBER, meaning, "bit", 0)


STORE_COLUMNS: Mapping[str, ColumnFormat] = {
    "kind": text_format("link: satellite and station, or two stations; pair: two users"),
    "a": text_format(
        "satellite of a link (of a direct one the first station), first user of a pair"
    ),
    "b": text_format("station of a link, second user of a pair"),
    "time_utc": ColumnFormat(ColumnKind.INSTANT, "instant of the stock", "UTC"),
    "expected_bits": _bits("stock with the expected deposits; in a forecast the mean"),
    "p01_bits": _bits("1 in 100 members holds no more; empty without a forecast"),
    "p10_bits": _bits("1 in 10 members holds no more; empty without a forecast"),
    "p50_bits": _bits("half of the members hold no more; empty without a forecast"),
    "p90_bits": _bits("9 in 10 members hold no more; empty without a forecast"),
    "reserve_bits": _bits("kept from lower classes; empty for links"),
}

DEMAND_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": text_format("demand of the scenario"),
    "a": text_format("first user, a node"),
    "b": text_format("second user, a node"),
    "class": text_format("emergency, public, critical, industry: the order of service"),
    "requested_bits": _bits("asked for in the planning window"),
    "served_bits": _bits("served in the window; in a forecast the mean"),
    "p_empty": number_format(
        "", 4, "chance to be without key at least once; empty without a forecast"
    ),
    "days_to_empty_p50": number_format(
        "d",
        4,
        "until key first runs out, in half of the members; without a forecast in the course of the "
        "expected deposits; empty where that is not inside the window",
    ),
    "days_to_empty_p10": number_format(
        "d", 4, "1 in 10 members runs out before; empty where not, and without a forecast"
    ),
    "availability": number_format("", 5, "share of the asked-for time with key at hand"),
    "wanted_availability": number_format("", 5, "what the demand wants; empty where nothing"),
    "expired_bits": _bits("lost to age by the pair's store; stands at its first demand"),
    "trusted_nodes": number_format(
        "", 0, "most trusted places on a way that was used, satellites too; empty without a way"
    ),
    "countries": text_format("countries of the trusted places, and owners of the satellites"),
    "route": text_format("way of most key, or why there is none"),
}


def stores_columns(course: StoreCourse) -> PlanColumns:
    """Rows of `stores.csv`: by store (links, then pairs), then by time."""
    names, rows = course.stores, course.store
    values: dict[str, Column] = {
        "kind": _picked([name.kind.value for name in names], rows),
        "a": _picked([name.a for name in names], rows),
        "b": _picked([name.b for name in names], rows),
        "time_utc": course.time_utc,
        **{key: getattr(course, key) for key in STORE_COLUMNS if key.endswith("_bits")},
    }
    return named_columns(STORE_COLUMNS, values)


def demands_columns(demands: DemandOutcome) -> PlanColumns:
    """Rows of `demands.csv`, in order of id."""
    trusted = demands.trusted_nodes.astype(np.float64)
    values: dict[str, Column] = {
        "demand_id": np.array(demands.demand_ids, dtype=np.str_),
        "a": np.array(demands.a, dtype=np.str_),
        "b": np.array(demands.b, dtype=np.str_),
        "class": np.array(demands.classes, dtype=np.str_),
        "requested_bits": demands.requested_bits,
        "served_bits": demands.served_bits,
        "p_empty": demands.p_empty,
        "days_to_empty_p50": demands.time_to_empty_s / SECONDS_PER_DAY,
        "days_to_empty_p10": demands.time_to_empty_p10_s / SECONDS_PER_DAY,
        "availability": demands.availability,
        "wanted_availability": demands.wanted_availability,
        "expired_bits": demands.expired_bits,
        "trusted_nodes": np.where(trusted < 0.0, np.nan, trusted),
        "countries": np.array(demands.countries, dtype=np.str_),
        "route": np.array(demands.routes, dtype=np.str_),
    }
    return named_columns(DEMAND_COLUMNS, values)


def _picked(texts: list[str], rows: Column) -> Column:
    return np.asarray(np.array(texts or [""], dtype=np.str_)[rows])
