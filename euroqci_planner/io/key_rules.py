"""Rules of the key models: what a proof, a receiver or a policy cannot be asked for.

Each gives its problems; what is absent or mistyped is left to the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.scenario_references import flown_constellations, payloads_by_id

_SOUGHT = ("optimise_mission", "optimise_pass")
_DETECTORS = (2, 4)
_FEWEST_DRAWS = 10
_TELESCOPES = 2
_NS_MHZ = 1e-3
_ROUNDING = 1e-12


def detector_problems(station: Part) -> Iterator[Problem]:
    """Two detectors serve the basis that was chosen, four both bases behind a beam splitter."""
    receiver = station.table("receiver")
    detectors = receiver.number("detectors") if receiver else None
    is_count = detectors is not None and detectors >= 1 and detectors.is_integer()
    if receiver and is_count and detectors not in _DETECTORS:
        mend = "2 choose the basis actively, 4 passively by a beam splitter"
        yield receiver.problem("detectors", "a BB84 receiver has 2 or 4 detectors", mend)


def policy_problems(policy: Part) -> Iterator[Problem]:
    """Numbers of a policy that have a meaning only together."""
    failure = policy.number("frame_error_probability")
    if policy.text("error_correction_model") == "finite_length" and failure == 0.0:
        problem = "no finite code never fails: the finite-length leakage has no limit at 0"
        mend = "give the chance of a failed frame, for instance 1e-3"
        yield policy.problem("frame_error_probability", problem, mend)
    draws = policy.number("uncertainty_draws")
    if draws is not None and 0 < draws < _FEWEST_DRAWS:
        mend = f"give {_FEWEST_DRAWS} or more, or 0 for no quantiles"
        yield policy.problem("uncertainty_draws", "quantiles need ten draws or more", mend)


def protocol_problems(document: Part) -> Iterator[Problem]:
    """What the sources that are flown cannot do, each once."""
    payloads, policy = payloads_by_id(document), document.table("policy")
    block = policy.text("block") if policy else None
    told: set[Problem] = set()
    for part in (*document.tables("satellite"), *flown_constellations(document)):
        payload = payloads.get(part.text("payload") or "")
        source = payload.table("source") if payload else None
        found = _source_problems(part, payload, source, block) if payload and source else ()
        fresh = [problem for problem in found if problem not in told]
        told.update(fresh)
        yield from fresh
    yield from _gate_problems(document, payloads)


def sets_problems(payload: Part) -> Iterator[Problem]:
    """Several sets of settings are sought for a mission and for nothing else."""
    source = payload.table("source")
    sets = source.number("settings_sets") if source else None
    if source is None or sets is None or sets <= 1:
        return
    if (source.text("settings") or "fixed") != "optimise_mission":
        mend = "set settings = optimise_mission, or remove it"
        yield source.problem("settings_sets", "belongs to settings = optimise_mission", mend)


def _source_problems(
    satellite: Part, payload: Part, source: Part, block: str | None
) -> Iterator[Problem]:
    protocol, settings = source.text("protocol"), source.text("settings") or "fixed"
    is_mere_source = satellite.text("role") == "entangled_source"
    if is_mere_source:
        yield from _not_a_mere_source(satellite, payload, protocol)
    elif protocol == "bbm92":
        yield from _crowded_windows(source)
    if protocol == "bbm92" and settings in _SOUGHT:
        problem = "a source of pairs has no settings to optimise"
        yield source.problem("settings", problem, "set settings = fixed")
    if settings == "optimise_pass" and block == "pooled":
        problem = "passes of one pooled block are flown with the same settings"
        mend = "set settings = optimise_mission or fixed, or [policy] block = per_pass"
        yield source.problem("settings", problem, mend)


def _crowded_windows(source: Part) -> Iterator[Problem]:
    """Coincidences are told by their window: on board it must hold less than one click."""
    names = ("pair_rate_mhz", "local_arm_efficiency", "coincidence_window_ns")
    numbers = [source.number(name) for name in names]
    if any(number is None or number <= 0.0 for number in numbers):
        return
    rate, efficiency, window = (number or 0.0 for number in numbers)
    clicks = rate * efficiency * window * _NS_MHZ
    if clicks >= 1.0:
        problem = f"holds {clicks:.3g} clicks of the half on board: no pair can be told"
        mend = f"below {1.0 / (rate * efficiency * _NS_MHZ):.6g} ns, or fewer pairs"
        yield source.problem("coincidence_window_ns", problem, mend)


def _not_a_mere_source(satellite: Part, payload: Part, protocol: str | None) -> Iterator[Problem]:
    """Why a satellite cannot send the halves of its pairs to two stations, and the mend."""
    name = payload.text("id")
    if protocol != "bbm92":
        problem = f"an entangled source cannot send {protocol}"
        yield satellite.problem("role", problem, "set role = trusted_node, or protocol = bbm92")
        return
    if payload.text("direction") == "uplink":
        problem = f"an entangled source sends to two stations, and payload {name} receives"
        mend = "set role = trusted_node, or direction = downlink"
        yield satellite.problem("role", problem, mend)
    terminals = payload.number("terminals")
    if terminals is None or terminals < _TELESCOPES:
        count = 1 if terminals is None else int(terminals)
        problem = (
            "an entangled source needs two telescopes on board, and payload "
            f"{name} has terminals = {count}"
        )
        mend = "set terminals = 2, or role = trusted_node (one half measured on board)"
        yield satellite.problem("role", problem, mend)


def _gate_problems(document: Part, payloads: Mapping[str, Part]) -> Iterator[Problem]:
    """Gates of one station must not overlap at the highest pulse rate that is flown."""
    carriers = (*document.tables("satellite"), *flown_constellations(document))
    flown = sorted({part.text("payload") or "" for part in carriers} & set(payloads))
    rates = {}
    for name in flown:
        source = payloads[name].table("source")
        rate = source.number("pulse_rate_mhz") if source else None
        if rate is not None:
            rates[name] = rate
    if not rates:
        return
    fastest = max(rates, key=lambda name: rates[name])
    for station in document.tables("station"):
        receiver = station.table("receiver")
        gate_ns = receiver.number("gate_ns") if receiver else None
        if receiver is None or gate_ns is None:
            continue
        if gate_ns * rates[fastest] * _NS_MHZ > 1.0 + _ROUNDING:
            problem = f"gates overlap: payload {fastest} sends {rates[fastest]:g} million pulses/s"
            mend = f"at most {1.0 / (rates[fastest] * _NS_MHZ):.6g} ns, or fewer pulses"
            yield receiver.problem("gate_ns", problem, mend)
