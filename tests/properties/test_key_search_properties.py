"""What must hold of searched settings, windows, blocks, pairs and quantiles for any passes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.bbm92 import bbm92_key, infinite_block_pair_key
from euroqci_planner.qkd.blocks import NO_BLOCK, pool_blocks
from euroqci_planner.qkd.bounds import chernoff, clopper_pearson
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.key_objective import KeyObjective
from euroqci_planner.qkd.ledger import pair_ledger
from euroqci_planner.qkd.mission_settings import optimise_mission
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_optimum import optimise_pass
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.quick_tails import near_exact, roughly_exact
from euroqci_planner.qkd.sampling import SAMPLING_BOUNDS, Sampling
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.settings_space import SettingsSpace
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.uncertainty import KeyUncertainty, key_spread
from euroqci_planner.qkd.windows import best_windows

ROUNDING = 1e-9
ONE_DECOY = replace(SOURCE, intensities=(0.6, 0.2), intensity_probabilities=(0.7, 0.3))
START = np.datetime64("2026-06-14T00:00:00", "us")


@st.composite
def pass_samples(draw, most_passes=3):
    """A few passes of some tens of slots with noise that may change along them."""
    parts, lengths = [], [0]
    for _ in range(draw(st.integers(1, most_passes))):
        size = draw(st.integers(2, 60))
        place = np.linspace(-1.0, 1.0, size)
        loss = draw(st.floats(18.0, 44.0)) + draw(st.floats(0.0, 12.0)) * place**2
        slope = draw(st.floats(-1.5, 1.5))
        noise = 10.0 ** (draw(st.floats(0.5, 3.5)) + slope * place)
        parts.append((10.0 ** (-0.1 * loss), noise))
        lengths.append(size)
    eta, noise = (np.concatenate(kind) for kind in zip(*parts, strict=True))
    return channel(eta, noise, draw(st.floats(0.5, 8.0)), np.cumsum(lengths))


@st.composite
def hardware(draw):
    receiver = replace(
        RECEIVER,
        detectors=draw(st.sampled_from([2, 4])),
        key_basis_probability=draw(st.floats(0.4, 0.9)),
        dead_time_s=draw(st.sampled_from([0.0, 5e-8])),
        afterpulse_probability=draw(st.sampled_from([0.0, 1e-3, 2e-2])),
    )
    source = replace(
        draw(st.sampled_from([SOURCE, ONE_DECOY])),
        intrinsic_error=draw(st.floats(0.0, 0.04)),
    )
    return source, receiver


QUICK = st.sampled_from([Concentration.CHERNOFF, Concentration.HOEFFDING])


def columns_of(receiver, samples):
    return ReceiverColumns.of(receiver, len(samples.first_sample) - 1)


@given(pass_samples(), hardware(), QUICK, st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_optimised_settings_are_no_worse_than_any_others(samples, ends, concentration, seed):
    source, receiver = ends
    policy = Policy(concentration=concentration)
    channels = PassChannels.of(source, columns_of(receiver, samples), compressed(samples))
    best = optimise_settings(channels, policy).key_bits_signed
    space = SettingsSpace(source)
    random = np.random.default_rng(seed).normal(0.0, 1.5, (len(channels), 40, space.dimensions))
    tried = KeyObjective(policy).of_trial(channels, space.trial(random, channels.receivers))
    own = KeyObjective(policy).of_trial(channels, own_settings(source, channels.receivers))
    ceiling = np.maximum(np.max(tried, axis=1), own[:, 0])
    assert np.all(np.maximum(best, 0.0) >= ceiling * (1.0 - 1e-6) - 1e-6)


@given(pass_samples(), hardware(), QUICK, st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_a_window_is_no_worse_than_any_other(samples, ends, concentration, seed):
    source, receiver = ends
    policy, columns = Policy(concentration=concentration), columns_of(receiver, samples)
    passes = len(samples.first_sample) - 1
    own = PassSettings.chosen(source, own_settings(source, columns), np.zeros(passes))
    found = best_windows(samples, columns, own, policy)
    assert np.all(found.key_bits_signed >= found.full_key_bits_signed)
    random = np.random.default_rng(seed)
    for row, first in enumerate(samples.first_sample[:-1]):
        size = int(np.diff(samples.first_sample)[row])
        start, stop = np.sort(random.choice(size + 1, 2, replace=False))
        part = channel(
            samples.transmittance[first + start : first + stop],
            samples.noise_hz[first + start : first + stop],
            samples.slot_s[first + start : first + stop],
        )
        counts = expected_counts(source, receiver, part)
        settings_ = DecoySettings.of(source)
        bits = KeyObjective(policy).signed_bits(counts, settings_)[0]
        assert max(found.key_bits_signed[row], 0.0) >= bits * (1.0 - ROUNDING) - 1e-6


@given(pass_samples(2), hardware(), QUICK)
@settings(max_examples=10, deadline=None)
def test_settings_and_window_together_are_no_worse_than_each_alone(samples, ends, concentration):
    source, receiver = ends
    policy, columns = Policy(concentration=concentration), columns_of(receiver, samples)
    together = optimise_pass(samples, source, columns, policy).windows.key_bits_signed
    channels = PassChannels.of(source, columns, compressed(samples))
    alone = optimise_settings(channels, policy)
    windows = best_windows(samples, columns, alone, policy)
    floor = np.maximum(windows.key_bits_signed, 0.0)
    assert np.all(np.maximum(together, 0.0) >= floor * (1.0 - 1e-5) - 1e-3)


@given(pass_samples(), hardware())
@settings(max_examples=15, deadline=None)
def test_exact_tails_never_give_less_than_looser_ones_after_optimisation(samples, ends):
    source, receiver = ends
    channels = PassChannels.of(source, columns_of(receiver, samples), compressed(samples))
    exact, loose = (
        optimise_settings(channels, Policy(concentration=concentration)).key_bits_signed
        for concentration in (Concentration.EXACT, Concentration.CHERNOFF)
    )
    assert np.all(np.maximum(exact, 0.0) >= loose * (1.0 - 1e-4))


@given(pass_samples(), hardware(), st.floats(0.05, 3.0))
@settings(max_examples=30, deadline=None)
def test_an_optimised_key_falls_with_loss(samples, ends, more_db):
    source, receiver = ends
    columns = columns_of(receiver, samples)
    darker = replace(samples, transmittance=samples.transmittance * 10.0 ** (-0.1 * more_db))
    near, far = (
        optimise_settings(PassChannels.of(source, columns, compressed(part)), Policy())
        for part in (samples, darker)
    )
    assert np.all(far.key_bits_signed <= np.maximum(near.key_bits_signed, 0.0) * (1.0 + 1e-6))


@given(pass_samples(), hardware(), st.integers(1, 3))
@settings(max_examples=20, deadline=None)
def test_a_mission_wide_key_lies_between_the_source_and_settings_per_pass(samples, ends, sets):
    source, receiver = ends
    channels = PassChannels.of(source, columns_of(receiver, samples), compressed(samples))
    best = optimise_mission(channels, Policy(), sets).total_bits
    each = optimise_settings(channels, Policy()).key_bits_signed
    own = KeyObjective(Policy()).of_trial(channels, own_settings(source, channels.receivers))
    assert best <= np.sum(np.maximum(each, 0.0)) * (1.0 + 1e-6)
    assert best >= np.sum(np.maximum(own, 0.0)) * (1.0 - 1e-6)
    assert best >= 0.98 * np.max(np.maximum(each, 0.0))


def decoy_key(counts):
    return two_decoy_key(counts, DecoySettings.of(SOURCE), Policy()).as_yield()


@given(
    st.lists(st.tuples(st.floats(33.0, 45.0), st.floats(0.5, 60.0)), min_size=1, max_size=14),
    st.floats(0.1, 10.0),
    st.integers(1, 3),
)
def test_a_partition_is_never_worse_than_separate_blocks(passes, latency_days, links):
    eta = np.concatenate([np.full(20, 10.0 ** (-0.1 * loss)) for loss, _ in passes])
    counts = expected_counts(
        SOURCE, RECEIVER, channel(eta, 200.0, 5.0, np.arange(len(passes) + 1) * 20)
    )
    hours = np.cumsum([gap for _, gap in passes])
    end_utc = START + (hours * 3_600e6).astype("timedelta64[us]")
    link = np.arange(len(passes)) % links
    pooled = pool_blocks(
        counts, link, end_utc, decoy_key, Policy(pool_latency_s=latency_days * 86_400.0)
    )
    shares, blocks = pooled.shares, pooled.blocks
    assert np.sum(blocks.key_bits) >= np.sum(shares.separate_bits)
    assert np.all(blocks.key_bits >= blocks.separate_bits)
    assert np.sum(shares.key_bits) == np.sum(blocks.key_bits)
    assert np.all(shares.key_bits <= np.sum(counts.key_detections, axis=1))
    inside = shares.block != NO_BLOCK
    assert np.all(shares.waiting_s[inside] <= latency_days * 86_400.0 + 1e-3)
    keyed = shares.key_bits > 0.0
    wait = (shares.usable_utc[keyed] - end_utc[keyed]) / np.timedelta64(1, "s")
    np.testing.assert_allclose(wait, shares.waiting_s[keyed] + 1_800.0, atol=1e-3)


@given(st.integers(2, 12), st.floats(33.0, 44.0))
@settings(deadline=None)
def test_identical_passes_give_no_less_key_pooled(passes, loss_db):
    eta = np.full(20 * passes, 10.0 ** (-0.1 * loss_db))
    counts = expected_counts(SOURCE, RECEIVER, channel(eta, 200.0, 5.0, np.arange(passes + 1) * 20))
    end_utc = START + np.arange(passes) * np.timedelta64(1, "h")
    pooled = pool_blocks(counts, np.zeros(passes, np.intp), end_utc, decoy_key, Policy())
    single = decoy_key(counts).key_bits[0]
    assert np.sum(pooled.blocks.key_bits) >= passes * single
    if single > 0.0:
        assert pooled.blocks.passes.tolist() == [passes]


@st.composite
def pair_blocks(draw):
    key, test = (10.0 ** draw(st.floats(1.0, 7.0)) for _ in range(2))
    errors = [total * draw(st.floats(0.0, 0.12)) for total in (key, test)]
    values = {
        "key_detections": key,
        "key_errors": errors[0],
        "test_detections": test,
        "test_errors": errors[1],
    }
    return DetectionCounts(**{name: np.full((1, 1), value) for name, value in values.items()})


@given(pair_blocks(), st.sampled_from(Sampling))
@settings(deadline=None)
def test_a_pair_key_never_exceeds_the_sifted_bits_nor_the_infinite_block(counts, sampling):
    key = bbm92_key(counts, Policy(), sampling=sampling).as_yield()
    total = (counts.key_detections + counts.test_detections).item()
    assert key.key_bits[0] <= key.sifted_bits[0] <= total
    ceiling = infinite_block_pair_key(counts, Policy()).key_bits_signed
    assert key.key_bits_signed[0] <= ceiling[0] + 1e-6 * total
    assert 0.0 <= key.phase_error[0] <= 0.5


@given(pair_blocks(), st.floats(1.0, 3.0))
@settings(deadline=None)
def test_a_pair_key_falls_with_errors(counts, factor):
    columns = {name: getattr(counts, name) for name in counts.column_names()}
    for name in ("key_errors", "test_errors"):
        columns[name] = np.minimum(
            columns[name] * factor, 0.5 * columns[name.replace("errors", "detections")]
        )
    worse = bbm92_key(DetectionCounts(**columns), Policy()).as_yield().key_bits
    assert worse[0] <= bbm92_key(counts, Policy()).as_yield().key_bits[0] + 1.0


@given(pair_blocks(), st.integers(2, 20))
@settings(deadline=None)
def test_pooled_pairs_give_no_less(counts, passes):
    more = DetectionCounts(
        **{name: passes * getattr(counts, name) for name in counts.column_names()}
    )
    single = bbm92_key(counts, Policy()).as_yield().key_bits[0]
    assert bbm92_key(more, Policy()).as_yield().key_bits[0] >= passes * single


@given(pair_blocks(), st.floats(1.5, 1e4))
@settings(deadline=None)
def test_a_looser_epsilon_never_gives_a_shorter_pair_key(counts, factor):
    loose = Policy(epsilon_secrecy=1e-9 * factor)
    tight = bbm92_key(counts, Policy()).key_bits_signed
    assert bbm92_key(counts, loose).key_bits_signed >= tight - 1e-6 * np.abs(tight)


@given(pair_blocks(), st.floats(-40.0, -8.0))
@settings(deadline=None)
def test_the_exact_sample_bound_is_inside_serflings(counts, log_failure):
    numbers = (counts.test_errors, counts.test_detections, counts.key_detections)
    failure = float(np.exp(log_failure))
    exact = SAMPLING_BOUNDS[Sampling.EXACT](*numbers, failure)
    loose = SAMPLING_BOUNDS[Sampling.SERFLING](*numbers, failure)
    assert exact <= np.minimum(loose, 1.0) + 2e-6
    assert exact >= counts.test_errors / counts.test_detections - 1e-12


@given(st.floats(1e-18, 1e-3), st.floats(1e-18, 1e-3), st.sampled_from([1, 2]))
@settings(deadline=None)
def test_a_pair_ledger_sums_to_the_promised_epsilon(secrecy, correctness, bases):
    promised = secrecy + correctness
    book = pair_ledger(secrecy, correctness, bases)
    assert abs(book.total - promised) <= 4.0 * np.spacing(promised)


@given(
    st.lists(st.floats(1e-6, 1e8), min_size=3, max_size=3),
    st.floats(1e-12, 1e-4),
    st.sampled_from([(near_exact, 0.03), (roughly_exact, 0.35)]),
)
@settings(deadline=None)
def test_quick_tails_stay_close_to_the_exact_ones(counts, epsilon, quick):
    bound, share = quick
    seen = np.array(counts)
    exact, loose = clopper_pearson(seen, epsilon), chernoff(seen, epsilon)
    width = np.abs(np.array(loose) - seen)
    off = np.abs(np.array(bound(seen, epsilon)) - np.array(exact))
    assert np.all(off <= share * width + 1e-6)


@pytest.mark.parametrize("noise", [True, False])
@given(samples=pass_samples(2), loss=st.floats(0.0, 1.0), sky=st.floats(1.0, 2.0))
@settings(max_examples=25, deadline=None)
def test_quantiles_are_in_order_and_inside_the_sifted_bits(samples, loss, sky, noise):
    columns = columns_of(RECEIVER, samples)
    passes = len(samples.first_sample) - 1
    own = PassSettings.chosen(SOURCE, own_settings(SOURCE, columns), np.zeros(passes))
    channels = PassChannels.of(SOURCE, columns, compressed(samples))
    known = KeyUncertainty(loss_sigma_db=loss, background_spread=sky, count_noise=noise, draws=32)
    spread = key_spread(channels, own, Policy(), known)
    assert np.all(spread.p10_bits >= 0.0)
    assert np.all(spread.p10_bits <= spread.p50_bits)
    assert np.all(spread.p50_bits <= spread.p90_bits)
    assert np.all((spread.no_key_probability >= 0.0) & (spread.no_key_probability <= 1.0))
    sure = spread.no_key_probability == 0.0
    assert np.all(spread.p10_bits[sure] > 0.0)
