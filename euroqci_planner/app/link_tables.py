"""Link budgets without passes: what a satellite and a station give at any elevation.

The same models as in a plan, over a spherical Earth and a circular orbit of the satellite's mean
height, under lights that are chosen and not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from euroqci_planner.app.link_and_key import Piece, receiver_of
from euroqci_planner.app.registry import LINK_MODELS
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.atomic_write import write_bytes
from euroqci_planner.io.link_picture import link_picture
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.airmass import EARTH_RADIUS_M
from euroqci_planner.link.budget import link_faults, link_warnings, station_faults
from euroqci_planner.link.cautions import orbit_altitude_m
from euroqci_planner.link.dual_downlink import dual_downlink_faults, pair_terms
from euroqci_planner.link.inter_satellite import (
    LOWEST_CLEAR_M,
    grazing_height_m,
    inter_satellite_terms,
)
from euroqci_planner.link.limits import uplink_pair_faults
from euroqci_planner.link.motion import largest_doppler_shift, point_ahead_rad
from euroqci_planner.link.overhead import frame_turn_rad_s, overhead_samples
from euroqci_planner.link.usable import expected_error
from euroqci_planner.mission.assets import Direction, Satellite, Station
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.mission.link_table import LinkTable
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.units import NANO, FloatArray, decibel_loss

NIGHT_RAD = np.deg2rad(-30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lights:
    """Sun and Moon over the station, and whether the satellite stands in sunlight.

    The Sun stands square to the line of sight, as does a full Moon where it is up.
    """

    sun_elevation_rad: float = NIGHT_RAD
    moon_elevation_rad: float = NIGHT_RAD
    is_sunlit: bool = False


def link_table(
    scenario: Scenario,
    satellite_id: str,
    station_ids: Sequence[str],
    elevation_rad: FloatArray,
    lights: Lights | None = None,
) -> LinkTable:
    """Budget of a satellite over a station, or over two at once (dual downlink), by elevation.

    Two stations both see the satellite at the elevation of the row. Raises InvalidInput for ids
    that are not there, what the link model does not hold for, and two stations without a source of
    pairs.
    """
    satellite = satellite_of(scenario, satellite_id)
    stations = [station_of(scenario, name) for name in station_ids]
    refuse_link(satellite, stations)
    arms = [_arm(satellite, place, elevation_rad, lights or Lights()) for place in stations]
    samples, budget = arms[0]
    if len(arms) == 1:
        terms, loss_db = budget.loss_terms, decibel_loss(budget.transmittance)
        piece = Piece(satellite, stations[0], np.zeros(0, np.intp))
        error = expected_error(budget, satellite.payload, receiver_of(piece))
        noise_terms, noise_hz = budget.noise_terms, budget.noise_hz
    else:
        terms, share = pair_terms(budget, arms[1][1])
        loss_db, error = decibel_loss(share), np.full(len(samples), np.nan)
        noise_terms = tuple(f"{name}_{arm}" for arm in ("a", "b") for name in budget.noise_terms)
        noise_hz = np.concatenate([arm.noise_hz for _, arm in arms], axis=1)
    is_up = satellite.payload.direction is Direction.UPLINK
    ground = tuple(item.id for item in stations)
    altitude_m = orbit_altitude_m(satellite)
    return LinkTable(
        direction="dual_downlink" if len(arms) > 1 else satellite.payload.direction,
        sender_id=ground[0] if is_up else satellite.id,
        receiver_ids=(satellite.id,) if is_up else ground,
        loss_terms=terms,
        noise_terms=noise_terms,
        t_s=np.full(len(samples), np.nan),
        elevation_rad=samples.elevation_rad,
        range_m=samples.range_m,
        loss_db=loss_db,
        noise_hz=noise_hz,
        error=error,
        point_ahead_rad=point_ahead_rad(samples.slew_rad_s * samples.range_m),
        doppler_m=largest_doppler_shift(altitude_m, elevation_rad) * satellite.payload.wavelength_m,
        frame_turn_rad_s=frame_turn_rad_s(elevation_rad, altitude_m, stations[0].altitude_m),
        lowest_height_m=np.full(len(samples), np.nan),
    )


def inter_satellite_table(
    scenario: Scenario, satellite_id: str, partner_id: str, range_m: FloatArray
) -> LinkTable:
    """Budget from one satellite to another by range: vacuum, without stray light.

    Both on circular orbits of their mean heights. NaN at ranges that these do not reach, and where
    the line dips below `LOWEST_CLEAR_M`: there the air, then the Earth, takes the light. Raises
    InvalidInput for ids that are not there, a sender without a beam, and a partner without
    `[payload.receiver]`.
    """
    sender, partner = satellite_of(scenario, satellite_id), satellite_of(scenario, partner_id)
    receiver = partner.payload.receiver
    if receiver is None or sender.payload.beam is None:
        lacking, key = (partner, "receiver") if receiver is None else (sender, "beam")
        raise InvalidInput.single(
            "is missing: a link between satellites needs a beam and a receiver",
            where=f"payload {lacking.payload.id}.{key}",
            mend=f"add it, or choose another satellite than {lacking.id}",
        )
    colours_m = sender.payload.wavelength_m, partner.payload.wavelength_m
    if abs(colours_m[0] - colours_m[1]) > receiver.filter_width_m:
        one, other = (f"{colour / NANO:g}" for colour in colours_m)
        raise InvalidInput.single(
            f"differs from the {one} nm of {sender.id}: its filter keeps that light out",
            where=f"payload {partner.payload.id}.wavelength_nm",
            value=other,
            mend="choose a partner of the same wavelength",
        )
    refuse_link(sender, [])
    terms = inter_satellite_terms(sender.payload, receiver, range_m)
    share = np.stack([np.broadcast_to(value, range_m.shape) for value in terms.values()], axis=1)
    nothing = np.full(len(range_m), np.nan)
    one_m, other_m = (EARTH_RADIUS_M + orbit_altitude_m(item) for item in (sender, partner))
    height_m = grazing_height_m(one_m, other_m, range_m)
    share[~(height_m >= LOWEST_CLEAR_M)] = np.nan
    return LinkTable(
        direction="inter_satellite",
        sender_id=sender.id,
        receiver_ids=(partner.id,),
        loss_terms=tuple(terms),
        noise_terms=("dark_counts",),
        t_s=nothing,
        elevation_rad=nothing,
        range_m=range_m,
        loss_db=decibel_loss(share),
        noise_hz=np.full((len(range_m), 1), receiver.dark_count_hz),
        error=nothing,
        point_ahead_rad=nothing,
        doppler_m=nothing,
        frame_turn_rad_s=nothing,
        lowest_height_m=height_m,
    )


def warnings_of(scenario: Scenario, table: LinkTable) -> tuple[str, ...]:
    """What a planner should know about the budget of this table."""
    ids = {table.sender_id, *table.receiver_ids}
    stations = tuple(item for item in scenario.stations if item.id in ids)
    found = (
        link_warnings(item, load_physics_tables(), stations)
        for item in scenario.satellites
        if item.id in ids and (stations or item.id == table.sender_id)
    )
    return tuple(text for texts in found for text in texts)


def write_picture(table: LinkTable, path: str) -> Path:
    """Draw the losses over elevation or range into an SVG file; raises OutputError."""
    return write_bytes(Path(path), link_picture(table))


def _arm(
    satellite: Satellite, station: Station, elevation_rad: FloatArray, lights: Lights
) -> tuple[PassSamples, LinkBudget]:
    samples = overhead_samples(elevation_rad, orbit_altitude_m(satellite), station.altitude_m)
    count = len(samples)
    lit = replace(
        samples,
        sun_elevation_rad=np.full(count, lights.sun_elevation_rad),
        moon_elevation_rad=np.full(count, lights.moon_elevation_rad),
        sunlit_fraction=np.full(count, float(lights.is_sunlit)),
    )
    payload = satellite.payload
    model = LINK_MODELS[payload.direction]
    return lit, model.budget(payload, station, lit, load_physics_tables(), satellite)


def refuse_link(satellite: Satellite, stations: Sequence[Station]) -> None:
    """Raise InvalidInput with everything that the link model does not hold for."""
    payload = satellite.payload
    named: list[tuple[str, Fault]] = [
        (f"payload {payload.id}", fault) for fault in link_faults(payload, load_physics_tables())
    ]
    for place in stations:
        found = (*station_faults(place), *uplink_pair_faults(satellite, place))
        named += [(f"station {place.id}", fault) for fault in found]
    if len(stations) > 1:
        named += [(f"payload {payload.id}", fault) for fault in dual_downlink_faults(payload)]
    if named:
        raise InvalidInput(replace(fault, where=f"{owner}.{fault.where}") for owner, fault in named)


def satellite_of(scenario: Scenario, name: str) -> Satellite:
    """The satellite of this id; raises InvalidInput with the nearest one."""
    for item in scenario.satellites:
        if item.id == name:
            return item
    known = [item.id for item in scenario.satellites]
    raise InvalidInput.single(
        "the scenario has no satellite of this id",
        where="--satellite",
        value=name,
        mend=mend_unknown(name, known, "satellites"),
    )


def station_of(scenario: Scenario, name: str) -> Station:
    """The station of this id; raises InvalidInput with the nearest one."""
    for item in scenario.stations:
        if item.id == name:
            return item
    known = [item.id for item in scenario.stations]
    raise InvalidInput.single(
        "the scenario has no station of this id",
        where="--station",
        value=name,
        mend=mend_unknown(name, known, "stations"),
    )
