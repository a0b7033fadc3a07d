"""Schema of `[[payload]]` and its source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euroqci_planner.io.schema_detection import OnBoardReceiverRecord
from euroqci_planner.io.schema_types import (
    Count,
    Efficiency,
    Id,
    Name,
    NotNegative,
    Obscuration,
    OpenFraction,
    PerAxis,
    Positive,
    Record,
    Wavelength,
    told,
)

Convention = Literal["full_angle_1e2", "half_angle_1e2", "fwhm", "uniform_disc"]
Settings = Literal["fixed", "optimise_mission", "optimise_pass"]
ErrorRate = Annotated[float, Field(ge=0, lt=0.5)]
PhotonNumber = Annotated[float, Field(ge=0, le=10)]


class SourceRecord(Record):
    """What all sources have in common."""

    settings: Settings = told("Who chooses intensities and probabilities.", "fixed")
    key_basis_probability: OpenFraction = told("Share of the key basis at the sender.")
    intrinsic_error: ErrorRate = told("Errors of preparation and alignment, as a fraction.")


class PulsedSourceRecord(SourceRecord):
    """Weak coherent pulses."""

    pulse_rate_mhz: Positive = told("Pulses per second.")
    pulse_width_ps: Positive = told("Full width at half maximum.", 200.0)
    settings_sets: Annotated[int, Field(ge=1, le=16)] = told(
        "Sets of settings that the payload can hold, for settings = optimise_mission.", 1
    )


class TwoDecoyRecord(PulsedSourceRecord):
    """`[payload.source]` of protocol bb84_two_decoy (Lim et al. 2014)."""

    protocol: Literal["bb84_two_decoy"] = told("BB84 with signal and two decoy intensities.")
    intensities: Annotated[list[PhotonNumber], Field(min_length=3, max_length=3)] = told(
        "Mean photon numbers at the exit: signal first, falling, mu1 > mu2 + mu3."
    )
    intensity_probabilities: Annotated[list[OpenFraction], Field(min_length=3, max_length=3)] = (
        told("Shares of the intensities; they sum to 1.")
    )


class OneDecoyRecord(PulsedSourceRecord):
    """`[payload.source]` of protocol bb84_one_decoy (Rusca et al. 2018)."""

    protocol: Literal["bb84_one_decoy"] = told("BB84 with signal and one decoy intensity.")
    intensities: Annotated[list[PhotonNumber], Field(min_length=2, max_length=2)] = told(
        "Mean photon numbers at the exit: signal first, mu1 > mu2 > 0."
    )
    intensity_probabilities: Annotated[list[OpenFraction], Field(min_length=2, max_length=2)] = (
        told("Shares of the intensities; they sum to 1.")
    )


class PairSourceRecord(SourceRecord):
    """`[payload.source]` of protocol bbm92."""

    protocol: Literal["bbm92"] = told(
        "Entangled pairs: one half measured on board, or both sent (role = entangled_source)."
    )
    pair_rate_mhz: Positive = told("Pairs per second.")
    coincidence_window_ns: Positive = told("Full width of the coincidence window.")
    local_arm_efficiency: Efficiency = told(
        "Detection probability of the half on board; not used by role = entangled_source."
    )
    local_dark_count_hz: NotNegative = told(
        "Dark counts of the local detectors together; not used by role = entangled_source."
    )


Source = Annotated[
    TwoDecoyRecord | OneDecoyRecord | PairSourceRecord, Field(discriminator="protocol")
]


class PayloadRecord(Record):
    """`[[payload]]`: a transmitting terminal with its source."""

    id: Id = told("Short name without blanks.")
    catalogue_row: str | None = told("Catalogue preset that gives every field.", None, alias="from")
    name: Name | None = told("Full name; default: the id.", None)
    wavelength_nm: Wavelength = told("Quantum wavelength in vacuum.")
    direction: Literal["downlink", "uplink"] = told(
        "downlink: the payload sends; uplink: it receives from [station.transmitter].", "downlink"
    )
    aperture_mm: Annotated[float, Field(gt=0, le=5_000)] = told("Diameter of the aperture.")
    obscuration_ratio: Obscuration = told("Secondary over primary diameter.", 0.0)
    beam: Literal["divergence", "truncated_gaussian"] | None = told(
        "How the far field is given: divergence_urad with its convention, or waist_mm; not for an "
        "uplink.",
        None,
    )
    divergence_urad: Annotated[float, Field(gt=0, le=100_000)] | None = told(
        "Far-field angle; says nothing without divergence_convention.", None
    )
    divergence_convention: Convention | None = told(
        "What divergence_urad means. There is no default: the choice moves the loss by 4.6 dB.",
        None,
    )
    waist_mm: Annotated[float, Field(gt=0, le=50_000)] | None = told(
        "1/e2 intensity radius of the Gaussian in the pupil.", None
    )
    wavefront_error_nm_rms: NotNegative = told(
        "Wavefront error of the terminal; a measured divergence holds it already.", 0.0
    )
    pointing_jitter_urad: PerAxis = told("One sigma per axis, one number or [x, y].", 1.0)
    pointing_bias_urad: NotNegative = told("Static pointing error.", 0.0)
    beacon_wavelength_nm: Wavelength | None = told("Wavelength that is tracked.", None)
    transmit_efficiency: Efficiency = told(
        "Transmittance behind the point where the photon number is defined.", 1.0
    )
    terminals: Count = told("Contacts at the same time; an entangled source takes two for each.", 1)
    slew_s: NotNegative = told("Turning from one station to the next.", 60.0)
    acquisition_s: NotNegative = told("From pointing to the first key bit.", 30.0)
    source: Source = told("Protocol, rate and settings; of an uplink, the source on the ground.")
    receiver: OnBoardReceiverRecord | None = told(
        "What is behind the telescope; for direction = uplink, and for links between satellites.",
        None,
    )


BEAM_FIELDS = {
    "divergence": ("divergence_urad", "divergence_convention"),
    "truncated_gaussian": ("waist_mm",),
}
