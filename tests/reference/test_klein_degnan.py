"""Source: Klein & Degnan 1974, Appl. Opt. 13, 2134: optimum truncation and gain by obscuration.

The table's rows KD-0 to KD-0.4 of validation_link_budgets.csv, and the gain relative to the emitted
power at the same truncation.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from tolerances import within

from euroqci_planner.link.diffraction import axial_gain_factor, emitted_fraction, gain_factor

OPTIMA = [
    (0.0, 1.121, 0.8145, 0.8863),
    (0.1, 1.108, 0.7865, 0.8836),
    (0.2, 1.074, 0.7088, 0.8725),
    (0.3, 1.028, 0.5971, 0.8458),
    (0.4, 0.976, 0.4695, 0.7978),
]


@pytest.mark.parametrize(("ratio", "truncation", "gain", "emitted_gain"), OPTIMA)
def test_the_optimum_of_the_gain_stands_where_the_paper_has_it(
    ratio, truncation, gain, emitted_gain
):
    found = minimize_scalar(
        lambda a: -axial_gain_factor(a, ratio), bounds=(0.5, 1.6), method="bounded"
    )
    assert found.x == within(0.0006, of=truncation)
    assert -found.fun == within(0.0001, of=gain)
    relative = axial_gain_factor(truncation, ratio) / emitted_fraction(truncation, ratio)
    assert relative == within(0.0003, of=emitted_gain)


@pytest.mark.parametrize(("ratio", "truncation", "gain", "emitted_gain"), OPTIMA)
def test_the_pattern_meets_the_table_on_axis_and_keeps_its_power(
    ratio, truncation, gain, emitted_gain
):
    assert gain_factor(0.0, truncation, ratio) == within(0.0001, of=gain)
    x, weight = np.polynomial.legendre.leggauss(600)
    x = 30.0 * (x + 1.0)
    inside = 0.5 * np.sum(30.0 * weight * x * gain_factor(x, truncation, ratio))
    assert inside < emitted_fraction(truncation, ratio)
    assert inside == within(0.03, of=emitted_fraction(truncation, ratio))
