"""The rows of the reference program (SatQuMA 2.0.0-beta), recomputed one by one.

In the setting `reference_compat` of the key room, which copies the choices of that program, and in
the setting of this one. A row is named by its line in the published table.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from euroqci_planner.app.validation.key_terminals import channel, receiver, source
from euroqci_planner.app.validation.rows import Finding
from euroqci_planner.mission.assets import DecoySource, Receiver
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.bounds import chernoff, no_deviation
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import ChannelSamples, ErrorSharing, expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.reference_compat import ReferenceCompat
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.resources import resource
from euroqci_planner.units import FloatArray

Row = Mapping[str, str]
PRINTED = 1e-8
SHORTFALL = 1e-5
_MOST_NAMED = 6
_BOUNDS = {"Chernoff": chernoff, "Asymptotic": no_deviation}
# A search has to start somewhere: these settings are in no row.
_START = {"Px": "0.8", "p1": "0.8", "p2": "0.15", "mu1": "0.7", "mu2": "0.1", "mu3": "0.0"}


@dataclass(frozen=True, slots=True)
class Compared:
    """A row with its printed key, and ours: with the program's choices and with our own."""

    row: Row
    printed: float
    compat: float
    product: float


def read(name: str) -> list[dict[str, str]]:
    """Rows of a packaged table."""
    with resource("validation", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def losses() -> dict[str, FloatArray]:
    """Loss tables by name: t_s, elevation_deg, transmittance, (3, slots)."""
    tables: dict[str, list[tuple[float, ...]]] = {}
    for row in read("key_losses.csv"):
        values = tuple(float(row[name]) for name in ("t_s", "elevation_deg", "eta_total"))
        tables.setdefault(row["loss"], []).append(values)
    return {name: np.array(values).T for name, values in tables.items()}


def window(row: Row) -> ChannelSamples:
    """Slots of 1 s from t0 − dt to t0 + dt, both included; passes of one block repeat them.

    t0 is the highest point or, with a shift in degrees, the last slot that is no further from the
    zenith.
    """
    t_s, elevation_deg, eta = losses()[row["loss"]]
    shift = float(row.get("shift_deg", 0.0))
    start = t_s[(t_s >= 0.0) & (elevation_deg >= 90.0 - shift)].max() if shift else 0.0
    inside = np.abs(t_s - start) <= float(row["dt_s"])
    dimmed = eta[inside] * 10.0 ** (-0.1 * float(row["extra_loss_dB"]))
    slot_s = np.full(len(dimmed), float(row.get("NoPass", 1.0)))
    return channel(dimmed, float(row["Pec"]), slot_s)


def terminals(row: Row) -> tuple[DecoySource, Receiver]:
    """Source and receiver of a row: both ends choose the key basis with one probability."""
    number = {name: float(row[name]) for name in ("Px", "p1", "p2", "mu1", "mu2", "mu3", "QBERI")}
    made = source(
        (number["mu1"], number["mu2"], number["mu3"]),
        (number["p1"], number["p2"], 1.0 - number["p1"] - number["p2"]),
        number["Px"],
        number["QBERI"],
    )
    fast = replace(made, pulse_rate_hz=float(row.get("fs_Hz", 1e8)))
    return fast, receiver(number["Px"], float(row.get("Pap", 1e-3)))


def compared(row: Row) -> Compared:
    """Both keys of a row of the packaged table."""
    policy = Policy(
        epsilon_secrecy=float(row["eps_s"]),
        epsilon_correctness=float(row["eps_c"]),
        error_correction_efficiency=float(row["fEC"]),
    )
    sender, at = terminals(row)
    samples, settings = window(row), DecoySettings.of(sender)
    # The asymptotic rows count every pass of a block for itself.
    blocks = float(row["NoPass"]) if row["bound"] != "Asymptotic" else 1.0

    def bits(sharing: ErrorSharing, compat: ReferenceCompat | None) -> float:
        counts = expected_counts(sender, at, samples, sharing=sharing)
        key = two_decoy_key(counts, settings, policy, bound=_BOUNDS[row["bound"]], compat=compat)
        return max(float(key.key_bits_signed.item()), 0.0) / blocks

    return Compared(
        row,
        float(row["SKL"]),
        bits(ErrorSharing.BY_DETECTIONS, ReferenceCompat()),
        bits(ErrorSharing.OWN, None),
    )


@lru_cache(maxsize=1)
def every_row() -> tuple[Compared, ...]:
    """All rows of the packaged table, both ways."""
    return tuple(compared(row) for row in read("key_rows.csv"))


def change(ours: float, printed: float) -> float:
    """Relative difference; infinite for a key where none is printed."""
    if printed == 0.0:
        return 0.0 if ours == 0.0 else float("inf")
    return ours / printed - 1.0


def rows_of(group: str, bound: str = "") -> list[Compared]:
    """Rows of a table, with one bound where it is named."""
    return [
        item
        for item in every_row()
        if item.row["set"] == group and (not bound or item.row["bound"] == bound)
    ]


def compat_finding(rows: list[Compared]) -> Finding:
    """Largest relative deviation with the choices of the reference program."""
    changes = np.abs([change(item.compat, item.printed) for item in rows])
    met = int(np.sum(changes <= PRINTED))
    off = [item.row["id"] for item, far in zip(rows, changes, strict=True) if far > PRINTED]
    note = f"{met} of {len(rows)} rows within {PRINTED:g}" + _named("; not met", off)
    return Finding(float(np.max(changes)), note)


def product_finding(rows: list[Compared]) -> Finding:
    """Median size of the differences of this program's own setting, and what they are."""
    changes = np.array([change(item.product, item.printed) for item in rows])
    apart = np.isfinite(changes) & (np.abs(changes) > PRINTED)
    new = [item.row["id"] for item, far in zip(rows, changes, strict=True) if np.isinf(far)]
    lost = [item.row["id"] for item, far in zip(rows, changes, strict=True) if far == -1.0]
    sizes = changes[apart] if apart.any() else np.zeros(1)
    more, less = int(np.sum(sizes > PRINTED)), int(np.sum(sizes < -PRINTED))
    note = (
        f"{more + less + len(new)} of {len(rows)} rows differ: {more} more, {less} less, "
        f"{100.0 * sizes.min():+.2f} % to {100.0 * sizes.max():+.2f} %"
    )
    note += _named("; a key where the program prints none", new)
    note += _named("; none where it has one", lost)
    return Finding(float(np.median(np.abs(sizes))), note)


def _named(what: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{what}: {', '.join(names[:_MOST_NAMED])}{more}"


def optimum_bits(row: Row) -> float:
    """Key of a case with settings that are sought, as the product seeks them."""
    sender, at = terminals({**row, **_START})
    samples = window(row)
    channels = PassChannels.of(sender, ReceiverColumns.of(at, 1), compressed(samples))
    policy = Policy(concentration=Concentration(row["bound"].lower()))
    return float(optimise_settings(channels, policy).key_bits_signed.item())


@lru_cache(maxsize=1)
def every_optimum() -> tuple[tuple[Row, float], ...]:
    """The optimised cases with the key that is found."""
    return tuple((row, optimum_bits(row)) for row in read("key_optima.csv"))


def optimum_finding() -> Finding:
    """Largest shortfall against the independent optimum; zero where none falls short."""
    ratios = {row["id"]: bits / float(row["SKL_independent"]) for row, bits in every_optimum()}
    worst = min(ratios, key=lambda name: ratios[name])
    reached = sum(ratio >= 1.0 - SHORTFALL for ratio in ratios.values())
    note = (
        f"{reached} of {len(ratios)} cases reach {1.0 - SHORTFALL:g} of the optimum; least "
        f"{ratios[worst]:.7f} ({worst}), most {max(ratios.values()):.7f}"
    )
    return Finding(max(1.0 - ratios[worst], 0.0), note)


def zeros_finding() -> Finding:
    """Cases without a key where one exists."""
    ours = [row["id"] for row, bits in every_optimum() if not bits > 0.0]
    theirs = sum(float(row["SKL_tool"]) == 0.0 for row, _ in every_optimum())
    note = f"the reference program's own search stopped at zero in {theirs} of them"
    return Finding(float(len(ours)), note + _named("; without key", ours))


REFERENCE_CHECKS: dict[str, Callable[[], Finding]] = {
    "SATQUMA-FIXED": lambda: compat_finding(rows_of("fixed")),
    "SATQUMA-ONE": lambda: compat_finding(rows_of("one")),
    "SATQUMA-FIXED-OWN": lambda: product_finding(rows_of("fixed", "Chernoff")),
    "SATQUMA-FIXED-OWN-ASYMPTOTIC": lambda: product_finding(rows_of("fixed", "Asymptotic")),
    "SATQUMA-ONE-OWN": lambda: product_finding(rows_of("one")),
    "SATQUMA-OPTIMA": optimum_finding,
    "SATQUMA-OPTIMA-ZEROS": zeros_finding,
}
