"""Habits that a linter does not know."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "euroqci_planner"
MODULES = sorted(PACKAGE.rglob("*.py"))
BANNED_IMPORTS = {"pickle", "yaml", "marshal", "shelve", "dill"}
BANNED_CALLS = {"eval", "exec", "compile", "__import__"}
LINES_PER_FILE = 500
LINES_PER_FUNCTION = 60


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_can_run_code_from_data(path):
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            assert not BANNED_IMPORTS & {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in BANNED_IMPORTS
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in BANNED_CALLS
        elif isinstance(node, ast.keyword) and node.arg in {"shell", "allow_pickle"}:
            assert not (isinstance(node.value, ast.Constant) and node.value.value is True)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_and_functions_stay_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_PER_FILE
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef):
            body = (node.end_lineno or 0) - node.body[0].lineno + 1
            assert body <= LINES_PER_FUNCTION, f"{node.name} has {body} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_unfinished_mark_is_left_in_the_package(path):
    text = path.read_text(encoding="utf-8")
    for mark in ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "pragma: no " + "cover"):
        assert mark not in text
