"""One link looked at closely: its key against loss and against the size of a block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from euroqci_planner.mission.assets import DecoySource, PairSource
from euroqci_planner.mission.key_yield import EpsilonLedger
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray

_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyAgainstLoss(Table):
    """Keys of the pass with its loss moved as a whole, a row per loss.

    `loss_db` is the smallest loss of the pass. `key_bits` goes with the settings that are flown,
    `best_key_bits` with the best ones for that loss (NaN for sources without settings to choose),
    `endless_key_bits` is what the same counts would give without finite-size effects.
    """

    loss_db: FloatArray = column("float64")
    sifted_bits: FloatArray = column("float64")
    qber: FloatArray = column("float64")
    phase_error: FloatArray = column("float64")
    key_bits: FloatArray = column("float64")
    best_key_bits: FloatArray = column("float64")
    endless_key_bits: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyAgainstBlock(Table):
    """Keys of blocks that hold the pass `passes` times over, a row per size, per one pass.

    `sifted_bits` is what the block holds. Part of a pass (below 1) is the pass shortened evenly.
    """

    passes: FloatArray = column("float64")
    sifted_bits: FloatArray = column("float64")
    phase_error: FloatArray = column("float64")
    key_bits_per_pass: FloatArray = column("float64")
    best_key_bits_per_pass: FloatArray = column("float64")


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line of the way from sifted bits to the key."""

    name: str
    bits: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStudy:
    """What one link can give, and why.

    `channel` says in words which pass or constant loss it is about. `flown` are the settings that
    the scenario asks for, `best` the best ones for this channel (None where there is nothing to
    choose); `background_hz` is the mean noise per detector.
    """

    satellite_id: str
    station_id: str
    channel: str
    duration_s: float
    loss_db: float
    background_hz: float
    flown: DecoySource | PairSource
    best: DecoySource | None
    key_bits: float
    best_key_bits: float
    account: tuple[AccountLine, ...]
    ledger: EpsilonLedger
    against_loss: KeyAgainstLoss
    against_block: KeyAgainstBlock

    def as_plain(self) -> dict[str, Any]:
        """Nested plain data for JSON; absent numbers are None."""
        return {
            "satellite": self.satellite_id,
            "station": self.station_id,
            "channel": self.channel,
            "duration_s": _number(self.duration_s),
            "loss_db": _number(self.loss_db),
            "background_hz": _number(self.background_hz),
            "settings": {
                "flown": {**_settings(self.flown), "key_bits": _number(self.key_bits)},
                "best": None
                if self.best is None
                else {**_settings(self.best), "key_bits": _number(self.best_key_bits)},
            },
            "account": [
                {"name": line.name, "bits": _number(line.bits), "meaning": line.meaning}
                for line in self.account
            ],
            "epsilon_ledger": {
                "proof": self.ledger.proof,
                "total": self.ledger.total,
                "shares": [
                    {
                        "purpose": share.purpose,
                        "uses": share.uses,
                        "epsilon_each": share.epsilon_each,
                        "epsilon": share.epsilon,
                    }
                    for share in self.ledger.shares
                ],
            },
            "key_against_loss": _rows(self.against_loss),
            "key_against_block": _rows(self.against_block),
        }


def _settings(source: DecoySource | PairSource) -> dict[str, Any]:
    found: dict[str, Any] = {"protocol": source.protocol.value}
    if isinstance(source, DecoySource):
        found["intensities"] = _numbers(source.intensities)
        found["intensity_probabilities"] = _numbers(source.intensity_probabilities)
    return {**found, "key_basis_probability": _number(source.key_basis_probability)}


def _rows(table: Table) -> list[dict[str, float | None]]:
    names = table.column_names()
    columns = [getattr(table, name).tolist() for name in names]
    return [
        {name: _number(value) for name, value in zip(names, row, strict=True)}
        for row in zip(*columns, strict=True)
    ]


def _numbers(values: Sequence[float]) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    return round(float(value), _DIGITS) if np.isfinite(value) else None
