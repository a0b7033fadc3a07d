"""Shared by all tests: every folder gives its marker."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        folder = Path(item.path).relative_to(HERE).parts[0]
        item.add_marker(getattr(pytest.mark, folder))


@pytest.fixture
def reference_data() -> Path:
    """Folder of the published tables that the tests read."""
    return HERE / "reference" / "data"
