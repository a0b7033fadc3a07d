"""Waterfall of the losses of a pass, its background, and its key as a sum."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from euroqci_planner.app.display import bit_unit, bits_text, fixed
from euroqci_planner.app.inspection import PassInspection
from euroqci_planner.app.key_account import KeyAccount
from euroqci_planner.gui.views.bar_chart import Bar, BarChart, Kind

_NOTHING_DB = 0.005
_NOTHING_HZ = 1e-3
_MINUS = "\u2212"


class LossWaterfall(BarChart):
    """Every loss term at the sample nearest to the culmination, one behind the other."""

    title = "Losses at the highest point [dB]"
    unit = "dB"
    least_px = (250, 120)

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show another pass."""
        message = absence(inspection)
        if inspection is None or inspection.link is None or inspection.loss_terms_db is None:
            self.set_bars((), message)
            return
        names, bars, at = inspection.link.loss_terms, [], 0.0
        for name, loss in zip(names, inspection.loss_terms_db.tolist(), strict=True):
            is_small = not loss >= _NOTHING_DB
            kind = Kind.NONE if is_small else Kind.PART
            bars.append(Bar(name.replace("_", " "), at, at + loss, fixed(loss, 2), kind))
            at += loss
        bars.append(Bar("total", 0.0, at, fixed(at, 2), Kind.SUM))
        if not math.isfinite(at):
            self.set_bars((), "outside the link model")
            return
        self.set_bars(bars)


class NoiseBars(BarChart):
    """Mean clicks per second and detector from every source, on a logarithmic axis."""

    title = "Background per detector [1/s]"
    unit = "1/s, log"
    least_px = (240, 120)
    is_logarithmic = True

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show another pass."""
        message = absence(inspection)
        if inspection is None or inspection.link is None or inspection.noise_terms_hz is None:
            self.set_bars((), message)
            return
        rates = inspection.noise_terms_hz.tolist()
        if not np.isfinite(rates).all():
            self.set_bars((), "outside the link model")
            return
        bars = [
            Bar(
                name.replace("_", " "),
                0.0,
                rate,
                _rate_text(rate),
                Kind.PART if rate >= _NOTHING_HZ else Kind.NONE,
            )
            for name, rate in zip(inspection.link.noise_terms, rates, strict=True)
        ]
        total = float(np.sum(rates))
        kind = Kind.SUM if total >= _NOTHING_HZ else Kind.NONE
        self.set_bars([*bars, Bar("total", 0.0, total, _rate_text(total), kind)])


class KeyLedgerChart(BarChart):
    """From sifted bits to secret key in clear sky: what every step of the proof takes away."""

    title = "Key in clear sky"
    least_px = (290, 120)

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show another pass."""
        message = absence(inspection)
        if inspection is None or inspection.account is None:
            self.set_bars((), message or "no detections in the test basis: no key can be proven")
            return
        bars = [*_account_bars(inspection.account), *_spread_bars(inspection)]
        size, self.unit = bit_unit(max(abs(bar.end) for bar in bars))
        self.title = f"Key in clear sky [{self.unit}]"
        self.set_bars([replace(bar, begin=bar.begin / size, end=bar.end / size) for bar in bars])


def absence(inspection: PassInspection | None) -> str:
    """Why there is nothing to draw; '' where there is."""
    if inspection is None:
        return ""
    if inspection.window_s is None:
        reason = f": {inspection.reason}" if inspection.reason else ""
        return f"no usable window{reason}"
    return "" if inspection.link is not None else "the plan holds the passes alone"


def _account_bars(account: KeyAccount) -> list[Bar]:
    bars, at = [], 0.0
    for number, entry in enumerate(account.entries):
        sign = "" if entry.bits >= 0.0 else _MINUS
        kind = Kind.SUM if number == 0 else Kind.PART
        text = sign + bits_text(abs(entry.bits))
        bars.append(Bar(entry.name, at, at + entry.bits, text, kind, entry.meaning))
        at += entry.bits
    if account.key_bits > 0.0:
        bars.append(Bar("secret key", 0.0, at, bits_text(account.key_bits), Kind.GOOD))
    else:
        missing = f"none, {bits_text(abs(account.signed_bits))} short"
        bars.append(Bar("secret key", 0.0, at, missing, Kind.BAD))
    return bars


def _spread_bars(inspection: PassInspection) -> list[Bar]:
    """What the key may become through loss, background and counts that turn out otherwise."""
    if inspection.key_range_bits is None or not any(inspection.key_range_bits):
        return []
    cases = (("key P10", "nine of ten cases"), ("key P90", "one of ten cases"))
    return [
        Bar(name, 0.0, bits, bits_text(bits), Kind.PART, f"key in clear sky, exceeded in {often}")
        for (name, often), bits in zip(cases, inspection.key_range_bits, strict=True)
    ]


def _rate_text(rate: float) -> str:
    if rate < _NOTHING_HZ:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(rate)))
    return fixed(rate, min(decimals, 3))
