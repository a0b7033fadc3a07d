"""The output folder on a disk: complete, private, the same twice, or not at all."""

from __future__ import annotations

import errno
import stat

import plan_cases
import pytest

from euroqci_planner.errors import OutputError
from euroqci_planner.io import atomic_write
from euroqci_planner.io.exports.plan_folder import plan_files, write_plan


def test_the_folder_holds_the_same_bytes_after_every_run(tmp_path):
    plan = plan_cases.example_plan()
    paths = write_plan(plan, tmp_path / "deep" / "out")
    assert {path.name: path.read_bytes() for path in paths} == plan_files(plan)
    again = write_plan(plan_cases.example_plan(), tmp_path / "deep" / "out")
    assert {path.name: path.read_bytes() for path in again} == plan_files(plan)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)


def test_a_disk_that_fills_up_leaves_the_former_plan(tmp_path, monkeypatch):
    former = plan_cases.geometry_plan()
    write_plan(former, tmp_path)
    room, real = 100_000, atomic_write.os.write
    used = 0

    def filling(handle: int, data: memoryview) -> int:
        nonlocal used
        used += len(data)
        if used > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data)

    monkeypatch.setattr(atomic_write.os, "write", filling)
    with pytest.raises(OutputError, match="disk is full"):
        write_plan(plan_cases.example_plan(), tmp_path)
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == plan_files(former)
