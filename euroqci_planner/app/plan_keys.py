"""The keys of a plan: what the schedule chooses from, and what the contacts are worth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from euroqci_planner.app.key_blocks import pooled_candidates, pooled_contacts
from euroqci_planner.app.key_quantiles import with_quantiles
from euroqci_planner.app.key_work import Advance, KeyWork, evaluate_link_and_key
from euroqci_planner.app.pair_blocks import pooled_pairs, without_keyless_pairs
from euroqci_planner.app.pair_work import evaluate_pairs
from euroqci_planner.app.pass_skies import skies_of_passes
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.app.sky_keys import without_cloudy_keys
from euroqci_planner.mission.assets import DecoySource, SettingsPolicy
from euroqci_planner.mission.key_details import Pooling
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import ModelUsed, PassDecisions, PassState
from euroqci_planner.mission.scenario import BlockPolicy, Scenario

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry

QUANTILES_MODEL = ModelUsed(
    "key",
    "quantiles of the key by Latin hypercube draws of loss, background and counts",
    "McKay, Beckman, Conover, Technometrics 21, 239 (1979)",
)
_SEARCH_MODEL = ModelUsed(
    "key",
    "protocol settings by Newton steps on the signed key length, several starts",
    "own method; starts by Halton, Numer. Math. 2, 84 (1960)",
)
_POOLING_MODEL = ModelUsed(
    "key",
    "blocks of several passes by dynamic programming, expected counts",
    "own method on the proof of the key",
)


def keys_to_choose_from(scenario: Scenario, found: Geometry, advance: Advance) -> KeyWork:
    """Links and keys of all passes as the schedule values them."""
    chances = skies_of_passes(scenario, found.passes)
    work = evaluate_link_and_key(scenario, found, chances, advance)
    work = with_quantiles(scenario, pooled_candidates(scenario, work))
    return replace(work, pairs=pooled_pairs(scenario, evaluate_pairs(scenario, found)))


def keys_of_contacts(
    scenario: Scenario, work: KeyWork, decisions: PassDecisions
) -> tuple[KeyWork, PassDecisions, Pooling | None]:
    """Keys once the contacts are chosen: pooled blocks hold those and no others."""
    work, decisions, pooling = pooled_contacts(scenario, work, decisions)
    if pooling is not None:
        work = with_quantiles(scenario, work, decisions.flown_alone)
    return work, decisions, pooling


def without_keyless(
    work: KeyWork,
    settled: KeyWork,
    decisions: PassDecisions,
    contacts: PairContacts | None = None,
) -> KeyWork | None:
    """The passes to choose from without those that were chosen for a block without a key.

    `settled` holds the keys of the contacts, `contacts` those of two stations. None where every
    contact has a key; pinned contacts are flown whatever they give.
    """
    chosen = decisions.flown_alone & (decisions.state == PassState.SCHEDULED)
    keyless = chosen & ~(settled.keys.key_bits > 0.0)
    pairs = None if work.pairs is None else without_keyless_pairs(work.pairs, contacts)
    if not keyless.any() and pairs is None:
        return None
    bits = np.where(keyless, 0.0, work.keys.key_bits)
    details = without_cloudy_keys(work.details, keyless)
    return replace(
        work,
        keys=replace(work.keys, key_bits=bits),
        details=details,
        pairs=work.pairs if pairs is None else pairs,
    )


def warnings_of_keys(pooling: Pooling | None) -> tuple[str, ...]:
    """What a planner should know about the keys of the contacts."""
    if pooling is None or not pooling.keyless_contacts:
        return ()
    text = (
        f"contacts flown for pooled blocks that stay without a key: {pooling.keyless_contacts}; "
        "the schedule valued them with passes that it did not choose; raise [policy] "
        "pool_latency_days or ban them"
    )
    return (text,)


def key_models_used(scenario: Scenario) -> tuple[ModelUsed, ...]:
    """The models behind the keys of a scenario, each once."""
    sources = {item.payload.source: None for item in scenario.satellites}
    models = [
        model
        for protocol in dict.fromkeys(source.protocol for source in sources)
        for model in KEY_MODELS[protocol].models_under(scenario.policy)
    ]
    seeks = any(
        isinstance(source, DecoySource) and source.settings is not SettingsPolicy.FIXED
        for source in sources
    )
    models += [_SEARCH_MODEL] if seeks else []
    models += [_POOLING_MODEL] if scenario.policy.block is BlockPolicy.POOLED else []
    models += [QUANTILES_MODEL] if scenario.policy.uncertainty_draws else []
    return tuple(dict.fromkeys(models))
