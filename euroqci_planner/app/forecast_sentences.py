"""A forecast in one sentence, and why there is none."""

from __future__ import annotations

from euroqci_planner.app.display import count, counted
from euroqci_planner.app.key_forecast import SwitchedForecast
from euroqci_planner.app.plan_sentences import requirements_text
from euroqci_planner.app.user_pairs import outcome_of
from euroqci_planner.mission.plan import Plan

_SURE = 0.5


def forecast_sentence(found: SwitchedForecast) -> str:
    """What was asked, over how many skies and contacts, and what comes of it."""
    members = found.last.forecast.members if found.last.forecast is not None else 0
    parts = [
        found.switches.text[:1].upper() + found.switches.text[1:],
        counted(members, "sky", "skies") if members else "one expected course",
        _contacts(found),
        _risk(found),
    ]
    if found.last.findings:
        parts.append(requirements_text(found.last))
    return " \u00b7 ".join(parts)


def why_no_forecast(plan: Plan) -> str:
    """Why the plan cannot be asked who runs out of key; '' where it can."""
    if plan.keys is None:
        return "The plan holds passes alone: there is no key to run out of."
    if not plan.scenario.network.demands:
        return (
            "The scenario has no demand: nobody can run out of key.\n\nAdd [[demand]] to the"
            " scenario, with the users as [[node]] and [[fibre_link]] to them."
        )
    return ""


def _contacts(found: SwitchedForecast) -> str:
    now, before = len(found.last.contact_rows), len(found.planned.contact_rows)
    text = counted(now, "contact", "contacts")
    return text if now == before else f"{text} ({count(before)} planned)"


def _risk(found: SwitchedForecast) -> str:
    """How many demands are more likely than not to run out, now and as planned."""
    short, total = _likely_short(found.last)
    before, _ = _likely_short(found.planned)
    as_planned = "" if found.switched is None else f" (as planned {count(before)})"
    return f"{count(short)} of {counted(total, 'demand', 'demands')} likely to run out{as_planned}"


def _likely_short(plan: Plan) -> tuple[int, int]:
    outcome = outcome_of(plan)
    if outcome is None:
        return 0, 0
    if plan.forecast is None:
        return int((outcome.unserved_bits > 0.0).sum()), len(outcome)
    return int((outcome.p_empty > _SURE).sum()), len(outcome)
