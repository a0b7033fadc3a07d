"""Schema of what stands behind a receiving telescope, on the ground or on board."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euroqci_planner.io.schema_types import (
    Efficiency,
    NotNegative,
    OpenFraction,
    Positive,
    Record,
    told,
)


class DetectionRecord(Record):
    """Field stop, filter and detectors."""

    catalogue_row: str | None = told("Receiver preset that gives every field.", None, alias="from")
    optics_efficiency: Efficiency = told("Transmittance from the aperture to the filter.")
    field_of_view_urad: Annotated[float, Field(gt=0, le=100_000)] = told("Full angle.", 100.0)
    filter_width_nm: Positive = told("Equivalent width of the spectral filter.", 1.0)
    filter_transmittance: Efficiency = told("Peak transmittance of the filter.", 0.9)
    key_basis_probability: OpenFraction = told(
        "Share of the key basis at the receiver: its beam splitter."
    )
    detectors: Annotated[int, Field(ge=1, le=64)] = told("Detectors in all.", 4)
    detector_efficiency: Efficiency = told("Detection probability of one photon.")
    dark_count_hz: NotNegative = told("Dark counts per detector.")
    dead_time_ns: NotNegative = told("Dead time per detector.", 50.0)
    dead_time_kind: Literal["non_paralysable", "paralysable"] = told(
        "paralysable: a photon that meets a dead detector lengthens its dead time.",
        "non_paralysable",
    )
    timing_jitter_ps: NotNegative = told("Full width of detector and clock together.", 350.0)
    afterpulse_probability: Annotated[float, Field(ge=0, lt=1)] = told(
        "Chance of a false click after a click.", 0.001
    )
    gate_ns: Positive = told("Full width of the accepted time around a pulse.", 1.0)


class OnBoardReceiverRecord(DetectionRecord):
    """`[payload.receiver]`: what is behind the telescope of a payload that receives."""
