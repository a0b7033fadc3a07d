"""How the columns of the pass table look: titles, screen units, decimals, marks, tooltips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from euroqci_planner.app.display import ABSENT
from euroqci_planner.app.pass_card import contact_name, pass_card, reason_text, short_reason
from euroqci_planner.app.pass_rows import STATE_NAMES, PassRows
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import Mark, ScreenColumn, TableContent
from euroqci_planner.mission.named_columns import ColumnKind
from euroqci_planner.mission.plan import NO_BLOCKER, PassState, Plan
from euroqci_planner.mission.plan_columns import PASS_COLUMNS
from euroqci_planner.mission.plan_totals import flown


@dataclass(frozen=True, slots=True)
class _Look:
    """Title, unit, scale and decimals of a number; title alone of everything else."""

    title: str
    unit: str = ""
    scale: float = 1.0
    decimals: int = 0
    widest: str = ""
    is_shown: bool = False


_INSTANT = "24 May 22:33:44"
_LOOKS: Mapping[str, _Look] = {
    "rise_utc": _Look("Rise", "UTC", widest=_INSTANT, is_shown=True),
    "satellite_id": _Look("Satellite", is_shown=True),
    "station_id": _Look("Station", is_shown=True),
    "state": _Look("State, why not", is_shown=True),
    "key_expected_bits": _Look("Key", "kbit", 1e3, 1, is_shown=True),
    "max_elevation_deg": _Look("El", "°", 1.0, 1, is_shown=True),
    "loss_min_db": _Look("Loss", "dB", 1.0, 1, is_shown=True),
    "clear_probability": _Look("Clear", "%", 0.01, 0, is_shown=True),
    "qber": _Look("QBER", "%", 0.01, 2, is_shown=True),
    "reason": _Look("Reason"),
    "culmination_utc": _Look("Culmination", "UTC", widest=_INSTANT),
    "set_utc": _Look("Set", "UTC", widest=_INSTANT),
    "usable_start_utc": _Look("Usable from", "UTC", widest=_INSTANT),
    "usable_end_utc": _Look("Usable to", "UTC", widest=_INSTANT),
    "rise_azimuth_deg": _Look("Rise az", "°", 1.0, 1),
    "culmination_azimuth_deg": _Look("Culm. az", "°", 1.0, 1),
    "set_azimuth_deg": _Look("Set az", "°", 1.0, 1),
    "min_range_km": _Look("Min range", "km", 1.0, 0),
    "sun_elevation_deg": _Look("Sun el", "°", 1.0, 1),
    "moon_separation_deg": _Look("Moon sep.", "°", 1.0, 1),
    "eclipse_state": _Look("Light on satellite"),
    "element_age_days": _Look("Elements' age", "d", 1.0, 2),
    "timing_sigma_s": _Look("Timing 1σ", "s", 1.0, 2),
    "loss_culmination_db": _Look("Loss at culm.", "dB", 1.0, 1),
    "background_hz": _Look("Noise", "Hz", 1.0, 0),
    "sifted_bits": _Look("Sifted", "kbit", 1e3, 1),
    "key_clear_bits": _Look("Key, clear sky", "kbit", 1e3, 1),
    "key_p10_bits": _Look("Key P10", "kbit", 1e3, 1),
    "key_p50_bits": _Look("Key P50", "kbit", 1e3, 1),
    "key_p90_bits": _Look("Key P90", "kbit", 1e3, 1),
    "thin_probability": _Look("Thin", "%", 0.01, 0),
    "key_thin_bits": _Look("Key, thin", "kbit", 1e3, 1),
    "broken_probability": _Look("Broken", "%", 0.01, 0),
    "key_broken_bits": _Look("Key, broken", "kbit", 1e3, 1),
    "key_usable_utc": _Look("Key usable", "UTC", widest=_INSTANT),
    "blocked_by": _Look("Blocked by"),
    "partner_station_id": _Look("Partner"),
    "pass_id": _Look("Pass"),
}
_HELP = {
    "key_expected_bits": f"expected key: {PASS_COLUMNS['key_expected_bits'].meaning}",
    "state": "state; of a pass that is not flown the reason and what blocks it",
}
_COPIED = {"state": ("state", "reason", "blocked_by")}


def pass_content(rows: PassRows) -> TableContent:
    """The table of all passes of a plan."""
    plan = rows.plan
    return TableContent(
        table=rows.columns,
        screen=tuple(_column(name, look, plan) for name, look in _LOOKS.items()),
        source=rows,
        tip=lambda row: pass_tip(plan, row),
        is_quiet=~flown(plan),
    )


def _column(name: str, look: _Look, plan: Plan) -> ScreenColumn:
    year = one_year(plan) if PASS_COLUMNS[name].kind is ColumnKind.INSTANT else ""
    return ScreenColumn(
        name=name,
        title=look.title,
        unit=f"{year} {look.unit}" if year else look.unit,
        scale=look.scale,
        decimals=look.decimals,
        widest=look.widest,
        is_shown=look.is_shown,
        header_help=_HELP.get(name, ""),
        copied=_COPIED.get(name, ()),
        is_short_date=bool(year),
        text=_text_of(name, plan),
        mark=_mark_of(name, plan),
    )


def _text_of(name: str, plan: Plan) -> Callable[[int], str] | None:
    decisions = plan.decisions
    if name == "reason":
        return lambda row: reason_text(plan, row) or ABSENT
    if name == "state":
        return lambda row: short_reason(plan, row) or STATE_NAMES[int(decisions.state[row])]
    if name == "blocked_by":
        return lambda row: (
            ABSENT
            if decisions.blocked_by[row] == NO_BLOCKER
            else contact_name(plan, int(decisions.blocked_by[row]))
        )
    return None


def _mark_of(name: str, plan: Plan) -> Callable[[int], Mark | None] | None:
    if name == "satellite_id":
        satellite = plan.passes.satellite
        return lambda row: satellite_mark(int(satellite[row]))
    if name == "state":
        state = plan.decisions.state
        return lambda row: state_mark(PassState(state[row]))
    return None


def satellite_mark(index: int) -> Mark:
    """The satellite's own shape and colour."""
    return Mark(
        colour=lambda: theme.current().satellite(index), marker=theme.satellite_marker(index)
    )


def state_mark(state: PassState) -> Mark:
    """The sign and colour of a state."""
    return Mark(colour=lambda: theme.current().states[state], sign=theme.STATE_SIGNS[state])


def pass_tip(plan: Plan, row: int) -> str:
    """Tooltip of a pass: title, state with its reason, lines of figures."""
    card = pass_card(plan, row)
    state = PassState(int(plan.decisions.state[row]))
    colour = theme.current().states[state].name()
    why = f" \u2013 {escape(card.reason)}" if card.reason else ""
    lines = "".join(
        f"<tr><td style='padding-right:10px'>{escape(name)}</td><td>{escape(text)}</td></tr>"
        for name, text in card.lines
    )
    return (
        f"<b>{escape(card.title)}</b><br><span style='color:{colour}'>"
        f"{theme.STATE_SIGNS[state]}</span> {escape(card.state)}{why}"
        f"<table cellspacing=0>{lines}</table>"
    )


def one_year(plan: Plan) -> str:
    """The year of the planning window, '' where it spans two."""
    years = {str(instant)[:4] for instant in (plan.scenario.start_utc, plan.scenario.end_utc)}
    return years.pop() if len(years) == 1 else ""
