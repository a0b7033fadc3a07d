"""Settings and pooled blocks of a plan as plain data for `summary.json`."""

from __future__ import annotations

from typing import Any

from euroqci_planner.mission.assets import DecoySource, PairSource
from euroqci_planner.mission.key_details import PayloadSettings, Pooling
from euroqci_planner.units import SECONDS_PER_HOUR

_BITS_DECIMALS = 1
_HOURS_DECIMALS = 3
_SETTING_DECIMALS = 6


def settings_plain(item: PayloadSettings) -> dict[str, Any]:
    """What a payload has to be set to; `sets` is empty where every pass has settings of its own."""
    return {
        "payload": item.payload_id,
        "settings": item.policy.value,
        "expected_bits_each_alone": round(item.expected_bits, _BITS_DECIMALS),
        "representation_error": item.representation_error,
        "sets": [
            {**_source(source), "usable_passes": passes}
            for source, passes in zip(item.sources, item.passes, strict=True)
        ],
    }


def _source(source: DecoySource | PairSource) -> dict[str, Any]:
    share = round(source.key_basis_probability, _SETTING_DECIMALS)
    if isinstance(source, PairSource):
        return {"protocol": source.protocol.value, "key_basis_probability": share}
    return {
        "protocol": source.protocol.value,
        "intensities": [round(level, _SETTING_DECIMALS) for level in source.intensities],
        "intensity_probabilities": [
            round(level, _SETTING_DECIMALS) for level in source.intensity_probabilities
        ],
        "key_basis_probability": share,
    }


def pooling_plain(pooling: Pooling) -> dict[str, Any]:
    """What waiting for one another gives the contacts, and how long it takes."""
    return {
        "blocks": pooling.blocks,
        "contacts": pooling.contacts,
        "keyless_contacts": pooling.keyless_contacts,
        "separate_expected_bits": round(pooling.separate_bits, _BITS_DECIMALS),
        "pooled_expected_bits": round(pooling.pooled_bits, _BITS_DECIMALS),
        "gain_bits": round(pooling.gain_bits, _BITS_DECIMALS),
        "scheduled_on_bits": round(pooling.scheduled_bits, _BITS_DECIMALS),
        "mean_waiting_h": round(pooling.mean_waiting_s / SECONDS_PER_HOUR, _HOURS_DECIMALS),
        "longest_waiting_h": round(pooling.longest_waiting_s / SECONDS_PER_HOUR, _HOURS_DECIMALS),
    }
