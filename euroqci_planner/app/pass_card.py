"""One pass in a few lines: what tooltips and cards say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.app.display import (
    ABSENT,
    bits_text,
    day_and_time,
    fixed,
    percent,
    span,
    time_of_day,
)
from euroqci_planner.app.pair_card import is_pass_of_source, pair_card
from euroqci_planner.mission.plan import NO_BLOCKER, REASON_TEXTS, PassState, Plan, Reason
from euroqci_planner.timebase import minute_stamps, seconds_between
from euroqci_planner.units import KILO, decibel_loss


@dataclass(frozen=True, slots=True)
class PassCard:
    """A title, the state with its reason, and lines of name and text."""

    title: str
    state: str
    reason: str
    lines: tuple[tuple[str, str], ...]


def pass_card(plan: Plan, row: int) -> PassCard:
    """What there is to say of one row of `plan.passes`; raises IndexError beyond the last."""
    passes, decisions = plan.passes, plan.decisions
    return PassCard(
        title=f"{_satellite(plan, row)} over {_station(plan, row)}",
        state=PassState(decisions.state[row]).name.lower(),
        reason=reason_text(plan, row),
        lines=(
            ("highest", f"{day_and_time(passes.highest_utc[row])} UTC"),
            *_windows(plan, row),
            ("max. elevation", f"{fixed(np.degrees(passes.max_elevation_rad[row]), 1)}°"),
            *_link(plan, row),
            *_key(plan, row),
        ),
    )


def reason_text(plan: Plan, row: int) -> str:
    """Why the pass is not flown and which contact stands in the way; '' where neither is."""
    reason = REASON_TEXTS[Reason(plan.decisions.reason[row])]
    blocker = int(plan.decisions.blocked_by[row])
    if blocker == NO_BLOCKER:
        return reason
    return f"{reason} by {contact_name(plan, blocker)}"


def short_reason(plan: Plan, row: int) -> str:
    """The reason and what it takes to find the contact in the way: `satellite busy: matera 23:18`.

    Satellite or station are left out where the pass shares them with that contact.
    """
    reason = REASON_TEXTS[Reason(plan.decisions.reason[row])]
    blocker = int(plan.decisions.blocked_by[row])
    if blocker == NO_BLOCKER:
        return reason
    passes = plan.passes
    stamp = str(minute_stamps(passes.highest_utc[blocker])[0])
    is_same_satellite = passes.satellite[blocker] == passes.satellite[row]
    name = _station(plan, blocker) if is_same_satellite else _satellite(plan, blocker)
    return f"{reason}: {name} {stamp[9:11]}:{stamp[11:13]}"


def contact_name(plan: Plan, row: int) -> str:
    """`qube-2/matera 18 23:18`: satellite, station and time of the highest point, day first."""
    stamp = str(minute_stamps(plan.passes.highest_utc[row])[0])
    pair = f"{_satellite(plan, row)}/{_station(plan, row)}"
    return f"{pair} {stamp[6:8]} {stamp[9:11]}:{stamp[11:13]}"


def _windows(plan: Plan, row: int) -> tuple[tuple[str, str], ...]:
    passes, conditions = plan.passes, plan.conditions
    rise, fall = passes.rise_utc[row], passes.set_utc[row]
    seen = f"{_clock(rise, 'before')} to {_clock(fall, 'after')} UTC"
    start, end = conditions.usable_start_utc[row], conditions.usable_end_utc[row]
    if np.isnat(start):
        return (("above the horizon", seen), ("usable", ABSENT))
    length = span(float(seconds_between(start, end)))
    usable = f"{time_of_day(start)} to {time_of_day(end)} UTC, {length}"
    return (("above the horizon", seen), ("usable", usable))


def _clock(instant: np.datetime64, side: str) -> str:
    return f"{side} the window" if np.isnat(instant) else time_of_day(instant)


def _link(plan: Plan, row: int) -> tuple[tuple[str, str], ...]:
    nearest = ("closest range", f"{fixed(plan.passes.min_range_m[row] / KILO, 0)} km")
    if plan.link is None:
        return (nearest,)
    loss = float(decibel_loss(plan.link.transmittance_max[row]))
    return (nearest, ("smallest loss", f"{fixed(loss, 1)} dB" if np.isfinite(loss) else ABSENT))


def _key(plan: Plan, row: int) -> tuple[tuple[str, str], ...]:
    if plan.keys is None or np.isnat(plan.conditions.usable_start_utc[row]):
        return ()
    decisions = plan.decisions
    if is_pass_of_source(plan, row):
        pair = pair_card(plan, row)
        here = ("clear sky here", percent(float(decisions.clear_probability[row]), 0))
        return (*(() if pair is None else pair.lines), here)
    clear = float(decisions.clear_probability[row])
    return (
        ("QBER", percent(float(plan.keys.qber[row]), 2)),
        ("key in clear sky", bits_text(float(np.floor(plan.keys.key_bits[row])))),
        *_key_range(plan, row),
        ("expected key", f"{bits_text(float(decisions.key_expected_bits[row]))}"),
        ("clear sky", percent(clear, 0)),
        *(
            (name, f"{percent(chance, 0)}: {bits_text(bits)}")
            for name, chance, bits in cloudy_skies(plan, row)
        ),
    )


def cloudy_skies(plan: Plan, row: int) -> tuple[tuple[str, float, float], ...]:
    """Thin and broken cloud with the chance of each and the key in it; empty without keys there."""
    decisions, details = plan.decisions, plan.key_details
    if details is None:
        return ()
    skies = (
        ("thin cloud", decisions.thin_probability, details.key_thin_bits),
        ("broken cloud", decisions.broken_probability, details.key_broken_bits),
    )
    return tuple(
        (name, float(chance[row]), float(bits[row]))
        for name, chance, bits in skies
        if np.isfinite(bits[row])
    )


def key_range_bits(plan: Plan, row: int) -> tuple[float, float] | None:
    """P10 and P90 of the key in clear sky, None where the plan does not know its spread."""
    details = plan.key_details
    if details is None or not np.isfinite(details.key_p10_bits[row]):
        return None
    return float(details.key_p10_bits[row]), float(details.key_p90_bits[row])


def _key_range(plan: Plan, row: int) -> tuple[tuple[str, str], ...]:
    found = key_range_bits(plan, row)
    if found is None:
        return ()
    return (("P10 to P90", " to ".join(bits_text(np.floor(bits)) for bits in found)),)


def _satellite(plan: Plan, row: int) -> str:
    return plan.passes.satellite_ids[int(plan.passes.satellite[row])]


def _station(plan: Plan, row: int) -> str:
    return plan.passes.station_ids[int(plan.passes.station[row])]
