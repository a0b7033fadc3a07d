"""Rules inside one record that a schema cannot say: two fields that must agree.

They read the plain data, so that they speak even where another field of the record is wrong.
Each gives its problems; what is absent or mistyped is left to the schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from euroqci_planner.io.key_rules import detector_problems, policy_problems, sets_problems
from euroqci_planner.io.link_rules import (
    direction_rule,
    elevation_rule,
    on_board_rule,
    wavelength_rule,
)
from euroqci_planner.io.scenario_parts import Part, numbers_of
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.schema_payloads import BEAM_FIELDS

Rule = Callable[[Part], Iterator[Problem]]

_ORBIT_KEYS = ("norad_id", "tle", "orbit")
_PROBABILITY_TOLERANCE = 1e-9
_WGS72_RADIUS_KM = 6378.135
_LOWEST_PERIGEE_KM = 100.0


def record_problems(document: Part) -> Iterator[Problem]:
    """Problems of every record of the document, block by block."""
    for block, rules in _RULES.items():
        single = document.table(block)
        for part in document.tables(block) if single is None else (single,):
            for rule in rules:
                yield from rule(part)


def _in_order(first: str, last: str) -> Rule:
    def rule(part: Part) -> Iterator[Problem]:
        begin, end = part.moment(first), part.moment(last)
        if begin is not None and end is not None and end <= begin:
            yield part.problem(last, f"must be after {first}", "exchange the two, or mend one")

    return rule


def _one_orbit(part: Part) -> Iterator[Problem]:
    given = [key for key in _ORBIT_KEYS if part.has(key)]
    choice = "norad_id, tle = [line 1, line 2] or [satellite.orbit]"
    if not given:
        yield Problem(part.path, "the satellite has no orbit", f"give one of {choice}")
    for key in given[1:]:
        yield part.problem(key, f"the orbit is given already, by {given[0]}", f"keep one: {choice}")


def _either(one: str, other: str) -> Rule:
    def rule(part: Part) -> Iterator[Problem]:
        if part.has(one) and part.has(other):
            yield part.problem(other, f"says the same thing as {one}", f"give {one} or {other}")

    return rule


def _perigee(part: Part) -> Iterator[Problem]:
    orbit = part.table("orbit")
    axis = orbit.number("semi_major_axis_km") if orbit else None
    eccentricity = orbit.number("eccentricity") if orbit else None
    if orbit is None or axis is None or eccentricity is None:
        return
    height = axis * (1.0 - eccentricity) - _WGS72_RADIUS_KM
    if 0.0 <= eccentricity < 1.0 and height < _LOWEST_PERIGEE_KM:
        problem = f"the perigee lies at {height:.1f} km, below {_LOWEST_PERIGEE_KM:g} km"
        yield orbit.problem("eccentricity", problem, "raise the semi-major axis or lower this")


def _walker(part: Part) -> Iterator[Problem]:
    satellites, planes = part.number("satellites"), part.number("planes")
    phasing = part.number("phasing")
    if satellites and planes and satellites % planes:
        problem = f"must divide the {satellites:g} satellites"
        yield part.problem("planes", problem, "choose a divisor")
    if planes is not None and phasing is not None and phasing >= planes:
        yield part.problem("phasing", "must be below planes", f"0 to {planes - 1:g}")


def _beam(part: Part) -> Iterator[Problem]:
    beam = part.text("beam")
    if beam not in BEAM_FIELDS or part.text("direction") == "uplink":
        return
    for key in BEAM_FIELDS[beam]:
        if not part.has(key):
            yield part.problem(key, f"is missing for beam = {beam}", _BEAM_MENDS[key])
    for other, keys in BEAM_FIELDS.items():
        for key in keys:
            if other != beam and part.has(key):
                mend = f"remove it, or set beam = {other}"
                yield part.problem(key, f"has no meaning for beam = {beam}", mend)


_BEAM_MENDS = {
    "divergence_urad": "add the far-field angle",
    "divergence_convention": (
        "there is no default: full_angle_1e2, half_angle_1e2, fwhm or uniform_disc"
    ),
    "waist_mm": "add the 1/e2 intensity radius in the pupil",
}


def _intensities(part: Part) -> Iterator[Problem]:
    source = part.table("source")
    levels = source.numbers("intensities") if source else None
    shares = source.numbers("intensity_probabilities") if source else None
    if source and levels:
        yield from _levels(source, levels)
    if source and shares and abs(math.fsum(shares) - 1.0) > _PROBABILITY_TOLERANCE:
        problem = f"must sum to 1, the sum is {math.fsum(shares):.6g}"
        yield source.problem("intensity_probabilities", problem, "change one share")


def _levels(source: Part, levels: list[float]) -> Iterator[Problem]:
    falls = all(high > low for high, low in pairwise(levels))
    if not falls:
        yield source.problem("intensities", "must fall strictly", "signal first, weakest last")
    elif len(levels) == 3 and levels[0] <= levels[1] + levels[2]:
        mend = "raise the signal or lower the decoys (Lim et al. 2014)"
        yield source.problem("intensities", "the signal must exceed the sum of both decoys", mend)
    elif len(levels) == 2 and levels[1] <= 0.0:
        yield source.problem("intensities", "the decoy must be above 0", "as in Rusca et al. 2018")


def _mask(part: Part) -> Iterator[Problem]:
    points = part.value.get("horizon_mask_deg")
    if not isinstance(points, list):
        return
    before = -1.0
    for index, point in enumerate(points):
        pair = numbers_of(point)
        if pair is None or len(pair) != 2:
            continue
        path = (*part.path, "horizon_mask_deg", index)
        if not 0.0 <= pair[0] < 360.0:
            yield Problem((*path, 0), "an azimuth lies from 0 to below 360", "degrees from north")
        elif pair[0] <= before:
            yield Problem((*path, 0), "azimuths must rise", "sort the points by azimuth")
        if not -5.0 <= pair[1] <= 90.0:
            yield Problem((*path, 1), "a mask elevation lies between -5 and 90", "degrees")
        before = max(before, pair[0])


def _opening(part: Part) -> Iterator[Problem]:
    hours = part.value.get("opening_utc")
    if isinstance(hours, list) and len(hours) == 2 and hours[0] == hours[1]:
        mend = "leave opening_utc out if the station is always open"
        yield part.problem("opening_utc", "opens and closes at the same time", mend)


def _closures(part: Part) -> Iterator[Problem]:
    for closure in part.tables("closed"):
        yield from _in_order("from_utc", "to_utc")(closure)


def _coupling(part: Part) -> Iterator[Problem]:
    receiver = part.table("receiver")
    coupling = receiver.text("coupling") if receiver else None
    if receiver is None:
        return
    for key in ("modes", "bandwidth_hz"):
        adaptive = coupling == "fibre_adaptive_optics"
        if adaptive and not receiver.has(key):
            yield receiver.problem(key, "is missing for adaptive optics", f"add {key}")
        if not adaptive and receiver.has(key):
            mend = "set coupling = fibre_adaptive_optics, or remove it"
            yield receiver.problem(key, "belongs to adaptive optics", mend)


def _ages(part: Part) -> Iterator[Problem]:
    warn, limit = part.number("warn_age_days"), part.number("max_age_days")
    warn, limit = 3.0 if warn is None else warn, 14.0 if limit is None else limit
    if warn > limit:
        key = "warn_age_days" if part.has("warn_age_days") else "max_age_days"
        problem = f"the warning (after {warn:g} days) must not come after the limit ({limit:g})"
        yield part.problem(key, problem, "exchange the two, or mend one")


def _two_ends(part: Part) -> Iterator[Problem]:
    if part.text("a") is not None and part.text("a") == part.text("b"):
        yield part.problem("b", "is the same as a", "name the two ends")


def _hop(part: Part) -> Iterator[Problem]:
    if not part.has("device") and not part.has("loss_db"):
        yield Problem(part.path, "the link has no loss", "give device or loss_db")


def _store(part: Part) -> Iterator[Problem]:
    store = part.table("store")
    if store:
        yield from _either("start_mbit", "status_file")(store)
    consumption = part.table("consumption")
    weights = consumption.numbers("profile") if consumption else None
    if consumption and weights and not any(weights):
        yield consumption.problem("profile", "all weights are 0", "give the hours of use a weight")


def _limits(part: Part) -> Iterator[Problem]:
    if not part.has("at_least") and not part.has("at_most"):
        yield Problem(part.path, "the requirement has no limit", "give at_least or at_most")
    metric = part.text("metric")
    if metric not in {"availability", "p_empty"}:
        return
    if not part.has("demand"):
        yield part.problem("demand", f"is missing for metric = {metric}", "name the demand")
    for key in ("at_least", "at_most"):
        limit = part.number(key)
        if limit is not None and limit > 1.0:
            yield part.problem(key, f"{metric} lies between 0 and 1", "give a fraction")


def _prices(part: Part) -> Iterator[Problem]:
    keys = ("low_meur", "mode_meur", "high_meur")
    prices = [part.number(key) for key in keys]
    for index in (1, 2):
        below, above = prices[index - 1], prices[index]
        if below is not None and above is not None and above < below:
            yield part.problem(keys[index], f"is below {keys[index - 1]}", "low <= mode <= high")


def _ban_of_something(part: Part) -> Iterator[Problem]:
    if not part.has("satellite") and not part.has("station"):
        yield Problem(part.path, "the ban names nothing", "give satellite, station or both")


def _bans(part: Part) -> Iterator[Problem]:
    for ban in part.tables("ban"):
        yield from _ban_of_something(ban)
        yield from _in_order("from_utc", "to_utc")(ban)


def _forecast(part: Part) -> Iterator[Problem]:
    is_forecast = part.text("model") == "forecast"
    if is_forecast and not part.has("forecast_file"):
        yield part.problem("forecast_file", "is missing for model = forecast", "name the file")
    if part.has("forecast_file") and not is_forecast:
        mend = "set model = forecast, or remove it"
        yield part.problem("forecast_file", "belongs to model = forecast", mend)


def _thin_cloud(part: Part) -> Iterator[Problem]:
    """The loss of thin cloud needs a sky that has it."""
    if not part.has("thin_cloud_loss_db"):
        return
    for key, value in (("sky_states", "two"), ("model", "clear")):
        if part.text(key) == value:
            problem = f"has no meaning with {key} = {value}: no sky is thin"
            yield part.problem("thin_cloud_loss_db", problem, f"remove it, or change {key}")


def _cloud_shares(part: Part) -> Iterator[Problem]:
    """Thin cloud is there when the sky is not clear."""
    key = "thin_cloud_probability_monthly"
    clear, thin = part.numbers("clear_sky_probability_monthly"), part.numbers(key)
    for month, (one, other) in enumerate(zip(clear or [], thin or [], strict=False)):
        if 0.0 <= one <= 1.0 and 0.0 <= other <= 1.0 and one + other > 1.0 + 1e-9:
            problem = f"is more than the {1.0 - one:.2g} that clear sky leaves in this month"
            mend = "the share of all time, taken from the time that is not clear"
            yield Problem((*part.path, key, month), problem, mend)


_DATES = _in_order("valid_from_utc", "valid_to_utc")
_BRIGHTNESS = _either("standard_magnitude", "diffuse_area_m2")
_RULES: Mapping[str, tuple[Rule, ...]] = {
    "orbit_file": (_ages,),
    "satellite": (_one_orbit, _perigee, _DATES, _BRIGHTNESS),
    "constellation": (_walker, _DATES, _BRIGHTNESS),
    "payload": (wavelength_rule, direction_rule, on_board_rule, _beam, _intensities, sets_problems),
    "station": (
        _mask,
        _opening,
        _closures,
        _DATES,
        _coupling,
        detector_problems,
        elevation_rule,
        _cloud_shares,
    ),
    "policy": (policy_problems,),
    "fibre_link": (_two_ends, _hop),
    "demand": (_two_ends, _store),
    "requirement": (_limits, _either("at_least", "at_most")),
    "cost": (_prices,),
    "schedule": (_bans,),
    "weather": (_forecast, _thin_cloud),
}
