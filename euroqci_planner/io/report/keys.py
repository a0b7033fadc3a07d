"""Settings and blocks in the report: what is uploaded, and what waits for what."""

from __future__ import annotations

from collections.abc import Sequence

from euroqci_planner.io.report.display import bits_text, count, counted, span
from euroqci_planner.io.report.markup import Markup
from euroqci_planner.io.report.tables import NUMBER, TEXT, table
from euroqci_planner.io.report.view import View
from euroqci_planner.mission.assets import DecoySource, SettingsPolicy
from euroqci_planner.mission.key_details import PayloadSettings

_POLICIES = {
    SettingsPolicy.FIXED: "as the scenario says",
    SettingsPolicy.OPTIMISE_MISSION: "best for the mission",
    SettingsPolicy.OPTIMISE_PASS: "best for each pass: settings.csv",
}


def settings_table(view: View) -> Markup:
    """Protocol settings by payload, one row per set."""
    heads = (
        ("Payload", TEXT),
        ("Settings", TEXT),
        ("Intensities", TEXT),
        ("Probabilities", TEXT),
        ("Key basis", NUMBER),
        ("Usable passes", NUMBER),
    )
    return table(heads, [row for item in view.plan.key_settings for row in _rows(item)])


def _rows(item: PayloadSettings) -> list[tuple[object, ...]]:
    name, policy = item.payload_id, _POLICIES[item.policy]
    if not item.sources:
        return [(name, policy, "", "", "", "")]
    rows: list[tuple[object, ...]] = []
    for source, passes in zip(item.sources, item.passes, strict=True):
        levels = shares = ""
        if isinstance(source, DecoySource):
            levels, shares = _numbers(source.intensities), _numbers(source.intensity_probabilities)
        basis = f"{source.key_basis_probability:.3f}"
        rows.append((name, policy, levels, shares, basis, count(passes)))
    return rows


def _numbers(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3g}" for value in values)


def pooling_note(view: View) -> str:
    """What pooled blocks gain and how long they wait; '' where each pass is a block."""
    pooling = view.plan.pooling
    if pooling is None:
        return ""
    blocks = counted(pooling.blocks, "block", "blocks")
    contacts = counted(pooling.contacts, "contact", "contacts")
    return (
        f"{blocks} hold {contacts}: {bits_text(pooling.pooled_bits)} expected against "
        f"{bits_text(pooling.separate_bits)} if each contact were a block. A bit waits "
        f"{span(pooling.mean_waiting_s)} on average and {span(pooling.longest_waiting_s)} at most."
    )
