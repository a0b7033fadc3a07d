"""The open scenario and the disk: saves, locks, recovery, crashes; no work is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from euroqci_planner.app import recovery
from euroqci_planner.app.document import SAMPLE, Document, open_document, sample_document
from euroqci_planner.app.document_lock import DocumentLock, Holder, lock_document, lock_path
from euroqci_planner.app.recent_files import MAX_RECENT, forget_files, recent_files, remember_file
from euroqci_planner.app.scenario_edits import add_station
from euroqci_planner.app.user_folders import state_folder
from euroqci_planner.errors import InvalidInput, OutputError
from euroqci_planner.resources import resource

NEEDS_USER = pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")


@pytest.fixture(autouse=True)
def _own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for file in resource(*SAMPLE[:-1]).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder / SAMPLE[-1]


def edited(document: Document) -> str:
    text = add_station(document.text, document.scenario, "OGS-OP").text
    document.replace(text)
    return text


def in_another_process(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, env=os.environ.copy(),
    )  # fmt: skip


HOLD = """
    import sys, time
    from pathlib import Path
    from euroqci_planner.app.document import open_document
    from euroqci_planner.app.scenario_edits import add_station
    document = open_document(Path(sys.argv[1]))
    document.replace(add_station(document.text, document.scenario, "OGS-OP").text)
    document.keep_for_recovery()
    print("ready", flush=True)
    time.sleep(60)
"""

SAVING = """
    import sys
    from pathlib import Path
    from euroqci_planner.app.document import open_document
    document = open_document(Path(sys.argv[1]))
    texts = [document.text, document.text + "\\n# edited\\n"]
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        document.replace(texts[number % 2])
        document.save()
