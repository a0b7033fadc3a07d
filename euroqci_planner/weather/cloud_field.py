"""Clouds that last and spread: the sky over each contact in each member of a forecast.

A latent Gaussian field lies over the stations, with correlation exp(-distance/L) in space and
exp(-time/tau) in time (a first-order autoregression). A line of sight is clear where the field
is below the quantile of its own chance of clear sky: a Gaussian copula, so that each contact
keeps its chance whatever the correlation.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import WeatherSettings
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.timebase import UtcArray, seconds_between
from euroqci_planner.units import FloatArray

CLOUD_FIELD_MODEL = ModelUsed(
    role="weather",
    name="correlated cloud field",
    citation=(
        "Gaussian copula with exponential correlation in space and time (latent Gaussian field as "
        "in Bell 1987, Journal of Geophysical Research 92, 9631); common random numbers"
    ),
)
FINEST_STEP_S = 1_800.0
STEPS_PER_MEMORY = 16.0
MOST_STEPS = 20_000
MEMBERS_PER_BLOCK = 250
_CLOUD_STREAM = 0xC10D
_EARTH_RADIUS_M = 6_371_008.8
_LEAST_EIGENVALUE = 1e-10
_STEPS_AT_A_TIME = 256
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SkyQuestions:
    """Contacts whose sky is asked for: station, instant and chance of clear sky of each.

    `station` indexes the stations; `clear_probability` is 0..1, and so are the chances of thin and
    broken cloud where the sky has more than two states. Instants lie in the window that
    starts at `start_utc` and lasts `duration_s`: the field lives on the window, not on the
    contacts, so that scenarios with other contacts meet the same clouds.
    """

    station: NDArray[np.integer]
    instants_utc: UtcArray
    clear_probability: FloatArray
    start_utc: np.datetime64
    duration_s: float
    thin_probability: FloatArray | None = None
    broken_probability: FloatArray | None = None


def clear_members(
    stations: Sequence[Station], questions: SkyQuestions, weather: WeatherSettings, seed: int
) -> NDArray[np.bool_]:
    """Which contacts are clear, (members, contacts); `weather` gives memory, reach and members.

    Random numbers belong to the seed, the station's id, the time and the member: the first
    members of a larger forecast are those of a smaller one, and a scenario that differs in
    contacts, satellites or demands meets the same sky. Adding a station changes the sky of those
    that follow it in order of id. Chances of 0 and 1 are certain. Raises InvalidInput for chances
    outside 0..1 and for instants outside the window.

    The field is held over steps of `FINEST_STEP_S`, finer for a memory of a few hours: contacts
    within one step share its value.
    """
    _refuse_impossible(stations, questions)
    return _below(_latent(stations, questions, weather, seed), questions.clear_probability)


def sky_members(
    stations: Sequence[Station], questions: SkyQuestions, weather: WeatherSettings, seed: int
) -> NDArray[np.int8]:
    """The `SkyState` of every contact, (members, contacts), otherwise as `clear_members`.

    The same field, cut at nested levels: clear below thin below broken below overcast. What is
    clear here is clear there, and a contact that is not clear is the more likely thin or broken
    the clearer its surroundings are. Chances that sum to more than one are refused.
    """
    _refuse_impossible(stations, questions)
    latent = _latent(stations, questions, weather, seed)
    none = np.zeros(len(questions.clear_probability))
    levels = (
        (SkyState.BROKEN, questions.broken_probability),
        (SkyState.THIN, questions.thin_probability),
    )
    chances = [none if chance is None else chance for _, chance in levels]
    clear = questions.clear_probability
    found = np.where(
        _below(latent, sum_of_chances(clear, chances[1], chances[0])),
        np.int8(SkyState.BROKEN),
        np.int8(SkyState.OVERCAST),
    )
    found[_below(latent, sum_of_chances(clear, chances[1]))] = SkyState.THIN
    found[_below(latent, clear)] = SkyState.CLEAR
    return found


def sum_of_chances(*chances: FloatArray) -> FloatArray:
    """Sum of chances; what rounding leaves short of certain, or makes more of it, is certain."""
    total = np.sum(chances, axis=0)
    return np.asarray(np.where(np.abs(total - 1.0) < _ROUNDING, 1.0, total))


def _below(latent: FloatArray, chance: FloatArray) -> NDArray[np.bool_]:
    """Where the field is below the quantile of a chance; always where that is one."""
    return np.asarray((latent < ndtri(chance)) | (chance >= 1.0))


def _latent(
    stations: Sequence[Station], questions: SkyQuestions, weather: WeatherSettings, seed: int
) -> FloatArray:
    """The field at every contact, (members, contacts)."""
    order = sorted(range(len(stations)), key=lambda row: stations[row].id)
    ordered = [stations[row] for row in order]
    place = np.argsort(order)[np.asarray(questions.station, dtype=np.intp)]
    step_s = step_length_s(weather.correlation_time_s, questions.duration_s)
    after_s = seconds_between(questions.start_utc, questions.instants_utc)
    step = np.floor(after_s / step_s).astype(np.intp)
    field = _Field(ordered, weather, step_s, seed)
    blocks = [
        _block(field, number, step, place)
        for number in range(-(-weather.members // MEMBERS_PER_BLOCK))
    ]
    return np.concatenate(blocks)[: weather.members]


def step_length_s(memory_s: float, duration_s: float) -> float:
    """Step of the field: a sixteenth of the memory, no more than half an hour, not too many."""
    return max(duration_s / MOST_STEPS, min(FINEST_STEP_S, memory_s / STEPS_PER_MEMORY))


def _refuse_impossible(stations: Sequence[Station], questions: SkyQuestions) -> None:
    chances = {
        "clear_sky_probability": questions.clear_probability,
        "thin_cloud_probability": questions.thin_probability,
        "broken_cloud_probability": questions.broken_probability,
    }
    asked = {name: chance for name, chance in chances.items() if chance is not None}
    faults = []
    for kind, chance in (*asked.items(), ("sum of the chances", sum_of_chances(*asked.values()))):
        for row in np.flatnonzero(~((chance >= 0.0) & (chance <= 1.0))):
            where = f"station {stations[int(questions.station[row])].id}: {kind}"
            mend = "a chance lies from 0 to 1"
            faults.append(Fault("is no chance", where=where, value=f"{chance[row]:g}", mend=mend))
        if faults:
            break
    after_s = seconds_between(questions.start_utc, questions.instants_utc)
    if np.any(~((after_s >= 0.0) & (after_s <= questions.duration_s))):
        faults.append(Fault("a contact lies outside the window of the cloud field"))
    if faults:
        raise InvalidInput(dict.fromkeys(faults))


def spatial_correlation(stations: Sequence[Station], length_m: float) -> FloatArray:
    """exp(-d/L) with the great-circle distance d between stations: valid on the sphere."""
    latitude = np.array([station.latitude_rad for station in stations])
    longitude = np.array([station.longitude_rad for station in stations])
    half = np.sin(0.5 * (latitude[:, None] - latitude)) ** 2
    half += (
        np.cos(latitude[:, None])
        * np.cos(latitude)
        * np.sin(0.5 * (longitude[:, None] - longitude)) ** 2
    )
    distance_m = 2.0 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return np.asarray(np.exp(-distance_m / length_m))


def nearest_correlation(matrix: FloatArray, rounds: int = 200) -> FloatArray:
    """The nearest correlation matrix: symmetric, ones on the diagonal, no eigenvalue below zero.

    Alternating projections with Dykstra's correction (Higham 2002, IMA Journal of Numerical
    Analysis 22, 329, algorithm 3.3). A matrix that is one already comes back as it is. Raises
    ValueError for a matrix that is not square or not finite.
    """
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.isfinite(matrix).all():
        raise ValueError("a correlation matrix is square and finite")
    current = 0.5 * (matrix + matrix.T)
    is_one = np.allclose(np.diag(current), 1.0, rtol=0.0, atol=1e-12)
    if is_one and np.linalg.eigvalsh(current)[0] >= -_LEAST_EIGENVALUE:
        return current
    correction = np.zeros_like(current)
    for _ in range(rounds):
        shifted = current - correction
        projected = _positive_part(shifted)
        correction = projected - shifted
        before, current = current, projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.max(np.abs(current - before)) < 1e-12:
            break
    return np.asarray(current)


def _positive_part(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def correlation_root(correlation: FloatArray) -> FloatArray:
    """Lower triangle R with R R^T the nearest correlation matrix (plus 1e-10 on the diagonal)."""
    fixed = nearest_correlation(correlation)
    least = float(np.linalg.eigvalsh(fixed)[0])
    lift = _LEAST_EIGENVALUE + max(0.0, -least)
    return np.asarray(np.linalg.cholesky(fixed + lift * np.eye(len(fixed))))


class _Field:
    """The latent field over the stations, step by step, for blocks of members."""

    def __init__(
        self, stations: Sequence[Station], weather: WeatherSettings, step_s: float, seed: int
    ) -> None:
        self.root = correlation_root(spatial_correlation(stations, weather.correlation_length_m))
        self.memory = math.exp(-step_s / weather.correlation_time_s)
        self._seed = seed
        self._words = [_words(station.id) for station in stations]

    def streams(self, block: int) -> list[np.random.Generator]:
        """One stream of random numbers per station, for one block of members."""
        keys = [(_CLOUD_STREAM, *words, block) for words in self._words]
        return [
            np.random.Generator(np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=key)))
            for key in keys
        ]


def _words(name: str) -> tuple[int, int]:
    digest = hashlib.sha256(name.encode("utf-8")).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def _block(
    field: _Field, number: int, step: NDArray[np.intp], place: NDArray[np.intp]
) -> FloatArray:
    """Latent values of the contacts for one block of members, (members, contacts)."""
    found = np.zeros((MEMBERS_PER_BLOCK, len(step)))
    asked = np.argsort(step, kind="stable")
    edges = np.searchsorted(step[asked], np.arange(int(step.max(initial=-1)) + 2))
    streams = field.streams(number)
    state: FloatArray | None = None
    fresh = math.sqrt(1.0 - field.memory**2)
    for first in range(0, len(edges) - 1, _STEPS_AT_A_TIME):
        count = min(_STEPS_AT_A_TIME, len(edges) - 1 - first)
        shape = (count, MEMBERS_PER_BLOCK)
        noise = np.stack([stream.standard_normal(shape) for stream in streams], axis=1)
        news = field.root @ noise
        for offset in range(count):
            state = news[offset] if state is None else field.memory * state + fresh * news[offset]
            rows = asked[edges[first + offset] : edges[first + offset + 1]]
            if len(rows):
                found[:, rows] = state[place[rows]].T
    return found
