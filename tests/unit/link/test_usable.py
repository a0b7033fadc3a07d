"""The usable window by background."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import PAIRS, payload, receiver, samples, satellite, station, tables
from tolerances import within

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.link.usable import (
    expected_error,
    free_of_daylight,
    usable_by_background,
    usable_span_s,
)
from euroqci_planner.mission.link_budget import LinkBudget

TABLES = tables()


def budget(track, sender=None):
    sender = payload() if sender is None else sender
    return DownlinkModel().budget(sender, station(), track, TABLES, satellite(payload=sender))


def made_up(share, noise_hz):
    return LinkBudget(
        loss_terms=("all",),
        noise_terms=("all",),
        transmittance=np.array([share]).T,
        noise_hz=np.array([noise_hz]).T,
    )


def test_without_noise_the_errors_are_those_of_the_source():
    quiet = made_up([1e-3, 1e-5], [0.0, 0.0])
    assert expected_error(quiet, payload(), receiver()) == within(1e-9, of=0.01)


def test_without_light_half_of_the_bits_are_wrong():
    dark = made_up([1e-12], [1e4])
    assert expected_error(dark, payload(), receiver()) == within(1e-4, of=0.5)


def test_as_much_noise_as_signal_in_a_gate_makes_a_quarter_of_the_bits_wrong():
    share, gate = 1e-4, receiver().gate_s
    clicks = -np.expm1(-0.7 * 0.8 * share)
    even = made_up([share], [0.5 * clicks / gate])
    assert expected_error(even, payload(), receiver()) == within(1e-4, of=0.5 * (0.01 + 0.5))


def test_an_active_choice_of_basis_loses_no_light_to_the_other_one():
    both = made_up([1e-5], [1e3])
    passive = expected_error(both, payload(), receiver())
    active = expected_error(both, payload(), receiver(detectors=2))
    assert active < passive


def test_pairs_make_accidental_coincidences_among_themselves():
    sender = payload(source=PAIRS)
    few = expected_error(made_up([1e-4], [0.0]), sender, receiver())
    assert few == within(1e-4, of=(0.02 + 0.5 * 5.9e-3) / (1.0 + 5.9e-3))


def test_a_pass_by_night_is_usable_and_one_at_noon_is_not():
    night = budget(samples([30.0, 60.0]))
    noon = budget(samples([30.0, 60.0], sun_elevation_rad=1.0))
    assert usable_by_background(night, payload(), receiver()).all()
    assert not usable_by_background(noon, payload(), receiver()).any()


def test_dawn_ends_a_pass_at_a_single_height_of_the_sun():
    sun = np.deg2rad(np.linspace(-14.0, 5.0, 200))
    usable = usable_by_background(
        budget(samples(np.full(200, 45.0), sun_elevation_rad=sun)), payload(), receiver()
    )
    assert usable[0]
    assert not usable[-1]
    assert np.count_nonzero(np.diff(usable.astype(int))) == 1


def test_a_night_is_free_of_daylight_whatever_else_is_bright():
    night = samples([45.0, 45.0], sun_elevation_rad=np.deg2rad([-18.1, -5.0]))
    loud = made_up([1e-5, 1e-5], [1e6, 1e6])
    assert not usable_by_background(loud, payload(), receiver()).any()
    assert list(free_of_daylight(loud, night, payload(), receiver())) == [True, False]


def test_outside_validity_nothing_is_usable():
    assert not usable_by_background(budget(samples(4.0)), payload(), receiver()).any()


@pytest.mark.parametrize(
    ("usable", "lengths", "starts", "ends"),
    [
        ([1, 1, 1], [3], [0.0], [3.0]),
        ([0, 1, 1, 0, 1], [5], [1.0], [3.0]),
        ([1, 1, 1, 1], [2, 2], [0.0, 2.0], [2.0, 4.0]),
        ([0, 0, 1], [2, 0, 1], [np.nan, np.nan, 2.0], [np.nan, np.nan, 3.0]),
        ([1, 0, 1], [3], [0.0], [1.0]),
        ([], [0], [np.nan], [np.nan]),
    ],
)
def test_the_longest_stretch_of_each_pass_is_found(usable, lengths, starts, ends):
    track = samples(np.full(len(usable), 45.0), lengths=lengths)
    first, last = usable_span_s(np.array(usable, dtype=bool), track)
    np.testing.assert_array_equal(first, starts)
    np.testing.assert_array_equal(last, ends)
