"""Quantiles of the key of a pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel, payload_with
from scipy import stats

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.model import DecoyBb84Model
from euroqci_planner.qkd.pass_settings import PassSettings, own_settings
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.uncertainty import (
    KeyUncertainty,
    _poisson_quantile,
    key_spread,
    key_spread_of,
)

SHAPE = 10.0 ** (-0.6 * np.linspace(-1.0, 1.0, 100) ** 2)
LOSSES_DB = np.array([30.0, 36.0, 38.0, 60.0])
SAMPLES = channel(
    np.concatenate([SHAPE * 10.0 ** (-0.1 * loss) for loss in LOSSES_DB]),
    300.0,
    2.0,
    np.arange(5) * 100,
)
DARK_HZ = 100.0


def spread(samples=SAMPLES, policy=None, **uncertainty):
    passes = len(samples.first_sample) - 1
    columns = ReceiverColumns.of(RECEIVER, passes)
    channels = PassChannels.of(SOURCE, columns, compressed(samples))
    settings = PassSettings.chosen(SOURCE, own_settings(SOURCE, columns), np.zeros(passes))
    known = KeyUncertainty(**uncertainty)
    return key_spread(channels, settings, policy or Policy(), known, DARK_HZ)


def expected_bits(samples=SAMPLES):
    counts = expected_counts(SOURCE, RECEIVER, samples)
    return two_decoy_key(counts, DecoySettings.of(SOURCE), Policy()).as_yield().key_bits


def test_without_any_doubt_all_quantiles_are_the_expected_key():
    sure = spread(count_noise=False)
    for name in ("p10_bits", "p50_bits", "p90_bits", "mean_bits"):
        np.testing.assert_allclose(getattr(sure, name), expected_bits(), atol=1.0)
    assert sure.no_key_probability.tolist() == [0.0, 0.0, 0.0, 1.0]


def test_a_loss_error_alone_gives_the_key_at_the_shifted_losses():
    known = spread(count_noise=False, loss_sigma_db=0.6, draws=1_000)
    z = stats.norm.ppf(0.9)
    for name, shift in (("p10_bits", z), ("p50_bits", 0.0), ("p90_bits", -z)):
        shifted = replace(SAMPLES, transmittance=SAMPLES.transmittance * 10.0 ** (-0.06 * shift))
        np.testing.assert_allclose(getattr(known, name), expected_bits(shifted), rtol=5e-3, atol=2)


def test_a_background_error_alone_spares_the_dark_counts():
    known = spread(count_noise=False, background_spread=2.0, draws=1_000)
    factor = 2.0 ** stats.norm.ppf(0.9)
    for name, background in (("p10_bits", factor), ("p90_bits", 1.0 / factor)):
        noise_hz = DARK_HZ + (SAMPLES.noise_hz - DARK_HZ) * background
        changed = expected_bits(replace(SAMPLES, noise_hz=noise_hz))
        np.testing.assert_allclose(getattr(known, name), changed, rtol=5e-3, atol=2)


def test_count_noise_is_what_poisson_numbers_make_of_the_key():
    random = np.random.default_rng(8)
    counts = expected_counts(SOURCE, RECEIVER, SAMPLES).take([2])
    drawn = {}
    for basis in ("key", "test"):
        wrong = random.poisson(getattr(counts, f"{basis}_errors"), (4_000, 3))
        right_mean = getattr(counts, f"{basis}_detections") - getattr(counts, f"{basis}_errors")
        drawn[f"{basis}_errors"] = wrong.astype(float)
        drawn[f"{basis}_detections"] = wrong + random.poisson(right_mean, (4_000, 3)).astype(float)
    many = type(counts)(**drawn)
    bits = two_decoy_key(many, DecoySettings.of(SOURCE), Policy()).as_yield().key_bits
    found = spread(draws=1_000)
    width = np.quantile(bits, 0.9) - np.quantile(bits, 0.1)
    for name, level in (("p10_bits", 0.1), ("p50_bits", 0.5), ("p90_bits", 0.9)):
        assert getattr(found, name)[2] == pytest.approx(np.quantile(bits, level), abs=0.08 * width)


def test_few_draws_are_close_to_many():
    many, few = (
        spread(loss_sigma_db=0.5, background_spread=1.5, draws=number) for number in (4_000, 256)
    )
    for name in ("p10_bits", "p50_bits", "p90_bits"):
        np.testing.assert_allclose(getattr(few, name)[:2], getattr(many, name)[:2], rtol=0.03)


def test_near_the_threshold_the_chance_of_no_key_is_told():
    eta = np.concatenate([SHAPE * 10.0 ** (-0.1 * loss) for loss in (36.0, 39.5, 41.0)])
    found = spread(channel(eta, 300.0, 2.0, np.arange(4) * 100), loss_sigma_db=1.0)
    assert found.no_key_probability[0] == 0.0
    assert 0.05 < found.no_key_probability[1] < 0.95
    assert np.all(np.diff(found.no_key_probability) > 0.0)
    assert np.all(found.p10_bits <= found.p50_bits)
    assert np.all(found.p50_bits <= found.p90_bits)


def test_the_seed_decides_and_nothing_else():
    one, same, other = (spread(loss_sigma_db=0.5, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.p10_bits, same.p10_bits)
    assert np.any(one.p10_bits != other.p10_bits)


def test_a_pass_does_not_depend_on_its_neighbours():
    alone = spread(channel(SHAPE * 10.0**-3.6, 300.0, 2.0), loss_sigma_db=0.5)
    among = spread(loss_sigma_db=0.5)
    assert alone.p50_bits[0] == pytest.approx(among.p50_bits[1], rel=1e-6)


def test_missing_passes_have_no_quantiles():
    eta = np.concatenate([[1e-3, np.nan], SHAPE * 1e-3])
    found = spread(channel(eta, 300.0, 2.0, [0, 2, 102]))
    assert np.isnan(found.p50_bits).tolist() == [True, False]
    assert np.isnan(found.no_key_probability).tolist() == [True, False]


def test_dark_counts_beyond_the_noise_leave_no_quantiles():
    columns = ReceiverColumns.of(RECEIVER, 4)
    channels = PassChannels.of(SOURCE, columns, compressed(SAMPLES))
    own = PassSettings.chosen(SOURCE, own_settings(SOURCE, columns), np.zeros(4))
    dark_hz = np.array([100.0, 400.0, 100.0, 300.0])
    found = key_spread(channels, own, Policy(), KeyUncertainty(draws=16), dark_hz)
    assert np.isnan(found.p50_bits).tolist() == [False, True, False, False]


def test_any_key_model_gets_the_same_quantiles_from_its_samples():
    model, payload, policy = DecoyBb84Model(), payload_with(SOURCE), Policy()
    known = KeyUncertainty(loss_sigma_db=0.5, background_spread=1.5, draws=64)

    def counts_under(loss, background):
        return model.counts(
            payload,
            RECEIVER,
            SAMPLES.transmittance * loss,
            DARK_HZ + (SAMPLES.noise_hz - DARK_HZ) * background,
            SAMPLES.slot_s,
            SAMPLES.first_sample,
        )

    found = key_spread_of(counts_under, lambda counts: model.keys(payload, counts, policy), known)
    direct = spread(loss_sigma_db=0.5, background_spread=1.5, draws=64)
    for name in found.column_names():
        np.testing.assert_allclose(
            getattr(found, name), getattr(direct, name), rtol=1e-4, atol=30.0
        )


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"loss_sigma_db": -0.1}, "loss_sigma_db"),
        ({"background_spread": 0.5}, "background_spread"),
        ({"draws": 3}, "draws"),
        ({"loss_sigma_db": np.nan}, "loss_sigma_db"),
    ],
)
def test_nonsense_is_refused_by_name(wrong, name):
    with pytest.raises(InvalidInput) as refused:
        spread(**wrong)
    assert [fault.where for fault in refused.value.faults] == [name]


@pytest.mark.parametrize("mean", [0.3, 4.0, 49.0, 60.0, 5e4])
def test_poisson_numbers_have_their_distribution(mean):
    uniform = (np.arange(2_000) + 0.5) / 2_000
    drawn = _poisson_quantile(np.full(2_000, mean), uniform)
    exact = stats.poisson.ppf(uniform, mean)
    assert np.all(np.abs(drawn - exact) <= (0.0 if mean < 50.0 else 1.0))
    assert np.all(drawn >= 0.0)
