"""A plan as named columns in file units: the one place that files, tables and scripts share.

`PASS_COLUMNS` and `CONTACT_COLUMNS` fix names, order, units, decimals and meaning. Decimals
follow from what the number is worth: times 1 ms, angles 0.001 deg, ranges 1 m, losses 0.001 dB,
ages 10 s, noise 0.001 Hz, QBER 1e-5, probabilities 1e-4, sifted and secret key whole bits,
expected key 0.1 bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.named_columns import (
    Column,
    ColumnFormat,
    PlanColumns,
    frozen,
    instant_format,
    number_format,
    text_format,
)
from euroqci_planner.mission.pass_table import EclipseState, PassTable
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason
from euroqci_planner.units import KILO, SECONDS_PER_DAY, FloatArray, decibel_loss

PASS_COLUMNS: Mapping[str, ColumnFormat] = {
    "pass_id": text_format("satellite/station/minute of the highest point; survives re-planning"),
    "satellite_id": text_format("satellite of the scenario"),
    "station_id": text_format("optical ground station of the scenario"),
    "rise_utc": instant_format("rise through the station's minimum elevation; empty where cut"),
    "culmination_utc": instant_format(
        "largest elevation; empty where the window's border cuts it off"
    ),
    "set_utc": instant_format("set through the station's minimum elevation; empty where cut"),
    "usable_start_utc": instant_format(
        "start of the longest usable window, or of its part with most key; empty where none is"
    ),
    "usable_end_utc": instant_format("end of the longest usable window, or of that part"),
    "max_elevation_deg": number_format("deg", 3, "largest geometric elevation inside the window"),
    "rise_azimuth_deg": number_format("deg", 3, "azimuth at rise, from north over east"),
    "culmination_azimuth_deg": number_format("deg", 3, "azimuth at the largest elevation"),
    "set_azimuth_deg": number_format("deg", 3, "azimuth at set"),
    "min_range_km": number_format("km", 3, "smallest slant range inside the window"),
    "sun_elevation_deg": number_format(
        "deg", 3, "Sun over the station, middle of the usable window, else at the highest point"
    ),
    "moon_separation_deg": number_format(
        "deg", 3, "Moon to satellite as seen from the station, then"
    ),
    "eclipse_state": text_format(
        "light on the satellite: sunlit, penumbra, umbra, entering, leaving"
    ),
    "element_age_days": number_format(
        "d", 4, "time from the epoch of the elements to the culmination"
    ),
    "timing_sigma_s": number_format("s", 3, "1-sigma along-track timing uncertainty from that age"),
    "loss_min_db": number_format("dB", 3, "smallest loss of the link in the usable window"),
    "loss_culmination_db": number_format("dB", 3, "loss of the link nearest to the culmination"),
    "background_hz": number_format("Hz", 3, "mean noise clicks per second and detector"),
    "qber": number_format("", 5, "error rate of the key basis, a fraction"),
    "sifted_bits": number_format("bit", 0, "expected detections in the key basis, clear sky"),
    "key_clear_bits": number_format(
        "bit", 0, "secret key of the pass in clear sky, its share if pooled"
    ),
    "clear_probability": number_format("", 4, "chance of clear sky, a fraction"),
    "key_expected_bits": number_format("bit", 1, "secret key in each sky times its chance, summed"),
    "key_usable_utc": instant_format(
        "when the key can be used: its block is complete and processed"
    ),
    "state": text_format("candidate, scheduled, pinned, banned, rejected"),
    "reason": text_format("why the pass is not flown; one term of a fixed list"),
    "blocked_by": text_format("pass_id of the contact that stands in the way"),
    "key_p10_bits": number_format("bit", 0, "key in clear sky, exceeded in nine of ten cases"),
    "key_p50_bits": number_format("bit", 0, "key in clear sky, exceeded in half of all cases"),
    "key_p90_bits": number_format("bit", 0, "key in clear sky, exceeded in one of ten cases"),
    "thin_probability": number_format("", 4, "chance of thin cloud alone, a fraction"),
    "broken_probability": number_format("", 4, "chance of broken cloud, a fraction"),
    "key_thin_bits": number_format("bit", 0, "secret key of the pass under thin cloud"),
    "key_broken_bits": number_format("bit", 0, "secret key of the pass under broken cloud"),
    "partner_station_id": text_format("station that shares the pairs of a source with this one"),
}

CONTACT_COLUMNS: Mapping[str, ColumnFormat] = {
    "start_utc": instant_format("start of the contact: of the usable window that is flown"),
    "end_utc": instant_format("end of the contact"),
    **PASS_COLUMNS,
}

_DETAILS = ("key_p10_bits", "key_p50_bits", "key_p90_bits", "key_thin_bits", "key_broken_bits")


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
    ordered = {name: frozen(values[name]) for name in PASS_COLUMNS}
    return PlanColumns(PASS_COLUMNS, ordered)


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
