"""What a model must offer to be chosen by name: the seams of the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from euroqci_planner.mission.assets import Payload, Receiver, Satellite, Station
from euroqci_planner.mission.key_yield import DetectionCounts, EpsilonLedger, KeyYield
from euroqci_planner.mission.link_budget import LinkBudget, OffsetArray
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.mission.physics_tables import PhysicsTables
from euroqci_planner.mission.plan import Candidates, ModelUsed, Resource, Schedule
from euroqci_planner.mission.scenario import Policy, ScheduleSettings
from euroqci_planner.units import FloatArray

Check = Callable[[], None]


def unchecked() -> None:
    """The check of work that nobody stops."""


class LinkModel(Protocol):
    """From geometry to transmittance and noise."""

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources."""

    def budget(
        self,
        payload: Payload,
        station: Station,
        samples: PassSamples,
        tables: PhysicsTables,
        satellite: Satellite,
    ) -> LinkBudget:
        """Every term at every sample; `satellite` tells how bright it is in sunlight."""


class KeyModel(Protocol):
    """From transmittance and noise to secret key."""

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published models inside, with their sources, whichever bound is asked for."""

    def models_under(self, policy: Policy) -> tuple[ModelUsed, ...]:
        """The models that take part under a policy."""

    def counts(
        self,
        payload: Payload,
        receiver: Receiver,
        transmittance: FloatArray,
        noise_hz: FloatArray,
        slot_s: FloatArray,
        first_sample: OffsetArray,
    ) -> DetectionCounts:
        """Expected counts per pass from its samples."""

    def keys(self, payload: Payload, counts: DetectionCounts, policy: Policy) -> KeyYield:
        """Secret key per block of counts."""

    def ledger(self, payload: Payload, policy: Policy) -> EpsilonLedger:
        """Where the security parameters of one block go."""


class Scheduler(Protocol):
    """From candidates to decisions."""

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published methods inside, with their sources."""

    def schedule(
        self,
        candidates: Candidates,
        satellites: tuple[Resource, ...],
        stations: tuple[Resource, ...],
        settings: ScheduleSettings,
        check: Check = unchecked,
        pairs: PairAims | None = None,
    ) -> Schedule:
        """Decide every candidate; ask `check` often, and let through what it raises to stop.

        `pairs` are the aims of the objectives of pairs of users; others do not look at them.
        """
