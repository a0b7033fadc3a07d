"""Machine code made ready before it is needed, and known to be there."""

from __future__ import annotations

import pytest
from orbit_cases import QUBE_2, fleet_of, passes_of, place

pytest.importorskip("numba")

from euroqci_planner import compilation
from euroqci_planner.orbit import warm_up
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.kernels.search import search
from euroqci_planner.orbit.kernels.sgp4 import teme_states
from euroqci_planner.orbit.kernels.windows import conditions


def test_a_warm_search_compiles_nothing_more():
    warm_up.warm_up()
    assert warm_up.is_warm()
    fleet = fleet_of([QUBE_2])
    assert len(passes_of(fleet, [place("a", 50.0, 5.0)], engine=Engine.COMPILED)) > 0
    for function in (search, teme_states, conditions):
        assert len(function.signatures) == 1


def test_an_empty_folder_is_cold(tmp_path, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not warm_up.is_warm()
    source = tmp_path / "kernels" / "search.py"
    assert not compilation.is_kept(source, "search")
