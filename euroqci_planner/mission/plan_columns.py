"""A plan as named columns in file units: the one place that files, tables and scripts share.

`PASS_COLUMNS` and `CONTACT_COLUMNS` fix names, order, units, decimals and meaning. Decimals
follow from what the number is worth: times 1 ms, angles 0.001 deg, ranges 1 m, losses 0.001 dB,
ages 10 s, noise 0.001 Hz, QBER 1e-5, probabilities 1e-4, sifted and secret key whole bits,
expected key 0.1 bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import UsageError
from euroqci_planner.mission.pass_table import EclipseState, PassTable
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason
from euroqci_planner.timebase import iso_texts
from euroqci_planner.units import KILO, SECONDS_PER_DAY, FloatArray, decibel_loss

Column = NDArray[Any]


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    INSTANT = "instant"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How a column is written: unit ('' where it has none), decimals of a number, meaning."""

    kind: ColumnKind
    meaning: str
    unit: str = ""
    decimals: int = 0


def _text(meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.TEXT, meaning)


def _instant(meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.INSTANT, meaning, "UTC")


def _number(unit: str, decimals: int, meaning: str) -> ColumnFormat:
    return ColumnFormat(ColumnKind.NUMBER, meaning, unit, decimals)


PASS_COLUMNS: Mapping[str, ColumnFormat] = {
    "pass_id": _text("satellite/station/minute of the highest point; survives re-planning"),
    "satellite_id": _text("satellite of the scenario"),
    "station_id": _text("optical ground station of the scenario"),
    "rise_utc": _instant("rise through the station's minimum elevation; empty where cut"),
    "culmination_utc": _instant("largest elevation; empty where the window's border cuts it off"),
    "set_utc": _instant("set through the station's minimum elevation; empty where cut"),
    "usable_start_utc": _instant(
        "start of the longest usable window, or of its part with most key; empty where none is"
    ),
    "usable_end_utc": _instant("end of the longest usable window, or of that part"),
    "max_elevation_deg": _number("deg", 3, "largest geometric elevation inside the window"),
    "rise_azimuth_deg": _number("deg", 3, "azimuth at rise, from north over east"),
    "culmination_azimuth_deg": _number("deg", 3, "azimuth at the largest elevation"),
    "set_azimuth_deg": _number("deg", 3, "azimuth at set"),
    "min_range_km": _number("km", 3, "smallest slant range inside the window"),
    "sun_elevation_deg": _number(
        "deg", 3, "Sun over the station, middle of the usable window, else at the highest point"
    ),
    "moon_separation_deg": _number("deg", 3, "Moon to satellite as seen from the station, then"),
    "eclipse_state": _text("light on the satellite: sunlit, penumbra, umbra, entering, leaving"),
    "element_age_days": _number("d", 4, "time from the epoch of the elements to the culmination"),
    "timing_sigma_s": _number("s", 3, "1-sigma along-track timing uncertainty from that age"),
    "loss_min_db": _number("dB", 3, "smallest loss of the link in the usable window"),
    "loss_culmination_db": _number("dB", 3, "loss of the link nearest to the culmination"),
    "background_hz": _number("Hz", 3, "mean noise clicks per second and detector"),
    "qber": _number("", 5, "error rate of the key basis, a fraction"),
    "sifted_bits": _number("bit", 0, "expected detections in the key basis, clear sky"),
    "key_clear_bits": _number("bit", 0, "secret key of the pass in clear sky, its share if pooled"),
    "clear_probability": _number("", 4, "chance of clear sky, a fraction"),
    "key_expected_bits": _number("bit", 1, "secret key in each sky times its chance, summed"),
    "key_usable_utc": _instant("when the key can be used: its block is complete and processed"),
    "state": _text("candidate, scheduled, pinned, banned, rejected"),
    "reason": _text("why the pass is not flown; one term of a fixed list"),
    "blocked_by": _text("pass_id of the contact that stands in the way"),
    "key_p10_bits": _number("bit", 0, "key in clear sky, exceeded in nine of ten cases"),
    "key_p50_bits": _number("bit", 0, "key in clear sky, exceeded in half of all cases"),
    "key_p90_bits": _number("bit", 0, "key in clear sky, exceeded in one of ten cases"),
    "thin_probability": _number("", 4, "chance of thin cloud alone, a fraction"),
    "broken_probability": _number("", 4, "chance of broken cloud, a fraction"),
    "key_thin_bits": _number("bit", 0, "secret key of the pass under thin cloud"),
    "key_broken_bits": _number("bit", 0, "secret key of the pass under broken cloud"),
    "partner_station_id": _text("station that shares the pairs of a source with this one"),
}

CONTACT_COLUMNS: Mapping[str, ColumnFormat] = {
    "start_utc": _instant("start of the contact: of the usable window that is flown"),
    "end_utc": _instant("end of the contact"),
    **PASS_COLUMNS,
}

_FULL_CIRCLE_DEG = 360.0
_DETAILS = ("key_p10_bits", "key_p50_bits", "key_p90_bits", "key_thin_bits", "key_broken_bits")


