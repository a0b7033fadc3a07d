"""The states of two skies at once, against closed forms and another integral."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal
from tolerances import within

from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.weather.joint_sky import both_clear, joint_chances

ROUNDING = 1e-14


def test_two_even_chances_have_the_closed_form_of_sheppard():
    rho = np.linspace(-1.0, 1.0, 21)
    closed = 0.25 + np.arcsin(rho) / (2.0 * np.pi)
    assert both_clear(0.5, 0.5, rho) == within(ROUNDING, of=closed)


@pytest.mark.parametrize(
    ("chance", "correlation", "any_clear"), [(0.5, 0.5, 0.6667), (0.6, 0.3, 0.7942),
                                             (0.7, 0.6, 0.8273)]
)  # fmt: skip
def test_the_published_cases_of_two_sites_are_met(chance, correlation, any_clear):
    both = both_clear(chance, chance, correlation)
    assert 2.0 * chance - both == within(5e-5, of=any_clear)


def test_it_equals_the_numerical_integral_of_the_bivariate_normal():
    random = np.random.default_rng(1)
    p, q = random.uniform(0.001, 0.999, (2, 60))
    rho = random.uniform(-0.99, 0.9999, 60)
    p[:4], q[2:6] = 0.5, 0.5
    direct = [
        multivariate_normal.cdf([ndtri(a), ndtri(b)], mean=[0.0, 0.0], cov=[[1.0, r], [r, 1.0]])
        for a, b, r in zip(p, q, rho, strict=True)
    ]
    assert both_clear(p, q, rho) == within(1e-8, of=np.array(direct))


def test_certain_and_fully_correlated_skies_are_what_they_say():
    assert both_clear([0.0, 1.0, 1.0, 0.3], [0.4, 0.4, 1.0, 0.8], 0.2)[:3].tolist() == [0, 0.4, 1]
    assert both_clear([0.3, 0.9], [0.7, 0.2], 1.0).tolist() == [0.3, 0.2]
    assert both_clear([0.3, 0.9], [0.7, 0.2], -1.0) == within(ROUNDING, of=np.array([0.0, 0.1]))
    assert both_clear(0.3, 0.7, 0.0) == within(ROUNDING, of=0.21)


def test_what_is_no_chance_and_no_correlation_is_not_a_number():
    found = both_clear([1.2, 0.5, np.nan, 0.5], [0.5, -0.1, 0.5, 0.5], [0.1, 0.1, 0.1, 1.5])
    assert np.isnan(found).all()


def sky(clear, thin, broken):
    count = len(clear)
    return SkyChances(clear=clear, thin=thin, broken=broken, usable_share=np.full(count, 0.5))


def some_skies(count):
    """Two skies of every kind, certain ones and such without one of the states among them."""
    random = np.random.default_rng(7)
    pair = []
    for _ in range(2):
        parts = random.dirichlet((1.0, 0.3, 1.0, 1.0), count)[:, :3].T
        parts[:, :4] = [[1.0, 0.0, 0.0, 0.3], [0.0, 0.0, 1.0, 0.7], [0.0, 0.0, 0.0, 0.0]]
        parts[1, 4:8] = 0.0
        pair.append(sky(*parts))
    return pair


def states(item):
    return np.stack([item.clear, item.thin, item.broken, item.overcast], axis=1)


@pytest.mark.parametrize("correlation", [-0.6, 0.0, 0.37, 0.999, 1.0])
def test_the_states_of_two_skies_sum_to_one_and_to_the_chances_of_each(correlation):
    one, other = some_skies(200)
    joint = joint_chances(one, other, np.full(200, correlation))
    assert np.all(joint >= 0.0)
    assert joint.sum(axis=(1, 2)) == within(ROUNDING, of=np.ones(200))
    assert joint.sum(axis=2) == within(ROUNDING, of=states(one))
    assert joint.sum(axis=1) == within(ROUNDING, of=states(other))
    np.testing.assert_array_equal(joint[:, 0, 0], both_clear(one.clear, other.clear, correlation))


def test_skies_that_know_nothing_of_each_other_have_the_product_of_their_chances():
    one, other = some_skies(200)
    product = states(one)[:, :, np.newaxis] * states(other)[:, np.newaxis, :]
    assert joint_chances(one, other, np.zeros(200)) == within(ROUNDING, of=product)


def test_skies_that_are_one_have_the_overlap_of_their_nested_levels():
    one, other = some_skies(200)
    ends = [np.cumsum(states(item), axis=1) for item in (one, other)]
    starts = [end - states(item) for end, item in zip(ends, (one, other), strict=True)]
    last = np.minimum(ends[0][:, :, np.newaxis], ends[1][:, np.newaxis, :])
    first = np.maximum(starts[0][:, :, np.newaxis], starts[1][:, np.newaxis, :])
    overlap = np.maximum(last - first, 0.0)
    assert joint_chances(one, other, np.ones(200)) == within(ROUNDING, of=overlap)


def test_a_sky_that_is_missing_is_missing_at_both():
    missing = sky(np.array([np.nan]), np.array([0.1]), np.array([0.1]))
    known = sky(np.array([0.5]), np.array([0.1]), np.array([0.1]))
    assert np.isnan(joint_chances(missing, known, np.array([0.2]))).any()
    assert np.isnan(joint_chances(missing, known, np.array([0.2]))[0, 0, 0])
