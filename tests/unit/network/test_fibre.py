"""Fibre links: rate against loss, and chains of trusted nodes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import DV_STANDARD, fibre
from tolerances import DECIBEL, within

from euroqci_planner.network.fibre import chain_of, fibre_transmittance, key_rate_bps
from euroqci_planner.units import decibel_loss, transmittance

MILLIDECIBEL = 1e-3 * DECIBEL


def test_a_hop_loses_a_fifth_of_a_decibel_per_kilometre_and_two_in_its_connectors():
    assert decibel_loss(fibre_transmittance(75e3)) == within(MILLIDECIBEL, of=17.0)
    assert decibel_loss(fibre_transmittance(0.0)) == within(MILLIDECIBEL, of=2.0)
    assert decibel_loss(fibre_transmittance(10e3, connectors=0)) == within(MILLIDECIBEL, of=2.0)


def test_a_negative_length_has_no_transmittance():
    assert np.isnan(fibre_transmittance([-1.0, 1.0])).tolist() == [True, False]


def test_the_rate_at_the_anchor_is_the_measured_one():
    assert key_rate_bps(DV_STANDARD.anchor_transmittance, DV_STANDARD) == pytest.approx(2_000.0)


def test_the_rate_falls_with_the_loss_and_ends_at_the_largest_loss():
    rates = key_rate_bps(transmittance([5.0, 12.0, 20.0, 27.9, 28.0, 40.0]), DV_STANDARD)
    assert np.all(np.diff(rates[:4]) < 0.0)
    assert rates[3] > 0.0
    assert rates[4:].tolist() == [0.0, 0.0]


def test_post_processing_caps_the_rate_of_a_short_hop():
    slow = replace(DV_STANDARD, rate_cap_bps=3_000.0)
    assert key_rate_bps(transmittance(2.0), slow) == 3_000.0
    assert key_rate_bps(transmittance(2.0), replace(slow, rate_cap_bps=None)) > 15_000.0


def test_what_is_no_transmittance_has_no_rate():
    assert np.isnan(key_rate_bps([-0.1, 1.1, np.nan], DV_STANDARD)).all()
    assert key_rate_bps(0.0, DV_STANDARD) == 0.0


def test_berlin_to_frankfurt_needs_eight_trusted_nodes_and_gives_55_megabits_a_day():
    chain = chain_of(fibre("berlin", "frankfurt", 670.0))
    assert (chain.hops, chain.trusted_nodes) == (9, 8)
    assert decibel_loss(chain.hop_transmittance) == within(0.05 * DECIBEL, of=16.9)
    assert chain.rate_bps == within(10.0, of=640.0)
    assert chain.rate_bps * 86_400.0 == within(1e6, of=55e6)


def test_hops_that_fit_exactly_need_no_further_one():
    assert chain_of(fibre("a", "b", 240.0)).hops == 3
    assert chain_of(fibre("a", "b", 240.001)).hops == 4
    assert chain_of(fibre("a", "b", 0.5)).hops == 1


def test_availability_lowers_the_mean_rate_and_a_stated_loss_replaces_the_length():
    plain = chain_of(fibre("a", "b", 60.0))
    often_down = chain_of(fibre("a", "b", 60.0, availability=0.5))
    assert often_down.mean_rate_bps == pytest.approx(0.5 * plain.rate_bps)
    stated = chain_of(fibre("a", "b", 60.0, hop_transmittance=DV_STANDARD.anchor_transmittance))
    assert stated.rate_bps == pytest.approx(2_000.0)
