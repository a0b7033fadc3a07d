"""Inter-satellite links, dual downlinks, and the detector and filter effects beside them."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import PAIRS, payload, receiver, samples, satellite, station, tables
from tolerances import DECIBEL, KILOMETRE, within

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.link.detection import filter_shift_m
from euroqci_planner.link.dual_downlink import pair_terms, pair_transmittance
from euroqci_planner.link.inter_satellite import grazing_height_m, inter_satellite_terms
from euroqci_planner.mission.link_budget import LOSS_TERMS
from euroqci_planner.units import decibel_loss

ORBIT_M = 6_871e3


def budget(track, place):
    sender = payload(source=PAIRS)
    return DownlinkModel().budget(sender, place, track, tables(), satellite(payload=sender))


def test_two_satellites_see_each_other_past_the_earth_up_to_a_known_range():
    longest = 2.0 * np.sqrt(ORBIT_M**2 - 6_371e3**2)
    assert grazing_height_m(ORBIT_M, ORBIT_M, longest) == within(1.0, of=0.0)
    assert grazing_height_m(ORBIT_M, ORBIT_M, longest - 500 * KILOMETRE) > 50 * KILOMETRE
    assert grazing_height_m(ORBIT_M, ORBIT_M, longest + 500 * KILOMETRE) < 0.0


def test_a_range_that_two_orbits_never_have_has_no_height():
    for never in (2.2 * ORBIT_M, 700e3):
        assert np.isnan(grazing_height_m(ORBIT_M, ORBIT_M + 800e3, never))


def test_a_line_that_only_rises_is_lowest_at_its_lower_end():
    assert grazing_height_m(ORBIT_M, ORBIT_M + 800e3, 800e3) == within(1.0, of=500 * KILOMETRE)


def test_a_link_in_vacuum_has_the_terms_of_a_downlink_without_air():
    terms = inter_satellite_terms(payload(), receiver(), 500e3)
    down = dict(zip(LOSS_TERMS, DownlinkModel().budget(
        payload(), station(), samples(90.0), tables(), satellite()
    ).transmittance[0], strict=True))  # fmt: skip
    assert set(terms) < set(LOSS_TERMS)
    for name, value in terms.items():
        assert value == within(1e-12, of=down[name])


def test_a_lead_that_misses_costs_as_a_bias_does():
    missed = inter_satellite_terms(payload(pointing_bias_rad=0.0), receiver(), 2e6, 3e-6)
    biased = inter_satellite_terms(payload(pointing_bias_rad=3e-6), receiver(), 2e6)
    assert missed["pointing"] == biased["pointing"]
    assert decibel_loss(missed["pointing"]) > decibel_loss(
        inter_satellite_terms(payload(pointing_bias_rad=0.0), receiver(), 2e6)["pointing"]
    )


def test_the_losses_of_both_arms_of_a_dual_downlink_add_up():
    first = budget(samples([30.0, 70.0]), station())
    second = budget(samples([55.0, 40.0]), station(altitude_m=0.0))
    both = decibel_loss(pair_transmittance(first, second))
    names, terms = pair_terms(first, second)
    apart = decibel_loss(first.total_transmittance()) + decibel_loss(second.total_transmittance())
    assert both == within(1e-9 * DECIBEL, of=apart)
    assert decibel_loss(terms).sum(axis=1) == within(1e-9 * DECIBEL, of=both)
    assert len(names) == len(set(names)) == terms.shape[1]


def test_arms_of_different_lengths_do_not_match():
    with pytest.raises(ValueError, match="2 and 1 samples"):
        pair_transmittance(
            budget(samples([30.0, 70.0]), station()), budget(samples(30.0), station())
        )


def test_a_tilted_filter_passes_bluer_light():
    assert filter_shift_m(785e-9, np.deg2rad(4.0), 1.8) == within(0.01e-9, of=0.59e-9)
    assert filter_shift_m(785e-9, 0.0, 1.8) == 0.0
