"""Protocol settings as free coordinates, so that a search needs no constraints.

Every setting is a logistic function of one coordinate, between limits of which some depend on the
settings before it: probabilities leave something for those that follow, and intensities stay in
the order that the proof asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.qkd.trial_counts import ReceiverColumns, TrialSettings
from euroqci_planner.units import FloatArray

Range = tuple[float, float]
_ONE_DECOY = 2
_MARGIN = 1e-3
_PRIMES = (2, 3, 5, 7, 11)
_DESIGN = ((0.25, 0.97), (0.15, 0.97), (0.25, 0.9), (0.4, 0.95), (0.08, 0.5))
_HALTON_FROM = 12
_RIDGE_RARE = (0.3, 0.01)
_RIDGE_POINTS = 8
_RIDGE_RATIO = 0.45
_RIDGE_SIGNAL = 0.65
_RIDGE_WEAK = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsLimits:
    """What the hardware can set: (least, most) of each setting that is sought.

    Signal and weak are the first and the second intensity; a third one stays as the source has
    it. What the proof demands (falling intensities, probabilities that sum to one) holds anyway.
    """

    key_basis_probability: Range = (0.01, 0.9999)
    signal_probability: Range = (0.005, 0.9999)
    weak_probability: Range = (0.0, 1.0)
    signal_intensity: Range = (0.02, 2.0)
    weak_intensity: Range = (0.0, 1.0)

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the limits, by name."""
        found = []
        for item in fields(self):
            least, most = getattr(self, item.name)
            top = 1.0 if item.name.endswith("probability") else np.inf
            if not 0.0 <= least < most <= top:
                mend = f"give 0 <= least < most{' <= 1' if top == 1.0 else ''}"
                found.append(
                    Fault(
                        "limits in wrong order or out of range",
                        where=item.name,
                        value=f"{least}, {most}",
                        mend=mend,
                    )
                )
        if self.signal_probability[0] + self.weak_probability[0] >= 1.0:
            found.append(
                Fault(
                    "least probabilities leave nothing for the rest",
                    where="weak_probability",
                    value=str(self.weak_probability[0]),
                    mend="lower it, or signal_probability",
                )
            )
        if self.weak_intensity[0] >= self.signal_intensity[1]:
            found.append(
                Fault(
                    "least weak intensity is no weaker than the signal",
                    where="weak_intensity",
                    value=str(self.weak_intensity[0]),
                    mend="lower it, or raise signal_intensity",
                )
            )
        return tuple(found)


