"""The link budget: every factor of the transmittance and every source of noise, kept apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray

LOSS_TERMS = (
    "transmit_optics",
    "diffraction",
    "wavefront",
    "beam_spread",
    "pointing",
    "rayleigh",
    "aerosol",
    "ozone",
    "gas",
    "cirrus",
    "receive_optics",
    "field_stop",
    "coupling",
    "filter",
    "gate",
    "detector",
)
NOISE_TERMS = (
    "night_sky",
    "light_pollution",
    "moon",
    "twilight",
    "daylight",
    "sunlit_satellite",
    "dark_counts",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LinkBudget(Table):
    """Terms of the link per sample, row for row with `PassSamples`.

    `transmittance[i, j]` is the factor of `loss_terms[j]` at sample i, 0..1, and their product
    is the whole way from the point where the photon number is defined to a click.
    `noise_hz[i, j]` is the rate of clicks from `noise_terms[j]` **per detector** inside the
    filter, before gating. NaN where a model is outside its range of validity.
    """

    loss_terms: tuple[str, ...]
    noise_terms: tuple[str, ...]
    transmittance: FloatArray = column("float64", per_row=("loss_terms",))
    noise_hz: FloatArray = column("float64", per_row=("noise_terms",))

    def total_transmittance(self) -> FloatArray:
        """Product of all factors per sample."""
        return np.asarray(np.prod(self.transmittance, axis=1))

    def total_noise_hz(self) -> FloatArray:
        """Noise clicks per second and detector, all sources together."""
        return np.asarray(np.sum(self.noise_hz, axis=1))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassLink(Table):
    """What remains of a link budget per pass once the samples are gone.

    Transmittances are totals: the best over the usable window, and the one at the sample nearest
    to the culmination with its factors in `transmittance_terms` (n, terms). `noise_hz` is the
    mean noise per detector over the window, `noise_terms_hz` (n, terms) its parts.
    """

    loss_terms: tuple[str, ...]
    noise_terms: tuple[str, ...]
    transmittance_max: FloatArray = column("float64")
    transmittance_culmination: FloatArray = column("float64")
    transmittance_terms: FloatArray = column("float64", per_row=("loss_terms",))
    noise_hz: FloatArray = column("float64")
    noise_terms_hz: FloatArray = column("float64", per_row=("noise_terms",))


OffsetArray = NDArray[np.intp]
