"""Columns of links, keys and their details while the pieces of a plan fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from euroqci_planner.app.link_and_key import Rows
from euroqci_planner.mission.assets import DecoySource, PairSource, Payload, Receiver
from euroqci_planner.mission.key_details import INTENSITIES, KeyDetails
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.table import Table
from euroqci_planner.qkd.pass_keys import PassKeys
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CloudyKeys:
    """The passes of a payload as blocks of their own under thin and under broken cloud, (passes,).

    Settings and windows are those of clear sky. `usable_share` of a pass is seen under broken
    cloud, with the counts of clear sky times it.
    """

    thin_counts: DetectionCounts
    usable_share: FloatArray
    thin_bits: FloatArray
    broken_bits: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PayloadKeys:
    """All usable passes of one payload with their keys; `rows` are those of the pass table.

    `receivers` go with the passes. `sources` are the sets of settings that the payload holds,
    empty where every pass has its own, and `set_number` says which of them a pass is flown with.
    `cloudy` is None where every sky is clear or overcast.
    """

    payload: Payload
    rows: Rows
    receivers: tuple[Receiver, ...]
    sources: tuple[DecoySource | PairSource, ...]
    set_number: Rows
    keys: PassKeys
    representation_error: float = 0.0
    cloudy: CloudyKeys | None = None


class DetailColumns:
    """Columns of `KeyDetails` while they are filled."""

    def __init__(self, passes: int) -> None:
        """Nothing is known yet."""
        empty = KeyDetails.empty(passes)
        self._columns = {name: getattr(empty, name).copy() for name in empty.column_names()}

    def add(self, item: PayloadKeys) -> None:
        """Settings and keys of the passes of a payload."""
        rows, columns, settings = item.rows, self._columns, item.keys.settings
        columns["separate_bits"][rows] = item.keys.keys.key_bits
        if item.cloudy is not None:
            columns["key_thin_bits"][rows] = item.cloudy.thin_bits
            columns["key_broken_bits"][rows] = item.cloudy.broken_bits
            columns["broken_usable_share"][rows] = item.cloudy.usable_share
        if settings is None:
            columns["key_basis_probability"][rows] = item.payload.source.key_basis_probability
            received = np.array([item.key_basis_probability for item in item.receivers])
            columns["receiver_key_basis_probability"][rows] = received
            return
        levels = min(settings.intensities.shape[1], len(INTENSITIES))
        columns["intensities"][rows, :levels] = settings.intensities
        columns["probabilities"][rows, :levels] = settings.probabilities
        for name in ("key_basis_probability", "receiver_key_basis_probability"):
            columns[name][rows] = getattr(settings, name)

    def table(self) -> KeyDetails:
        """The finished table."""
        return KeyDetails(**finished(self._columns))


def empty_columns(kind: type[Table], length: int, **fixed: tuple[str, ...]) -> dict[str, Any]:
    """Columns of a table of numbers, all NaN."""
    columns: dict[str, Any] = dict(fixed)
    for name, axes in kind.column_axes().items():
        shape = (length, *(len(fixed[axis]) for axis in axes))
        columns[name] = np.full(shape, np.nan)
    return columns


def fill(columns: Mapping[str, Any], rows: Rows, part: Table) -> None:
    """Put the rows of a part where they belong."""
    for name in part.column_names():
        columns[name][rows] = getattr(part, name)


def finished(columns: Mapping[str, Any]) -> Mapping[str, Any]:
    """Columns that nothing more is filled into: locked, so that their table need not copy them."""
    for values in columns.values():
        if isinstance(values, np.ndarray):
            values.setflags(write=False)
    return columns
