"""What would make a link budget wrong is refused with these words, from the file or from the model.

The door refuses what the file alone shows; the link model what only its tables know.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from scenario_editing import changed, faults_of, read

from euroqci_planner.app.link_and_key import refuse_links
from euroqci_planner.errors import InvalidInput
from euroqci_planner.resources import resource

AT_THE_DOOR = [
    (
        'divergence_convention = "full_angle_1e2"',
        "",
        "payload[1].divergence_convention",
        "is missing for beam = divergence",
        "there is no default: full_angle_1e2, half_angle_1e2, fwhm or uniform_disc",
    ),
    (
        "obscuration_ratio = 0.0",
        "obscuration_ratio = 1.0",
        "payload[1].obscuration_ratio",
        "must be at least 0 and below 1",
        "Secondary over primary diameter.",
    ),
    (
        "aperture_mm = 85.0",
        "aperture_mm = 0.0",
        "payload[1].aperture_mm",
        "must be above 0 and at most 5000",
        "Diameter of the aperture.",
    ),
    (
        "pointing_jitter_urad = 2.0",
        "pointing_jitter_urad = -1.0",
        "payload[1].pointing_jitter_urad",
        "must be at least 0",
        "One sigma per axis, one number or [x, y].",
    ),
    (
        "field_of_view_urad = 100.0",
        "field_of_view_radius_urad = 50.0",
        "station[0].receiver.field_of_view_radius_urad",
        "there is no such key",
        None,
    ),
]


@pytest.mark.parametrize(("old", "new", "where", "problem", "mend"), AT_THE_DOOR)
def test_the_door_refuses_it_with_these_words(old, new, where, problem, mend):
    (fault,) = (fault for fault in faults_of(changed((old, new))) if fault.where == where)
    assert fault.problem == problem
    assert mend is None or fault.mend == mend


@pytest.mark.parametrize("key", ["field_of_view_radius_urad", "half_field_of_view_urad"])
def test_a_field_of_view_given_as_a_radius_is_answered_with_the_full_angle(key):
    (fault,) = faults_of(changed(("field_of_view_urad = 100.0", f"{key} = 50.0")))
    assert fault.mend == "write field_of_view_urad: it is the full angle, twice the radius"


def test_a_wavelength_between_the_tables_is_refused_with_its_neighbours():
    (fault,) = faults_of(changed(("wavelength_nm = 850.0", "wavelength_nm = 900.0")))
    assert str(fault).endswith(
        "payload[1].wavelength_nm = 900.0: molecular absorption is not tabulated here (the nearest "
        "tabulated wavelengths are 848 nm and 850 nm)"
    )


LOW = ("min_elevation_deg = 20.0", "min_elevation_deg = 3.0")
MASK = "[[0.0, 15.0], [90.0, 22.0], [180.0, 12.0], [270.0, 18.0]]"


def test_an_elevation_below_five_degrees_is_refused():
    (fault,) = faults_of(changed(LOW, (MASK, "[[0.0, 4.0]]")))
    assert str(fault).endswith(
        "station[0].min_elevation_deg = 3.0: is below the link model, which ends at 5 degrees (set "
        "it to 5 or more, or give a horizon mask that is 5 or more everywhere)"
    )


def test_a_horizon_that_stands_higher_everywhere_is_enough():
    assert read(changed(LOW, (MASK, "[[0.0, 6.0], [180.0, 5.0]]"))).stations


def test_scripts_hear_the_same_of_payloads_and_stations_that_no_file_has_seen():
    scenario = read(changed())
    craft = next(item for item in scenario.satellites if item.payload.id == "qube-2")
    place = scenario.stations[0]
    with pytest.raises(InvalidInput) as caught:
        refuse_links(
            replace(
                scenario,
                satellites=(replace(craft, payload=replace(craft.payload, wavelength_m=900e-9)),),
                stations=(replace(place, min_elevation_rad=0.05, horizon_mask_rad=()),),
            )
        )
    assert [fault.where for fault in caught.value.faults] == [
        "payload qube-2.wavelength_nm",
        "station calar-alto.min_elevation_deg",
    ]


def test_the_command_line_says_all_of_it_at_once_and_exits_with_three(tmp_path):
    sample = resource("samples", "first-plan", "first-plan.scenario.toml")
    for file in sample.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = sample.read_text("utf-8")
    for old, new in AT_THE_COMMAND_LINE:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "hostile.scenario.toml"
    path.write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "plan", path, "--out", tmp_path / "out"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 3, run.stderr
    for words in SAID_THERE:
        assert words in run.stderr
    assert not (tmp_path / "out").exists()


AT_THE_COMMAND_LINE = [
    (
        'from = "generic-leo-1550"',
        (
            'from = "generic-leo-1550"\nbeam = "divergence"\ndivergence_urad = 20.0\n'
            "obscuration_ratio = 1.0\npointing_jitter_urad = -1.0"
        ),
    ),
    ('from = "generic-leo-785"', 'from = "generic-leo-785"\nwavelength_nm = 900.0'),
    (
        'from = "OGS-CAL"\nmin_elevation_deg = 20.0',
        'from = "OGS-CAL"\nmin_elevation_deg = 4.0',
    ),
    ("aperture_mm = 800.0", "aperture_mm = 0.0\nfield_of_view_radius_urad = 50.0"),
]
SAID_THERE = [
    "divergence_convention: is missing for beam = divergence",
    "(there is no default: full_angle_1e2, half_angle_1e2, fwhm or uniform_disc)",
    "obscuration_ratio = 1.0: must be at least 0 and below 1 (Secondary over primary diameter.)",
    "pointing_jitter_urad = -1.0: must be at least 0 (One sigma per axis, one number or [x, y].)",
    (
        "wavelength_nm = 900.0: molecular absorption is not tabulated here (the nearest tabulated "
        "wavelengths are 848 nm and 850 nm)"
    ),
    "min_elevation_deg = 4.0: is below the link model, which ends at 5 degrees",
    "receiver.aperture_mm = 0.0: must be above 0 and at most 50000 (Diameter of the telescope.)",
    "there is no such key (write field_of_view_urad: it is the full angle, twice the radius)",
]
