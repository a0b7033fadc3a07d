"""Lines of sight in blocks: what the link reads of the samples, in pieces that fit the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS, LinkBudget
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.units import FloatArray

SAMPLES_PER_BLOCK = 16_384


class Sight(NamedTuple):
    """Geometry and lights of some samples, columns of one length as in `PassSamples`."""

    elevation_rad: FloatArray
    azimuth_rad: FloatArray
    range_m: FloatArray
    slew_rad_s: FloatArray
    sun_elevation_rad: FloatArray
    sun_azimuth_rad: FloatArray
    moon_elevation_rad: FloatArray
    moon_azimuth_rad: FloatArray
    moon_phase_angle_rad: FloatArray
    sunlit_fraction: FloatArray
    satellite_phase_angle_rad: FloatArray


def sights(samples: PassSamples) -> Iterator[tuple[slice, Sight]]:
    """Rows and columns of the samples, block by block; views, not copies."""
    columns = [getattr(samples, name) for name in Sight._fields]
    for begin in range(0, len(samples), SAMPLES_PER_BLOCK):
        rows = slice(begin, begin + SAMPLES_PER_BLOCK)
        yield rows, Sight(*(column[rows] for column in columns))


Terms = tuple[Mapping[str, FloatArray | float], Mapping[str, FloatArray]]


def budget_along(samples: PassSamples, terms_at: Callable[[Sight], Terms]) -> LinkBudget:
    """The budget of all samples from a function that gives loss and noise terms by name."""
    share = np.empty((len(LOSS_TERMS), len(samples)))
    noise_hz = np.empty((len(NOISE_TERMS), len(samples)))
    for rows, sight in sights(samples):
        terms, noise = terms_at(sight)
        for row, name in enumerate(LOSS_TERMS):
            share[row, rows] = terms[name]
        for row, name in enumerate(NOISE_TERMS):
            noise_hz[row, rows] = noise[name]
    return LinkBudget(
        loss_terms=LOSS_TERMS,
        noise_terms=NOISE_TERMS,
        transmittance=share.T,
        noise_hz=noise_hz.T,
    )
