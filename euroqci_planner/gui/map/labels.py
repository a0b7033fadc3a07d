"""Where labels go so that none covers another, a marker, or the edge of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.units import FloatArray

GAP_PX = 4.0
_DIRECTIONS = ((1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that wants a place beside its anchor; earlier wishes go first."""

    key: int
    x: float
    y: float
    width: float
    height: float
    reach: float = 5.0


class LabelPlacer:
    """Places labels greedily and remembers on which side each stood, so that they stay calm."""

    def __init__(self) -> None:
        """No label has stood anywhere yet."""
        self._sides: dict[int, int] = {}

    def placed(
        self, wishes: Sequence[Wish], taken: FloatArray, size_px: tuple[int, int]
    ) -> dict[int, tuple[float, float]]:
        """Left upper corners by key, in pixels; labels without room are left out.

        `taken` (n, 4) are boxes (left, top, right, bottom) that must stay free of labels.
        """
        boxes = np.empty((len(taken) + len(wishes), 4))
        boxes[: len(taken)] = taken
        used = len(taken)
        found: dict[int, tuple[float, float]] = {}
        for wish in wishes:
            sides = _candidates(wish)
            order = self._order(wish.key)
            free = _free(sides, boxes[:used], size_px)
            side = next((number for number in order if free[number]), None)
            if side is None:
                continue
            self._sides[wish.key] = side
            boxes[used] = sides[side]
            used += 1
            found[wish.key] = (float(sides[side, 0]), float(sides[side, 1]))
        return found

    def _order(self, key: int) -> list[int]:
        last = self._sides.get(key, 0)
        return [last, *(number for number in range(len(_DIRECTIONS)) if number != last)]


def _candidates(wish: Wish) -> FloatArray:
    """Boxes (8, 4) around the anchor."""
    out = np.empty((len(_DIRECTIONS), 4))
    for number, (across, down) in enumerate(_DIRECTIONS):
        reach = wish.reach + GAP_PX if down == 0 else (wish.reach + GAP_PX) * 0.68
        centre_x = wish.x + across * (reach + 0.5 * wish.width)
        centre_y = wish.y + down * (reach + 0.5 * wish.height)
        out[number] = (
            centre_x - 0.5 * wish.width,
            centre_y - 0.5 * wish.height,
            centre_x + 0.5 * wish.width,
            centre_y + 0.5 * wish.height,
        )
    return out


def _free(sides: FloatArray, boxes: FloatArray, size_px: tuple[int, int]) -> list[bool]:
    """Which of the boxes touch none of the others and lie inside the widget."""
    inside = (
        (sides[:, 0] >= 0.0)
        & (sides[:, 1] >= 0.0)
        & (sides[:, 2] <= size_px[0])
        & (sides[:, 3] <= size_px[1])
    )
    if not len(boxes):
        return [bool(value) for value in inside]
    hits = (
        (sides[:, None, 0] < boxes[None, :, 2])
        & (sides[:, None, 2] > boxes[None, :, 0])
        & (sides[:, None, 1] < boxes[None, :, 3])
        & (sides[:, None, 3] > boxes[None, :, 1])
    ).any(axis=1)
    return [bool(value) for value in inside & ~hits]
