"""What a scheduler works on: candidates in canonical form, settings, and who may stop the work."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.mission.interfaces import Check
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.mission.plan import Candidates, Resource
from euroqci_planner.mission.scenario import ScheduleSettings
from euroqci_planner.schedule.conflicts import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One task: `problem` is the canonical form of `candidates`; `check` is asked on the way.

    `stations` go by the ids of the candidates; `pairs` are the aims of objectives of users.
    """

    candidates: Candidates
    stations: tuple[Resource, ...]
    problem: Problem
    settings: ScheduleSettings
    check: Check
    pairs: PairAims | None = None
