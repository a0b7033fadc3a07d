"""Sunlight from the satellite itself."""

from __future__ import annotations

import numpy as np
from link_cases import satellite
from tolerances import within

from euroqci_planner.link.satellite_light import (
    full_phase_intensity,
    lambert_sphere_phase,
    satellite_irradiance,
)


def test_a_square_metre_of_white_at_600_km_shines_as_the_background_table_says():
    """ρA = 0.3 m², 600 km, 785 nm: 3.2e-10 W m⁻² µm⁻¹."""
    white = satellite(standard_magnitude=None, diffuse_area_m2=0.3)
    full = full_phase_intensity(white, 1191.0, 1867.0)
    assert satellite_irradiance(full, 600e3, 0.0, 1.0, 1.0) == within(0.05e-10, of=3.16e-10)


def test_the_standard_magnitude_holds_at_1000_km_and_half_phase():
    bright = satellite(standard_magnitude=6.0)
    full = full_phase_intensity(bright, 1867.0, 1867.0)
    flux = satellite_irradiance(full, 1_000e3, np.pi / 2.0, 1.0, 1.0)
    assert flux == within(1e-14, of=1544.0 * 10.0**-2.4 / 4.2545e10)


def test_the_magnitude_counts_before_the_area():
    both = satellite(standard_magnitude=6.0, diffuse_area_m2=100.0)
    alone = satellite(standard_magnitude=6.0)
    assert full_phase_intensity(both, 1.0, 1.0) == full_phase_intensity(alone, 1.0, 1.0)


def test_a_satellite_of_unknown_brightness_counts_as_dark():
    assert full_phase_intensity(satellite(standard_magnitude=None), 1191.0, 1867.0) == 0.0


def test_a_matt_sphere_is_a_third_as_bright_at_half_phase():
    phase = lambert_sphere_phase([0.0, np.pi / 2.0, np.pi])
    assert phase == within(1e-12, of=[1.0, 1.0 / np.pi, 0.0])


def test_in_umbra_nothing_shines_and_in_penumbra_a_share():
    light = satellite_irradiance(100.0, 1e6, 1.0, [0.0, 0.25, 1.0], 0.8)
    assert light[0] == 0.0
    assert light[1] / light[2] == within(1e-12, of=0.25)
