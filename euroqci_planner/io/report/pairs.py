"""Contacts of two stations with one source of entangled pairs, in the report."""

from __future__ import annotations

import numpy as np

from euroqci_planner.io.report.display import (
    bit_unit,
    bits_text,
    count,
    counted,
    day_and_time,
    fixed,
    percent,
    span,
    time_of_day,
)
from euroqci_planner.io.report.markup import Markup, tag
from euroqci_planner.io.report.tables import NUMBER, TEXT, table
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import PassState, is_flown
from euroqci_planner.mission.plan_totals import Totals
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import decibel_loss


def pair_card(view: View, totals: Totals) -> tuple[tuple[str, str, str], ...]:
    """The figure for the head of the report; nothing where no satellite is a source of pairs."""
    if view.plan.pair_contacts is None:
        return ()
    contacts = counted(totals.pair_contacts, "contact of two stations", "contacts of two stations")
    return (("Expected key of pairs", bits_text(totals.pair_expected_bits), contacts),)


def pair_note(contacts: PairContacts) -> str:
    """How many contacts there were to choose from, and what their key is."""
    flown = int(is_flown(contacts.state).sum())
    return (
        f"{count(flown)} of {count(len(contacts))} common windows are flown. The key belongs to "
        "both stations; the satellite knows nothing of it. Both skies count at once."
    )


def pair_contacts_table(view: View, contacts: PairContacts) -> Markup:
    """What is flown over two stations, by start."""
    flown = contacts.take(is_flown(contacts.state))
    size, unit = bit_unit(float(np.nanmax(flown.key_bits, initial=0.0)))
    decimals = 0 if size == 1.0 else 2
    heads = (
        ("Start [UTC]", TEXT),
        ("End", TEXT),
        ("Length", NUMBER),
        ("Satellite", TEXT),
        ("Stations", TEXT),
        ("Loss of a pair [dB]", NUMBER),
        ("Coincidences", NUMBER),
        ("QBER", NUMBER),
        (f"Key, clear [{unit}]", NUMBER),
        ("P(both clear)", NUMBER),
        (f"Key, expected [{unit}]", NUMBER),
        ("State", TEXT),
    )
    loss_db = decibel_loss(flown.transmittance_max)
    lengths = seconds_between(flown.start_utc, flown.end_utc)
    rows = (
        (
            day_and_time(flown.start_utc[row]),
            time_of_day(flown.end_utc[row]),
            span(float(lengths[row])),
            _satellite(view, flown.satellite_ids[flown.satellite[row]]),
            " and ".join(view.station_labels[flown.station_ids[end[row]]]
                         for end in (flown.station_a, flown.station_b)),
            fixed(float(loss_db[row]), 1),
            fixed(float(flown.coincidences[row]), 0),
            percent(float(flown.qber[row]), 2),
            fixed(float(flown.key_bits[row]) / size, decimals),
            percent(float(flown.clear_probability[row]), 0),
            fixed(float(flown.key_expected_bits[row]) / size, decimals),
            PassState(int(flown.state[row])).name.lower(),
        )
        for row in range(len(flown))
    )  # fmt: skip
    return table(heads, rows)


def _satellite(view: View, name: str) -> Markup:
    return tag("span", view.styles[name].icon(), view.satellite_labels[name], class_="named")
