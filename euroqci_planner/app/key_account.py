"""The key of one pass as a sum, and the settings that the pass is flown with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.link_and_key import Piece
from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.mission.key_details import KeyDetails
from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.qkd.entropy import binary_entropy


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One line of a key account: bits that are added (positive) or taken away, and why."""

    name: str
    bits: float
    meaning: str


@dataclass(frozen=True, slots=True)
class KeyAccount:
    """From sifted bits to secret key, clear sky: the entries sum to `signed_bits`.

    `key_bits` is what the plan reports: rounded down, never below zero. `phase_error` is the bound
    on the errors of the single photons (fraction), `qber` the error rate of the key basis.
    """

    entries: tuple[AccountEntry, ...]
    signed_bits: float
    key_bits: float
    qber: float
    phase_error: float


class FlownPasses(Protocol):
    """What has passes with their settings: a plan, or one in the making."""

    @property
    def scenario(self) -> Scenario:
        """What was asked for."""

    @property
    def passes(self) -> PassTable:
        """The passes."""

    @property
    def key_details(self) -> KeyDetails | None:
        """What their keys rest on, row for row; None where no keys were made."""


def flown_piece(plan: FlownPasses, row: int) -> Piece:
    """A pass as a piece of its own: satellite and station with the settings that it is flown with.

    Whatever the scenario asks for, the fixed models give the key of the pass from here.
    """
    passes, details = plan.passes, plan.key_details
    craft = plan.scenario.satellites[int(passes.satellite[row])]
    site = plan.scenario.stations[int(passes.station[row])]
    rows: NDArray[np.intp] = np.array([row], dtype=np.intp)
    source = craft.payload.source
    if details is None or not isinstance(source, DecoySource):
        return Piece(craft, site, rows)
    levels = len(source.intensities)
    source = replace(
        source,
        intensities=tuple(details.intensities[row, :levels].tolist()),
        intensity_probabilities=tuple(details.probabilities[row, :levels].tolist()),
        key_basis_probability=float(details.key_basis_probability[row]),
    )
    share = float(details.receiver_key_basis_probability[row])
    payload = replace(craft.payload, source=source)
    if payload.receiver is not None:
        on_board = replace(payload.receiver, key_basis_probability=share)
        payload = replace(payload, receiver=on_board)
    receiver = replace(site.receiver, key_basis_probability=share)
    return Piece(replace(craft, payload=payload), replace(site, receiver=receiver), rows)


def key_account(keys: KeyYield, row: int, details: KeyDetails | None = None) -> KeyAccount | None:
    """The key of one block as a sum; None where it has none of its numbers.

    A pass in a pooled block has its own account, and what the block makes of it as the last entry.

    Sifted bits, less what is not proven to come from vacuum or single photons, less the phase
    error h(φ) of the single photons, less error correction, less the constant cost of the
    security parameters (Lim et al. 2014, Eq. 1; other proofs have the same parts).
    """
    part = {name: float(getattr(keys, name)[row]) for name in keys.column_names()}
    if not np.isfinite(part["key_bits_signed"]) or not np.isfinite(part["phase_error"]):
        return None
    sifted, single, vacuum = (
        part[name] for name in ("sifted_bits", "single_photon_events", "vacuum_events")
    )
    phase = single * float(binary_entropy(part["phase_error"]))
    leaked, signed = part["error_correction_bits"], part["key_bits_signed"]
    is_pooled = details is not None and details.block[row] >= 0
    gain = part["key_bits"] - signed if is_pooled else 0.0
    pooled = AccountEntry("pooled block", gain, "share of a block that several passes fill")
    return KeyAccount(
        entries=(
            AccountEntry("sifted bits", sifted, "detections in the key basis of both ends"),
            AccountEntry(
                "multi-photon",
                vacuum + single - sifted,
                "not proven to come from empty pulses or single photons",
            ),
            AccountEntry("phase error", -phase, "what single photons may have told others"),
            AccountEntry("error correction", -leaked, "parities told in public"),
            AccountEntry(
                "security constants",
                signed - (vacuum + single - phase - leaked),
                "price of the security parameters of one block",
            ),
            *((pooled,) if is_pooled else ()),
        ),
        signed_bits=signed + gain,
        key_bits=part["key_bits"],
        qber=part["qber"],
        phase_error=part["phase_error"],
    )
