"""Plain tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from euroqci_planner.mission.assets import SettingsPolicy
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan import Plan, is_flown
from euroqci_planner.mission.plan_totals import Totals, limits, plan_totals
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.schedule_columns import quota_verdict
from euroqci_planner.timebase import iso_text, iso_texts
from euroqci_planner.units import SECONDS_PER_HOUR, decibel_loss


def text_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side; a column of numbers is flush right."""
    if not rows:
        return "(none)"
    columns = list(zip(*rows, strict=True))
    widths = [max(len(name), *map(len, cells)) for name, cells in zip(names, columns, strict=True)]
    rights = [all(_is_number(cell) for cell in cells if cell) for cells in columns]
    lines = [names, *rows]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, rights, strict=True)
        ).rstrip()
        for line in lines
    )


def plan_summary(plan: Plan) -> str:
    """A few lines that say what the plan is worth."""
    scenario, totals = plan.scenario, plan_totals(plan)
    lines = [
        f"{scenario.name}  ({scenario.marking})",
        _window_line(scenario),
        f"{totals.passes} passes, {totals.usable_passes} usable, {totals.contacts} contacts",
    ]
    if plan.keys is not None:
        clear, expected = _bits(totals.key_clear_bits), _bits(totals.key_expected_bits)
        lines.append(f"secret key {clear} in clear sky, {expected} expected")
        lines += _pair_lines(plan, totals)
        lines += schedule_lines(plan)
        lines += key_lines(plan)
    reasons = ", ".join(f"{limit.passes} {limit.text}" for limit in limits(plan))
    return "\n".join([*lines, *([f"not flown: {reasons}"] if reasons else [])])


def _pair_lines(plan: Plan, totals: Totals) -> list[str]:
    """What sources of entangled pairs give to two stations at once."""
    if plan.pair_contacts is None:
        return []
    of_all = f"{totals.pair_contacts} of {len(plan.pair_contacts)} contacts of two stations"
    clear, expected = _bits(totals.pair_clear_bits), _bits(totals.pair_expected_bits)
    return [f"{of_all} with a source of pairs: {clear} in clear sky, {expected} expected"]


def key_lines(plan: Plan) -> list[str]:
    """What was chosen for the keys beyond the scenario's own settings."""
    sought = [
        f"{item.payload_id}: {_SOUGHT[item.policy].format(len(item.sources))}"
        for item in plan.key_settings
        if item.policy in _SOUGHT
    ]
    lines = [f"protocol settings: {', '.join(sought)}"] if sought else []
    pooling = plan.pooling
    if pooling is not None and (pooling.contacts or plan.pair_contacts is None):
        lines.append(
            f"{pooling.blocks} key blocks over {pooling.contacts} contacts: "
            f"{_bits(pooling.pooled_bits)} expected, {_bits(pooling.separate_bits)} if each were "
            f"a block, {_bits(pooling.scheduled_bits)} as the schedule valued them; a bit waits "
            f"{pooling.mean_waiting_s / SECONDS_PER_HOUR:.1f} h on average, "
            f"{pooling.longest_waiting_s / SECONDS_PER_HOUR:.1f} h at most"
        )
    return lines


_SOUGHT = {
    SettingsPolicy.OPTIMISE_MISSION: "best {} set(s) for the mission",
    SettingsPolicy.OPTIMISE_PASS: "best for each pass",
}


def _window_line(scenario: Scenario) -> str:
    window = f"{iso_text(scenario.start_utc, 's')} to {iso_text(scenario.end_utc, 's')}"
    counts = f"{len(scenario.satellites)} satellites, {len(scenario.stations)} stations"
    return f"{window}, {counts}"


def requirements_table(plan: Plan) -> str:
    """Pass or fail per requirement."""
    names = ("requirement", "metric", "demand", "limit", "figure", "verdict")
    cells = [
        (
            item.requirement.id,
            item.requirement.metric.value,
            item.requirement.demand_id,
            item.requirement.limit_text,
            item.figure_text,
            item.verdict.upper(),
        )
        for item in plan.findings
    ]
    return text_table(names, cells)


