"""Pack Natural Earth coastlines and borders for the map of the desktop program.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python packaging/builders/world_map.py package resources/map

Reads countries-110m.json and countries-50m.json (TopoJSON) and writes world_110m.npz and
world_50m.npz: rings of land, coastlines and country borders, cut at ±180°. Arcs that two countries
share are borders. Coordinates are multiples of 1/180 degree; the files hold their differences
from point to point in 16 bits, wrapped, latitude beside longitude.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from euroqci_planner.gui.map.antimeridian import Line, cut_line, cut_ring

STEPS_PER_DEGREE = 180
SCALES = ("110m", "50m")


def main(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for scale in SCALES:
        topology = json.loads((source / f"countries-{scale}.json").read_text(encoding="utf-8"))
        layers = layers_of(topology)
        columns: dict[str, Any] = {}
        for name, lines in layers.items():
            columns[f"{name}_steps"], columns[f"{name}_points"] = packed(lines)
        np.savez_compressed(target / f"world_{scale}.npz", **columns)
        print(scale, {name: sum(len(line[0]) for line in lines) for name, lines in layers.items()})


def layers_of(topology: dict[str, Any]) -> dict[str, list[Line]]:
    arcs = decoded_arcs(topology)
    countries, land = topology["objects"]["countries"], topology["objects"]["land"]
    uses = Counter(unsigned(arc) for ring in rings_of(countries) for arc in ring)
    shared = sorted(arc for arc, count in uses.items() if count > 1)
    coast = sorted({unsigned(arc) for ring in rings_of(land) for arc in ring})
    return {
        "land": [part for ring in rings_of(land) for part in cut_ring(*joined(arcs, ring))],
        "coast": [part for arc in coast for part in cut_line(*arcs[arc])],
        "borders": [part for arc in shared for part in cut_line(*arcs[arc])],
    }


def decoded_arcs(topology: dict[str, Any]) -> list[Line]:
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = []
    for steps in topology["arcs"]:
        degrees = np.cumsum(np.array(steps), axis=0) * scale + shift
        arcs.append((np.radians(degrees[:, 1]), np.radians(degrees[:, 0])))
    return arcs


def rings_of(collection: dict[str, Any]) -> Iterator[list[int]]:
    for geometry in collection["geometries"]:
        polygons = geometry["arcs"]
        for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
            yield from polygon


def unsigned(arc: int) -> int:
    """Arcs walked backwards are counted in ones' complement."""
    return ~arc if arc < 0 else arc


def joined(arcs: list[Line], ring: list[int]) -> Line:
    """One ring; each arc begins where the one before ends."""
    walked = [tuple(c[::-1] for c in arcs[~i]) if i < 0 else arcs[i] for i in ring]
    return (
        np.concatenate([arc[0][:-1] for arc in walked]),
        np.concatenate([arc[1][:-1] for arc in walked]),
    )


def packed(lines: Iterable[Line]) -> tuple[np.ndarray, np.ndarray]:
    """Wrapped differences (2, points) and the number of points per line, repeats left out."""
    steps, points = [], []
    for line in lines:
        whole = np.round(np.degrees(np.stack(line)) * STEPS_PER_DEGREE).astype(np.int64)
        moves = np.append(True, np.any(np.diff(whole, axis=1) != 0, axis=0))
        if np.count_nonzero(moves) > 1:
            steps.append(whole[:, moves])
            points.append(steps[-1].shape[1])
    differences = np.diff(np.concatenate(steps, axis=1), axis=1, prepend=0)
    return differences.astype(np.int16), np.array(points, dtype=np.int32)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
