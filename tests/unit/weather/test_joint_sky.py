"""The chance that two skies are clear at once, against closed forms and another integral."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal
from tolerances import within

from euroqci_planner.weather.joint_sky import both_clear

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
