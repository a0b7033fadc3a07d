"""Speed of the link: budgets of 10 000 passes in steps of one second, every term, on one core.

Not part of the test run; `make bench` prints the figures. Set OMP_NUM_THREADS=1 to be sure that
nothing runs on a second core; the model itself starts no threads.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time

import numpy as np
import pytest
from link_cases import payload, receiver, samples, satellite, station

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.budget import DownlinkModel, highest_samples, pass_link
from euroqci_planner.link.uplink_budget import UplinkModel
from euroqci_planner.mission.assets import Coupling, Direction, GroundTransmitter

EARTH_M, ORBIT_M = 6_371e3, 6_871e3
TURN_RAD_S = np.sqrt(3.986_004_418e14 / ORBIT_M**3)
LOWEST_RAD = np.deg2rad(20.0)
PASSES, PIECES = 10_000, 10
TABLES = load_physics_tables()
ADAPTIVE = receiver(
    coupling=Coupling.FIBRE_ADAPTIVE_OPTICS,
    adaptive_optics_modes=60,
    adaptive_optics_bandwidth_hz=200.0,
)
NIGHT = {"sun_elevation_rad": -0.6, "moon_elevation_rad": -0.3, "sunlit_fraction": 0.0}
WORST = {"sun_elevation_rad": -0.13, "moon_elevation_rad": 0.5, "sunlit_fraction": 1.0}


def tracks(count, seed, **sky):
    """Passes of a circular orbit at 500 km with random offsets, one sample a second."""
    random = np.random.default_rng(seed)
    widest = np.arccos(EARTH_M / ORBIT_M * np.cos(LOWEST_RAD)) - LOWEST_RAD
    offset = random.uniform(0.0, 0.98 * widest, count)
    half_s = np.arccos(np.cos(widest) / np.cos(offset)) / TURN_RAD_S
    lengths = np.maximum((2.0 * half_s).astype(int), 1)
    first = np.concatenate(([0], np.cumsum(lengths)))
    t_s = np.arange(first[-1]) - np.repeat(first[:-1], lengths) + 0.5
    along = TURN_RAD_S * (t_s - np.repeat(half_s, lengths))
    cosine = np.cos(np.repeat(offset, lengths)) * np.cos(along)
    range_m = np.sqrt(EARTH_M**2 + ORBIT_M**2 - 2.0 * EARTH_M * ORBIT_M * cosine)
    elevation = np.arcsin((ORBIT_M * cosine - EARTH_M) / range_m)
    columns = {
        "t_s": t_s,
        "range_m": range_m,
        "azimuth_rad": np.mod(along * 20.0, 2.0 * np.pi),
        "slew_rad_s": ORBIT_M * TURN_RAD_S / range_m,
    }
    return samples(np.rad2deg(elevation), lengths=list(lengths), **(columns | sky))


UP = GroundTransmitter(
    aperture_m=0.4,
    obscuration_ratio=0.0,
    waist_m=0.178,
    wavefront_error_m=0.0,
    pointing_jitter_rad=(1e-6, 1e-6),
    pointing_bias_rad=0.5e-6,
    transmit_efficiency=1.0,
    corrects_wander=True,
    night_lights_w_m2_sr=1e-4,
)


EAR = payload(beam=None, direction=Direction.UPLINK, receiver=receiver(aperture_m=0.3))


def evaluate(sender, place, track):
    model = UplinkModel() if sender.direction is Direction.UPLINK else DownlinkModel()
    budget = model.budget(sender, place, track, TABLES, satellite(payload=sender))
    budget.total_transmittance(), budget.total_noise_hz()
    return pass_link(budget, track, highest_samples(track))


@pytest.mark.parametrize(
    ("name", "sky", "telescope", "sender"),
    [
        ("night, free space", NIGHT, receiver(), payload()),
        ("twilight, Moon, sunlit satellite, free space", WORST, receiver(), payload()),
        (
            "twilight, Moon, sunlit satellite, adaptive optics",
            WORST,
            ADAPTIVE,
            payload(wavelength_m=1550e-9),
        ),
        ("uplink, twilight, Moon", WORST, receiver(), EAR),
    ],
    ids=["night", "twilight", "adaptive", "uplink"],
)
def test_ten_thousand_passes_take_less_than_a_microsecond_per_sample(name, sky, telescope, sender):
    place = station(receiver=telescope, transmitter=UP)
    evaluate(sender, place, tracks(10, 0, **sky))
    spent_s, count = 0.0, 0
    for piece in range(PIECES):
        track = tracks(PASSES // PIECES, piece, **sky)
        begin = time.process_time()
        link = evaluate(sender, place, track)
        spent_s += time.process_time() - begin
        count += len(track)
        assert len(link) == PASSES // PIECES
    print(f"\n{name}: {count} samples, {1e6 * spent_s / count:.2f} us per sample")
    profile = cProfile.Profile()
    profile.runcall(evaluate, sender, place, track)
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(12)
    print("\n".join(line for line in text.getvalue().splitlines() if ".py" in line or "{" in line))
    assert spent_s / count < 1e-6
