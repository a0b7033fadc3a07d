"""Speed of key lengths and of the search for settings, on one core.

Run alone: `pytest tests/benchmarks/test_key_speed.py -o addopts="--strict-markers
--import-mode=importlib" -s`. Targets: a cold optimisation in 20 ms, 3 ms per pass for 1 000 passes
at once, a mission of 100 000 passes in 10 s. The passes lose 26 dB and more at best, last one to
eight minutes and differ in night sky.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.blocks import pool_blocks
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.mission_settings import optimise_mission
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_optimum import optimise_pass
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.uncertainty import KeyUncertainty, key_spread
from euroqci_planner.qkd.windows import best_windows

STATION = replace(RECEIVER, dead_time_s=5e-8)
BOUNDS = [Concentration.CHERNOFF, Concentration.HOEFFDING, Concentration.EXACT]


def passes(number: int, slot_s: float = 1.0, seed: int = 1):
    """Passes of one link class: losses, durations and skies of a year."""
    random = np.random.default_rng(seed)
    slots = np.maximum((random.uniform(60.0, 480.0, number) / slot_s).astype(int), 2)
    first = np.concatenate([[0], np.cumsum(slots)])
    owner = np.repeat(np.arange(number), slots)
    place = 2.0 * (np.arange(first[-1]) - first[owner] + 0.5) / slots[owner] - 1.0
    loss_db = (26.0 + random.gamma(2.0, 3.0, number))[owner]
    loss_db = loss_db + random.uniform(2.0, 12.0, number)[owner] * place**2
    noise_hz = 10.0 ** random.uniform(1.3, 3.3, number)[owner] * (1.0 + 0.5 * place)
    return channel(10.0 ** (-0.1 * loss_db), noise_hz, slot_s, first)


def channels_of(samples):
    columns = ReceiverColumns.of(STATION, len(samples.first_sample) - 1)
    return PassChannels.of(SOURCE, columns, compressed(samples))


def test_one_key_length(benchmark):
    samples, settings = passes(1), DecoySettings.of(SOURCE)
    counts = expected_counts(SOURCE, STATION, samples)
    key = benchmark(lambda: two_decoy_key(counts, settings, Policy()))
    assert np.isfinite(key.key_bits_signed).all()


def test_one_key_length_from_the_samples(benchmark):
    samples, settings = passes(1), DecoySettings.of(SOURCE)
    benchmark(lambda: two_decoy_key(expected_counts(SOURCE, STATION, samples), settings, Policy()))


@pytest.mark.parametrize("bound", BOUNDS)
def test_one_cold_optimisation(benchmark, bound):
    channels = channels_of(channel(10.0 ** (-3.0 - 0.8 * np.linspace(-1, 1, 400) ** 2), 300.0))
    found = benchmark(lambda: optimise_settings(channels, Policy(concentration=bound)))
    assert found.has_key.all()


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_thousand_passes_at_once(benchmark, bound):
    channels, policy = channels_of(passes(1_000)), Policy(concentration=bound)
    found = benchmark.pedantic(
        lambda: optimise_settings(channels, policy), rounds=3, warmup_rounds=1
    )
    assert found.has_key.mean() > 0.5


def test_compression_of_a_thousand_passes(benchmark):
    samples = passes(1_000)
    benchmark.pedantic(lambda: compressed(samples), rounds=5, warmup_rounds=1)


def test_windows_of_a_thousand_passes(benchmark):
    samples, columns = passes(1_000), ReceiverColumns.of(STATION, 1_000)
    own = PassSettings.chosen(SOURCE, own_settings(SOURCE, columns), np.zeros(1_000))
    benchmark.pedantic(lambda: best_windows(samples, columns, own, Policy()), rounds=3)


def test_settings_and_windows_of_two_hundred_passes(benchmark):
    samples, columns = passes(200), ReceiverColumns.of(STATION, 200)
    benchmark.pedantic(lambda: optimise_pass(samples, SOURCE, columns, Policy()), rounds=3)


@pytest.mark.parametrize("sets", [1, 3])
def test_a_mission_of_a_hundred_thousand_passes(benchmark, sets):
    """From compressed passes, as they are kept while link budgets are made piece by piece."""
    channels = channels_of(passes(100_000, slot_s=10.0))
    found = benchmark.pedantic(lambda: optimise_mission(channels, Policy(), sets), rounds=2)
    error = found.representation_error
    print(f"\n{sets} sets: {found.total_bits:.4g} bits, total of the search off by {error:.2e}")
    assert abs(found.representation_error) < 0.01


def test_quantiles_of_a_thousand_passes(benchmark):
    channels = channels_of(passes(1_000))
    own = PassSettings.chosen(SOURCE, own_settings(SOURCE, channels.receivers), np.zeros(1_000))
    doubt = KeyUncertainty(loss_sigma_db=0.5, background_spread=1.5)
    benchmark.pedantic(lambda: key_spread(channels, own, Policy(), doubt, 10.0), rounds=3)


def test_blocks_of_a_year_of_one_link(benchmark):
    samples = passes(1_500)
    counts = expected_counts(SOURCE, STATION, samples)
    random = np.random.default_rng(2)
    hours = np.cumsum(random.uniform(2.0, 10.0, 1_500))
    end_utc = np.datetime64("2026-01-01", "us") + (hours * 3_600e6).astype("timedelta64[us]")

    def key(blocks):
        return two_decoy_key(blocks, DecoySettings.of(SOURCE), Policy()).as_yield()

    pooled = benchmark.pedantic(
        lambda: pool_blocks(counts, np.zeros(1_500, np.intp), end_utc, key, Policy()), rounds=5
    )
    assert pooled.gain_bits > 0.0
