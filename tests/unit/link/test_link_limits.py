"""Refusals and warnings of the link, word by word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from link_cases import (
    GAUSSIAN_20_URAD,
    TRUNCATED,
    atmosphere,
    payload,
    receiver,
    satellite,
    station,
    tables,
)
from tolerances import KILOMETRE, within

from euroqci_planner.link.cautions import link_warnings, orbit_altitude_m
from euroqci_planner.link.limits import link_faults, station_faults
from euroqci_planner.mission.assets import Coupling
from euroqci_planner.mission.orbits import CircularOrbit, ElementSet, KeplerianOrbit

TABLES = tables()
EPOCH = np.datetime64("2026-06-14T00:00:00", "us")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"aperture_m": 0.0}, "aperture_mm = 0: must be above 0"),
        ({"aperture_m": np.nan}, "aperture_mm = nan: must be above 0"),
        ({"obscuration_ratio": 1.0}, "obscuration_ratio = 1: must be at least 0 and below 1"),
        ({"obscuration_ratio": -0.1}, "obscuration_ratio = -0.1: must be at least 0 and below 1"),
        (
            {"pointing_jitter_rad": (-1e-6, 2e-6)},
            "pointing_jitter_urad = -1: must be at least 0 (one sigma per axis)",
        ),
        ({"pointing_bias_rad": -5e-7}, "pointing_bias_urad = -0.5: must be at least 0"),
        ({"beam": replace(TRUNCATED, waist_m=0.0)}, "waist_mm = 0: must be above 0"),
        (
            {"beam": replace(GAUSSIAN_20_URAD, divergence_rad=0.0)},
            "divergence_urad = 0: must be above 0",
        ),
        (
            {"beam": replace(GAUSSIAN_20_URAD, convention=None)},
            (
                "divergence_convention: is missing for beam = divergence (there is no default: "
                "full_angle_1e2, half_angle_1e2, fwhm or uniform_disc)"
            ),
        ),
        (
            {"wavefront_error_m": 200e-9},
            (
                "wavefront_error_nm_rms = 200: larger than the link model holds for (at most a "
                "sixth of the wavelength, 142 nm)"
            ),
        ),
        (
            {"wavelength_m": 1310e-9},
            (
                "wavelength_nm = 1310: molecular absorption is not tabulated here (the nearest "
                "tabulated wavelengths are 850 nm and 1550 nm)"
            ),
        ),
    ],
)
def test_a_payload_outside_the_model_is_refused_in_these_words(changes, text):
    assert [str(fault) for fault in link_faults(payload(**changes), TABLES)] == [text]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"min_elevation_rad": np.deg2rad(3.0)},
            (
                "min_elevation_deg = 3: is below the link model, which ends at 5 degrees "
                "(set it to 5 or more)"
            ),
        ),
        ({"receiver": receiver(aperture_m=0.0)}, "aperture_mm = 0: must be above 0"),
        (
            {"receiver": receiver(obscuration_ratio=1.0)},
            "obscuration_ratio = 1: must be at least 0 and below 1",
        ),
        (
            {"receiver": receiver(field_of_view_rad=0.0)},
            "field_of_view_urad = 0: must be above 0 (the full angle)",
        ),
        ({"atmosphere": atmosphere(seeing_rad=0.0)}, "seeing_arcsec = 0: must be above 0"),
        (
            {
                "receiver": receiver(
                    coupling=Coupling.FIBRE_ADAPTIVE_OPTICS, adaptive_optics_modes=60
                )
            },
            "bandwidth_hz: is missing for coupling = fibre_adaptive_optics",
        ),
    ],
)
def test_a_station_outside_the_model_is_refused_in_these_words(changes, text):
    assert [str(fault) for fault in station_faults(station(**changes))] == [text]


def test_a_mask_that_lifts_the_whole_horizon_above_five_degrees_is_enough():
    low = {"min_elevation_rad": 0.0}
    assert station_faults(station(**low, horizon_mask_rad=((0.0, 0.1), (3.0, 0.2)))) == ()
    assert len(station_faults(station(**low, horizon_mask_rad=((0.0, 0.1), (3.0, 0.02))))) == 1


def test_what_is_inside_the_model_is_not_refused():
    assert link_faults(payload(), TABLES) == ()
    assert station_faults(station(min_elevation_rad=np.deg2rad(5.0))) == ()


def warning(body=None, *stations):
    texts = link_warnings(satellite() if body is None else body, TABLES, stations)
    assert len(texts) <= 1
    return "".join(texts)


def test_an_ordinary_link_gives_no_warning():
    assert warning(None, station(), station(altitude_m=0.0)) == ""


def test_no_bias_at_all_is_worth_a_word_about_the_point_ahead_angle():
    steady = satellite(payload=payload(pointing_bias_rad=0.0))
    assert warning(steady) == (
        "cube: pointing_bias_urad = 0 takes the point-ahead angle, about 51 urad from 500 km, as "
        "led without error"
    )


def test_a_beacon_of_another_colour_is_worth_a_word_where_the_receiver_sees_little():
    body = satellite(payload=payload(beacon_wavelength_m=1590e-9))
    narrow = station(id="narrow", receiver=receiver(field_of_view_rad=30e-6), altitude_m=0.0)
    assert warning(body, station()) == ""
    assert warning(body, station(), narrow) == (
        "payload cube: light of 850 nm and the beacon of 1590 nm arrive 4.2 urad apart at 20 "
        "degrees over narrow, which sees 30.0 urad: taken as corrected there"
    )


def test_a_fibre_sees_less_than_any_field_of_view():
    body = satellite(payload=payload(beacon_wavelength_m=1590e-9))
    fibre = station(receiver=receiver(coupling=Coupling.FIBRE_TIP_TILT))
    assert "which sees 1.1 urad" in warning(body, fibre)


def test_a_filter_as_narrow_as_the_doppler_shift_is_worth_a_word():
    narrow = station(receiver=receiver(filter_width_m=0.1e-9))
    assert warning(None, narrow) == (
        "cube: its motion shifts the light by up to 0.019 nm, and the filter of calar-alto is "
        "0.1 nm wide: taken as following the shift"
    )


def test_a_field_of_view_inside_the_seeing_disc_is_worth_a_word():
    tight = station(receiver=receiver(field_of_view_rad=12e-6))
    assert warning(None, tight) == (
        "payload cube: the field of view of calar-alto, 12 urad across, cuts 1.8 dB off the seeing "
        "disc at 20 degrees"
    )


def test_a_satellite_without_orbit_or_brightness_gets_every_word_at_once():
    dark = satellite(standard_magnitude=None, payload=payload(pointing_bias_rad=0.0))
    assert len(link_warnings(dark, TABLES)) == 2


@pytest.mark.parametrize(
    "orbit",
    [
        CircularOrbit(epoch_utc=EPOCH, altitude_m=500e3, inclination_rad=1.0, raan_rad=0.0),
        KeplerianOrbit(
            epoch_utc=EPOCH,
            semi_major_axis_m=6_878_137.0,
            eccentricity=0.001,
            inclination_rad=1.0,
            raan_rad=0.0,
            argument_of_perigee_rad=0.0,
            mean_anomaly_rad=0.0,
        ),
        ElementSet(
            norad_id=1,
            name="",
            international_designator="",
            epoch_utc=EPOCH,
            inclination_rad=1.0,
            raan_rad=0.0,
            eccentricity=0.001,
            argument_of_perigee_rad=0.0,
            mean_anomaly_rad=0.0,
            mean_motion_rad_s=2.0 * np.pi / 5_677.0,
            bstar_per_earth_radius=0.0,
        ),
    ],
    ids=["circular", "keplerian", "elements"],
)
def test_the_height_of_every_kind_of_orbit_is_known(orbit):
    assert orbit_altitude_m(satellite(orbit=orbit)) == within(1 * KILOMETRE, of=500 * KILOMETRE)