"""


@pytest.fixture
def elsewhere(path):
    """Another process that has the document open, with unsaved work."""
    process = in_another_process(HOLD, path)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_save_writes_the_text_and_keeps_the_former_file(path):
    before = path.read_bytes()
    document = open_document(path)
    text = edited(document)
    assert document.is_modified
    document.save()
    assert path.read_text(encoding="utf-8") == text
    assert path.with_name(path.name + ".bak").read_bytes() == before
    assert not document.is_modified
    document.close()


def test_opening_and_saving_without_an_edit_changes_no_byte(path):
    before = path.read_bytes()
    document = open_document(path)
    document.save()
    assert path.read_bytes() == before
    document.close()


def test_a_text_with_windows_line_ends_and_a_byte_order_mark_stays_one(path):
    raw = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(raw)
    document = open_document(path)
    document.save()
    assert path.read_bytes() == raw
    document.close()


def test_an_edit_with_faults_is_refused_and_changes_nothing(path):
    document = open_document(path)
    before = document.text
    with pytest.raises(InvalidInput, match="must be above 0"):
        document.replace(before.replace("duration_days = 7.0", "duration_days = -7.0"))
    assert document.text == before
    assert not document.is_modified
    document.close()


def test_a_file_that_is_not_text_is_refused_with_its_place(path):
    path.write_bytes(b"schema = 1\nname = \xff\n")
    with pytest.raises(InvalidInput, match=r":2:8: byte 0xff is not UTF-8"):
        open_document(path)
    assert not lock_path(path).exists()


def test_a_second_process_opens_read_only_and_says_who_holds_it(path, elsewhere):
    document = open_document(path)
    assert document.is_read_only
    assert document.holder is not None
    assert document.holder.pid == elsewhere.pid
    assert re.search(r" on .+ \(process \d+\) since 20\d\d-\d\d-\d\dT", str(document.holder))
    with pytest.raises(OutputError, match="is read-only"):
        document.replace(document.text + "\n")
    with pytest.raises(OutputError, match="is read-only"):
        document.save()
    document.close()
    assert lock_path(path).exists(), "the lock of the other process stays"


def test_a_killed_process_holds_nothing(path, elsewhere):
    elsewhere.kill()
    elsewhere.wait()
    document = open_document(path)
    assert not document.is_read_only
    document.close()
    assert not lock_path(path).exists()


def test_what_a_killed_process_had_not_saved_is_found_again(path, elsewhere):
    assert recovery.orphans() == [], "its process still lives"
    elsewhere.send_signal(signal.SIGKILL)
    elsewhere.wait()
    (found,) = recovery.orphans()
    assert found.path == str(path)
    assert 'from = "OGS-OP"' in found.text
    document = open_document(path)
    assert recovery.recovery_of(path) == found
    document.replace(found.text)
    document.save()
    assert recovery.recovery_of(path) is None
    document.close()


def test_a_clean_end_leaves_no_recovery_file(path):
    document = open_document(path)
    edited(document)
    document.keep_for_recovery()
    assert recovery.recovery_of(path) is not None
    document.close()
    assert recovery.recovery_of(path) is None


def test_an_end_before_the_question_was_answered_keeps_the_recovery_file(path):
    document = open_document(path)
    edited(document)
    document.keep_for_recovery()
    document.close(keep_recovery=True)
    assert recovery.recovery_of(path) is not None


def test_recovery_files_are_private(path):
    document = open_document(path)
    edited(document)
    document.keep_for_recovery()
    (file,) = (state_folder() / "recovery").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    document.close()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 9, "text": ""}'])
def test_a_damaged_recovery_file_is_no_recovery(path, content):
    document = open_document(path)
    edited(document)
    document.keep_for_recovery()
    (file,) = (state_folder() / "recovery").iterdir()
    file.write_text(content, encoding="utf-8")
    assert recovery.recovery_of(path) is None
    document.close()


def test_saving_under_another_name_brings_the_orbit_file_along(path, tmp_path):
    document = open_document(path)
    edited(document)
    target = tmp_path / "new" / "other.scenario.toml"
    document.save_as(target)
    assert document.path == target
    assert (target.parent / "qkd-relevant-2026-06-14.tle").is_file()
    assert not lock_path(path).exists()
    assert lock_path(target).exists()
    assert not document.is_modified
    document.close()


def test_the_sample_is_never_written_to_and_is_saved_under_a_name(tmp_path):
    document = sample_document()
    edited(document)
    with pytest.raises(OutputError, match="has no file yet"):
        document.save()
    document.save_as(tmp_path / "mine.scenario.toml")
    again = open_document(tmp_path / "mine.scenario.toml")
    assert len(again.scenario.stations) == 11
    document.close()


def test_another_file_of_the_same_name_is_not_overwritten(path, tmp_path):
    target = tmp_path / "new" / "other.scenario.toml"
    target.parent.mkdir()
    orbits = target.parent / "qkd-relevant-2026-06-14.tle"
    orbits.write_text("something else\n", encoding="utf-8")
    document = open_document(path)
    with pytest.raises(OutputError, match="another file of this name"):
        document.save_as(target)
    assert orbits.read_text(encoding="utf-8") == "something else\n"
    assert not target.exists()
    assert document.path == path
    assert not lock_path(target).exists()
    document.close()


def test_a_file_that_somebody_changed_is_noticed(path):
    document = open_document(path)
    assert not document.is_changed_on_disk()
    path.write_text(path.read_text(encoding="utf-8") + "\n# theirs\n", encoding="utf-8")
    assert document.is_changed_on_disk()
    path.unlink()
    assert document.is_changed_on_disk()
    document.close()


def test_a_save_into_a_folder_that_went_away_is_said_and_loses_nothing(path):
    document = open_document(path)
    text = edited(document)
    document.path = path.parent / "file" / "x.toml"
    (path.parent / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OutputError):
        document.save()
    assert document.text == text
    assert document.is_modified
    document.path = path
    document.close()


@NEEDS_USER
def test_a_read_only_folder_opens_without_lock_and_refuses_the_save(path):
    path.parent.chmod(0o500)
    try:
        document = open_document(path)
        assert not document.is_read_only
        edited(document)
        with pytest.raises(OutputError, match="no permission"):
            document.save()
        document.close()
    finally:
        path.parent.chmod(0o700)


def test_a_lock_file_of_a_system_without_locks_goes_by_its_process(path, monkeypatch):
    def no_locks(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("euroqci_planner.app.document_lock.fcntl.flock", no_locks)
    mine = lock_document(path)
    assert isinstance(mine, DocumentLock)
    assert isinstance(lock_document(path), Holder)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    content = json.loads(lock_path(path).read_text(encoding="utf-8"))
    lock_path(path).write_text(json.dumps({**content, "pid": gone.pid}), encoding="utf-8")
    assert isinstance(lock_document(path), DocumentLock)
    mine.release()


def test_a_lock_that_its_owner_just_removed_is_taken_anew(path):
    first = lock_document(path)
    assert isinstance(first, DocumentLock)
    first.release()
    first.release()
    second = lock_document(path)
    assert isinstance(second, DocumentLock)
    second.release()
    assert not lock_path(path).exists()


def test_a_damaged_lock_file_of_a_dead_process_does_not_lock_out(path):
    lock_path(path).write_bytes(b"\x00\xff{")
    taken = lock_document(path)
    assert isinstance(taken, DocumentLock)
    taken.release()


def test_two_processes_that_race_for_a_document_never_both_get_it(path):
    race = """
        import sys, time
        from pathlib import Path
        from euroqci_planner.app.document_lock import DocumentLock, lock_document
        taken = 0
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            lock = lock_document(Path(sys.argv[1]))
            if isinstance(lock, DocumentLock):
                mark = Path(sys.argv[1] + ".mark")
                mark.touch(exist_ok=False)
                taken += 1
                mark.unlink()
                lock.release()
        print(taken)
    """
    racers = [in_another_process(race, path) for _ in range(2)]
    outputs = [racer.communicate(timeout=60)[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0]
    assert sum(int(text) for text in outputs) > 10


def test_a_save_that_is_killed_leaves_the_old_file_or_the_new_one(path):
    before = path.read_text(encoding="utf-8")
    for wait_s in (0.0, 0.05, 0.13, 0.21):
        process = in_another_process(SAVING, path)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(wait_s)
        process.kill()
        process.wait()
        process.stdout.close()
        text = path.read_text(encoding="utf-8")
        assert text.startswith(before.rstrip("\n")[:5000])
        document = open_document(path)
        assert not document.is_read_only
        document.close()


def test_recent_files_come_last_first_and_forget_what_is_gone(tmp_path):
    paths = [tmp_path / f"{number}.scenario.toml" for number in range(MAX_RECENT + 3)]
    for item in paths:
        item.touch()
        remember_file(item)
    remember_file(paths[5])
    found = recent_files()
    assert found[0] == paths[5]
    assert len(found) == MAX_RECENT
    paths[5].unlink()
    assert paths[5] not in recent_files()
    forget_files()
    assert recent_files() == ()


@pytest.mark.parametrize("content", ["", "{}", "[1, 2", '["a", 3]'])
def test_a_damaged_list_of_recent_files_is_empty(tmp_path, content):
    state_folder().mkdir(parents=True)
    (state_folder() / "recent.json").write_text(content, encoding="utf-8")
    assert recent_files() == ()
