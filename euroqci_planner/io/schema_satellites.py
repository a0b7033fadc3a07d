"""Schema of `[[orbit_file]]`, `[[satellite]]` and `[[constellation]]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from euroqci_planner.io.schema_types import (
    Angle360,
    Count,
    Id,
    Inclination,
    Instant,
    Limit,
    Name,
    NotNegative,
    OrbitAltitude,
    Positive,
    Record,
    RelativePath,
    Text,
    TimeOfDay,
    told,
)

Days = Annotated[float, Field(ge=0, le=36_600)]


class OrbitFileRecord(Record):
    """`[[orbit_file]]`: element sets and how old they may be."""

    path: RelativePath = told(
        "TLE, 3LE or OMM file inside the scenario's folder; the format is seen from the content."
    )
    warn_age_days: Days = told("Age at the start of the plan that gives a warning.", 3.0)
    max_age_days: Days = told("Age at the start of the plan that is too old.", 14.0)
    on_stale: Literal["warn", "refuse", "accept"] = told(
        "What happens to an element set beyond max_age_days.", "refuse"
    )


class SunSynchronousRecord(Record):
    """`[satellite.orbit]` of type sun_synchronous."""

    type: Literal["sun_synchronous"] = told("Circular and Sun-synchronous.")
    epoch_utc: Instant = told("Instant at which the orbit stands as given.")
    altitude_km: Annotated[float, Field(ge=160, le=5900)] = told(
        "Altitude above the equatorial radius; Sun-synchronous orbits end near 5980 km."
    )
    local_time_descending_node: TimeOfDay = told("Local mean solar time, HH:MM.")
    argument_of_latitude_deg: Angle360 = told("Angle from the ascending node at epoch.", 0.0)


class CircularRecord(Record):
    """`[satellite.orbit]` of type circular."""

    type: Literal["circular"] = told("Circular, by inclination and node.")
    epoch_utc: Instant = told("Instant at which the orbit stands as given.")
    altitude_km: OrbitAltitude = told("Altitude above the equatorial radius.")
    inclination_deg: Inclination = told("Inclination to the equator.")
    raan_deg: Angle360 = told("Right ascension of the ascending node (TEME of date).")
    argument_of_latitude_deg: Angle360 = told("Angle from the ascending node at epoch.", 0.0)


class KeplerianRecord(Record):
    """`[satellite.orbit]` of type keplerian."""

    type: Literal["keplerian"] = told("By six mean elements.")
    epoch_utc: Instant = told("Instant at which the orbit stands as given.")
    semi_major_axis_km: Annotated[float, Field(ge=6_500, le=100_000)] = told("Semi-major axis.")
    eccentricity: Annotated[float, Field(ge=0, lt=1)] = told("Eccentricity.")
    inclination_deg: Inclination = told("Inclination to the equator.")
    raan_deg: Angle360 = told("Right ascension of the ascending node (TEME of date).")
    argument_of_perigee_deg: Angle360 = told("Argument of perigee.")
    mean_anomaly_deg: Angle360 = told("Mean anomaly at epoch.")


OrbitRecord = Annotated[
    SunSynchronousRecord | CircularRecord | KeplerianRecord, Field(discriminator="type")
]


class SpacecraftRecord(Record):
    """What satellites and constellations have in common."""

    id: Id = told("Short name without blanks; it stands in every pass_id.")
    name: Name | None = told("Full name; default: the id.", None)
    payload: Id = told("Id of a [[payload]].")
    role: Literal["trusted_node", "entangled_source"] = told(
        "trusted_node: the satellite knows the key of each station. entangled_source: it sends the "
        "halves of pairs to two stations at once, which share the key; bbm92 and two terminals.",
        "trusted_node",
    )
    owner: Text = told("Owner, usually a country code.", "")
    valid_from_utc: Instant | None = told("In service from here; default: always.", None)
    valid_to_utc: Instant | None = told("In service to here; default: without end.", None)
    max_contacts_per_orbit: Limit | None = told("Contacts per revolution; default: no limit.", None)
    max_contacts_per_day: Limit | None = told("Contacts per UTC day; default: no limit.", None)
    key_memory_mbit: Positive | None = told("Key store on board; default: no limit.", None)
    eclipse_only: bool = told("Contacts only in the Earth's shadow.", default=False)
    standard_magnitude: Annotated[float, Field(ge=-10, le=30)] | None = told(
        "Brightness in sunlight at 1000 km and half phase, or give diffuse_area_m2.", None
    )
    diffuse_area_m2: NotNegative | None = told("Reflectance times area, in sunlight.", None)


class SatelliteRecord(SpacecraftRecord):
    """`[[satellite]]`: exactly one of norad_id, tle and [satellite.orbit] says where it flies."""

    norad_id: Annotated[int, Field(ge=1, le=999_999_999)] | None = told(
        "Catalogue number, looked up in the orbit files.", None
    )
    tle: Annotated[list[str], Field(min_length=2, max_length=2)] | None = told(
        "The two lines of an element set.", None
    )
    orbit: OrbitRecord | None = told("A design orbit, for a satellite without element set.", None)


class ConstellationRecord(SpacecraftRecord):
    """`[[constellation]]`: Walker pattern, satellites with one payload."""

    enabled: bool = told("False keeps the block without flying it.", default=True)
    pattern: Literal["walker_delta", "walker_star"] = told(
        "Nodes over 360 degrees (delta) or over 180 (star)."
    )
    satellites: Annotated[int, Field(ge=1, le=10_000)] = told("Satellites in all.")
    planes: Count = told("Orbital planes; divides satellites.")
    phasing: Annotated[int, Field(ge=0, le=999)] = told("Walker phasing, below planes.")
    altitude_km: OrbitAltitude = told("Altitude above the equatorial radius.")
    inclination_deg: Inclination = told("Inclination to the equator.")
    epoch_utc: Instant = told("Instant at which the pattern stands as given.")