class SettingsSpace:
    """Coordinates of the settings of one kind of source.

    Two decoys have five: key basis, signal probability, weak probability, signal intensity, weak
    intensity; one decoy has no third probability, hence four.
    """

    def __init__(self, source: DecoySource, limits: SettingsLimits | None = None) -> None:
        """Take intensities beyond the second from `source`; `InvalidInput` for bad limits."""
        self.limits = limits or SettingsLimits()
        faults = self.limits.faults()
        if faults:
            raise InvalidInput(faults)
        self.count = len(source.intensities)
        self.third = source.intensities[2] if self.count > _ONE_DECOY else 0.0

    @property
    def dimensions(self) -> int:
        """Number of coordinates."""
        return 5 if self.count > _ONE_DECOY else 4

    def trial(self, points: FloatArray, receivers: ReceiverColumns) -> TrialSettings:
        """Settings at points (passes, trials, dimensions)."""
        share = list(np.moveaxis(special.expit(points), -1, 0))
        sent = _between(share.pop(0), *self.limits.key_basis_probability)
        signal = _between(share.pop(0), *self._signal_probabilities())
        probabilities = [signal, 1.0 - signal]
        if self.count > _ONE_DECOY:
            weak = _between(share.pop(0), *self._weak_probabilities(signal))
            probabilities = [signal, weak, 1.0 - signal - weak]
        mu1 = _between(share.pop(0), *self._signal_intensities())
        mu2 = _between(share.pop(0), *self._weak_intensities(mu1))
        intensities = (mu1, mu2, np.full_like(mu1, self.third))[: self.count]
        return TrialSettings(
            np.stack(intensities), np.stack(probabilities), sent, receivers.received(sent)
        )

    def point(self, source: DecoySource) -> FloatArray:
        """Coordinates (dimensions,) of the settings of a source, or of the nearest ones inside."""
        numbers = (
            source.key_basis_probability,
            *source.intensity_probabilities[:2],
            *source.intensities[:2],
        )
        return self._coordinates(*(np.array(number) for number in numbers))

    def design(self, number: int) -> FloatArray:
        """Points (number, dimensions) spread evenly over the settings that published keys use.

        Halton's sequence, so that they are the same for everybody.
        """
        index = np.arange(_HALTON_FROM, _HALTON_FROM + number)
        sent, signal, rest, mu1, ratio = (
            _between(_radical_inverse(index, base), least, most)
            for base, (least, most) in zip(_PRIMES, _DESIGN, strict=True)
        )
        return self._coordinates(sent, signal, (1.0 - signal) * rest, mu1, mu1 * ratio)

    def ridge(self) -> FloatArray:
        """Points (number, dimensions) along the way that the best settings go as blocks grow.

        Large blocks want their decoys weak and rare, which spread points seldom are all at once.
        """
        rare = np.geomspace(*_RIDGE_RARE, _RIDGE_POINTS)
        ratio = _RIDGE_RATIO * np.sqrt(rare)
        mu1 = np.full_like(rare, _RIDGE_SIGNAL)
        return self._coordinates(1.0 - rare, 1.0 - rare, _RIDGE_WEAK * rare, mu1, mu1 * ratio)

    def _coordinates(
        self,
        sent: FloatArray,
        signal: FloatArray,
        weak: FloatArray,
        mu1: FloatArray,
        mu2: FloatArray,
    ) -> FloatArray:
        shares = [
            _share(sent, *self.limits.key_basis_probability),
            _share(signal, *self._signal_probabilities()),
            _share(weak, *self._weak_probabilities(signal)),
            _share(mu1, *self._signal_intensities()),
            _share(mu2, *self._weak_intensities(mu1)),
        ]
        if self.count == _ONE_DECOY:
            del shares[2]
        return np.stack([special.logit(share) for share in shares], axis=-1)

    def _signal_probabilities(self) -> Range:
        least, most = self.limits.signal_probability
        return least, min(most, 1.0 - self.limits.weak_probability[0])

    def _weak_probabilities(self, signal: FloatArray) -> tuple[float, FloatArray]:
        least, most = self.limits.weak_probability
        return least, np.minimum(most, 1.0 - signal)

    def _signal_intensities(self) -> Range:
        least, most = self.limits.signal_intensity
        return max(least, 2.0 * self.third + 1e-9, self.limits.weak_intensity[0] + self.third), most

    def _weak_intensities(self, signal: FloatArray) -> tuple[float, FloatArray]:
        least, most = self.limits.weak_intensity
        return max(least, self.third), np.minimum(most, signal - self.third)


def _between(share: FloatArray, least: float, most: FloatArray | float) -> FloatArray:
    return np.asarray(least + share * (most - least))


def _share(value: FloatArray, least: float, most: FloatArray | float) -> FloatArray:
    """Where a value stands between its limits, a little inside them."""
    width = np.maximum(most - least, np.finfo(np.float64).tiny)
    return np.clip((value - least) / width, _MARGIN, 1.0 - _MARGIN)


def _radical_inverse(index: NDArray[np.int64], base: int) -> FloatArray:
    """Digits of `index` in `base`, mirrored at the point (Halton 1960)."""
    rest, out, place = index.copy(), np.zeros(index.shape), 1.0
    while np.any(rest > 0):
        place /= base
        rest, digit = np.divmod(rest, base)
        out += digit * place
    return out
