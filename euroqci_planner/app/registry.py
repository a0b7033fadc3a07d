"""Names to models: the literal table of what the program has built in."""

from __future__ import annotations

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.link.uplink_budget import UplinkModel
from euroqci_planner.mission.assets import Direction, Protocol
from euroqci_planner.mission.interfaces import KeyModel, LinkModel, Scheduler
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import Objective
from euroqci_planner.network.fibre import FIBRE_MODEL
from euroqci_planner.network.relay import RELAY_MODEL
from euroqci_planner.qkd.bbm92_model import Bbm92Model
from euroqci_planner.qkd.model import DecoyBb84Model, OneDecoyBb84Model
from euroqci_planner.qkd.pass_keys import PassKeyFinder, decoy_pass_keys, pair_pass_keys
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.fair_stations import FAIR_MODEL
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.pair_objectives import PAIRS_MODEL
from euroqci_planner.weather.cloud_field import CLOUD_FIELD_MODEL

LINK_MODELS: dict[Direction, LinkModel] = {
    Direction.DOWNLINK: DownlinkModel(),
    Direction.UPLINK: UplinkModel(),
}
KEY_MODELS: dict[Protocol, KeyModel] = {
    Protocol.BB84_TWO_DECOY: DecoyBb84Model(),
    Protocol.BB84_ONE_DECOY: OneDecoyBb84Model(),
    Protocol.BBM92: Bbm92Model(),
}
PASS_KEYS: dict[Protocol, PassKeyFinder] = {
    Protocol.BB84_TWO_DECOY: decoy_pass_keys,
    Protocol.BB84_ONE_DECOY: decoy_pass_keys,
    Protocol.BBM92: pair_pass_keys,
}
SCHEDULERS: dict[str, Scheduler] = {"exact": ExactScheduler(), "greedy": GreedyScheduler()}
OBJECTIVE_MODELS: dict[Objective, tuple[ModelUsed, ...]] = {
    Objective.FAIR_STATIONS: (FAIR_MODEL,),
    Objective.FAIR_PAIRS: (PAIRS_MODEL,),
    Objective.STOCK_VALUE: (PAIRS_MODEL,),
}

ORBIT_MODELS = (
    ModelUsed("orbit", "SGP4 and SDP4, WGS 72", "Vallado et al. 2006, AIAA 2006-6753"),
    ModelUsed("frame", "TEME by GMST 1982 and polar motion", "Vallado et al. 2006, appendix C"),
    ModelUsed("Earth orientation", "finals2000A", "IERS Bulletins A and B"),
    ModelUsed("Sun and Moon", "ERFA epv00 and moon98", "astropy built-in ephemeris"),
)

STORE_MODELS = (RELAY_MODEL, FIBRE_MODEL, CLOUD_FIELD_MODEL)
