"""What a pass of a source of entangled pairs shares with the other station of its contact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.app.display import bits_text, fixed, percent
from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import Plan, is_flown
from euroqci_planner.units import decibel_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCard:
    """The flown contact of a pass: its other pass (a row of the plan) and station, and the key.

    Bits and chance are those of the pair: `key_bits` in clear sky over both, `clear_probability`
    that both are clear at once, `key_expected_bits` over all skies.
    """

    partner_row: int
    partner_id: str
    loss_min_db: float
    coincidences: float
    qber: float
    key_bits: float
    key_expected_bits: float
    clear_probability: float

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Names and texts for cards and tooltips."""
        return (
            ("partner", self.partner_id),
            ("smallest loss of a pair", f"{fixed(self.loss_min_db, 1)} dB"),
            ("QBER", percent(self.qber, 2)),
            ("key of both in clear sky", bits_text(float(np.floor(self.key_bits)))),
            ("expected key of both", bits_text(self.key_expected_bits)),
            ("clear sky over both", percent(self.clear_probability, 0)),
        )


def is_pass_of_source(plan: Plan, row: int) -> bool:
    """Whether the satellite of a pass only sends pairs: one station alone has no key with it."""
    satellite = plan.scenario.satellites[int(plan.passes.satellite[row])]
    return satellite.role is Role.ENTANGLED_SOURCE


def pair_card(plan: Plan, row: int) -> PairCard | None:
    """The contact in which a pass is flown with a partner; None where it is not."""
    contacts = plan.pair_contacts
    if contacts is None or plan.decisions.partner[row] == NO_PARTNER:
        return None
    mine = ((contacts.pass_a == row) | (contacts.pass_b == row)) & is_flown(contacts.state)
    if not mine.any():
        return None
    at = int(np.argmax(mine))
    is_first = bool(contacts.pass_a[at] == row)
    return PairCard(
        partner_row=int((contacts.pass_b if is_first else contacts.pass_a)[at]),
        partner_id=contacts.station_ids[int(plan.decisions.partner[row])],
        loss_min_db=float(decibel_loss(contacts.transmittance_max[at])),
        coincidences=float(contacts.coincidences[at]),
        qber=float(contacts.qber[at]),
        key_bits=float(contacts.key_bits[at]),
        key_expected_bits=float(contacts.key_expected_bits[at]),
        clear_probability=float(contacts.clear_probability[at]),
    )


def link_of_pass(plan: Plan, row: int) -> tuple[str, str]:
    """The two ends of the store that a pass fills: satellite and station, or two stations by id."""
    passes, partner = plan.passes, int(plan.decisions.partner[row])
    station = passes.station_ids[int(passes.station[row])]
    if partner == NO_PARTNER:
        return passes.satellite_ids[int(passes.satellite[row])], station
    one, other = sorted((station, passes.station_ids[partner]))
    return one, other
