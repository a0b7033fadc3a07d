"""Pairs of users with their demands: how likely each runs out of key, and who serves it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import DemandOutcome, KeyCourse, LinkName
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray

RAISED_RISK, HIGH_RISK = 0.01, 0.10


class Risk(StrEnum):
    """How likely a pair is to be without key at least once in the window."""

    LOW = "low"
    RAISED = "raised"
    HIGH = "high"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class UserPairs(Table):
    """Pairs of users that have demands, by their ids; a pair's demands are taken together.

    `p_empty` is the largest chance of its demands, NaN without a forecast; `served_share` is what
    is served of what they ask for, in a forecast the mean.
    """

    names: tuple[tuple[str, str], ...]
    p_empty: FloatArray = column("float64")
    requested_bits: FloatArray = column("float64")
    served_share: FloatArray = column("float64")
    demands: NDArray[np.int64] = column("int64")


def outcome_of(plan: Plan) -> DemandOutcome | None:
    """What the demands get: of the forecast, else of the course; None where there are none."""
    source = plan.forecast if plan.forecast is not None else plan.course
    if source is None or not len(source.demands):
        return None
    return source.demands


def user_pairs(plan: Plan) -> UserPairs | None:
    """The pairs of users of a plan; None where it has no demands."""
    outcome = outcome_of(plan)
    if outcome is None:
        return None
    pairs = [(min(pair), max(pair)) for pair in zip(outcome.a, outcome.b, strict=True)]
    names = tuple(sorted(set(pairs)))
    group = np.array([names.index(pair) for pair in pairs], dtype=np.intp)
    requested = np.bincount(group, weights=outcome.requested_bits, minlength=len(names))
    served = np.bincount(group, weights=outcome.served_bits, minlength=len(names))
    chance = np.full(len(names), -np.inf)
    np.fmax.at(chance, group, outcome.p_empty)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(requested > 0.0, served / requested, 1.0)
    return UserPairs(
        names=names,
        p_empty=np.where(np.isfinite(chance), chance, np.nan),
        requested_bits=requested.astype(np.float64),
        served_share=share,
        demands=np.bincount(group, minlength=len(names)),
    )


def risk_of(p_empty: float, served_share: float) -> Risk:
    """The class of a pair: by its chance to run empty, without a forecast by what is served."""
    value = p_empty if np.isfinite(p_empty) else 1.0 - served_share
    if value > HIGH_RISK:
        return Risk.HIGH
    return Risk.RAISED if value > RAISED_RISK else Risk.LOW


def links_of_pair(course: KeyCourse | None, pair: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Links (satellite, station) whose key was bound to a pair, in the course of the plan."""
    return tuple((link.a, link.b) for link in _used_links(course, pair) if not link.is_direct)


def direct_links_of_pair(
    course: KeyCourse | None, pair: tuple[str, str]
) -> tuple[tuple[str, str], ...]:
    """Two stations each that share key without a satellite knowing it, likewise."""
    return tuple((link.a, link.b) for link in _used_links(course, pair) if link.is_direct)


def stores_of_pair(course: KeyCourse | None, pair: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Both ends of every link, direct ones too, whose key was bound to a pair, likewise."""
    return tuple((link.a, link.b) for link in _used_links(course, pair))


def _used_links(course: KeyCourse | None, pair: tuple[str, str]) -> list[LinkName]:
    if course is None or pair not in course.relays.pairs:
        return []
    relays = course.relays
    mine = relays.take(relays.pair == relays.pairs.index(pair))
    return sorted({link for row in range(len(mine)) for link in mine.link_names(row)})
