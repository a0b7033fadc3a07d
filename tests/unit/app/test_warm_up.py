"""Compiling beside the window, and doing without numba."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from euroqci_planner import compilation
from euroqci_planner.app import doctor, planner
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.streaming import Pace, PassStream
from euroqci_planner.app.warm_up import compile_for, compile_now, compiling_beside
from euroqci_planner.errors import UsageError
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")


def _pass_search() -> doctor.Finding:
    return next(item for item in doctor.examine() if item.subject == "pass search")


def test_without_numba_all_works_with_numpy(monkeypatch):
    monkeypatch.setattr(compilation, "is_available", lambda: False)
    monkeypatch.setitem(sys.modules, "numba", None)
    scenario = replace(planner.load_scenario(SAMPLE), duration_s=86_400.0)
    assert sum(table.rows for table in PassStream(scenario).tables()) > 50
    with pytest.raises(UsageError, match=r"\[fast\]"):
        list(PassStream(scenario, pace=Pace(engine=Engine.COMPILED)).tables())
    assert _pass_search().text.startswith("NumPy")
    compile_now()
    with compiling_beside() as worker:
        assert worker is None


def test_a_cold_search_is_compiled_by_a_worker_that_goes_with_the_window(tmp_path, monkeypatch):
    pytest.importorskip("numba")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert "not compiled yet" in _pass_search().text
    with compiling_beside() as worker:
        assert worker is not None
        assert worker.poll() is None
        assert os.getpriority(os.PRIO_PROCESS, worker.pid) == 19
    assert worker.poll() is not None


def test_a_scenario_that_needs_the_search_compiled_says_so_while_it_waits(tmp_path, monkeypatch):
    pytest.importorskip("numba")
    stages: list[str] = []
    progress = Progress(lambda event: stages.append(getattr(event, "stage", "")))
    scenario = planner.load_scenario(SAMPLE)
    compile_for(scenario, progress)
    assert stages == []
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    compile_for(scenario, progress, Engine.COMPILED)
    assert stages == ["compiling the pass search, once"]
