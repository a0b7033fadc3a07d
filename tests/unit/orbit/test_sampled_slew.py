"""How fast the line of sight of the samples turns, against differences of its direction."""

from __future__ import annotations

import numpy as np
from sky_cases import ISS, QUBE_II, Mission, calar_alto, satellite, tenerife
from tolerances import within

from euroqci_planner.orbit.sampling import pass_samples
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import seconds_between


def sight(mission, row, t_s):
    """Unit vector from the station to the satellite, (3, n)."""
    place = Site.of(mission.stations[mission.passes.station[row]])
    state = mission.fleet.earth_fixed(int(mission.passes.satellite[row]), t_s)
    vector = state.position_m - place.position_m[:, None]
    return vector / np.linalg.norm(vector, axis=0)


def test_the_slew_of_a_sample_is_the_turn_of_its_line_of_sight_per_second():
    mission = Mission.of((satellite(QUBE_II), satellite(ISS)), (calar_alto(), tenerife()), 2.0)
    rows = [3, 11]
    samples = pass_samples(
        mission.passes,
        mission.conditions(),
        rows,
        mission.fleet,
        mission.satellites,
        mission.stations,
        mission.bodies,
        5.0,
    )
    for position, row in enumerate(rows):
        mine = slice(*samples.first_sample[position : position + 2])
        t_s = samples.t_s[mine] + seconds_between(mission.start_utc, mission.passes.start_utc[row])
        turn = np.linalg.norm(
            sight(mission, row, t_s + 0.05) - sight(mission, row, t_s - 0.05), axis=0
        )
        assert samples.slew_rad_s[mine] / (10.0 * turn) == within(1e-5, of=1.0)
