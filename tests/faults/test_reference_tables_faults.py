"""Damaged packaged tables are named, never read in part."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from link_cases import tables

from euroqci_planner.io.reference_tables import read_columns
from euroqci_planner.mission.physics_tables import SunlitSkyRadiance

GOOD = "# Origin: here\nwavelength_nm,factor\n550,1.0\n785,0.3\n"


def written(folder, text):
    path = folder / "glow.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_table_is_read_with_its_source(tmp_path):
    source, columns = read_columns(written(tmp_path, GOOD))
    assert source == "Origin: here"
    assert columns["factor"].tolist() == [1.0, 0.3]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wavelength_nm,factor\n550,1.0\n",
        "# Origin: here\nwavelength_nm,factor\n",
        GOOD + "850\n",
        GOOD + "850,0.3,7\n",
        GOOD + "850,bright\n",
        GOOD + "850,nan\n",
        GOOD + "850,inf\n",
        GOOD + "850,\n",
    ],
)
def test_a_damaged_table_is_refused_by_name(tmp_path, text):
    with pytest.raises(ValueError, match=r"glow\.csv"):
        read_columns(written(tmp_path, text))


def test_a_grid_of_the_wrong_shape_is_refused():
    sky = tables().sunlit_sky
    with pytest.raises(ValueError, match="shape"):
        SunlitSkyRadiance(
            source=sky.source,
            wavelength_m=sky.wavelength_m,
            sun_elevation_rad=sky.sun_elevation_rad[:-1],
            elevation_rad=sky.elevation_rad,
            relative_azimuth_rad=sky.relative_azimuth_rad,
            radiance_w_m2_sr_um=sky.radiance_w_m2_sr_um,
        )


def test_the_sky_grid_survives_the_way_between_processes_and_stays_locked():
    back = pickle.loads(pickle.dumps(tables()))  # noqa: S301
    assert np.array_equal(
        back.sunlit_sky.radiance_w_m2_sr_um, tables().sunlit_sky.radiance_w_m2_sr_um
    )
    assert not back.sunlit_sky.radiance_w_m2_sr_um.flags.writeable
