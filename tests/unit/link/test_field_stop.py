"""The field stop: transfer functions and encircled energy against known figures."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.link.far_field import aperture_transfer
from euroqci_planner.link.field_stop import annulus_transfer, encircled_energy

CALM = 1e9


@pytest.mark.parametrize("ratio", [0.0, 0.2, 0.45])
def test_the_transfer_of_an_annulus_is_its_overlap_with_itself(ratio):
    shift = np.linspace(0.01, 1.99, 60)
    overlap = aperture_transfer(shift, 0.0, ratio) / (np.pi * (1.0 - ratio**2))
    assert annulus_transfer(shift, ratio) == within(1e-8, of=overlap)


def test_nothing_passes_beyond_the_cut_off_and_everything_at_zero():
    assert annulus_transfer([0.0, 2.0, 5.0], 0.3) == within(1e-12, of=[1.0, 0.0, 0.0])


@pytest.mark.parametrize(("ring", "share"), [(1.2197, 0.8378), (2.2331, 0.9099), (3.2383, 0.9376)])
def test_the_dark_rings_of_airy_hold_the_known_shares(ring, share):
    assert encircled_energy(ring * 1e-6, 1e-6, 1.0, 0.0, CALM) == within(2e-4, of=share)


def test_the_seeing_disc_is_half_as_bright_at_half_its_width():
    """Kolmogorov long exposure: full width at half maximum 0.98 λ/r0 (Fried 1966)."""
    unit, step = 1e-6 / 0.1, 1e-3
    centre = encircled_energy(0.02 * unit, 1e-6, 40.0, 0.0, 0.1) / 0.02**2
    around = (0.49 - step, 0.49 + step)
    inner, outer = (encircled_energy(x * unit, 1e-6, 40.0, 0.0, 0.1) for x in around)
    edge = (outer - inner) / (around[1] ** 2 - around[0] ** 2)
    assert edge / centre == within(0.006, of=0.5)


def test_the_sum_of_wings_takes_over_where_the_integral_ends():
    angle = 3_000.0 * 1e-6 / np.pi
    coherence = np.array([CALM, 0.2, 0.05])
    inside = encircled_energy(0.9999 * angle, 1e-6, 1.0, 0.3, coherence)
    outside = encircled_energy(1.0001 * angle, 1e-6, 1.0, 0.3, coherence)
    assert outside == within(1e-5, of=inside)


def test_more_falls_through_a_wider_stop_and_through_calmer_air():
    stops = [float(encircled_energy(r, 850e-9, 0.8, 0.3, 0.1)) for r in (2e-6, 1e-5, 5e-5, 5e-4)]
    assert np.all(np.diff(stops) > 0.0)
    assert np.all(np.diff(encircled_energy(1e-5, 850e-9, 0.8, 0.3, [0.05, 0.1, 0.3])) > 0.0)


def test_a_stop_of_three_seeing_discs_takes_a_twentieth():
    """Background rule: a field of view of 2 to 3 λ/r0 is wanted."""
    share = encircled_energy(1.5 * 850e-9 / 0.1, 850e-9, 0.8, 0.0, 0.1)
    assert share == within(0.03, of=0.90)
