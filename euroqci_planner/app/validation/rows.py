"""Rows of the validation table: published, computed, and the status that follows."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass

from euroqci_planner.resources import resource

GROUPS = ("orbit", "link", "key", "network")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNumber:
    """A published value with its tolerance; `kind` is `exact` or `band`."""

    id: str
    group: str
    source: str
    quantity: str
    unit: str
    published: float
    tolerance: float
    basis: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A computed number with what was seen on the way to it."""

    value: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRow:
    """One published number beside what this program computes; `computed` is None in a gap.

    `seen` is what the computation says of itself, counts and exceptions for instance.
    """

    number: PublishedNumber
    computed: float | None
    seen: str = ""

    @classmethod
    def of(cls, number: PublishedNumber, found: float | Finding | None) -> ValidationRow:
        """The row of a number with what was computed for it."""
        if isinstance(found, Finding):
            return cls(number=number, computed=found.value, seen=found.note)
        return cls(number=number, computed=found)

    @property
    def group(self) -> str:
        """The group of the row."""
        return self.number.group

    @property
    def deviation(self) -> float | None:
        """Computed minus published."""
        return None if self.computed is None else self.computed - self.number.published

    @property
    def status(self) -> str:
        """`reproduced`, `compatible`, `not_reproduced` or `gap`; follows from the numbers."""
        if self.deviation is None:
            return "gap"
        if not math.isfinite(self.deviation) or abs(self.deviation) > self.number.tolerance:
            return "not_reproduced"
        return "compatible" if self.number.kind == "band" else "reproduced"

    def as_plain(self) -> dict[str, object]:
        """Plain data for JSON."""
        number = self.number
        return {
            "id": number.id,
            "group": number.group,
            "source": number.source,
            "quantity": number.quantity,
            "unit": number.unit,
            "published": number.published,
            "computed": self.computed,
            "deviation": self.deviation,
            "tolerance": number.tolerance,
            "basis": number.basis,
            "status": self.status,
            "note": "; ".join(text for text in (number.note, self.seen) if text),
        }

    def as_texts(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Cells for a terminal."""
        plain = self.as_plain()
        return tuple(_text(plain[name]) for name in names)


def published_numbers() -> tuple[PublishedNumber, ...]:
    """All published numbers, in the order of the file."""
    with resource("validation", "published.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            PublishedNumber(
                published=float(row.pop("published")), tolerance=float(row.pop("tolerance")), **row
            )
            for row in csv.DictReader(file)
        )


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.7g}" if isinstance(value, float) else str(value)
