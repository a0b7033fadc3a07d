"""What a planner should know about a link that the model accepts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from euroqci_planner.link.extinction import station_pressure_pa, wavelength_faults
from euroqci_planner.link.motion import (
    EARTH_GRAVITY_M3_S2,
    circular_speed_m_s,
    largest_doppler_shift,
    point_ahead_rad,
)
from euroqci_planner.link.refraction import chromatic_refraction_rad, station_temperature_k
from euroqci_planner.link.site_turbulence import site_turbulence
from euroqci_planner.mission.assets import Coupling, Direction, Payload, Satellite, Station
from euroqci_planner.mission.orbits import ElementSet, KeplerianOrbit
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.units import KILO, MICRO, NANO, decibel_loss

COARSE_GAS_FIT_DB = 0.1
LARGE_STOP_LOSS_DB = 0.5
LARGE_SHARE_OF_VIEW = 0.1
LARGE_SHARE_OF_FILTER = 0.1
_EARTH_EQUATOR_M = 6_378_137.0


def link_warnings(
    satellite: Satellite, tables: PhysicsTables, stations: tuple[Station, ...] = ()
) -> tuple[str, ...]:
    """What a planner should know about the budget of a satellite; empty if nothing.

    With `stations` also what depends on the receiver, each once, for the station that it touches
    most at its lowest elevation. What holds for every satellite of a payload names the payload, so
    that a caller can say it once.
    """
    of_payload: tuple[str, ...] = (_coarse_gas(satellite.payload, tables),)
    of_satellite: tuple[str, ...] = (_doppler(satellite, stations),)
    if satellite.payload.direction is Direction.UPLINK:
        of_satellite = (*of_satellite, *_sent_ahead(satellite, stations))
    else:
        of_satellite = (_brightness(satellite), _point_ahead(satellite), *of_satellite)
        of_payload = (*of_payload, *_receiver_warnings(satellite.payload, stations))
    return (
        *(f"{satellite.id}: {text}" for text in of_satellite if text),
        *(f"payload {satellite.payload.id}: {text}" for text in of_payload if text),
    )


@lru_cache(maxsize=64)
def _receiver_warnings(payload: Payload, stations: tuple[Station, ...]) -> tuple[str, str]:
    return _colours(payload, stations), _field_stop(payload, stations)


def _brightness(satellite: Satellite) -> str:
    if satellite.standard_magnitude is not None or satellite.diffuse_area_m2 is not None:
        return ""
    lacking = "neither standard_magnitude nor diffuse_area_m2 is given"
    return f"{lacking}, so its own light in sunlight is not counted"


def _coarse_gas(payload: Payload, tables: PhysicsTables) -> str:
    wavelength_m, gas = payload.wavelength_m, tables.gas
    error_db = float(np.interp(wavelength_m, gas.wavelength_m, gas.max_error_db))
    if error_db <= COARSE_GAS_FIT_DB or wavelength_faults(wavelength_m, gas):
        return ""
    where = f"{wavelength_m / NANO:g} nm"
    return f"molecular absorption at {where} is known to {error_db:.2g} dB only"


def orbit_altitude_m(satellite: Satellite) -> float:
    """Mean height of a satellite's orbit above the equator, m, by Kepler's third law."""
    orbit = satellite.orbit
    if isinstance(orbit, ElementSet):
        axis_m = (EARTH_GRAVITY_M3_S2 / orbit.mean_motion_rad_s**2) ** (1.0 / 3.0)
    elif isinstance(orbit, KeplerianOrbit):
        axis_m = orbit.semi_major_axis_m
    else:
        return orbit.altitude_m
    return float(axis_m - _EARTH_EQUATOR_M)


def _point_ahead(satellite: Satellite) -> str:
    if satellite.payload.pointing_bias_rad > 0.0:
        return ""
    return f"pointing_bias_urad = 0 takes {_lead(satellite)}, as led without error"


def _lead(satellite: Satellite) -> str:
    altitude_m = orbit_altitude_m(satellite)
    lead = float(point_ahead_rad(circular_speed_m_s(altitude_m))) / MICRO
    return f"the point-ahead angle, about {lead:.0f} urad from {altitude_m / KILO:.0f} km"


def _sent_ahead(satellite: Satellite, stations: tuple[Station, ...]) -> Iterator[str]:
    """What an uplink takes for granted about the angle by which it must lead."""
    senders = [(item.id, item.transmitter) for item in stations if item.transmitter is not None]
    blind = [name for name, sender in senders if not sender.pointing_bias_rad > 0.0]
    if blind:
        told = f"pointing_bias_urad = 0 of {', '.join(blind)} takes {_lead(satellite)}"
        yield f"{told}, as led without error"
    followed = [name for name, sender in senders if sender.corrects_wander]
    if followed:
        yield (
            f"the tip-tilt of {', '.join(followed)} looks away from where it sends by "
            f"{_lead(satellite)}: what it misses belongs into the jitter"
        )


def _colours(payload: Payload, stations: tuple[Station, ...]) -> str:
    beacon_m = payload.beacon_wavelength_m
    if beacon_m is None or not stations:
        return ""
    apart = {}
    for station in stations:
        air = station_pressure_pa(station.altitude_m), station_temperature_k(station.altitude_m)
        angle = chromatic_refraction_rad(
            station.min_elevation_rad, payload.wavelength_m, beacon_m, *air
        )
        apart[station.id] = abs(float(angle)), _view_rad(payload, station), station
    angle_rad, view_rad, worst = max(apart.values(), key=lambda item: item[0] / item[1])
    if not angle_rad > LARGE_SHARE_OF_VIEW * view_rad:
        return ""
    return (
        f"light of {payload.wavelength_m / NANO:g} nm and the beacon of {beacon_m / NANO:g} nm "
        f"arrive {angle_rad / MICRO:.1f} urad apart at {np.rad2deg(worst.min_elevation_rad):.0f} "
        f"degrees over {worst.id}, which sees {view_rad / MICRO:.1f} urad: taken as corrected there"
    )


def _view_rad(payload: Payload, station: Station) -> float:
    """Full angle that a receiver sees: its field of view, or λ/D of a fibre."""
    receiver = station.receiver
    if receiver.coupling is Coupling.FREE_SPACE:
        return receiver.field_of_view_rad
    return payload.wavelength_m / receiver.aperture_m


def _doppler(satellite: Satellite, stations: tuple[Station, ...]) -> str:
    if not stations:
        return ""
    wavelength_m, altitude_m = satellite.payload.wavelength_m, orbit_altitude_m(satellite)
    on_board = satellite.payload.receiver
    receivers = [on_board or item.receiver for item in stations]
    lowest = np.array([item.min_elevation_rad for item in stations])
    width_m = np.array([item.filter_width_m for item in receivers])
    shift_m = largest_doppler_shift(altitude_m, lowest) * wavelength_m
    worst = int(np.argmax(shift_m / width_m))
    if not shift_m[worst] > LARGE_SHARE_OF_FILTER * width_m[worst]:
        return ""
    owner = satellite.id if on_board else stations[worst].id
    return (
        f"its motion shifts the light by up to {shift_m[worst] / NANO:.3f} nm, and the filter of "
        f"{owner} is {width_m[worst] / NANO:g} nm wide: taken as following the shift"
    )


def _field_stop(payload: Payload, stations: tuple[Station, ...]) -> str:
    losses = []
    for station in stations:
        share, _ = site_turbulence(payload, station).shares(station.min_elevation_rad, 0.0)
        losses.append((float(decibel_loss(share)), station))
    loss_db, worst = max(losses, key=lambda item: item[0], default=(0.0, None))
    if worst is None or not loss_db > LARGE_STOP_LOSS_DB:
        return ""
    view = worst.receiver.field_of_view_rad / MICRO
    return (
        f"the field of view of {worst.id}, {view:g} urad across, cuts {loss_db:.1f} dB off the "
        f"seeing disc at {np.rad2deg(worst.min_elevation_rad):.0f} degrees"
    )
