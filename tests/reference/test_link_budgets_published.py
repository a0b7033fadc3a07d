"""Source: validation_link_budgets.csv (tests/reference/data/links/README.md): 83 published figures.

Every row that the present link floor can compute is recomputed and held to the row's own
tolerance. The rest is listed by group with the reason, and the list is checked for completeness.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from link_cases import payload
from scipy.optimize import minimize_scalar

from euroqci_planner.link.airmass import exponential_layer_air_mass
from euroqci_planner.link.diffraction import (
    antenna_collection,
    axial_gain_factor,
    gaussian_collection,
    gaussian_half_angle_rad,
    gaussian_radius_m,
)
from euroqci_planner.link.far_field import far_field
from euroqci_planner.link.night_sky import moonlight_nanolambert
from euroqci_planner.link.pointing import mean_pointing_transmittance
from euroqci_planner.mission.assets import DivergenceConvention, TruncatedGaussianBeam
from euroqci_planner.units import decibel_loss

FILE = Path(__file__).parent / "data" / "links" / "validation_link_budgets.csv"

NOT_COMPUTED = {
    r"SQM-calc-.*-(atmospheric|total)_loss": "two MODTRAN sets differ here",
    r"SQM-FSloss-.*": "empirical curve without extinction: for import, not a truth",
    r"(HV57|R0|SI|RYT)-.*": "turbulence is not built",
    r"ELL-.*": "elliptic beams belong to turbulence",
    r"UPL-.*|MIC-up-.*|NANO-lim": "uplink is not built",
    r"REF-1": "refraction is not built",
    r"COP-.*": "cloud statistics, not the link",
    r"MIC-(645|1200|budget)": "from memory; the mission as a whole is validated end to end",
    r"JINAN|QSPT": "key and sifted rates, not losses",
}


def rows():
    with FILE.open() as file:
        return list(csv.DictReader(file))


def satquma_diffraction_db(row):
    terminal = payload(
        wavelength_m=float(row["wavelength_nm"]) * 1e-9,
        aperture_m=float(row["tx_diam_m"]),
        beam=TruncatedGaussianBeam(waist_m=0.15),
        pointing_jitter_rad=(0.0, 0.0),
        pointing_bias_rad=0.0,
    )
    range_m, aperture_m = 1e3 * float(row["range_km"]), float(row["rx_diam_m"])
    return decibel_loss(far_field(terminal).collection(range_m, aperture_m)[0])


def klein_degnan_gain(row):
    ratio = float(row["case_id"].removeprefix("KD-"))
    return -minimize_scalar(
        lambda a: -axial_gain_factor(a, ratio), bounds=(0.5, 1.6), method="bounded"
    ).fun


def pointing_db(row):
    sigma, bias = (float(x) * 1e-6 for x in re.findall(r"=([\d.]+) urad", row["atmosphere"]))
    return decibel_loss(mean_pointing_transmittance(5e-6, (sigma, sigma), bias))


def micius_geometry_db(row):
    beam = row["tx_beam"]
    name = "uniform_disc" if "disc" in beam else "fwhm" if "FWHM" in beam else "full_angle_1e2"
    half_angle = gaussian_half_angle_rad(10e-6, DivergenceConvention(name))
    return decibel_loss(gaussian_collection(gaussian_radius_m(1_200e3, half_angle), 1.0))


def antenna_db(row):
    range_m, wavelength_m = 1e3 * float(row["range_km"]), 1e-9 * float(row["wavelength_nm"])
    share = antenna_collection(
        range_m, wavelength_m, float(row["tx_diam_m"]), float(row["rx_diam_m"])
    )
    return decibel_loss(share)


def moonlight(row):
    phase = np.deg2rad(float(re.search(r"phase (\d+) deg", row["note"])[1]))
    return moonlight_nanolambert(np.pi / 4, phase, np.pi / 4, np.pi / 2)


def haze_air_mass(row):
    return exponential_layer_air_mass(np.deg2rad(5.0), 1_000.0)


COMPUTED = {
    r"SQM-calc-\d+-diffraction_loss": satquma_diffraction_db,
    r"KD-.*": klein_degnan_gain,
    r"PT-.*": pointing_db,
    r"MIC-geo-.*": micius_geometry_db,
    r"NTA21-.*": antenna_db,
    r"KS-\d": moonlight,
    r"AOD-m": haze_air_mass,
}


def cases():
    return [
        pytest.param(row, compute, id=row["case_id"])
        for row in rows()
        for pattern, compute in COMPUTED.items()
        if re.fullmatch(pattern, row["case_id"])
    ]


@pytest.mark.parametrize(("row", "compute"), cases())
def test_a_published_figure_is_reproduced_within_its_own_tolerance(row, compute):
    assert abs(float(compute(row)) - float(row["expected"])) <= float(row["tolerance"])


def test_every_row_is_either_computed_or_listed_with_a_reason():
    patterns = [*COMPUTED, *NOT_COMPUTED]
    for row in rows():
        found = [pattern for pattern in patterns if re.fullmatch(pattern, row["case_id"])]
        assert len(found) == 1, row["case_id"]


def test_the_number_of_recomputed_rows_is_known():
    assert len(rows()) == 83
    assert len(cases()) == 24
