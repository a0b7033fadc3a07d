"""Rules of the link at the file door: directions, and what no link model holds for.

Each gives its problems; what is absent or mistyped is left to the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.io.scenario_parts import Part, numbers_of
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.scenario_references import flown_constellations, payloads_by_id
from euroqci_planner.io.schema_payloads import BEAM_FIELDS

LOWEST_ELEVATION_DEG = 5.0
_DEFAULT_ELEVATION_DEG = 20.0
_DETECTORS = (2, 4)
_NS_MHZ = 1e-3
_ROUNDING = 1e-12
_NANOMETRES_PER_METRE = 1e9
_SHORTEST_NM, _LONGEST_NM = 300.0, 2_500.0


def direction_rule(payload: Part) -> Iterator[Problem]:
    """What a payload needs to send, and what it needs to receive."""
    if payload.text("direction") != "uplink":
        if not payload.has("beam"):
            yield payload.problem("beam", "is missing", f"add beam: {' or '.join(BEAM_FIELDS)}")
        return
    for key in ("beam", *(key for keys in BEAM_FIELDS.values() for key in keys)):
        if payload.has(key):
            mend = "remove it: the beam is that of [station.transmitter]"
            yield payload.problem(key, "has no meaning for direction = uplink", mend)
    if not payload.has("receiver"):
        mend = "add [payload.receiver]: what is behind the telescope on board"
        yield payload.problem("receiver", "is missing for direction = uplink", mend)
    source = payload.table("source")
    if source and source.text("protocol") == "bbm92":
        problem = "bbm92 has its source on board, and an uplink has it on the ground"
        yield source.problem("protocol", problem, "set direction = downlink, or a bb84 protocol")


def wavelength_rule(payload: Part) -> Iterator[Problem]:
    """The quantum wavelength must be one whose absorption in the air is known."""
    nanometres = payload.number("wavelength_nm")
    if nanometres is None or not _SHORTEST_NM <= nanometres <= _LONGEST_NM:
        return
    gas = load_physics_tables().gas
    wavelength_m = nanometres / _NANOMETRES_PER_METRE
    if not gas.covers(wavelength_m):
        near = gas.nearest_wavelengths_m(wavelength_m)
        names = " and ".join(f"{item * _NANOMETRES_PER_METRE:.0f} nm" for item in near)
        yield payload.problem(
            "wavelength_nm",
            "molecular absorption is not tabulated here",
            f"the nearest tabulated wavelengths are {names}",
        )


def on_board_rule(payload: Part) -> Iterator[Problem]:
    """Detectors and gates of a receiver on board, as on the ground."""
    receiver, source = payload.table("receiver"), payload.table("source")
    if receiver is None:
        return
    detectors, gate_ns = receiver.number("detectors"), receiver.number("gate_ns")
    is_count = detectors is not None and detectors >= 1 and detectors.is_integer()
    if is_count and detectors not in _DETECTORS:
        mend = "2 choose the basis actively, 4 passively by a beam splitter"
        yield receiver.problem("detectors", "a BB84 receiver has 2 or 4 detectors", mend)
    rate = source.number("pulse_rate_mhz") if source else None
    if rate is None or gate_ns is None or payload.text("direction") != "uplink":
        return
    if gate_ns * rate * _NS_MHZ > 1.0 + _ROUNDING:
        mend = f"at most {1.0 / (rate * _NS_MHZ):.6g} ns, or fewer pulses"
        yield receiver.problem("gate_ns", f"gates overlap at {rate:g} million pulses/s", mend)


def elevation_rule(station: Part) -> Iterator[Problem]:
    """The link ends at five degrees; a horizon mask that stands higher everywhere is enough."""
    given = station.number("min_elevation_deg")
    lowest = _DEFAULT_ELEVATION_DEG if given is None else given
    mask = station.value.get("horizon_mask_deg")
    points = [numbers_of(item) for item in mask] if isinstance(mask, list) else []
    heights = [point[1] for point in points if point and len(point) == 2]
    if 0.0 <= lowest < LOWEST_ELEVATION_DEG and not (
        heights and min(heights) >= LOWEST_ELEVATION_DEG
    ):
        problem = f"is below the link model, which ends at {LOWEST_ELEVATION_DEG:g} degrees"
        mend = "set it to 5 or more, or give a horizon mask that is 5 or more everywhere"
        yield station.problem("min_elevation_deg", problem, mend)


def transmitter_problems(document: Part) -> Iterator[Problem]:
    """Stations that cannot send to a satellite that receives, each once."""
    ears = _receiving_payloads(document, payloads_by_id(document))
    if not ears:
        return
    for station in document.tables("station"):
        if not station.has("transmitter"):
            yield station.problem(
                "transmitter",
                f"is missing: payload {ears[0]} receives (direction = uplink)",
                "add [station.transmitter], or take the station out",
            )


def _receiving_payloads(document: Part, payloads: Mapping[str, Part]) -> list[str]:
    carriers = (*document.tables("satellite"), *flown_constellations(document))
    flown = sorted({part.text("payload") or "" for part in carriers} & set(payloads))
    return [name for name in flown if payloads[name].text("direction") == "uplink"]
