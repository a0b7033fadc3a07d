"""Schema of `[[station]]`, its closures and its receiver."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euroqci_planner.io.schema_detection import DetectionRecord
from euroqci_planner.io.schema_types import (
    Count,
    Efficiency,
    Id,
    Instant,
    Latitude,
    Longitude,
    Name,
    NotNegative,
    Obscuration,
    PerAxis,
    Positive,
    Probability,
    Record,
    Separation,
    SiteAltitude,
    Text,
    TimeOfDay,
    told,
)

MaskPoint = Annotated[list[float], Field(min_length=2, max_length=2)]
OpticalDepth = Annotated[float, Field(ge=0, le=10)]


class ClosureRecord(Record):
    """`[[station.closed]]`: an interval without observations."""

    from_utc: Instant = told("Closed from here.")
    to_utc: Instant = told("Open again from here.")
    reason: Text = told("Why; shown beside the passes that it costs.", "")


class ReceiverRecord(DetectionRecord):
    """`[station.receiver]`: telescope, filter and detectors."""

    aperture_mm: Annotated[float, Field(gt=0, le=50_000)] = told("Diameter of the telescope.")
    obscuration_ratio: Obscuration = told("Secondary over primary diameter.", 0.3)
    coupling: Literal["free_space", "fibre_tip_tilt", "fibre_adaptive_optics"] = told(
        "How the light reaches the detectors.", "free_space"
    )
    modes: Annotated[int, Field(ge=1, le=10_000)] | None = told(
        "Corrected modes of the adaptive optics.", None
    )
    bandwidth_hz: Positive | None = told("Closed-loop bandwidth of the adaptive optics.", None)


class TransmitterRecord(Record):
    """`[station.transmitter]`: a telescope that sends to satellites which receive."""

    aperture_mm: Annotated[float, Field(gt=0, le=50_000)] = told("Diameter of the telescope.")
    obscuration_ratio: Obscuration = told("Secondary over primary diameter.", 0.0)
    waist_mm: Annotated[float, Field(gt=0, le=50_000)] = told(
        "1/e2 intensity radius of the Gaussian in the pupil."
    )
    wavefront_error_nm_rms: NotNegative = told("Wavefront error of the telescope.", 0.0)
    pointing_jitter_urad: PerAxis = told("One sigma per axis, one number or [x, y].", 1.0)
    pointing_bias_urad: NotNegative = told(
        "Static pointing error, that of the point-ahead angle among it.", 0.0
    )
    transmit_efficiency: Efficiency = told(
        "Transmittance behind the point where the photon number is defined.", 1.0
    )
    tracking: Literal["none", "tip_tilt"] = told(
        "tip_tilt: pre-compensation follows the wander of the beam.", "none"
    )
    night_lights_nw_cm2_sr: Annotated[float, Field(ge=0, le=10_000)] = told(
        "Lit ground around the station from above, VIIRS day/night band: 1 rural, 10 suburb, 100 "
        "city centre.",
        10.0,
    )


class StationRecord(Record):
    """`[[station]]`: an optical ground station."""

    id: Id = told("Short name without blanks; it stands in every pass_id.")
    catalogue_row: str | None = told("Catalogue row that gives every field.", None, alias="from")
    name: Name | None = told("Full name; default: the id.", None)
    latitude_deg: Latitude = told("Geodetic latitude (WGS 84), north positive.")
    longitude_deg: Longitude = told("Longitude, east positive.")
    altitude_m: SiteAltitude = told("Height above the ellipsoid.")
    country: Text = told("Country code.", "")
    min_elevation_deg: Annotated[float, Field(ge=0, lt=90)] = told(
        "Lowest elevation that is used; the link model ends at 5 degrees.", 20.0
    )
    horizon_mask_deg: Annotated[list[MaskPoint], Field(min_length=1)] | None = told(
        "[azimuth, elevation] pairs by rising azimuth, joined linearly, wrapping at north.", None
    )
    sun_rule: Literal["max_elevation", "by_background"] = told(
        "How daylight ends the work: by the Sun's elevation, or by the noise that it makes.",
        "max_elevation",
    )
    max_sun_elevation_deg: Annotated[float, Field(ge=-90, le=90)] = told(
        "Highest Sun under sun_rule = max_elevation: -10 suits wavelengths below 1 um, -6 is "
        "enough at 1550 nm.",
        -10.0,
    )
    min_sun_separation_deg: Separation = told("Smallest angle to the Sun.", 25.0)
    min_moon_separation_deg: Separation = told("Smallest angle to the Moon.", 20.0)
    setup_s: NotNegative = told("Between two contacts of one telescope.", 120.0)
    terminals: Count = told("Contacts at the same time.", 1)
    seeing_arcsec: Annotated[float, Field(gt=0, le=20)] | None = told(
        "Seeing at 500 nm and zenith; default 1.2, at and above 1500 m 0.9.", None
    )
    aerosol_optical_depth_550nm: OpticalDepth | None = told(
        "Zenith, at the site's own height; default 0.1, at and above 1500 m 0.05.", None
    )
    angstrom_exponent: Annotated[float, Field(ge=-1, le=4)] = told(
        "Wavelength exponent of the aerosol.", 1.3
    )
    precipitable_water_mm: Annotated[float, Field(ge=0, le=100)] | None = told(
        "Water column; default 14 mm x exp(-height / 2 km).", None
    )
    ozone_du: Annotated[float, Field(ge=0, le=1_000)] = told("Ozone column.", 320.0)
    cirrus_optical_depth: OpticalDepth = told("Thin cirrus, zenith.", 0.0)
    sky_brightness_mag_arcsec2: Annotated[float, Field(ge=5, le=25)] = told(
        "V band, zenith, no Moon.", 20.5
    )
    clear_sky_probability_monthly: (
        Annotated[list[Probability], Field(min_length=12, max_length=12)] | None
    ) = told("January to December; needed by the climatology.", None)
    thin_cloud_probability_monthly: (
        Annotated[list[Probability], Field(min_length=12, max_length=12)] | None
    ) = told(
        "January to December: share of the time with thin ice cloud alone; default 0.07 each.", None
    )
    opening_utc: Annotated[list[TimeOfDay], Field(min_length=2, max_length=2)] | None = told(
        "[open, close], HH:MM, wraps over midnight; default: always open.", None
    )
    valid_from_utc: Instant | None = told("In service from here; default: always.", None)
    valid_to_utc: Instant | None = told("In service to here; default: without end.", None)
    closed: list[ClosureRecord] = told("Intervals without observations.", [])
    receiver: ReceiverRecord = told("Telescope, filter and detectors.")
    transmitter: TransmitterRecord | None = told(
        "Telescope that sends; needed for payloads with direction = uplink.", None
    )
