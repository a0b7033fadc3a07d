"""The error of compressed passes under the bound that they promise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts

ROUNDING = 1e-11


def largest_error(counts, reference) -> float:
    """Largest relative deviation over all kinds, intensities and passes."""
    with np.errstate(invalid="ignore"):
        return max(
            float(np.nanmax(np.abs(getattr(counts, name) / getattr(reference, name) - 1.0)))
            for name in reference.column_names()
        )


@st.composite
def passes(draw):
    size = draw(st.integers(1, 60))
    loss_db = draw(st.floats(12.0, 45.0)) + draw(st.floats(0.0, 15.0)) * np.array(
        draw(st.lists(st.floats(0.0, 1.0), min_size=size, max_size=size))
    )
    noise = 10.0 ** draw(st.floats(0.0, 4.5)) * np.array(
        draw(st.lists(st.floats(0.2, 1.0), min_size=size, max_size=size))
    )
    return channel(10.0 ** (-0.1 * loss_db), noise, draw(st.floats(0.1, 10.0)))


@given(passes(), st.integers(1, 4), st.sampled_from([0.0, 5e-8, 1e-6]), st.sampled_from([2, 4]))
def test_the_error_stays_under_its_bound(samples, nodes, dead_time_s, detectors):
    receiver = replace(RECEIVER, dead_time_s=dead_time_s, detectors=detectors)
    exact = expected_counts(SOURCE, receiver, samples)
    small = compressed(samples, nodes)
    error = largest_error(expected_counts(SOURCE, receiver, small.samples), exact)
    assert error <= small.error_bound(SOURCE, receiver)[0] + ROUNDING
