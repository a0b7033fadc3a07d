"""Contacts of two stations as named columns in file units: `pair_contacts.csv`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.named_columns import (
    Column,
    ColumnFormat,
    PlanColumns,
    instant_format,
    number_format,
    text_format,
)
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason, is_flown
from euroqci_planner.mission.table import locked
from euroqci_planner.units import decibel_loss

PAIR_CONTACT_COLUMNS: Mapping[str, ColumnFormat] = {
    "contact_id": text_format("satellite/station-a+station-b/minute between both highest points"),
    "satellite_id": text_format("source of entangled pairs, which learns nothing of the key"),
    "station_a_id": text_format("first station in order of id"),
    "station_b_id": text_format("second station"),
    "pass_a_id": text_format("pass_id of the pass over the first station"),
    "pass_b_id": text_format("pass_id of the pass over the second station"),
    "start_utc": instant_format("start of the common usable window, or of its part with most key"),
    "end_utc": instant_format("end of that window"),
    "max_elevation_a_deg": number_format(
        "deg", 3, "largest elevation over the first station in it"
    ),
    "max_elevation_b_deg": number_format(
        "deg", 3, "largest elevation over the second station in it"
    ),
    "loss_min_db": number_format("dB", 3, "smallest loss of a pair: both links together"),
    "loss_max_db": number_format("dB", 3, "largest loss of a pair"),
    "background_a_hz": number_format(
        "Hz", 3, "mean noise clicks per second and detector, first station"
    ),
    "background_b_hz": number_format("Hz", 3, "the same at the second station"),
    "coincidences": number_format("", 0, "expected in clear sky over both, in bases that match"),
    "qber": number_format("", 5, "error rate of the key basis, a fraction"),
    "sifted_bits": number_format("bit", 0, "expected coincidences that are keyed, clear sky"),
    "key_clear_bits": number_format("bit", 0, "secret key that both share, its share if pooled"),
    "clear_a_probability": number_format("", 4, "chance of clear sky over the first station"),
    "clear_b_probability": number_format("", 4, "chance of clear sky over the second station"),
    "clear_probability": number_format("", 4, "chance of clear sky over both at once"),
    "key_expected_bits": number_format(
        "bit", 1, "secret key under each sky times its chance, summed"
    ),
    "key_usable_utc": instant_format(
        "when the key can be used: its block is complete and processed"
    ),
    "state": text_format("candidate, scheduled, pinned, banned, rejected"),
    "reason": text_format("why the contact is not flown; one term of a fixed list"),
    "blocked_by": text_format("contact_id or pass_id of the contact that stands in the way"),
    "key_p10_bits": number_format("bit", 0, "key in clear sky, exceeded in nine of ten cases"),
    "key_p50_bits": number_format("bit", 0, "key in clear sky, exceeded in half of all cases"),
    "key_p90_bits": number_format("bit", 0, "key in clear sky, exceeded in one of ten cases"),
    "thin_a_probability": number_format("", 4, "chance of thin cloud alone over the first station"),
    "thin_b_probability": number_format(
        "", 4, "chance of thin cloud alone over the second station"
    ),
    "broken_a_probability": number_format("", 4, "chance of broken cloud over the first station"),
    "broken_b_probability": number_format("", 4, "chance of broken cloud over the second station"),
    "cloudy_probability": number_format(
        "", 4, "chance of skies with light that are not both clear"
    ),
    "key_cloudy_bits": number_format(
        "bit", 1, "part of key_expected_bits that comes in such skies"
    ),
}


def pair_contacts_columns(
    plan: Plan, pass_ids: NDArray[np.str_] | None = None
) -> PlanColumns | None:
    """Every contact of two stations, by start; None where the plan has no source of pairs.

    `pass_ids` are those of all passes of the plan where they are at hand.
    """
    contacts = plan.pair_contacts
    if contacts is None:
        return None
    ids = plan.passes.pass_ids() if pass_ids is None else pass_ids
    names = contacts.contact_ids()
    values: dict[str, Column] = {
        "contact_id": names,
        "satellite_id": np.array(contacts.satellite_ids, dtype=np.str_)[contacts.satellite],
        "station_a_id": np.array(contacts.station_ids, dtype=np.str_)[contacts.station_a],
        "station_b_id": np.array(contacts.station_ids, dtype=np.str_)[contacts.station_b],
        "pass_a_id": ids[contacts.pass_a],
        "pass_b_id": ids[contacts.pass_b],
        **_figures(contacts),
        "state": _texts(tuple(item.name.lower() for item in PassState))[contacts.state],
        "reason": _texts(tuple(REASON_TEXTS[item] for item in Reason))[contacts.reason],
        "blocked_by": _blockers(contacts, names, ids),
    }
    frozen = {name: locked(values[name], values[name].dtype.str) for name in PAIR_CONTACT_COLUMNS}
    return PlanColumns(PAIR_CONTACT_COLUMNS, frozen)


def _figures(contacts: PairContacts) -> dict[str, Column]:
    """Times and numbers in file units."""
    same = (
        "start_utc",
        "end_utc",
        "coincidences",
        "qber",
        "sifted_bits",
        "clear_a_probability",
        "clear_b_probability",
        "clear_probability",
        "key_expected_bits",
        "key_usable_utc",
        "key_p10_bits",
        "key_p50_bits",
        "key_p90_bits",
        "thin_a_probability",
        "thin_b_probability",
        "broken_a_probability",
        "broken_b_probability",
    )
    return {
        **{name: getattr(contacts, name) for name in same},
        "max_elevation_a_deg": np.degrees(contacts.max_elevation_a_rad),
        "max_elevation_b_deg": np.degrees(contacts.max_elevation_b_rad),
        "loss_min_db": decibel_loss(contacts.transmittance_max),
        "loss_max_db": decibel_loss(contacts.transmittance_min),
        "background_a_hz": contacts.noise_a_hz,
        "background_b_hz": contacts.noise_b_hz,
        "key_clear_bits": np.floor(contacts.key_bits),
        "cloudy_probability": np.sum(contacts.cloudy_probability, axis=1),
        "key_cloudy_bits": contacts.clouded_bits + 0.0 * contacts.key_expected_bits,
    }


def _texts(names: tuple[str, ...]) -> NDArray[np.str_]:
    return np.array(names, dtype=np.str_)


def _blockers(
    contacts: PairContacts, names: NDArray[np.str_], pass_ids: NDArray[np.str_]
) -> NDArray[np.str_]:
    """The contact in the way: one of two stations by its own name, else by its pass."""
    flown = np.flatnonzero(is_flown(contacts.state)).tolist()
    of_pass = {int(contacts.pass_a[row]): str(names[row]) for row in flown}
    of_pass |= {int(contacts.pass_b[row]): str(names[row]) for row in flown}
    found = [
        "" if row < 0 else of_pass.get(row, str(pass_ids[row]))
        for row in contacts.blocked_by.tolist()
    ]
    return np.array(found, dtype=np.str_)
