"""A pass in a handful of samples, for trying many settings on it.

Counts are sums over smooth functions of the transmittance η. A Gauss rule whose weight is the pass
itself (Golub and Welsch 1969) turns its hundreds of slots into n pseudo-slots with the same
moments Σηʲ up to j = 2n − 1: two of them carry the number of slots and three moments. The counts of
pseudo-slots follow from the same formulas as those of slots, dead time included.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.link_budget import OffsetArray
from euroqci_planner.qkd.counts import ChannelSamples, expected_counts, sum_per_pass
from euroqci_planner.units import FloatArray

DEFAULT_NODES = 3
_DEGENERATE = 1e-9
_SAMPLES_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CompressedChannel:
    """Pseudo-slots of every pass, `nodes` each, and what the error bound needs per pass.

    `defect` is Σ slot_s · π(η)² of the first polynomial π = ηⁿ + … that the rule does not see;
    `half_range` half the range of η, `noise_hz` the mean noise, `noise_residual_hz` the largest
    distance of the noise from its polynomial in η, `noise_peak_hz` its highest value.
    """

    samples: ChannelSamples
    nodes: int
    light_s: FloatArray
    defect: FloatArray
    half_range: FloatArray
    noise_hz: FloatArray
    noise_residual_hz: FloatArray
    noise_peak_hz: FloatArray

    def error_bound(self, source: DecoySource, receiver: Receiver) -> FloatArray:
        """Bound of the relative error of the counts of each intensity, per pass.

        With κ the highest intensity and A the dead time in units of clicks, the summands have
        |f⁽ᵐ⁾| <= m! e ((1 + A) κ)ᵐ, for the live share is a completely monotone function of η. The
        rest of a Gauss rule is f⁽²ⁿ⁾/(2n)! Σπ²; noise follows a polynomial of degree n − 1 only.
        Infinite where the expansion does not reach or the noise of a slot is out of range of the
        counts, NaN where the pass is missing.
        """
        busy = 0.5 * receiver.dead_time_s * source.pulse_rate_hz
        steep = (1.0 + busy * (1.0 + receiver.afterpulse_probability)) * max(source.intensities)
        least = min(mu for mu in source.intensities if mu > 0.0)
        load = (receiver.dead_time_s + 2.0 * busy * receiver.gate_s) * self.noise_residual_hz
        reach = np.e * (steep * self.half_range) ** self.nodes
        rest = np.e * steep ** (2 * self.nodes) * self.defect
        with np.errstate(divide="ignore", invalid="ignore"):
            light = np.where(rest == 0.0, 0.0, rest / (least * self.light_s))
            rough = np.where(self.noise_hz == 0.0, 0.0, self.noise_residual_hz / self.noise_hz)
        dark = 4.0 * reach * (1.0 + rough) + load * rough
        both = load**2 + (load + receiver.dead_time_s * self.noise_hz) * reach
        bound = np.maximum(light, dark) + both
        valid = (steep * self.half_range < 1.0) & (self.noise_peak_hz * receiver.gate_s <= 0.5)
        return np.where(valid, bound, np.inf) + 0.0 * self.light_s


def compressed(samples: ChannelSamples, nodes: int = DEFAULT_NODES) -> CompressedChannel:
    """Compress every pass to `nodes` pseudo-slots; missing where a sample is, zero where empty.

    The noise of a pseudo-slot is that of the polynomial in η of degree n − 1 which has the same
    moments Σ noise · ηʲ: it may lie outside the range of the noise, even below zero.
    """
    cuts = np.flatnonzero(np.diff(samples.first_sample[:-1] // _SAMPLES_AT_ONCE)) + 1
    parts = [
        _compressed(passes_of(samples, rows), nodes)
        for rows in np.split(np.arange(len(samples.first_sample) - 1), cuts)
    ]
    return parts[0] if len(parts) == 1 else joined_channels(parts)


def joined_channels(parts: list[CompressedChannel]) -> CompressedChannel:
    """The passes of all parts in order; all have as many nodes."""
    columns = {
        item.name: np.concatenate([getattr(part, item.name) for part in parts])
        for item in fields(CompressedChannel)
        if item.name not in {"samples", "nodes"}
    }
    nodes = parts[0].nodes
    slots = {
        name: np.concatenate([getattr(part.samples, name) for part in parts])
        for name in ("transmittance", "noise_hz", "slot_s")
    }
    passes = len(columns["light_s"])
    offsets = np.arange(passes + 1, dtype=np.intp) * nodes
    return CompressedChannel(
        samples=ChannelSamples(**slots, first_sample=offsets), nodes=nodes, **columns
    )


def _compressed(samples: ChannelSamples, nodes: int) -> CompressedChannel:
    """Compress a piece that fits into the cache."""
    first, width = samples.first_sample, samples.slot_s
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    total = sum_per_pass(width, first)
    hole = 1.0 + 0.0 * sum_per_pass(samples.transmittance + samples.noise_hz, first)
    eta, noise = (
        np.where(np.isnan(hole)[owner], 0.0, values)
        for values in (samples.transmittance, samples.noise_hz)
    )
    basis, alpha, beta = _orthogonal_polynomials(eta, width, first, owner, nodes)
    place, weight, at_nodes = _gauss_rule(alpha, beta, total)
    moments = np.stack([sum_per_pass(width * noise * row, first) for row in basis])
    residual = np.abs(noise - np.sum(moments[:, owner] * basis, axis=0))
    top, bottom = (_largest(sign * eta, first) for sign in (1.0, -1.0))
    return CompressedChannel(
        samples=ChannelSamples(
            transmittance=(place * hole[:, np.newaxis]).ravel(),
            noise_hz=np.einsum("jp,jpn->pn", moments, at_nodes).ravel(),
            slot_s=weight.ravel(),
            first_sample=np.arange(len(total) + 1, dtype=np.intp) * nodes,
        ),
        nodes=nodes,
        light_s=sum_per_pass(width * eta, first) * hole,
        defect=np.prod(beta**2, axis=0) * total,
        half_range=0.5 * (top + bottom),
        noise_hz=moments[0] * _unit_height(total),
        noise_residual_hz=_largest(residual, first),
        noise_peak_hz=_largest(noise, first),
    )


def counts_within(
    tolerance: float,
    source: DecoySource,
    receiver: Receiver,
    channel: CompressedChannel,
    samples: ChannelSamples,
) -> DetectionCounts:
    """Counts of the compressed passes; from all `samples` where a bound exceeds `tolerance`."""
    counts = expected_counts(source, receiver, channel.samples)
    poor = np.flatnonzero(channel.error_bound(source, receiver) > tolerance)
    if not poor.size:
        return counts
    exact = expected_counts(source, receiver, passes_of(samples, poor))
    columns = {name: np.array(getattr(counts, name)) for name in counts.column_names()}
    for name, values in columns.items():
        values[poor] = getattr(exact, name)
    return DetectionCounts(**columns)


def _unit_height(total: FloatArray) -> FloatArray:
    """Value of the constant polynomial of unit norm, 1/√(total); zero for an empty pass."""
    return np.where(total > 0.0, 1.0 / np.sqrt(np.where(total > 0.0, total, 1.0)), 0.0)


def _orthogonal_polynomials(
    eta: FloatArray, width: FloatArray, first: OffsetArray, owner: NDArray[np.intp], nodes: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Stieltjes' procedure per pass: values (n, samples), and recurrence α, β, (n, passes) each.

    Polynomials of unit norm; zero from the degree on at which the samples are used up.
    """
    height = _unit_height(sum_per_pass(width, first))
    scale = _largest(np.abs(eta), first)
    before, now = np.zeros_like(eta), height[owner]
    rows, alphas, betas = [], [], []
    beta = np.zeros_like(height)
    for _ in range(nodes):
        alpha = sum_per_pass(width * eta * now**2, first)
        rest = (eta - alpha[owner]) * now - beta[owner] * before
        beta = np.sqrt(sum_per_pass(width * rest**2, first))
        beta = np.where(beta > _DEGENERATE * scale, beta, 0.0)
        rows.append(now)
        alphas.append(alpha)
        betas.append(beta)
        inverse = np.where(beta > 0.0, 1.0 / np.where(beta > 0.0, beta, 1.0), 0.0)
        before, now = now, rest * inverse[owner]
    return np.stack(rows), np.stack(alphas), np.stack(betas)


