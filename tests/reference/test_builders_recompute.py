"""Source: sasktran2 (MIT licence), with which the sunlit sky was made: recomputed where installed.

The program itself never uses it. `pip install sasktran2` beside the tests to run these.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from euroqci_planner.io.reference_tables import load_physics_tables

BUILDER = Path(__file__).parents[2] / "packaging" / "builders" / "sunlit_sky.py"


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    pytest.importorskip("sasktran2", reason="a build-time tool; the tables are packaged")
    spec = importlib.util.spec_from_file_location("sunlit_sky_builder", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("sun_deg", [-6, 5, 45])
def test_the_sunlit_sky_is_what_the_radiative_transfer_gives_again(
    builder: ModuleType, sun_deg: int
) -> None:
    tables = load_physics_tables()
    wavelengths_m = builder.WAVELENGTHS_NM * 1e-9
    sun = np.interp(wavelengths_m, tables.solar.wavelength_m, tables.solar.irradiance_w_m2_um)
    ozone = np.interp(
        wavelengths_m, tables.ozone.wavelength_m, tables.ozone.cross_section_m2, right=0.0
    )
    again = builder.radiance(sun_deg, ozone) * sun[:, None, None]
    row = int(np.argmin(np.abs(np.rad2deg(tables.sunlit_sky.sun_elevation_rad) - sun_deg)))
    packaged = tables.sunlit_sky.radiance_w_m2_sr_um[:, row]
    assert np.max(np.abs(again / packaged - 1.0)) < 0.01
