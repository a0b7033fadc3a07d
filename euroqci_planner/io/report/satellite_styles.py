"""One colour and one shape per satellite, the same in every plot of the page.

Colours are those of Okabe and Ito (2008), which colour-blind readers tell apart; the shape says
the same again. Where there are more satellites than shapes, those with the most expected key
have their own and the rest share a grey bar.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from euroqci_planner.io.report.markup import Markup, joined, tag
from euroqci_planner.io.report.svg_plot import path, px
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import satellite_totals

LIGHT_FILLS = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442")
LIGHT_EDGES = ("#004d78", "#8a5f00", "#00664a", "#8f3f00", "#1b6a99", "#8a3f68", "#7d7400")
DARK_EDGES = ("#66bdf0", "#ffd27a", "#5fe0b8", "#ffa766", "#b5e0fa", "#f2bfdb", "#fff7a0")

_SHAPES: Sequence[Sequence[tuple[float, float]]] = (
    (),
    ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
    ((0.0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
    ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    ((0.0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
    tuple(
        (1.15 * math.sin(n * math.pi / 3.0), -1.15 * math.cos(n * math.pi / 3.0)) for n in range(6)
    ),
    tuple(
        (
            (1.4 if n % 2 == 0 else 0.6) * math.sin(n * math.pi / 5.0),
            -(1.4 if n % 2 == 0 else 0.6) * math.cos(n * math.pi / 5.0),
        )
        for n in range(10)
    ),
    ((-0.5, -1.2), (0.5, -1.2), (0.5, 1.2), (-0.5, 1.2)),
)
_OTHER_SHAPE = len(_SHAPES) - 1
OTHER_CLASS = "s0"
_OTHER_TEXT = "other satellites"


@dataclass(frozen=True, slots=True)
class SatelliteStyle:
    """Style class of the page (`s1` to `s7`, `s0` for the rest) and shape number."""

    class_: str
    shape: int

    def mark(self, x: float, y: float, radius: float) -> str:
        """Path data of one mark."""
        corners = _SHAPES[self.shape]
        if not corners:
            return (
                f"M{px(x - radius)} {px(y)}a{px(radius)} {px(radius)} 0 1 0 {px(2.0 * radius)} 0"
                f"a{px(radius)} {px(radius)} 0 1 0 {px(-2.0 * radius)} 0z"
            )
        points = (f"{px(x + radius * dx)} {px(y + radius * dy)}" for dx, dy in corners)
        return f"M{'L'.join(points)}z"

    def icon(self) -> Markup:
        """The mark as a small picture for legends and tables."""
        mark = path(self.mark(7.0, 7.0, 4.2), f"mark {self.class_}")
        return tag("svg", mark, viewBox="0 0 14 14", class_="icon", aria_hidden="true")


def satellite_styles(plan: Plan) -> Mapping[str, SatelliteStyle]:
    """Style by satellite id, in the order of the scenario."""
    ids = [item.id for item in plan.scenario.satellites]
    own = ids
    if len(ids) > _OTHER_SHAPE:
        totals = satellite_totals(plan)
        own = sorted(ids, key=lambda name: (-totals[name].key_expected_bits, ids.index(name)))
    ranked = own[:_OTHER_SHAPE]
    return {
        name: SatelliteStyle(f"s{ranked.index(name) + 1}", ranked.index(name))
        if name in ranked
        else SatelliteStyle(OTHER_CLASS, _OTHER_SHAPE)
        for name in ids
    }


def legend(
    styles: Mapping[str, SatelliteStyle], labels: Mapping[str, str], *more: Markup
) -> Markup:
    """A list of the marks and what they mean; `more` entries follow the satellites."""
    entries = [
        tag("li", style.icon(), labels[name])
        for name, style in styles.items()
        if style.class_ != OTHER_CLASS
    ]
    if len(entries) < len(styles):
        entries.append(tag("li", SatelliteStyle(OTHER_CLASS, _OTHER_SHAPE).icon(), _OTHER_TEXT))
    return tag("ul", joined(entries), joined(more), class_="legend")
