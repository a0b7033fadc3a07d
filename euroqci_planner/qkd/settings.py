"""Protocol settings as arrays: one setting or many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DecoySettings:
    """Intensities (mean photon numbers, falling) and their probabilities, (..., intensities).

    The axes in front broadcast over blocks: (intensities,) is one setting for all of them, (n,
    intensities) one per block, (m, 1, intensities) tries m settings on every block.
    """

    intensities: FloatArray
    probabilities: FloatArray

    @classmethod
    def of(cls, source: DecoySource) -> DecoySettings:
        """The fixed settings of a source."""
        return cls(
            intensities=np.array(source.intensities, dtype=np.float64),
            probabilities=np.array(source.intensity_probabilities, dtype=np.float64),
        )

    def take(self, rows: NDArray[np.intp]) -> DecoySettings:
        """Some entries of the first axis."""
        return DecoySettings(
            intensities=self.intensities[rows], probabilities=self.probabilities[rows]
        )

    def intensity(self, number: int) -> FloatArray:
        """Mean photon number mu of intensity `number`, counted from zero; shape (...)."""
        return np.asarray(self.intensities[..., number])

    def photon_number_probability(self, photons: int) -> FloatArray:
        """τ_n: probability that a pulse holds `photons` (0 or 1); shape (...)."""
        power = self.intensities if photons else 1.0
        return np.asarray(np.sum(self.probabilities * np.exp(-self.intensities) * power, axis=-1))

    def weights(self) -> FloatArray:
        """e^mu/p per intensity: what makes counts of different intensities comparable.

        NaN where a probability is not positive: such a setting estimates nothing.
        """
        usable = np.where(self.probabilities > 0.0, self.probabilities, np.nan)
        return np.asarray(np.exp(self.intensities) / usable)
