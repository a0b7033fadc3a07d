"""Source: the packaged tables themselves (resources/physics), whose headers name their origin.

What every reader may rely on: range, order, a source in each, and a few figures that stand in the
literature.
"""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.resources import resource

TABLES = load_physics_tables()
NAMES = ("gas", "night_sky", "solar", "ozone", "light_pollution", "sunlit_sky")


def test_the_tables_are_read_once():
    assert load_physics_tables() is TABLES


@pytest.mark.parametrize("name", NAMES)
def test_every_table_names_its_origin_and_licence(name):
    source = getattr(TABLES, name).source
    assert "Origin:" in source
    assert "Licence:" in source


@pytest.mark.parametrize("name", NAMES)
def test_every_table_rises_in_wavelength_and_is_locked(name):
    table = getattr(TABLES, name)
    assert np.all(np.diff(table.wavelength_m) > 0.0)
    with pytest.raises(ValueError, match="read-only"):
        table.wavelength_m[0] = 1.0


def test_the_wavelengths_of_flying_and_planned_payloads_are_covered():
    nm = TABLES.gas.wavelength_m * 1e9
    for wanted in (670, 785, 810, 848, 850, 1064, 1310, 1550):
        assert np.min(np.abs(nm - wanted)) < 1e-6


def test_the_sun_delivers_the_irradiance_of_astm_g173():
    nm = TABLES.solar.wavelength_m * 1e9
    at = np.interp([550.0, 810.0, 1550.0], nm, TABLES.solar.irradiance_w_m2_um)
    assert at == within(25.0, of=[1867.0, 1110.0, 271.0])


def test_the_chappuis_band_peaks_at_600_nm():
    peak = np.argmax(TABLES.ozone.cross_section_m2)
    assert TABLES.ozone.wavelength_m[peak] == within(6e-9, of=600e-9)
    assert TABLES.ozone.cross_section_m2[peak] == within(0.2e-25, of=5.1e-25)


def test_the_sunlit_sky_brightens_with_every_step_of_the_sun_at_zenith():
    zenith = TABLES.sunlit_sky.radiance_w_m2_sr_um[:, :, -1, 0]
    assert np.all(np.diff(zenith, axis=1) > 0.0)


def test_the_sunlit_sky_covers_all_views_above_five_degrees():
    sky = TABLES.sunlit_sky
    assert np.rad2deg(sky.elevation_rad[[0, -1]]) == within(1e-9, of=[5.0, 90.0])
    assert np.rad2deg(sky.relative_azimuth_rad[[0, -1]]) == within(1e-9, of=[0.0, 180.0])
    assert np.rad2deg(sky.sun_elevation_rad[[0, -1]]) == within(1e-9, of=[-14.0, 75.0])


def test_the_packaged_tables_are_small():
    assert sum(path.stat().st_size for path in resource("physics").iterdir()) < 300_000
