"""`report.html`: the whole plan on one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.io.exports.plain_text import printable, utf8
from euroqci_planner.io.report import (
    assurance,
    key_plots,
    keys,
    link_plots,
    outlook,
    pairs,
    tables,
    timeline_plot,
)
from euroqci_planner.io.report.display import (
    bits_text,
    count,
    counted,
    long_date,
    percent,
    span,
)
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.style import style_sheet
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.named_columns import PlanColumns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import (
    Totals,
    gap_bits,
    goal_gap,
    limits,
    plan_totals,
    satellite_totals,
    station_totals,
)

FILE_NAME = "report.html"

# Nothing may be loaded and nothing may run, whatever a name in the scenario tries.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_bytes(plan: Plan, contacts: PlanColumns, pass_ids: NDArray[np.str_]) -> bytes:
    """The page of a complete plan, as UTF-8; well-formed as XML too.

    `contacts` are its `contacts_columns`, `pass_ids` the identities of all its passes.
    """
    view = View.of(plan, contacts, pass_ids)
    return utf8("<!DOCTYPE html>\n" + _page(view) + "\n")


def _page(view: View) -> Markup:
    scenario = view.plan.scenario
    marking = tag("div", scenario.marking, class_="marking")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"Contact plan: {scenario.name} ({scenario.marking})"),
        tag("style", style_sheet(printable(scenario.marking))),
    )
    body = tag(
        "body",
        marking,
        _header(view),
        tag("main", *(section(view) for section in _SECTIONS)),
        tag("footer", marking),
    )
    return tag("html", head, body, lang="en", xmlns="http://www.w3.org/1999/xhtml")


def _header(view: View) -> Markup:
    scenario = view.plan.scenario
    window = (
        f"{long_date(scenario.start_utc)} to {long_date(scenario.end_utc)} "
        f"({span(scenario.duration_s)}) \u00b7 "
        f"{counted(len(scenario.satellites), 'satellite', 'satellites')} \u00b7 "
        f"{counted(len(scenario.stations), 'station', 'stations')} \u00b7 "
        f"issued {long_date(scenario.issued_utc)}"
    )
    return tag(
        "header",
        tag("p", "Quantum key contact plan", class_="eyebrow"),
        tag("h1", scenario.name),
        tag("p", scenario.description) if scenario.description else "",
        tag("p", window, class_="soft"),
    )


def _headline(view: View) -> Markup:
    plan, totals = view.plan, plan_totals(view.plan)
    cards = [
        ("Expected key", bits_text(totals.key_expected_bits), "clouds counted"),
        ("Key in clear sky", bits_text(totals.key_clear_bits), "if no contact is clouded out"),
        ("Contacts", count(totals.contacts), _of_passes(totals)),
        ("Time in contact", span(totals.contact_s), _mean_length(totals)),
        *pairs.pair_card(view, totals),
        _gap_card(plan),
        _best_card(view),
    ]
    items = (
        tag(
            "li",
            tag("span", name, class_="name"),
            tag("span", figure, class_="figure"),
            tag("span", more, class_="more"),
        )
        for name, figure, more in cards
    )
    return joined([tag("ul", *items, class_="cards"), _warnings(plan)])


def _of_passes(totals: Totals) -> str:
    usable = counted(totals.usable_passes, "usable pass", "usable passes")
    return f"of {usable}, {count(totals.passes)} in all"


def _mean_length(totals: Totals) -> str:
    if not totals.contacts:
        return "no contact"
    return f"{span(totals.contact_s / totals.contacts)} each on average"


def _gap_card(plan: Plan) -> tuple[str, str, str]:
    gap = goal_gap(plan)
    if not np.isfinite(gap):
        return "Gap to the bound", "not proven", f"{plan.schedule_method} proves no bound"
    if len(plan.goals) > 1:
        return "Gap to the bound", percent(gap, 2), f"of the {plan.goals[0].name}"
    more = f"at most {bits_text(gap_bits(plan))} below the best schedule"
    return "Gap to the bound", percent(gap, 2), more


def _best_card(view: View) -> tuple[str, str, str]:
    row = link_plots.best_contact(view)
    if row is None:
        return "Best contact", "none", "nothing is flown"
    station = view.station_labels[str(view.contacts["station_id"][row])]
    satellite = view.satellite_labels[str(view.contacts["satellite_id"][row])]
    bits = float(view.contacts["key_expected_bits"][row])
    return "Best contact", bits_text(bits), f"expected, {satellite} over {station}"


def _warnings(plan: Plan) -> Markup:
    silent = [f"{item.satellite_id}: {item.problem}" for item in plan.outcomes if item.problem]
    texts = [*plan.warnings, *silent]
    if not texts:
        return Markup("")
    return tag("ul", *(tag("li", text) for text in texts), class_="warnings")


def _when(view: View) -> Markup:
    return _section("When", _figure("Contacts per station", *timeline_plot.timeline(view)))


def _key(view: View) -> Markup:
    if not view.contacts.rows:
        return _section("Key", tag("p", _nothing_flown(view)))
    over_time = _figure("Key of each contact", *key_plots.key_over_time(view))
    caption = "Solid: expected key. Pale: key in clear sky."
    pair = tag(
        "div",
        _figure(
            "By satellite", caption, key_plots.satellite_bars(view, satellite_totals(view.plan))
        ),
        _figure("By station", caption, key_plots.station_bars(view, station_totals(view.plan))),
        class_="pair",
    )
    return _section("Key", over_time, pair)


def _nothing_flown(view: View) -> str:
    reasons = limits(view.plan)
    if not reasons:
        return "No contact is flown: no satellite passes over any station."
    common = max(reasons, key=lambda item: item.passes)
    passes = counted(common.passes, "pass", "passes")
    return f"No contact is flown. The most frequent reason: {common.text} ({passes})."


def _link(view: View) -> Markup:
    if not np.isfinite(view.usable["loss_culmination_db"]).any():
        return Markup("")
    caption = "Every usable pass; filled marks are flown."
    passes = tag(
        "div",
        _figure("Loss against elevation", caption, *link_plots.loss_over_elevation(view)),
        _figure("Key against elevation", caption, *link_plots.key_over_elevation(view)),
        class_="pair",
    )
    return _section("Link", passes, _best_link(view))


def _best_link(view: View) -> Markup:
    link, row = view.plan.link, link_plots.best_contact(view)
    if link is None or row is None:
        return Markup("")
    at = int(view.contact_rows[row])
    waterfall, noise = link_plots.loss_waterfall(link, at), link_plots.noise_bars(link, at)
    source = "Mean over its usable window, inside the filter, before gating."
    return tag(
        "div",
        _figure("Loss of the best contact", view.contact_title(row), waterfall),
        _figure("Noise of the best contact", source, noise),
        class_="pair",
    )


def _contacts(view: View) -> Markup:
    if not view.contacts.rows:
        return Markup("")
    return _section("Contacts", tag("div", tables.contacts_table(view), class_="contacts"))


def _pair_contacts(view: View) -> Markup:
    contacts = view.plan.pair_contacts
    if contacts is None:
        return Markup("")
    found = pairs.pair_contacts_table(view, contacts)
    return _section(
        "Contacts of two stations",
        _note(pairs.pair_note(contacts)),
        tag("div", found, class_="contacts"),
    )


def _not_flown(view: View) -> Markup:
    found = limits(view.plan)
    if not found:
        return Markup("")
    note = (
        "Largest loss of expected key first. Passes without a usable window have no key computed."
    )
    return _section("Why the other passes are not flown", _note(note), tables.limits_table(found))


def _schedule(view: View) -> Markup:
    plan = view.plan
    if not plan.quotas and len(plan.goals) < 2:
        return Markup("")
    note = (
        f"Objective {plan.objective}, {plan.schedule_method}. No schedule exceeds the bound of a "
        "goal that keeps the goals before it."
    )
    more = [tables.quotas_table(plan.quotas)] if plan.quotas else []
    more += [tables.served_table(plan.pairs)] if plan.pairs is not None else []
    return _section(
        "What the schedule is held to", _note(note), tables.goals_table(plan.goals), *more
    )


def _assets(view: View) -> Markup:
    return _section(
        "Satellites and stations",
        tag("h3", "Satellites"),
        tables.satellites_table(view, satellite_totals(view.plan)),
        tag("h3", "Stations"),
        tables.stations_table(view, station_totals(view.plan)),
    )


def _security(view: View) -> Markup:
    if not view.plan.ledgers:
        return Markup("")
    note = "How the security parameters of one key block are spent."
    return _section("Security parameters", _note(note), tables.ledgers_table(view))


def _settings(view: View) -> Markup:
    if not view.plan.key_settings:
        return Markup("")
    note = keys.pooling_note(view)
    parts = [_note(note)] if note else []
    return _section("Protocol settings and blocks", *parts, keys.settings_table(view))


def _requirements(view: View) -> Markup:
    if not view.plan.findings:
        return Markup("")
    missed = sum(not item.is_met for item in view.plan.findings)
    asked = counted(len(view.plan.findings), "requirement", "requirements")
    note = f"{asked}, {count(missed)} not met." if missed else f"{asked}, all met."
    return _section("Requirements", _note(note), assurance.requirements_table(view))


def _demands(view: View) -> Markup:
    found = outlook.outlook_parts(view)
    return _section("Who runs out of key", found) if found else found


def _pairs(view: View) -> Markup:
    return joined(assurance.pair_sections(view))


def _sources(view: View) -> Markup:
    parts = [tag("h3", "Models"), tables.models_table(view)]
    if view.plan.import_report:
        parts += [tag("h3", "Import report"), tables.import_table(view)]
    if view.plan.scenario.inputs:
        parts += [tag("h3", "Inputs"), tables.inputs_table(view)]
    parts += [tag("h3", "Made with"), tables.provenance_table(view)]
    return _section("Models, inputs and provenance", *parts)


def _section(title: str, *content: Markup) -> Markup:
    return tag("section", tag("h2", title), *content)


def _figure(title: str, caption: str, *content: Markup) -> Markup:
    head = tag("figcaption", tag("h3", title), tag("p", caption))
    return tag("figure", head, *content)


def _note(text: str) -> Markup:
    return tag("p", text, class_="note")


_SECTIONS: tuple[Callable[[View], Markup], ...] = (
    _headline,
    _requirements,
    _when,
    _key,
    _link,
    _demands,
    _contacts,
    _pair_contacts,
    _schedule,
    _not_flown,
    _assets,
    _settings,
    _security,
    _pairs,
    _sources,
)