def contacts_table(plan: Plan) -> str:
    """The contacts in order of time."""
    rows = plan.contact_rows
    passes, conditions = plan.passes, plan.conditions
    starts = iso_texts(conditions.usable_start_utc[rows], "s")
    ends = iso_texts(conditions.usable_end_utc[rows], "s")
    cells = [
        (
            str(starts[at]),
            str(ends[at]),
            passes.satellite_ids[passes.satellite[row]],
            passes.station_ids[passes.station[row]],
            f"{np.degrees(passes.max_elevation_rad[row]):.1f}",
            _number(plan.keys.key_bits[row] if plan.keys is not None else np.nan),
            _number(plan.decisions.key_expected_bits[row]),
        )
        for at, row in enumerate(rows)
    ]
    names = ("start (UTC)", "end (UTC)", "satellite", "station", "max el [deg]",
             "key clear [bit]", "key expected [bit]")  # fmt: skip
    return text_table(names, cells)


def pair_contacts_table(plan: Plan) -> str:
    """Contacts of two stations that are flown, in order of time."""
    contacts = plan.pair_contacts
    if contacts is None:
        return ""
    flown = contacts.take(is_flown(contacts.state))
    starts, ends = (iso_texts(edge, "s") for edge in (flown.start_utc, flown.end_utc))
    loss_db = decibel_loss(flown.transmittance_max)
    cells = [
        (
            str(starts[row]),
            str(ends[row]),
            flown.satellite_ids[flown.satellite[row]],
            flown.station_ids[flown.station_a[row]],
            flown.station_ids[flown.station_b[row]],
            f"{loss_db[row]:.1f}",
            _number(flown.coincidences[row]),
            _number(flown.key_bits[row]),
            _number(flown.key_expected_bits[row]),
        )
        for row in range(len(flown))
    ]
    names = ("start (UTC)", "end (UTC)", "satellite", "station a", "station b", "min loss [dB]",
             "coincidences", "key clear [bit]", "key expected [bit]")  # fmt: skip
    return text_table(names, cells)


def schedule_lines(plan: Plan) -> list[str]:
    """How the contacts were chosen, every goal with its bound, and every quota."""
    how = f"schedule: {plan.schedule_method}, objective {plan.objective}"
    if len(plan.goals) == 1:
        # A pooled key is known when its block is: the choice was made with a value for each pass.
        goal = plan.goals[0]
        value = f" {_figure(goal.value, goal.unit)} as pooled passes are valued"
        lines = [f"{how}{value if plan.pooling else ''}, {_bound_text(goal)}"]
    else:
        goals = (f"  {g.name}: {_figure(g.value, g.unit)}, {_bound_text(g)}" for g in plan.goals)
        lines = [how, *goals]
    return lines + [_quota_line(item) for item in plan.quotas]


def _bound_text(goal: Goal) -> str:
    if not np.isfinite(goal.relative_gap):
        return "no bound proven"
    return f"bound {_figure(goal.bound, goal.unit)}, gap {100.0 * goal.relative_gap:.2f} %"


def _quota_line(quota: QuotaUse) -> str:
    return (
        f"quota of {quota.group}: {100.0 * quota.share:.1f} % of the contact time, at most "
        f"{100.0 * quota.max_share:g} %; {quota_verdict(quota)}"
    )


def _figure(value: float, unit: str) -> str:
    if unit == "day":
        return f"{value:.2f} d"
    return _bits(value) if unit == "bit" else f"{value:.4f}"


def _bits(bits: float) -> str:
    for size, unit in ((1e9, "Gbit"), (1e6, "Mbit"), (1e3, "kbit")):
        if bits >= size:
            return f"{bits / size:.3f} {unit}"
    return f"{bits:.0f} bit"


def _number(value: float) -> str:
    return "" if not np.isfinite(value) else f"{value:.0f}"


def _is_number(text: str) -> bool:
    return (
        text.replace(".", "", 1)
        .replace("-", "", 2)
        .replace("+", "", 1)
        .replace("e", "", 1)
        .isdigit()
    )
