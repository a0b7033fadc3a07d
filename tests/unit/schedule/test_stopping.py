"""Whoever waits for a schedule can stop it at any moment."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from contact_cases import SETTINGS
from realistic_passes import realistic_candidates, realistic_resources

from euroqci_planner.errors import Cancelled
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler

FIFTH_OF_A_SECOND_S = 0.2
ON_A_BUSY_MACHINE_S = 2.0
TO_THE_LAST_BIT = replace(SETTINGS, relative_gap=0.0)


class Asked:
    """A check that notes the work of the calling thread between two questions, and may say stop."""

    def __init__(self, stop_after_s: float = float("inf")) -> None:
        self._stop_at_s = time.perf_counter() + stop_after_s
        self._last_s = time.thread_time()
        self.longest_s = 0.0
        self.stopped_at_s = 0.0

    def __call__(self) -> None:
        now_s = time.thread_time()
        self.longest_s = max(self.longest_s, now_s - self._last_s)
        self._last_s = now_s
        if time.perf_counter() >= self._stop_at_s:
            self.stopped_at_s = time.perf_counter()
            raise Cancelled("stopped")


@pytest.mark.parametrize(
    "scheduler", [ExactScheduler(), GreedyScheduler()], ids=["exact", "greedy"]
)
def test_the_question_comes_five_times_a_second_while_a_week_of_30_000_contacts_is_planned(
    scheduler,
):
    table, resources = realistic_candidates(80, 30, 7.0), realistic_resources(80)
    assert len(table) > 30_000
    asked = Asked()
    scheduler.schedule(table, *resources, SETTINGS, asked)
    asked()
    assert 0.0 < asked.longest_s < FIFTH_OF_A_SECOND_S


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.5, 1.5])
def test_a_stop_leaves_the_search_at_once_wherever_it_is(after_s):
    table = realistic_candidates(100, 10, 0.5, altitude_m=3_000e3)
    asked = Asked(after_s)
    with pytest.raises(Cancelled):
        ExactScheduler().schedule(table, *realistic_resources(100, 10), TO_THE_LAST_BIT, asked)
    assert asked.longest_s < FIFTH_OF_A_SECOND_S
    assert time.perf_counter() - asked.stopped_at_s < ON_A_BUSY_MACHINE_S
