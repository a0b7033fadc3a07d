"""Links and keys of all passes: pieces that fit into memory, then what holds for a whole payload.

Samples live only as long as their piece. Of every pass remain its link, its key and a handful of
pseudo-samples, from which settings for a mission, pooled blocks and quantiles follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from euroqci_planner.app.key_columns import (
    DetailColumns,
    PayloadKeys,
    empty_columns,
    fill,
    finished,
)
from euroqci_planner.app.link_and_key import (
    Piece,
    budget_of,
    culmination_samples,
    pieces_of,
    receiver_of,
)
from euroqci_planner.app.pair_work import PairWork
from euroqci_planner.app.registry import KEY_MODELS, PASS_KEYS
from euroqci_planner.app.sky_keys import expected_alone, with_clouds
from euroqci_planner.link.budget import pass_link
from euroqci_planner.mission.assets import (
    DecoySource,
    Payload,
    Receiver,
    Role,
    SettingsPolicy,
)
from euroqci_planner.mission.key_details import KeyDetails, PayloadSettings
from euroqci_planner.mission.key_yield import DetectionCounts, EpsilonLedger, KeyYield
from euroqci_planner.mission.link_budget import LOSS_TERMS, NOISE_TERMS, LinkBudget, PassLink
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassSamples
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.orbit.narrowed_windows import NarrowedWindows, narrowed
from euroqci_planner.qkd.compression import CompressedChannel, compressed, joined_channels
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.mission_settings import MissionOptimum, optimise_mission
from euroqci_planner.qkd.pass_keys import KeyRules, PassKeys
from euroqci_planner.qkd.pass_settings import PassSettings
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.timebase import after
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry

Advance = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class KeyWork:
    """Links and keys, row for row with the passes; `found` holds the windows that are flown.

    Rows without a usable window are NaN throughout, keys also in those of sources of entangled
    pairs: `pairs` holds what two stations share with each other, None without such a source.
    """

    found: Geometry
    link: PassLink
    keys: KeyYield
    details: KeyDetails
    payloads: tuple[PayloadKeys, ...]
    settings: tuple[PayloadSettings, ...]
    ledgers: Mapping[str, EpsilonLedger]
    chances: SkyChances
    pairs: PairWork | None = None


def evaluate_link_and_key(
    scenario: Scenario, found: Geometry, chances: SkyChances, advance: Advance
) -> KeyWork:
    """Per pass: link terms and key, with the settings and windows that the scenario asks for.

    `chances` are those of the sky per pass. Where settings serve many passes, the key of each in
    clear sky counts with the chance of that.
    """
    link = empty_columns(
        PassLink, len(found.passes), loss_terms=LOSS_TERMS, noise_terms=NOISE_TERMS
    )
    pieces = list(pieces_of(scenario, found.passes, found.conditions))
    again = [piece for piece in pieces if _is_for_mission(piece.satellite.payload)]
    steps = _Steps(advance, len(pieces) + len(again))
    seen = [(piece, _first_look(scenario, found, piece, link, steps)) for piece in pieces]
    looks = [(piece, look) for piece, look in seen if look is not None]
    payloads = tuple(
        with_clouds(scenario, _payload_keys(scenario, found, group, chances.clear, steps), chances)
        for group in _by_payload(looks)
    )
    keys = empty_columns(KeyYield, len(found.passes))
    details = DetailColumns(len(found.passes))
    for item in payloads:
        fill(keys, item.rows, item.keys.keys)
        details.add(item)
    return KeyWork(
        found=replace(found, conditions=_flown_windows(scenario, found, payloads)),
        link=PassLink(**finished(link)),
        keys=KeyYield(**finished(keys)),
        details=details.table(),
        payloads=payloads,
        settings=tuple(_settings_of(item, chances) for item in payloads),
        ledgers=_ledgers(scenario),
        chances=chances,
    )


class _Steps:
    """Counts finished pieces."""

    def __init__(self, advance: Advance, total: int) -> None:
        self._advance, self._total, self._done = advance, total, 0

    def next(self) -> None:
        """One more."""
        self._done += 1
        self._advance(self._done / self._total)


def _is_for_mission(payload: Payload) -> bool:
    return payload.source.settings is SettingsPolicy.OPTIMISE_MISSION


def _first_look(
    scenario: Scenario, found: Geometry, piece: Piece, link: dict[str, Any], steps: _Steps
) -> PassKeys | CompressedChannel | None:
    """Fill in the links of a piece; its keys, or what the search for mission settings needs.

    None for a source of entangled pairs: one station alone has no key with it.
    """
    samples, budget = budget_of(scenario, found.sky, found.passes, found.conditions, piece)
    culminations = culmination_samples(found.passes, found.conditions, samples)
    fill(link, piece.rows, pass_link(budget, samples, culminations))
    steps.next()
    if piece.satellite.role is Role.ENTANGLED_SOURCE:
        return None
    channel = _channel(samples, budget)
    if _is_for_mission(piece.satellite.payload):
        return compressed(channel)
    return _keys_of(scenario, piece, channel, None)


def _channel(samples: PassSamples, budget: LinkBudget) -> ChannelSamples:
    return ChannelSamples(
        transmittance=budget.total_transmittance(),
        noise_hz=budget.total_noise_hz(),
        slot_s=samples.slot_s,
        first_sample=samples.first_sample,
    )


def _keys_of(
    scenario: Scenario, piece: Piece, channel: ChannelSamples, settings: PassSettings | None
) -> PassKeys:
    payload = piece.satellite.payload
    rules = KeyRules(scenario.policy, scenario.schedule.min_dwell_s)
    find = PASS_KEYS[payload.source.protocol]
    return find(payload, receiver_of(piece), channel, rules, settings)


def _by_payload(
    looks: Iterable[tuple[Piece, PassKeys | CompressedChannel]],
) -> list[list[tuple[Piece, PassKeys | CompressedChannel]]]:
    groups: dict[str, list[tuple[Piece, PassKeys | CompressedChannel]]] = {}
    for piece, look in looks:
        groups.setdefault(piece.satellite.payload.id, []).append((piece, look))
    return list(groups.values())


def _payload_keys(
    scenario: Scenario,
    found: Geometry,
    group: list[tuple[Piece, PassKeys | CompressedChannel]],
    chance: FloatArray,
    steps: _Steps,
) -> PayloadKeys:
    """All passes of a payload, after the search for mission settings where these are wanted."""
    pieces = [piece for piece, _ in group]
    payload = pieces[0].satellite.payload
    rows = np.concatenate([piece.rows for piece in pieces])
    receivers = tuple(receiver_of(piece) for piece in pieces for _ in piece.rows)
    parts = [look for _, look in group if isinstance(look, PassKeys)]
    if parts:
        is_fixed = payload.source.settings is SettingsPolicy.FIXED
        sources = (payload.source,) if is_fixed else ()
        number = np.zeros(len(rows), dtype=np.intp)
        return PayloadKeys(payload, rows, receivers, sources, number, joined_keys(parts))
    channels = [look for _, look in group if isinstance(look, CompressedChannel)]
    best = _mission_optimum(scenario, payload, receivers, channels, chance[rows])
    keys = joined_keys(list(_second_look(scenario, found, pieces, best.settings, steps)))
    return PayloadKeys(
        payload, rows, receivers, best.sources, best.set_number, keys, best.representation_error
    )


def _mission_optimum(
    scenario: Scenario,
    payload: Payload,
    receivers: tuple[Receiver, ...],
    channels: list[CompressedChannel],
    weights: FloatArray,
) -> MissionOptimum:
    """The sets of settings that give the most key in the weather to expect."""
    if not isinstance(payload.source, DecoySource):
        raise TypeError(f"payload {payload.id}: only decoy-state sources have settings to seek")
    columns = ReceiverColumns.of(receivers, len(receivers))
    passes = PassChannels.of(payload.source, columns, joined_channels(channels))
    return optimise_mission(passes, scenario.policy, payload.source.settings_sets, weights=weights)


def _second_look(
    scenario: Scenario,
    found: Geometry,
    pieces: list[Piece],
    settings: PassSettings,
    steps: _Steps,
) -> Iterable[PassKeys]:
    """Keys of the pieces under the settings that were found, from all samples."""
    begin = 0
    for piece in pieces:
        samples, budget = budget_of(scenario, found.sky, found.passes, found.conditions, piece)
        mine = settings.take(np.arange(begin, begin + len(piece.rows)))
        begin += len(piece.rows)
        steps.next()
        yield _keys_of(scenario, piece, _channel(samples, budget), mine)


def joined_keys(parts: list[PassKeys]) -> PassKeys:
    """The passes of all parts in order."""
    settings = [part.settings for part in parts if part.settings is not None]
    return PassKeys(
        settings=PassSettings.joined(settings) if settings else None,
        begin_s=np.concatenate([part.begin_s for part in parts]),
        end_s=np.concatenate([part.end_s for part in parts]),
        is_cut=np.concatenate([part.is_cut for part in parts]),
        counts=DetectionCounts.joined([part.counts for part in parts]),
        keys=KeyYield.joined([part.keys for part in parts]),
        channel=joined_channels([part.channel for part in parts]),
    )


def _flown_windows(
    scenario: Scenario, found: Geometry, payloads: tuple[PayloadKeys, ...]
) -> PassConditions:
    """Usable windows cut to the part that gives the key."""
    cut = [item.rows[item.keys.is_cut] for item in payloads]
    rows = np.concatenate([np.zeros(0, dtype=np.intp), *cut])
    if not rows.size:
        return found.conditions
    begin_s, end_s = (
        np.concatenate([getattr(item.keys, name)[item.keys.is_cut] for item in payloads])
        for name in ("begin_s", "end_s")
    )
    whole = found.conditions.usable_start_utc[rows]
    left = NarrowedWindows(rows, after(whole, begin_s), after(whole, end_s), Exclusion.TOO_SHORT)
    return narrowed(
        found.passes,
        found.conditions,
        left,
        found.sky.fleet,
        scenario.stations,
        found.sky.bodies,
        0.0,
    )


def _settings_of(item: PayloadKeys, chances: SkyChances) -> PayloadSettings:
    used = np.bincount(item.set_number, minlength=len(item.sources))
    expected = np.nan_to_num(expected_alone(item, chances))
    return PayloadSettings(
        payload_id=item.payload.id,
        policy=item.payload.source.settings,
        sources=item.sources,
        passes=tuple(int(count) for count in used) if item.sources else (),
        expected_bits=float(np.sum(expected)),
        representation_error=item.representation_error,
    )


def _ledgers(scenario: Scenario) -> dict[str, EpsilonLedger]:
    payloads = {item.payload.id: item.payload for item in scenario.satellites}
    return {
        name: KEY_MODELS[payload.source.protocol].ledger(payload, scenario.policy)
        for name, payload in sorted(payloads.items())
    }
