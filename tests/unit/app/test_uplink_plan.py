"""A plan whose photons go up: from the scenario to the key."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from sample_case import SAMPLE
from tolerances import within

from euroqci_planner.app import planner
from euroqci_planner.app.inspection import inspect_pass
from euroqci_planner.mission.assets import Direction, GroundTransmitter
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS
from euroqci_planner.resources import resource
from euroqci_planner.units import decibel_loss

SENDER = GroundTransmitter(
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


@lru_cache(maxsize=1)
def plan():
    """One satellite that receives and one that sends, over two stations for two nights."""
    whole = planner.load_scenario(resource(*SAMPLE))
    ear, mouth = (
        next(item for item in whole.satellites if item.id == name)
        for name in ("midnight", "qube-2")
    )
    ground = next(item for item in whole.stations if item.id == "matera").receiver
    telescope = replace(ground, aperture_m=0.3, obscuration_ratio=0.0, field_of_view_rad=50e-6)
    payload = replace(
        ear.payload, id="ear", beam=None, direction=Direction.UPLINK, receiver=telescope
    )
    stations = tuple(
        replace(item, transmitter=SENDER)
        for item in whole.stations
        if item.id in {"matera", "skinakas"}
    )
    return planner.make_plan(
        replace(
            whole,
            satellites=(replace(ear, payload=payload), mouth),
            stations=stations,
            duration_s=2 * 86_400.0,
            schedule=replace(whole.schedule, bans=(), pins=()),
        )
    )


def rows(name):
    made = plan()
    mine = made.passes.satellite == made.passes.satellite_ids.index(name)
    return np.flatnonzero(mine & ~np.isnat(made.conditions.usable_start_utc))


def test_both_directions_give_key_in_one_plan():
    made = plan()
    for name in ("midnight", "qube-2"):
        assert np.any(made.keys.key_bits[rows(name)] > 0.0)


def test_only_the_uplink_spreads_in_the_air_and_only_the_downlink_has_a_field_stop():
    terms = plan().link.transmittance_terms
    spread, stop = LOSS_TERMS.index("beam_spread"), LOSS_TERMS.index("field_stop")
    assert np.all(decibel_loss(terms[rows("midnight"), spread]) > 1.0)
    assert np.all(terms[rows("qube-2"), spread] == 1.0)
    assert np.all(terms[rows("midnight"), stop] == 1.0)
    assert np.all(terms[rows("qube-2"), stop] < 1.0)


def test_a_receiver_on_board_sees_no_sunlit_satellite():
    noise = plan().link.noise_terms_hz
    own = NOISE_TERMS.index("sunlit_satellite")
    assert np.all(noise[rows("midnight"), own] == 0.0)


def test_the_plan_names_the_models_of_both_directions():
    names = {item.role for item in plan().models}
    assert {"uplink beam", "Earth background", "diffraction", "moon"} <= names


def test_the_inspector_shows_the_same_uplink():
    row = int(rows("midnight")[0])
    seen = inspect_pass(plan(), row)
    assert seen.link is not None
    best = np.nanmax(seen.link.transmittance)
    assert best == within(1e-12 * best, of=plan().link.transmittance_max[row])
