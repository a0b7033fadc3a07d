"""One source of pairs over two stations: when both see it, and the key that follows (BBM92)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.app.geometry import PASS_STAGES, geometry_of
from euroqci_planner.app.link_tables import refuse_link, satellite_of, station_of
from euroqci_planner.app.pair_windows import common_passes
from euroqci_planner.app.pair_work import pair_work_of
from euroqci_planner.app.progress import Progress
from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.assets import PairSource
from euroqci_planner.mission.common_windows import CommonWindows
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.scenario import BlockPolicy, Scenario, WeatherModel
from euroqci_planner.units import decibel_loss


def common_windows(
    scenario: Scenario,
    satellite_id: str,
    station_ids: tuple[str, str],
    progress: Progress | None = None,
) -> CommonWindows:
    """Every common window of the scenario's time, with pair loss, coincidences and key.

    The same windows and keys as the pair contacts of a plan, in clear sky over both, each a block
    of its own; windows under the dwell time of the schedule are left out. No schedule: the
    satellite is taken as free. Raises InvalidInput for ids that are not there, one station twice,
    and a payload without a source of pairs.
    """
    satellite = satellite_of(scenario, satellite_id)
    stations = tuple(station_of(scenario, name) for name in station_ids)
    refuse_link(satellite, stations)
    if not isinstance(satellite.payload.source, PairSource) or station_ids[0] == station_ids[1]:
        raise InvalidInput.single(
            "is named twice",
            where="--station",
            value=station_ids[0],
            mend="name two different stations",
        )
    pair = replace(
        scenario,
        satellites=(satellite,),
        stations=stations,
        constellations=(),
        weather=replace(scenario.weather, model=WeatherModel.CLEAR),
        policy=replace(scenario.policy, block=BlockPolicy.PER_PASS, uncertainty_draws=0),
    )
    found = geometry_of(pair, (progress or Progress()).staged(PASS_STAGES))
    every = np.ones(len(found.passes), dtype=np.bool_)
    apart = ~np.eye(2, dtype=np.bool_)
    common = common_passes(found.passes, found.conditions, every, apart, pair.schedule.min_dwell_s)
    return _table(satellite_id, station_ids, pair_work_of(pair, found, common).contacts)


def _table(
    satellite_id: str, station_ids: tuple[str, str], contacts: PairContacts
) -> CommonWindows:
    """The contacts with the stations in the order asked for."""
    ends = [contacts.max_elevation_a_rad, contacts.max_elevation_b_rad]
    first, second = ends if station_ids[0] < station_ids[1] else reversed(ends)
    return CommonWindows(
        satellite_id=satellite_id,
        station_ids=station_ids,
        begin_utc=contacts.start_utc,
        end_utc=contacts.end_utc,
        max_elevation_a_rad=first,
        max_elevation_b_rad=second,
        min_loss_db=decibel_loss(contacts.transmittance_max),
        max_loss_db=decibel_loss(contacts.transmittance_min),
        coincidences=contacts.coincidences,
        qber=contacts.qber,
        key_bits=contacts.key_bits,
    )
