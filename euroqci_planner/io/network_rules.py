"""Rules of nodes, fibre, stores and demands beyond the schema."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.cloud_cover_file import load_cloud_cover
from euroqci_planner.io.key_status import MOST_BITS, status_bits
from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_paths import path_problem
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.timebase import NOT_A_TIME
from euroqci_planner.units import KILO, MEGA, SECONDS_PER_DAY, SECONDS_PER_MINUTE

MOST_BPS = 1e10
MOST_HOPS = 10_000
LONGEST_CONTACT_GAP_H = 8_766.0
LONGEST_POST_PROCESSING_MIN = 525_960.0
MOST_AUTHENTICATION_BITS = 1e9


def network_problems(document: Part, folder: Path) -> Iterator[Problem]:
    """Problems of the network that need more than one field, record or file."""
    yield from _loop_problems(document)
    for part in document.tables("fibre_link"):
        yield from _hop_problems(part)
    sources = {
        part.text("id")
        for part in document.tables("satellite")
        if part.text("role") == "entangled_source"
    }
    for part in document.tables("link_store"):
        yield from _too_many_bits(part, "stock_kbit", KILO)
        if part.text("satellite") in sources:
            problem = "an entangled source holds no key: two stations share it with each other"
            yield part.problem("satellite", problem, "remove the store, or name another satellite")
    for part in document.tables("demand"):
        yield from _demand_problems(part, folder)
    policy = document.table("policy")
    if policy:
        yield from _policy_problems(policy)
    yield from forecast_problems(document, folder)


def forecast_problems(document: Part, folder: Path) -> Iterator[Problem]:
    """A forecast file that is there but tells no cloud cover of these stations."""
    weather = document.table("weather")
    written = weather.text("forecast_file") if weather else None
    if weather is None or not written or path_problem(written, folder):
        return
    if not (folder / written).is_file():
        return
    stations = [part.text("id") or "" for part in document.tables("station")]
    try:
        load_cloud_cover(folder / written, stations, NOT_A_TIME)
    except InvalidInput as error:
        for fault in error.faults:
            place = f"line {fault.line}, " if fault.line else ""
            value = f" = {fault.value}" if fault.value else ""
            problem = f"{place}{fault.where}{value}: {fault.problem}"
            yield weather.problem("forecast_file", problem, fault.mend)
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        yield weather.problem("forecast_file", problem, "check the file")


def _policy_problems(policy: Part) -> Iterator[Problem]:
    """Waits of more than a year, and a price of authentication that no contact can pay."""
    limits = (
        (
            "classical_contact_h",
            LONGEST_CONTACT_GAP_H,
            "no relay could be published within a year",
            "hours until the next contact",
        ),
        (
            "post_processing_min",
            LONGEST_POST_PROCESSING_MIN,
            "no key could be used within a year",
            "minutes from the end of a contact to its key",
        ),
        (
            "authentication_bits_per_contact",
            MOST_AUTHENTICATION_BITS,
            f"is more than {MOST_AUTHENTICATION_BITS:.0e} bits",
            "no contact yields as much; a few thousand are usual",
        ),
    )
    for key, most, problem, mend in limits:
        value = policy.number(key)
        if value is not None and value > most:
            yield policy.problem(key, problem, mend)


def _loop_problems(document: Part) -> Iterator[Problem]:
    """Access links, those with a station at one end, that close a loop among themselves."""
    stations = {part.text("id") or "" for part in document.tables("station")}
    links = [
        (part, part.text("a") or "", part.text("b") or "") for part in document.tables("fibre_link")
    ]
    access = [item for item in links if {item[1], item[2]} & stations]
    for number, way in loops([(a, b) for _, a, b in access]):
        names = " - ".join((*way, way[0]) if len(way) > 1 else (*way, *way))
        problem = f"closes a loop of access links: {names}"
        mend = "a station is joined to the network once; remove one of these links"
        yield access[number][0].problem("b", problem, mend)


def loops(edges: Sequence[tuple[str, str]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Edges that close a loop with those before them: index, and the places of the loop."""
    neighbours: dict[str, list[str]] = {}
    for number, (a, b) in enumerate(edges):
        way = _way(neighbours, a, b)
        if way:
            yield number, way
        else:
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)


def _way(neighbours: Mapping[str, list[str]], origin: str, goal: str) -> tuple[str, ...]:
    """Places from `origin` to `goal` over what is joined already; none where there is no way."""
    before = {origin: ""}
    queue = [origin]
    for here in queue:
        fresh = [there for there in neighbours.get(here, ()) if there not in before]
        before.update(dict.fromkeys(fresh, here))
        queue.extend(fresh)
    way: list[str] = []
    here = goal if goal in before else ""
    while here:
        way.append(here)
        here = before[here]
    return tuple(reversed(way))


def _hop_problems(part: Part) -> Iterator[Problem]:
    length, hop = part.number("length_km"), part.number("hop_km")
    hop = 80.0 if hop is None else hop
    if length is not None and hop > 0.0 and length > hop * MOST_HOPS:
        key = "hop_km" if part.has("hop_km") else "length_km"
        yield part.problem(key, f"the link has more than {MOST_HOPS} hops", "mend one of the two")


def _too_many_bits(part: Part, key: str, unit: float) -> Iterator[Problem]:
    amount = part.number(key)
    if amount is not None and amount * unit > MOST_BITS:
        yield part.problem(key, f"is more than {MOST_BITS:.0e} bits", "check the unit")


def _demand_problems(part: Part, folder: Path) -> Iterator[Problem]:
    store, consumption = part.table("store"), part.table("consumption")
    if store:
        yield from _too_many_bits(store, "start_mbit", MEGA)
        yield from _too_many_bits(store, "reserve_mbit", MEGA)
        yield from _status_problems(store, folder)
    if consumption and _rate_bps(consumption) > MOST_BPS:
        key = {"aes_rekey": "period_min", "one_time_pad": "rate_bps"}.get(
            consumption.text("type") or "", "kbit_per_day"
        )
        yield consumption.problem(key, f"uses more than {MOST_BPS:.0e} bit/s", "check the unit")


def _rate_bps(part: Part) -> float:
    """Largest rate of a consumption in any hour, 0 where it cannot be told."""
    weights = part.numbers("profile") or [1.0]
    period = part.number("period_min")
    most = max(weights)
    if part.text("type") == "bits_per_day":
        mean = sum(weights) / len(weights)
        surge = most / mean if mean > 0.0 else 0.0
        return (part.number("kbit_per_day") or 0.0) * KILO / SECONDS_PER_DAY * surge
    if part.text("type") == "one_time_pad":
        return (part.number("rate_bps") or 0.0) * most
    if not period or period <= 0.0:
        return 0.0
    keys = [part.number(key) for key in ("key_bits", "tunnels", "directions")]
    plain = [
        default if key is None else key for key, default in zip(keys, (256, 1, 2), strict=True)
    ]
    return math.prod(plain) / (period * SECONDS_PER_MINUTE) * most


def _status_problems(store: Part, folder: Path) -> Iterator[Problem]:
    """A status file that is there but tells no stock; whether it is there is asked elsewhere."""
    written = store.text("status_file")
    if not written or path_problem(written, folder) or not (folder / written).is_file():
        return
    try:
        status_bits(folder / written)
    except InvalidInput as error:
        yield store.problem("status_file", error.faults[0].problem, error.faults[0].mend)
    except OSError as error:
        yield store.problem("status_file", f"cannot be read: {error.strerror}", "check the file")