@dataclass(frozen=True, slots=True, eq=False)
class PlanColumns:
    """Named columns of one length in file units, in the order of `formats`.

    `columns` holds `datetime64[us]` (not-a-time where absent), float64 (NaN where absent) and
    text ('' where absent), all read-only. Numbers are not rounded here; `texts` rounds.
    Raises ValueError where names or lengths do not fit.
    """

    formats: Mapping[str, ColumnFormat]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Check the names and the lengths."""
        if tuple(self.formats) != tuple(self.columns):
            raise ValueError("PlanColumns: formats and columns differ in names or order")
        if len({len(values) for values in self.columns.values()}) > 1:
            raise ValueError("PlanColumns: columns differ in length")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(self.columns)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Column:
        """One column by name."""
        return self.columns[name]

    def take(self, rows: ArrayLike) -> PlanColumns:
        """The columns of these rows: indices or a boolean mask."""
        index = np.asarray(rows)
        index = index.astype(np.intp) if index.size == 0 else index
        picked = {name: _frozen(values[index]) for name, values in self.columns.items()}
        return replace(self, columns=picked)

    def part(self, begin: int, end: int) -> PlanColumns:
        """The rows from `begin` to before `end`, without a copy."""
        return replace(self, columns={name: item[begin:end] for name, item in self.columns.items()})

    def texts(self, name: str) -> list[str]:
        """Cells of one column as every file writes them; '' where absent or not finite."""
        kind, values = self.formats[name].kind, self.columns[name]
        if kind is ColumnKind.TEXT:
            return [str(text) for text in values.tolist()]
        if kind is ColumnKind.INSTANT:
            return [str(text) for text in iso_texts(values).tolist()] if len(values) else []
        return number_texts(self.rounded(name), self.formats[name].decimals)

    def rounded(self, name: str) -> FloatArray:
        """A number column rounded to the decimals that files show; azimuths stay below 360."""
        values = np.round(self.columns[name], self.formats[name].decimals) + 0.0
        wraps = name.endswith("azimuth_deg")
        return np.asarray(np.mod(values, _FULL_CIRCLE_DEG) if wraps else values)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`; absent numbers are null, instants carry the zone UTC.

        Raises `UsageError` where pyarrow is not installed.
        """
        try:
            import pyarrow  # noqa: PLC0415 (an extra, loaded on demand)
        except ImportError as missing:
            raise UsageError(
                "to_arrow() needs pyarrow (install the extra: euroqci-planner[parquet])"
            ) from missing
        utc = pyarrow.timestamp("us", tz="UTC")
        arrays = {
            name: pyarrow.array(
                values,
                type=utc if self.formats[name].kind is ColumnKind.INSTANT else None,
                from_pandas=True,
            )
            for name, values in self.columns.items()
        }
        return pyarrow.table(arrays)

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`; absent numbers are NaN, instants carry the zone UTC.

        Raises `UsageError` where pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 (loaded on demand)
        except ImportError as missing:
            raise UsageError("to_pandas() needs pandas (install pandas)") from missing
        frame = pd.DataFrame({name: pd.Series(values) for name, values in self.columns.items()})
        for name, shape in self.formats.items():
            if shape.kind is ColumnKind.INSTANT:
                frame[name] = frame[name].dt.tz_localize("UTC")
        return frame


def number_texts(values: FloatArray, decimals: int) -> list[str]:
    """Point decimals without exponent, sign only where negative; '' where not finite."""
    pattern = f"%.{decimals}f"
    finite = np.isfinite(values)
    if finite.all():
        return [pattern % value for value in values.tolist()]
    texts = np.full(len(values), "", dtype=object)
    texts[finite] = [pattern % value for value in values[finite].tolist()]
    return list(texts.tolist())


def passes_columns(plan: Plan, earlier: PassTable | None = None) -> PlanColumns:
    """Every pass of a plan, row for row with `plan.passes`.

    Link and key columns are absent (NaN) for passes without a usable window, and throughout
    where the plan holds the passes alone. `earlier` as in `PassTable.pass_ids`.
    """
    pass_ids = plan.passes.pass_ids(earlier)
    return _columns(plan, pass_ids, pass_ids)


def columns_of_passes(
    plan: Plan, rows: ArrayLike, pass_ids: NDArray[np.str_] | None = None
) -> PlanColumns:
    """The columns of `passes_columns` for these rows alone, with memory for no more.

    `pass_ids` are those of all passes of the plan where they are at hand.
    """
    chosen = np.asarray(rows, dtype=np.intp)
    ids = plan.passes.pass_ids() if pass_ids is None else pass_ids
    tables = ("passes", "conditions", "decisions", "link", "keys", "key_details")
    found = {name: getattr(plan, name) for name in tables}
    part: dict[str, Any] = {
        name: None if table is None else table.take(chosen) for name, table in found.items()
    }
    return _columns(replace(plan, **part), ids[chosen], ids)


def contacts_columns(plan: Plan, pass_ids: NDArray[np.str_] | None = None) -> PlanColumns:
    """The passes that are flown, by start: `start_utc` and `end_utc`, then all pass columns.

    `pass_ids` as in `columns_of_passes`.
    """
    flown = columns_of_passes(plan, plan.contact_rows, pass_ids)
    window = {
        "start_utc": flown["usable_start_utc"],
        "end_utc": flown["usable_end_utc"],
    }
    return PlanColumns(CONTACT_COLUMNS, {**window, **flown.columns})


def _columns(plan: Plan, pass_ids: NDArray[np.str_], all_ids: NDArray[np.str_]) -> PlanColumns:
    """The columns of a plan, or of a part of one whose decisions name rows of `all_ids`."""
    values = {
        "pass_id": pass_ids,
        **_geometry(plan),
        **_conditions(plan),
        **_link(plan),
        **_key(plan),
        **_decisions(plan, all_ids),
    }
    ordered = {name: _frozen(values[name]) for name in PASS_COLUMNS}
    return PlanColumns(PASS_COLUMNS, ordered)


def _frozen(values: Column) -> Column:
    """The same array, read-only: it was made here, or is the locked column of a table."""
    values.setflags(write=False)
    return values


def _geometry(plan: Plan) -> dict[str, Column]:
    passes = plan.passes
    return {
        "satellite_id": _picked(passes.satellite_ids, passes.satellite),
        "station_id": _picked(passes.station_ids, passes.station),
        "rise_utc": passes.rise_utc,
        "culmination_utc": passes.culmination_utc,
        "set_utc": passes.set_utc,
        "max_elevation_deg": np.degrees(passes.max_elevation_rad),
        "rise_azimuth_deg": np.degrees(passes.rise_azimuth_rad),
        "culmination_azimuth_deg": np.degrees(passes.culmination_azimuth_rad),
        "set_azimuth_deg": np.degrees(passes.set_azimuth_rad),
        "min_range_km": passes.min_range_m / KILO,
    }


def _conditions(plan: Plan) -> dict[str, Column]:
    conditions = plan.conditions
    return {
        "usable_start_utc": conditions.usable_start_utc,
        "usable_end_utc": conditions.usable_end_utc,
        "sun_elevation_deg": np.degrees(conditions.sun_elevation_rad),
        "moon_separation_deg": np.degrees(conditions.moon_separation_rad),
        "eclipse_state": _picked(
            tuple(state.name.lower() for state in EclipseState), conditions.eclipse_state
        ),
        "element_age_days": conditions.element_age_s / SECONDS_PER_DAY,
        "timing_sigma_s": conditions.timing_sigma_s,
    }


def _link(plan: Plan) -> dict[str, Column]:
    if plan.link is None:
        return _nothing(plan, "loss_min_db", "loss_culmination_db", "background_hz")
    return {
        "loss_min_db": _where_usable(plan, decibel_loss(plan.link.transmittance_max)),
        "loss_culmination_db": _where_usable(
            plan, decibel_loss(plan.link.transmittance_culmination)
        ),
        "background_hz": _where_usable(plan, plan.link.noise_hz),
    }


def _key(plan: Plan) -> dict[str, Column]:
    if plan.keys is None:
        absent = ("qber", "sifted_bits", "key_clear_bits", "key_expected_bits", *_DETAILS)
        return _nothing(plan, *absent)
    return {
        "qber": _where_usable(plan, plan.keys.qber),
        "sifted_bits": _where_usable(plan, plan.keys.sifted_bits),
        "key_clear_bits": _where_usable(plan, np.floor(plan.keys.key_bits)),
        "key_expected_bits": _where_usable(plan, plan.decisions.key_expected_bits),
        **_details(plan),
    }


def _details(plan: Plan) -> dict[str, Column]:
    if plan.key_details is None:
        return _nothing(plan, *_DETAILS)
    return {name: _where_usable(plan, getattr(plan.key_details, name)) for name in _DETAILS}


def _decisions(plan: Plan, pass_ids: NDArray[np.str_]) -> dict[str, Column]:
    decisions = plan.decisions
    blocked = decisions.blocked_by >= 0
    blockers = np.zeros(len(blocked), dtype=pass_ids.dtype if blocked.any() else "U1")
    blockers[blocked] = pass_ids[decisions.blocked_by[blocked]]
    return {
        "clear_probability": decisions.clear_probability,
        "thin_probability": decisions.thin_probability,
        "broken_probability": decisions.broken_probability,
        "key_usable_utc": decisions.key_usable_utc,
        "state": _picked(tuple(state.name.lower() for state in PassState), decisions.state),
        "reason": _picked(tuple(REASON_TEXTS[reason] for reason in Reason), decisions.reason),
        "blocked_by": blockers,
        "partner_station_id": _picked((*plan.passes.station_ids, ""), decisions.partner),
    }


def _picked(texts: tuple[str, ...], codes: NDArray[Any]) -> Column:
    """Text per code; the enumerations count from 0 without gaps."""
    return np.asarray(np.array(texts or ("",), dtype=np.str_)[codes])


def _where_usable(plan: Plan, values: FloatArray) -> FloatArray:
    return np.where(np.isnat(plan.conditions.usable_start_utc), np.nan, values)


def _nothing(plan: Plan, *names: str) -> dict[str, Column]:
    return {name: np.full(len(plan.passes), np.nan) for name in names}
