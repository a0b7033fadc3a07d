"""Passes that wait for one another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.blocks import NO_BLOCK, pool_blocks
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.settings import DecoySettings

DAY_S = 86_400.0
START = np.datetime64("2026-06-14T00:00:00", "us")
SHAPE = 10.0 ** (-0.6 * np.linspace(-1.0, 1.0, 100) ** 2)


def key(counts):
    return two_decoy_key(counts, DecoySettings.of(SOURCE), Policy()).as_yield()


def counts_of(losses_db, noise_hz=200.0):
    eta = np.concatenate([SHAPE * 10.0 ** (-0.1 * loss) for loss in losses_db])
    noise = np.repeat(np.broadcast_to(noise_hz, len(losses_db)), 100)
    return expected_counts(
        SOURCE, RECEIVER, channel(eta, noise, 2.0, np.arange(len(losses_db) + 1) * 100)
    )


def ends(hours):
    return START + (np.asarray(hours) * 3_600e6).astype("timedelta64[us]")


def days(number):
    return Policy(pool_latency_s=number * DAY_S)


def bits_of(counts, rows):
    """Key of the summed counts of some passes."""
    sums = {name: np.sum(getattr(counts, name)[rows], axis=0) for name in counts.column_names()}
    return key(DetectionCounts(**{name: kind[np.newaxis] for name, kind in sums.items()})).key_bits[
        0
    ]


def best_by_brute_force(counts, end_utc, latency_s):
    """Most key over all partitions into runs of neighbours."""
    number = len(end_utc)
    best = 0.0
    for cuts in range(1 << (number - 1)):
        edges = [0, *(i + 1 for i in range(number - 1) if cuts >> i & 1), number]
        runs = [np.arange(a, b) for a, b in pairwise(edges)]
        spans = [(end_utc[run[-1]] - end_utc[run[0]]) / np.timedelta64(1, "s") for run in runs]
        if max(spans) <= latency_s:
            best = max(best, sum(bits_of(counts, run) for run in runs))
    return best


@pytest.mark.parametrize("latency_days", [0.4, 1.0, 2.5, 30.0])
@pytest.mark.parametrize("seed", range(4))
def test_no_partition_gives_more(latency_days, seed):
    random = np.random.default_rng(seed)
    counts = counts_of(random.uniform(36.0, 45.0, 8))
    end_utc = ends(np.cumsum(random.uniform(3.0, 20.0, 8)))
    pooled = pool_blocks(counts, np.zeros(8, np.intp), end_utc, key, days(latency_days))
    expected = best_by_brute_force(counts, end_utc, latency_days * DAY_S)
    assert np.sum(pooled.blocks.key_bits) >= expected
    assert pooled.gain_bits >= 0.0


def test_equal_passes_pool_up_to_the_latency():
    counts, end_utc = counts_of([41.0] * 10), ends(np.arange(10) * 24.0)
    pooled = pool_blocks(counts, np.zeros(10, np.intp), end_utc, key, days(4.0))
    assert pooled.blocks.passes.tolist() == [5, 5]
    assert pooled.blocks.key_bits[0] == bits_of(counts, np.arange(5))
    assert pooled.gain_bits == np.sum(pooled.blocks.key_bits) - 10 * key(counts).key_bits[0]
    assert pooled.gain_bits > 0.0


def test_a_share_waits_for_the_end_of_its_block_and_for_processing():
    counts, end_utc = counts_of([41.0] * 3), ends([0.0, 24.0, 48.0])
    policy = Policy(pool_latency_s=5 * DAY_S, post_processing_s=1_800.0)
    pooled = pool_blocks(counts, np.zeros(3, np.intp), end_utc, key, policy)
    assert pooled.shares.waiting_s.tolist() == [2 * DAY_S, DAY_S, 0.0]
    expected = end_utc[2] + np.timedelta64(1_800, "s")
    assert np.all(pooled.shares.usable_utc == expected)
    assert pooled.blocks.usable_utc[0] == expected
    assert pooled.mean_waiting_s == pytest.approx(DAY_S, rel=1e-3)
    assert pooled.longest_waiting_s == 2 * DAY_S


def test_shares_follow_the_sifted_bits_and_sum_to_the_block():
    counts = counts_of([36.0, 39.0, 40.0])
    pooled = pool_blocks(counts, np.zeros(3, np.intp), ends([0.0, 5.0, 9.0]), key, days(1.0))
    assert len(pooled.blocks) == 1
    shares, sifted = pooled.shares.key_bits, np.sum(counts.key_detections, axis=1)
    assert np.sum(shares) == pooled.blocks.key_bits[0]
    assert np.all(shares == np.floor(shares))
    exact = pooled.blocks.key_bits[0] * sifted / np.sum(sifted)
    assert np.all(np.abs(shares - exact) < 1.0)


def test_links_do_not_mix():
    counts, end_utc = counts_of([41.0] * 6), ends([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    pooled = pool_blocks(counts, np.array([0, 1, 0, 1, 0, 1]), end_utc, key, days(7.0))
    assert pooled.blocks.link.tolist() == [0, 1]
    assert pooled.blocks.passes.tolist() == [3, 3]
    assert pooled.shares.block.tolist() == [0, 1, 0, 1, 0, 1]


def test_the_order_of_the_rows_does_not_matter():
    random = np.random.default_rng(7)
    counts, end_utc = counts_of(random.uniform(36.0, 44.0, 12)), ends(np.arange(12) * 13.0)
    order = random.permutation(12)
    link = np.zeros(12, np.intp)
    straight = pool_blocks(counts, link, end_utc, key, days(3.0))
    mixed = pool_blocks(counts.take(order), link, end_utc[order], key, days(3.0))
    np.testing.assert_array_equal(mixed.shares.key_bits, straight.shares.key_bits[order])
    np.testing.assert_array_equal(mixed.blocks.key_bits, straight.blocks.key_bits)


def test_a_pass_that_only_brings_errors_is_left_out_of_the_run():
    counts = counts_of([40.0, 44.0, 40.0, 40.0], np.array([200.0, 8e4, 200.0, 200.0]))
    assert key(counts).key_bits[1] == 0.0
    pooled = pool_blocks(counts, np.zeros(4, np.intp), ends([0.0, 1.0, 2.0, 3.0]), key, days(1.0))
    assert pooled.shares.block.tolist() == [0, NO_BLOCK, 0, 0]
    assert pooled.shares.key_bits[1] == 0.0
    assert np.isnan(pooled.shares.waiting_s[1])
    assert pooled.blocks.key_bits[0] == bits_of(counts, np.array([0, 2, 3]))


def test_missing_passes_stay_without_a_block():
    counts, end_utc = counts_of([41.0, 41.0, 41.0]), ends([0.0, 1.0, 2.0])
    columns = {name: np.array(getattr(counts, name)) for name in counts.column_names()}
    for kind in columns.values():
        kind[1] = np.nan
    end_utc[2] = np.datetime64("NaT")
    pooled = pool_blocks(DetectionCounts(**columns), np.zeros(3, np.intp), end_utc, key, days(7.0))
    assert pooled.shares.block.tolist() == [0, NO_BLOCK, NO_BLOCK]
    assert np.isnan(pooled.shares.key_bits[1])
    assert np.isnat(pooled.shares.usable_utc[1:]).all()


def test_passes_without_key_stay_alone_and_are_never_usable():
    counts = counts_of([60.0] * 3)
    pooled = pool_blocks(counts, np.zeros(3, np.intp), ends([0.0, 1.0, 2.0]), key, days(7.0))
    assert pooled.blocks.passes.tolist() == [1, 1, 1]
    assert np.isnat(pooled.blocks.usable_utc).all()
    assert pooled.mean_waiting_s == pooled.longest_waiting_s == pooled.gain_bits == 0.0


def test_no_passes_no_blocks():
    none = counts_of([41.0]).take([])
    pooled = pool_blocks(none, np.zeros(0, np.intp), ends([]), key, days(7.0))
    assert len(pooled.blocks) == len(pooled.shares) == 0
    assert pooled.gain_bits == 0.0


def test_a_year_of_one_link_is_quick_and_reproducible():
    random = np.random.default_rng(3)
    counts = counts_of(random.uniform(34.0, 46.0, 1_200))
    end_utc = ends(np.cumsum(random.uniform(2.0, 12.0, 1_200)))
    one, other = (
        pool_blocks(counts, np.zeros(1_200, np.intp), end_utc, key, days(7.0)) for _ in range(2)
    )
    np.testing.assert_array_equal(one.shares.key_bits, other.shares.key_bits)
    assert np.sum(one.blocks.key_bits) > 1.1 * np.sum(one.shares.separate_bits)
    assert one.longest_waiting_s <= 7.0 * DAY_S


def expected_shares(chance, latency_days, losses_db=(40.0, 41.0, 41.5, 40.5)):
    counts, end_utc = counts_of(losses_db), ends(np.arange(len(losses_db)) * 24.0)
    links = np.zeros(len(losses_db), np.intp)
    pooled = pool_blocks(counts, links, end_utc, key, days(latency_days), np.asarray(chance))
    return counts, pooled


def test_a_chance_of_one_changes_nothing():
    counts, pooled = expected_shares(np.ones(4), 10.0)
    plain = pool_blocks(counts, np.zeros(4, np.intp), ends(np.arange(4) * 24.0), key, days(10.0))
    assert np.array_equal(pooled.shares.key_bits, plain.shares.key_bits)
    assert np.array_equal(pooled.shares.usable_utc, plain.shares.usable_utc)


def test_a_block_of_one_pass_has_its_key_times_its_chance():
    chance = np.array([0.3, 0.6, 0.9, 0.5])
    counts, pooled = expected_shares(chance, 0.5)
    assert pooled.blocks.passes.tolist() == [1, 1, 1, 1]
    assert pooled.shares.key_bits == pytest.approx(chance * key(counts).key_bits, rel=1e-15)


def test_an_expected_block_lies_between_apart_and_all_clear():
    chance = np.array([0.5, 0.6, 0.7, 0.5])
    counts, pooled = expected_shares(chance, 10.0)
    apart = np.sum(chance * key(counts).key_bits)
    together = bits_of(counts, np.arange(4))
    assert apart <= np.sum(pooled.blocks.key_bits) < np.max(chance) * together
    sums = {
        name: np.sum(getattr(counts, name) * chance[:, np.newaxis], axis=0, keepdims=True)
        for name in counts.column_names()
    }
    if pooled.blocks.passes.max() == 4:
        assert pooled.blocks.key_bits[0] == key(DetectionCounts(**sums)).key_bits[0]


@pytest.mark.parametrize("seed", range(6))
def test_an_expected_partition_is_never_worse_than_apart(seed):
    random = np.random.default_rng(seed)
    chance = random.uniform(0.0, 1.0, 9)
    counts, pooled = expected_shares(chance, 3.0, random.uniform(34.0, 45.0, 9))
    apart = np.sum(chance * key(counts).key_bits)
    assert np.sum(pooled.blocks.key_bits) >= apart - 1e-6
    assert pooled.gain_bits >= -1e-6


def test_the_expected_key_of_a_block_is_no_more_than_its_mean_over_the_weather():
    """Keys grow faster than counts: the key of the mean counts is a cautious figure."""
    chance = np.full(4, 0.5)
    counts, pooled = expected_shares(chance, 10.0, (40.2, 40.4, 40.6, 40.8))
    assert pooled.blocks.passes.tolist() == [4]
    skies = (np.arange(16)[:, np.newaxis] >> np.arange(4)) & 1
    mean = np.mean([bits_of(counts, np.flatnonzero(sky)) if sky.any() else 0.0 for sky in skies])
    assert pooled.blocks.key_bits[0] <= mean
