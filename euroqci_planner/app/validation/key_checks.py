"""Published keys, recomputed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from euroqci_planner.app.validation.key_reference import REFERENCE_CHECKS
from euroqci_planner.app.validation.key_terminals import channel, receiver, source
from euroqci_planner.app.validation.pair_checks import PAIR_CHECKS
from euroqci_planner.app.validation.rows import Finding
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.asymptotic import infinite_block_key
from euroqci_planner.qkd.counts import ErrorSharing, expected_counts
from euroqci_planner.qkd.decoy_bb84 import finite_key_cost_bits, two_decoy_key
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.resources import resource

BASES = 2.0


def _xi0(sharing: ErrorSharing) -> tuple[DetectionCounts, DecoySettings]:
    """Zenith pass of the reference program: 401 slots of 1 s around the culmination."""
    with resource("validation", "loss_XI0.csv").open(encoding="utf-8", newline="") as file:
        loss = {int(row["t_s"]): float(row["eta_total"]) for row in csv.DictReader(file)}
    transmittance = np.array([loss[second] for second in range(-200, 201)])
    sender = source((0.7921, 0.1707, 0.0), (0.7501, 0.1749, 0.075), 0.7611, 0.005)
    samples = channel(transmittance, 1e-7, np.ones(len(transmittance)))
    counts = expected_counts(sender, receiver(0.7611, 1e-3), samples, sharing=sharing)
    return counts, DecoySettings.of(sender)


def _xi0_reference(concentration: Concentration) -> float:
    counts, settings = _xi0(ErrorSharing.BY_DETECTIONS)
    policy = Policy(concentration=concentration)
    return float(
        two_decoy_key(counts, settings, policy, compat=ReferenceCompat()).key_bits_signed.item()
    )


def _xi0_asymptotic() -> float:
    counts, settings = _xi0(ErrorSharing.BY_DETECTIONS)
    key = infinite_block_key(counts, settings, Policy(), compat=ReferenceCompat())
    return float(key.key_bits_signed.item())


def _xi0_product() -> float:
    counts, settings = _xi0(ErrorSharing.OWN)
    return float(two_decoy_key(counts, settings, Policy()).key_bits_signed.item())


@lru_cache(maxsize=1)
def micius_2016_key_bits() -> float:
    """Final key of 19 Dec 2016 from 1 671 072 sifted bits at a QBER of 1.1 % (Liao et al. 2017).

    A constant loss and an intrinsic error are fitted to these two numbers; noise 1e-7 per gate
    and f = 1.3 are assumed, for they are not published. Both bases give key.
    """

    def counts_at(transmittance: float, intrinsic_error: float) -> DetectionCounts:
        sender = source((0.8, 0.1, 0.0), (0.5, 0.25, 0.25), 0.5, intrinsic_error)
        samples = channel(np.array([transmittance]), 1e-7, np.array([273.0]))
        return expected_counts(sender, receiver(0.5, 0.0), samples)

    def sifted_excess(transmittance: float) -> float:
        return float(BASES * np.sum(counts_at(transmittance, 0.0).key_detections) - 1_671_072.0)

    transmittance = brentq(sifted_excess, 1e-6, 1e-2, xtol=1e-18)

    def error_excess(intrinsic_error: float) -> float:
        counts = counts_at(transmittance, intrinsic_error)
        return float(np.sum(counts.key_errors) / np.sum(counts.key_detections) - 0.011)

    counts = counts_at(transmittance, brentq(error_excess, 0.0, 0.02))
    settings = DecoySettings.of(source((0.8, 0.1, 0.0), (0.5, 0.25, 0.25), 0.5, 0.0))
    policy = Policy(error_correction_efficiency=1.3)
    return float(BASES * two_decoy_key(counts, settings, policy).key_bits_signed.item())


KEY_CHECKS: dict[str, Callable[[], float | Finding]] = {
    **REFERENCE_CHECKS,
    **PAIR_CHECKS,
    "XI0-CHERNOFF": lambda: _xi0_reference(Concentration.CHERNOFF),
    "XI0-HOEFFDING": lambda: _xi0_reference(Concentration.HOEFFDING),
    "XI0-ASYMPTOTIC": _xi0_asymptotic,
    "XI0-PRODUCT": _xi0_product,
    "LIM-CONSTANT": lambda: finite_key_cost_bits(Policy()),
    "MIC-2016-KEY": micius_2016_key_bits,
}
