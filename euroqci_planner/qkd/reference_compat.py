"""Choices of the reference program SatQuMA 2.0, for comparison with its numbers only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceCompat:
    """Where the reference program departs from the proof; a plan never uses this.

    It leaves lower bounds below zero as they are, takes n⁻ where Lim et al. 2014, Eq. 2 has n⁺ (the
    same at mu3 = 0), and replaces event counts under `smallest_count` by it. It also shares the
    errors of a slot over the intensities: `counts.ErrorSharing.BY_DETECTIONS`.
    """

    negative_lower_bounds: bool = True
    vacuum_from_lower_bound: bool = True
    smallest_count: float = 1e-10