def _gauss_rule(
    alpha: FloatArray, beta: FloatArray, total: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Places and weights (passes, n), and the polynomials there (n, passes, n)."""
    nodes, passes = alpha.shape
    matrix = np.zeros((passes, nodes, nodes))
    for j in range(nodes):
        matrix[:, j, j] = alpha[j]
        if j + 1 < nodes:
            matrix[:, j, j + 1] = matrix[:, j + 1, j] = beta[j]
    place, vectors = np.linalg.eigh(matrix)
    weight = vectors[:, 0, :] ** 2 * total[:, np.newaxis]
    head = np.where(vectors[:, :1, :] == 0.0, np.inf, vectors[:, :1, :])
    at_nodes = vectors / head * _unit_height(total)[:, np.newaxis, np.newaxis]
    return place, weight, np.moveaxis(at_nodes, 1, 0)


def _largest(values: FloatArray, first: OffsetArray) -> FloatArray:
    """Largest value of each ragged piece; zero for an empty one."""
    filled = np.flatnonzero(np.diff(first) > 0)
    out = np.zeros(len(first) - 1)
    if filled.size:
        out[filled] = np.maximum.reduceat(values, first[filled])
    return out


def passes_of(samples: ChannelSamples, rows: NDArray[np.intp]) -> ChannelSamples:
    """The samples of some passes."""
    first = samples.first_sample
    lengths = np.diff(first)[rows]
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.intp)
    index = np.arange(offsets[-1]) + np.repeat(first[rows] - offsets[:-1], lengths)
    return ChannelSamples(
        transmittance=samples.transmittance[index],
        noise_hz=samples.noise_hz[index],
        slot_s=samples.slot_s[index],
        first_sample=offsets,
    )
