"""What would make a link budget wrong is refused with these words, from the file or from the model.

The door refuses what the file alone shows; the link model what only its tables know.
"""

from __future__ import annotations

import pytest
from scenario_editing import changed, faults_of, read

from euroqci_planner.app.link_and_key import refuse_links
from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.limits import link_faults, station_faults

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
        "Diameter of the transmit aperture.",
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


def test_a_field_of_view_given_as_a_radius_is_answered_with_the_key_of_the_full_angle():
    edit = ("field_of_view_urad = 100.0", "field_of_view_radius_urad = 50.0")
    (fault,) = faults_of(changed(edit))
    assert "field_of_view_urad" in fault.mend


def test_a_wavelength_between_the_tables_is_refused_by_the_link_with_its_neighbours():
    scenario = read(changed(("wavelength_nm = 850.0", "wavelength_nm = 900.0")))
    (sender,) = (item.payload for item in scenario.satellites if item.payload.id == "qube-2")
    (fault,) = link_faults(sender, load_physics_tables())
    assert str(fault) == (
        "wavelength_nm = 900: molecular absorption is not tabulated here (the nearest tabulated "
        "wavelengths are 848 nm and 850 nm)"
    )


def test_an_elevation_below_five_degrees_is_refused_by_the_link():
    edit = ("min_elevation_deg = 20.0", "min_elevation_deg = 3.0")
    mask = ("[[0.0, 15.0], [90.0, 22.0], [180.0, 12.0], [270.0, 18.0]]", "[[0.0, 4.0]]")
    scenario = read(changed(edit, mask))
    (place,) = scenario.stations
    (fault,) = station_faults(place)
    assert str(fault) == (
        "min_elevation_deg = 3: is below the link model, which ends at 5 degrees "
        "(set it to 5 or more)"
    )


def test_a_plan_names_every_payload_and_station_that_the_link_refuses_at_once():
    scenario = read(
        changed(
            ("wavelength_nm = 850.0", "wavelength_nm = 900.0"),
            ("min_elevation_deg = 20.0", "min_elevation_deg = 3.0"),
            ("[[0.0, 15.0], [90.0, 22.0], [180.0, 12.0], [270.0, 18.0]]", "[[0.0, 4.0]]"),
        )
    )
    with pytest.raises(InvalidInput) as caught:
        refuse_links(scenario)
    assert [fault.where for fault in caught.value.faults] == [
        "payload qube-2.wavelength_nm",
        "station calar-alto.min_elevation_deg",
    ]
