"""Names to models: the literal table of what the program has built in."""

from __future__ import annotations

from euroqci_planner.link.budget import DownlinkModel
from euroqci_planner.mission.assets import Protocol
from euroqci_planner.mission.interfaces import KeyModel, LinkModel, Scheduler
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.network.fibre import FIBRE_MODEL
from euroqci_planner.network.relay import RELAY_MODEL
from euroqci_planner.qkd.model import DecoyBb84Model, OneDecoyBb84Model
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.weather.cloud_field import CLOUD_FIELD_MODEL

LINK_MODELS: dict[str, LinkModel] = {"downlink": DownlinkModel()}
KEY_MODELS: dict[Protocol, KeyModel] = {
    Protocol.BB84_TWO_DECOY: DecoyBb84Model(),
    Protocol.BB84_ONE_DECOY: OneDecoyBb84Model(),
}
SCHEDULERS: dict[str, Scheduler] = {"exact": ExactScheduler(), "greedy": GreedyScheduler()}

ORBIT_MODELS = (
    ModelUsed("orbit", "SGP4 and SDP4, WGS 72", "Vallado et al. 2006, AIAA 2006-6753"),
    ModelUsed("frame", "TEME by GMST 1982 and polar motion", "Vallado et al. 2006, appendix C"),
    ModelUsed("Earth orientation", "finals2000A", "IERS Bulletins A and B"),
    ModelUsed("Sun and Moon", "ERFA epv00 and moon98", "astropy built-in ephemeris"),
)

STORE_MODELS = (RELAY_MODEL, FIBRE_MODEL, CLOUD_FIELD_MODEL)
