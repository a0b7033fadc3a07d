"""Dual downlink: one source of entangled pairs, two stations at the same time."""

from __future__ import annotations

import numpy as np

from euroqci_planner.errors import Fault
from euroqci_planner.mission.assets import PairSource, Payload
from euroqci_planner.mission.link_budget import LinkBudget
from euroqci_planner.units import FloatArray

_TERMINALS = 2


def dual_downlink_faults(payload: Payload) -> tuple[Fault, ...]:
    """What keeps a payload from feeding two stations at once; empty if nothing."""
    faults = []
    if not isinstance(payload.source, PairSource):
        faults.append(
            Fault(
                "two stations at once need a source of entangled pairs",
                where="source.protocol",
                value=payload.source.protocol,
                mend="give one station, or protocol = bbm92",
            )
        )
    if payload.terminals < _TERMINALS:
        faults.append(
            Fault(
                "two stations at once need two telescopes on board",
                where="terminals",
                value=str(payload.terminals),
                mend="set terminals = 2",
            )
        )
    return tuple(faults)


def pair_transmittance(first: LinkBudget, second: LinkBudget) -> FloatArray:
    """Share of the pairs of which both photons click, per sample.

    The product of the two links: losses in dB add. Both budgets hold the same instants, row for
    row; raises ValueError where their lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"dual downlink: {len(first)} and {len(second)} samples do not match")
    return np.asarray(first.total_transmittance() * second.total_transmittance())


def pair_terms(first: LinkBudget, second: LinkBudget) -> tuple[tuple[str, ...], FloatArray]:
    """Names and transmittances (samples, terms) of both arms side by side, for one waterfall."""
    names = tuple(f"{name}_{arm}" for arm in ("a", "b") for name in first.loss_terms)
    return names, np.concatenate([first.transmittance, second.transmittance], axis=1)
