"""Shared by all tests: every folder gives its marker.

The same cases are drawn in every run; `--hypothesis-profile searching` looks for new ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("searching", derandomize=False, print_blob=True)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(HERE).parts[0]
        item.add_marker(getattr(pytest.mark, folder))


@pytest.fixture
def reference_data() -> Path:
    """Folder of the published tables that the tests read."""
    return HERE / "reference" / "data"


@pytest.fixture(params=["numpy", "compiled"])
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The test runs with NumPy and with the compiled searches (these only where numba is)."""
    import orbit_cases  # noqa: PLC0415 (heavy, wanted by few)

    if request.param == "compiled":
        pytest.importorskip("numba")
    monkeypatch.setattr(orbit_cases, "engine", orbit_cases.Engine(request.param))
    return str(request.param)
