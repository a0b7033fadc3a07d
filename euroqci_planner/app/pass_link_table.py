"""The link of one real pass: every term along its usable window, under the lights of the hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.app.geometry import PASS_STAGES, Geometry, geometry_of
from euroqci_planner.app.link_and_key import Piece, budget_of, receiver_of
from euroqci_planner.app.link_tables import refuse_link, satellite_of, station_of
from euroqci_planner.app.progress import Progress
from euroqci_planner.errors import InvalidInput
from euroqci_planner.link.motion import doppler_shift, point_ahead_rad
from euroqci_planner.link.polarisation import frame_rotation_rate_rad_s
from euroqci_planner.link.usable import expected_error
from euroqci_planner.mission.assets import Direction
from euroqci_planner.mission.link_table import LinkTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.timebase import iso_text, seconds_between
from euroqci_planner.units import SECONDS_PER_MINUTE, decibel_loss

NEAR_S = 10.0 * SECONDS_PER_MINUTE


def pass_link_table(
    scenario: Scenario,
    satellite_id: str,
    station_id: str,
    near_utc: np.datetime64,
    progress: Progress | None = None,
) -> LinkTable:
    """Budget along the usable window of the pass whose highest point is nearest to `near_utc`.

    A row per slot of `step_s`: the numbers of the plan. Doppler and the turn of the polarisation
    frame carry their sign here (receding, clockwise). Raises InvalidInput where no pass with a
    usable window culminates within ten minutes.
    """
    satellite, station = satellite_of(scenario, satellite_id), station_of(scenario, station_id)
    refuse_link(satellite, [station])
    pair = replace(scenario, satellites=(satellite,), stations=(station,), constellations=())
    found = geometry_of(pair, (progress or Progress()).staged(PASS_STAGES))
    row = _nearest(found, near_utc, f"{satellite_id}/{station_id}")
    piece = Piece(satellite, station, np.array([row], dtype=np.intp))
    samples, budget = budget_of(pair, found.sky, found.passes, found.conditions, piece)
    payload = satellite.payload
    is_up = payload.direction is Direction.UPLINK
    begin_s = seconds_between(found.passes.highest_utc[row], found.conditions.usable_start_utc[row])
    return LinkTable(
        direction=payload.direction,
        sender_id=station.id if is_up else satellite.id,
        receiver_ids=(satellite.id if is_up else station.id,),
        loss_terms=budget.loss_terms,
        noise_terms=budget.noise_terms,
        t_s=begin_s + samples.t_s,
        elevation_rad=samples.elevation_rad,
        range_m=samples.range_m,
        loss_db=decibel_loss(budget.transmittance),
        noise_hz=budget.noise_hz,
        error=expected_error(budget, payload, receiver_of(piece)),
        point_ahead_rad=point_ahead_rad(samples.slew_rad_s * samples.range_m),
        doppler_m=doppler_shift(samples.range_rate_m_s) * payload.wavelength_m,
        frame_turn_rad_s=frame_rotation_rate_rad_s(samples, station.altitude_m),
        lowest_height_m=np.full(len(samples), np.nan),
    )


def _nearest(found: Geometry, near_utc: np.datetime64, pair: str) -> int:
    """Row of the pass with a usable window that culminates nearest to an instant."""
    usable = ~np.isnat(found.conditions.usable_start_utc)
    away_s = np.abs(seconds_between(near_utc, found.passes.highest_utc))
    away_s = np.where(usable, away_s, np.inf)
    row = int(np.argmin(away_s)) if len(away_s) else -1
    if row < 0 or not away_s[row] <= NEAR_S:
        known = row >= 0 and np.isfinite(away_s[row])
        nearest = f"the nearest is {found.passes.pass_ids()[row]}" if known else "there is none"
        raise InvalidInput.single(
            f"no pass of {pair} with a usable window culminates within ten minutes",
            where="--pass",
            value=iso_text(near_utc, "s"),
            mend=nearest,
        )
    return row
