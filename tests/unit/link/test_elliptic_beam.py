"""Elliptic and displaced spots against two-dimensional integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import dblquad
from tolerances import within

from euroqci_planner.link.diffraction import gaussian_collection
from euroqci_planner.link.elliptic_beam import (
    effective_radius,
    elliptic_collection,
    small_aperture_collection,
    wander_law,
)


def integrated(a, axes, centre):
    def power(angle, r):
        x, y = r * np.cos(angle) - centre[0], r * np.sin(angle) - centre[1]
        return r * np.exp(-2.0 * ((x / axes[0]) ** 2 + (y / axes[1]) ** 2))

    return (
        2.0
        / (np.pi * axes[0] * axes[1])
        * dblquad(power, 0.0, a, 0.0, 2.0 * np.pi, epsabs=1e-12)[0]
    )


@pytest.mark.parametrize(
    ("a", "axes", "centre"),
    [
        (0.15, (0.3, 0.5), (0.1, -0.2)),
        (0.5, (0.3, 0.2), (0.0, 0.3)),
        (1.0, (0.4, 1.4), (0.9, 0.0)),
    ],
)
def test_an_elliptic_spot_is_integrated_exactly(a, axes, centre):
    assert elliptic_collection(a, axes, centre) == within(1e-9, of=integrated(a, axes, centre))


def test_a_round_centred_spot_is_the_gaussian_of_the_downlink():
    share = elliptic_collection(0.4, (0.7, 0.7), (0.0, 0.0))
    assert share == within(1e-12, of=gaussian_collection(0.7, 0.8))


def test_turning_axes_and_centre_together_changes_nothing():
    first = elliptic_collection(0.2, (0.3, 0.6), (0.1, 0.25))
    turned = elliptic_collection(0.2, (0.6, 0.3), (0.25, 0.1))
    assert first == within(1e-12, of=turned)


def test_arguments_broadcast():
    table = elliptic_collection(0.15, (np.array([0.3, 0.5]), 0.4), (np.zeros((3, 1)), 0.0))
    assert table.shape == (3, 2)
    assert table[2, 1] == within(1e-15, of=elliptic_collection(0.15, (0.5, 0.4), (0.0, 0.0)))


def test_far_away_the_small_aperture_form_is_enough():
    exact = elliptic_collection(0.15, (2.0, 3.0), (1.0, 0.5))
    small = small_aperture_collection(0.15, (2.0, 3.0), (1.0, 0.5))
    assert small / exact == within(0.007, of=1.0)


@pytest.mark.parametrize(("w", "offset", "tolerance"), [(1.0, 0.0, 1e-12), (0.4, 0.2, 2e-4)])
def test_the_wander_law_follows_the_exact_share(w, offset, tolerance):
    exact = elliptic_collection(0.2, (w, w), (offset, 0.0))
    assert wander_law(0.2, w, offset) == within(tolerance, of=exact)


def test_the_wander_law_is_good_to_two_percent_for_a_spot_as_wide_as_the_aperture():
    exact = elliptic_collection(0.2, (0.2, 0.2), (0.2, 0.0))
    assert wander_law(0.2, 0.2, 0.2) == within(0.02, of=exact)


def test_the_effective_radius_forgets_the_ellipse_when_the_aperture_is_small():
    angle = np.array([0.0, 0.7, np.pi / 2.0])
    assert effective_radius(0.01, (2.0, 3.0), angle) == within(1e-3, of=np.sqrt(6.0))


def test_the_effective_radius_misses_the_exact_share_by_eighteen_percent():
    """Background: 0.00535 where the integral is 0.004543."""
    w = effective_radius(0.15, (2.0, 3.0), 0.0)
    assert wander_law(0.15, w, 1.0) == within(5e-5, of=0.00535)
