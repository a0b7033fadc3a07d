"""Requirements and the security of every pair, as the report shows them."""

from __future__ import annotations

from collections.abc import Iterator

from euroqci_planner.io.report.display import ABSENT, bits_text, count, span
from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.tables import NUMBER, TEXT, table
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.assurance_columns import findings_on
from euroqci_planner.mission.pair_security import PairSecurity
from euroqci_planner.mission.requirements import Finding


def requirements_table(view: View) -> Markup:
    """Pass or fail per requirement; empty where the scenario has none."""
    findings = view.plan.findings
    return findings_table(findings) if findings else Markup("")


def findings_table(findings: tuple[Finding, ...] | list[Finding]) -> Markup:
    """Requirements with limit, figure, verdict and evidence."""
    heads = (
        ("Requirement", TEXT),
        ("Metric", TEXT),
        ("Demand", TEXT),
        ("Limit", TEXT),
        ("Figure", TEXT),
        ("Verdict", TEXT),
        ("Evidence", TEXT),
    )
    rows = [
        (
            item.requirement.id,
            item.requirement.metric.value,
            item.requirement.demand_id or "whole plan",
            item.requirement.limit_text,
            item.figure_text,
            tag("strong", item.verdict.upper()),
            item.evidence,
        )
        for item in findings
    ]
    return table(heads, rows)


def pair_sections(view: View) -> list[Markup]:
    """One section per pair of users with demands."""
    pairs = () if view.plan.course is None else view.plan.course.security
    return [_pair_section(view, item) for item in pairs]


def _pair_section(view: View, item: PairSecurity) -> Markup:
    parts = [tag("h2", f"Security of {item.a} and {item.b}"), _facts(item)]
    parts += [tag("h3", "Ways of the key"), _ways(item)] if item.ways else []
    found = findings_on(item.demand_ids, view.plan.findings)
    if found:
        parts += [tag("h3", "Evidence for requirements"), findings_table(found)]
    else:
        parts.append(tag("p", "No requirement names a demand of this pair.", class_="note"))
    return tag("section", joined(parts), class_="security")


def _facts(item: PairSecurity) -> Markup:
    rows = [(name, value) for name, value in _fact_rows(item)]
    return table((("What", TEXT), ("Value", TEXT)), rows)


def _fact_rows(item: PairSecurity) -> Iterator[tuple[str, str]]:
    yield "demands", ", ".join(item.demand_ids)
    trusted = "no way" if item.trusted_nodes < 0 else count(item.trusted_nodes)
    yield "trusted nodes on the worst way", trusted
    yield "trusted places", ", ".join(item.places) or "none"
    yield "countries trusted", ", ".join(item.countries) or "none"
    yield "places that all its key passes", ", ".join(item.common_places) or "none"
    yield "satellites that together know key", _collusion(item)
    yield "ways that share no place", count(item.disjoint_ways)
    yield "epsilon budget", _epsilon(item)
    yield "age of relayed key at its arrival", _age(item)


def _collusion(item: PairSecurity) -> str:
    if item.satellites_to_collude < 0:
        return "none has a part"
    if item.satellites_to_collude == 1:
        return "each one alone"
    return f"{item.satellites_to_collude} that work together; fewer know nothing"


def _epsilon(item: PairSecurity) -> str:
    if not item.blocks:
        return "no satellite key block; fibre devices state their own"
    blocks = "key block" if item.blocks == 1 else "key blocks"
    return f"{item.epsilon:.3g} over {count(item.blocks)} {blocks}; fibre devices come on top"


def _age(item: PairSecurity) -> str:
    if item.mean_age_s != item.mean_age_s:
        return "nothing was relayed"
    more = "" if item.is_age_known else "; key at hand at the start counts from there"
    return f"{span(item.mean_age_s)} on average, {span(item.oldest_age_s)} the oldest{more}"


def _ways(item: PairSecurity) -> Markup:
    heads = (
        ("Way", TEXT),
        ("Key", NUMBER),
        ("Trusted nodes", NUMBER),
        ("Countries", TEXT),
        ("Satellites", TEXT),
    )
    rows = [
        (
            way.text,
            bits_text(way.bits) if way.bits else "not used",
            count(way.trusted_nodes),
            ", ".join(way.countries) or ABSENT,
            ", ".join(way.satellites) or ABSENT,
        )
        for way in item.ways
    ]
    return table(heads, rows)
