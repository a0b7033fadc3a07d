"""How far the key of a pass may lie from the expected one: quantiles over what is not known.

Counts fluctuate, the loss of a link is known to some tenths of a decibel, and so is the sky. Draws
are stratified in every quantity (Latin hypercube, McKay, Beckman and Conover 1979) and the same for
all passes, so that quantiles compare; they follow from the seed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import special

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.qkd.optimise import pieces
from euroqci_planner.qkd.pass_settings import PassSettings
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, TrialCounts, trial_counts
from euroqci_planner.units import FloatArray

CountsUnder = Callable[[float, float], DetectionCounts]

_STREAM = 6
_EVALUATIONS_AT_ONCE = 8_192
_FEW_COUNTS = 50.0
_ROUNDING = 1e-9
_KINDS = TrialCounts._fields


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUncertainty:
    """What is not known of a pass.

    `loss_sigma_db` is one standard deviation of the whole loss of a pass, `background_spread` the
    geometric standard deviation of the sky background (1: known; 2: a factor of two up or down in
    two of three cases). `count_noise` lets detections and errors fluctuate as Poisson numbers.
    """

    loss_sigma_db: float = 0.0
    background_spread: float = 1.0
    count_noise: bool = True
    draws: int = 256
    seed: int = 0

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with these numbers, by name."""
        checks = (
            ("loss_sigma_db", self.loss_sigma_db, 0.0, "a standard deviation is not negative"),
            ("background_spread", self.background_spread, 1.0, "a factor is at least 1"),
            ("draws", self.draws, 10.0, "quantiles need ten draws or more"),
        )
        return tuple(
            Fault("too small", where=name, value=str(value), mend=mend)
            for name, value, least, mend in checks
            if not least <= value < np.inf
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeySpread(Table):
    """Quantiles of the reported key per pass, its mean, and the chance that there is none.

    NaN where the pass is missing.
    """

    p10_bits: FloatArray = column("float64")
    p50_bits: FloatArray = column("float64")
    p90_bits: FloatArray = column("float64")
    mean_bits: FloatArray = column("float64")
    no_key_probability: FloatArray = column("float64")


class _Draws(NamedTuple):
    """Factors on transmittance and background, (draws,), and uniforms for counts (draws, ...)."""

    transmittance: FloatArray
    background: FloatArray
    counts: FloatArray


def key_spread(
    channels: PassChannels,
    settings: PassSettings,
    policy: Policy,
    uncertainty: KeyUncertainty,
    dark_count_hz: FloatArray | float = 0.0,
) -> KeySpread:
    """Spread of the keys of decoy-state passes, each under its settings.

    `dark_count_hz` per detector, a number or one per pass, is the part of the noise that is not
    background; NaN where it exceeds the noise. A draw that would make a pseudo-slot brighter than
    no loss at all leaves the pass without quantiles too. Raises `InvalidInput` for an uncertainty
    that makes no sense.
    """
    draws = _draws(uncertainty, settings.intensities.shape[1])
    dark = np.broadcast_to(np.asarray(dark_count_hz, dtype=np.float64), len(channels))
    noise = np.sum(channels.slot_s * channels.noise_hz, axis=1)
    excess = np.sum(channels.slot_s, axis=1) * dark - noise
    dark = np.where(excess > _ROUNDING * noise, np.nan, dark)
    parts = []
    for rows in pieces(len(channels), max(_EVALUATIONS_AT_ONCE // uncertainty.draws, 1)):
        counts = _drawn_counts(channels.take(rows), settings.take(rows), draws, dark[rows])
        if uncertainty.count_noise:
            counts = _fluctuating(counts, draws.counts)
        here = settings.take(rows).decoy_settings()
        per_pass = DecoySettings(
            intensities=here.intensities[:, np.newaxis],
            probabilities=here.probabilities[:, np.newaxis],
        )
        parts.append(_spread(decoy_key(counts, per_pass, policy).key_bits_signed))
    return KeySpread.joined(parts)


def key_spread_of(
    counts_under: CountsUnder,
    key: Callable[[DetectionCounts], KeyYield],
    uncertainty: KeyUncertainty,
) -> KeySpread:
    """Spread of the keys of any protocol.

    `counts_under(transmittance factor, background factor)` gives the expected counts of all passes,
    `key` their keys; called once for each draw. Otherwise as `key_spread`.
    """
    one = counts_under(1.0, 1.0)
    draws = _draws(uncertainty, one.key_detections.shape[1])
    signed = []
    for number in range(uncertainty.draws):
        drawn = counts_under(float(draws.transmittance[number]), float(draws.background[number]))
        if uncertainty.count_noise:
            kinds = TrialCounts(*(getattr(drawn, name)[:, np.newaxis] for name in _KINDS))
            drawn = _fluctuating(kinds, draws.counts[number : number + 1]).table()
        signed.append(key(drawn).key_bits_signed)
    return _spread(np.stack(signed, axis=1))


def counts_with(
    channels: PassChannels,
    settings: PassSettings,
    dark_hz: FloatArray,
    transmittance: float,
    background: float,
) -> DetectionCounts:
    """Expected counts of decoy-state passes with one factor on all transmittances and backgrounds.

    NaN where a pseudo-slot would be brighter than no loss at all.
    """
    one = np.ones(1)
    draw = _Draws(transmittance * one, background * one, one)
    return _drawn_counts(channels, settings, draw, dark_hz).table()


def _draws(uncertainty: KeyUncertainty, intensities: int) -> _Draws:
    """Stratified draws of every quantity; `InvalidInput` names what is wrong."""
    faults = uncertainty.faults()
    if faults:
        raise InvalidInput(faults)
    number = uncertainty.draws
    stream = np.random.SeedSequence(uncertainty.seed, spawn_key=(_STREAM,))
    random = np.random.Generator(np.random.PCG64(stream))
    quantities = 2 + len(_KINDS) * intensities
    strata = np.stack([random.permutation(number) for _ in range(quantities)], axis=1)
    place = random.random(strata.shape)
    # Quantiles follow the loss before all: in the middle of its strata few draws already tell.
    place[:, :2] = 0.5
    uniform = (strata + place) / number
    normal = special.ndtri(uniform[:, :2])
    return _Draws(
        10.0 ** (-0.1 * uncertainty.loss_sigma_db * normal[:, 0]),
        uncertainty.background_spread ** normal[:, 1],
        uniform[:, 2:].reshape(number, len(_KINDS), intensities),
    )


def _drawn_counts(
    channels: PassChannels, settings: PassSettings, draws: _Draws, dark_hz: FloatArray
) -> TrialCounts:
    """Expected counts (passes, draws, intensities) with loss and background as drawn."""
    passes, number = len(channels), len(draws.transmittance)
    rows = np.repeat(np.arange(passes), number)
    each = channels.take(rows)
    dark = dark_hz[rows, np.newaxis]
    eta = each.transmittance * np.tile(draws.transmittance, passes)[:, np.newaxis]
    sky = (each.noise_hz - dark) * np.tile(draws.background, passes)[:, np.newaxis]
    each = replace(each, transmittance=np.where(eta > 1.0, np.nan, eta), noise_hz=dark + sky)
    counts = trial_counts(each, settings.take(rows).trial())
    return TrialCounts(*(kind.reshape(passes, number, -1) for kind in counts))


def _fluctuating(expected: TrialCounts, uniform: FloatArray) -> TrialCounts:
    """Counts (passes, draws, intensities) as they may be seen: right and wrong bits apart."""
    seen: list[FloatArray] = []
    for basis in (0, 2):
        detections, errors = expected[basis], expected[basis + 1]
        wrong = _poisson_quantile(np.maximum(errors, 0.0), uniform[:, basis + 1])
        right = _poisson_quantile(np.maximum(detections - errors, 0.0), uniform[:, basis])
        seen += [right + wrong, wrong]
    return TrialCounts(*seen)


def _poisson_quantile(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    """Whole number below which a Poisson variable stays with probability `uniform`.

    Exact below 50, from there on by Cornish and Fisher to within one count.
    """
    z = special.ndtri(uniform)
    many = np.floor(mean + z * np.sqrt(mean) + (z**2 - 1.0) / 6.0 + 0.5)
    drawn = np.asarray(np.maximum(many, 0.0))
    few = mean < _FEW_COUNTS
    drawn[few] = _small_quantile(mean[few], np.broadcast_to(uniform, mean.shape)[few])
    return drawn


def _small_quantile(mean: FloatArray, uniform: FloatArray) -> FloatArray:
    """Least k with P(X <= k) >= `uniform`, by bisection over the incomplete gamma function."""
    low, high = np.full(mean.shape, -1.0), np.full(mean.shape, 256.0)
    while np.any(high - low > 1.0):
        middle = np.floor(0.5 * (low + high))
        reached = special.gammaincc(middle + 1.0, mean) >= uniform
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray(high)


def _spread(signed: FloatArray) -> KeySpread:
    """Quantiles of the reported key over the draws (passes, draws)."""
    bits = np.floor(np.maximum(signed, 0.0))
    low, middle, high = np.quantile(bits, (0.1, 0.5, 0.9), axis=1, method="hazen")
    lost = np.mean(bits == 0.0, axis=1)
    return KeySpread(
        p10_bits=low,
        p50_bits=middle,
        p90_bits=high,
        mean_bits=np.mean(bits, axis=1),
        no_key_probability=np.where(np.isnan(middle), np.nan, lost),
    )
