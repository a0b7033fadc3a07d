"""Writing under injected faults: the former files stay, and nothing strange is left behind."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from euroqci_planner.errors import OutputError
from euroqci_planner.io import atomic_write
from euroqci_planner.io.atomic_write import write_bytes, write_folder, write_text

CALLS = ("open", "write", "fsync", "close", "replace", "link", "mkdir", "fchmod")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EROFS, errno.EMFILE)
OLD = {"a.csv": b"old a", "b.json": b"old b"}
NEW = {"a.csv": b"new a" * 1000, "b.json": b"new b", "c.html": b"new c"}


class FailingSystem:
    """Fails the n-th call of the operating system's file functions, counted over all of them."""

    def __init__(self, monkeypatch, code: int, fail_at: int) -> None:
        self.count = 0
        self.failed = False
        self.code = code
        self.fail_at = fail_at
        for name in CALLS:
            monkeypatch.setattr(atomic_write.os, name, self.wrapped(getattr(os, name), name))

    def wrapped(self, real, name):
        def call(*args, **kwargs):
            self.count += 1
            if self.count != self.fail_at:
                return real(*args, **kwargs)
            self.failed = True
            if name == "close":
                real(*args, **kwargs)
            raise OSError(self.code, os.strerror(self.code))

        return call


def content(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in folder.iterdir()}


def fill(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)


def outcome(folder: Path) -> str:
    """What the user is told; '' where it worked."""
    try:
        write_folder(folder, NEW)
    except OutputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("code", ERRORS, ids=errno.errorcode.get)
def test_whichever_call_fails_the_folder_is_as_it_was(tmp_path, monkeypatch, code):
    failures = 0
    for fail_at in range(1, 200):
        folder = tmp_path / str(fail_at)
        fill(folder, OLD)
        with monkeypatch.context() as patch:
            system = FailingSystem(patch, code, fail_at)
            message = outcome(folder)
        if message:
            assert system.failed
            assert str(folder) in message
            assert content(folder) == OLD
            failures += 1
        else:
            assert content(folder) == NEW
        if not system.failed:
            break
    assert failures >= 20


def test_whichever_call_fails_a_new_folder_is_not_left_half(tmp_path, monkeypatch):
    for fail_at in range(1, 200):
        folder = tmp_path / str(fail_at) / "deep" / "out"
        with monkeypatch.context() as patch:
            system = FailingSystem(patch, errno.EIO, fail_at)
            try:
                write_folder(folder, NEW)
            except OutputError:
                assert not (tmp_path / str(fail_at)).exists()
        if not system.failed:
            break
    assert fail_at > 15
    assert content(folder) == NEW


def test_whichever_call_fails_a_file_with_backup_is_old_or_new(tmp_path, monkeypatch):
    for fail_at in range(1, 200):
        folder = tmp_path / str(fail_at)
        fill(folder, {"s.toml": b"old", "s.toml.bak": b"older"})
        with monkeypatch.context() as patch:
            system = FailingSystem(patch, errno.EIO, fail_at)
            try:
                write_bytes(folder / "s.toml", b"new", keep_backup=True)
            except OutputError:
                found = content(folder)
                assert set(found) == {"s.toml", "s.toml.bak"}
                assert found["s.toml"] == b"old"
                assert found["s.toml.bak"] in (b"older", b"old")
        if not system.failed:
            break
    assert content(folder) == {"s.toml": b"new", "s.toml.bak": b"old"}


def test_an_interrupt_between_two_files_puts_the_former_files_back(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    fill(folder, OLD)
    real, seen = os.replace, []

    def interrupted(source, target, **rest):
        seen.append(target)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(source, target, **rest)

    monkeypatch.setattr(atomic_write.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, NEW)
    assert content(folder) == OLD


def test_a_disk_that_dies_half_way_keeps_the_former_content_and_says_where(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    fill(folder, OLD)
    real, seen = os.replace, []

    def dying(source, target, **rest):
        seen.append(target)
        if len(seen) > 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(source, target, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(atomic_write.os, "replace", dying)
        with pytest.raises(OutputError, match=r"a\.csv in \.euroqci-[0-9a-f]{16}\.tmp") as caught:
            write_folder(folder, NEW)
    found = content(folder)
    (copy,) = [name for name in found if name.startswith(".euroqci-")]
    assert copy in str(caught.value)
    assert found == {"a.csv": NEW["a.csv"], "b.json": OLD["b.json"], copy: OLD["a.csv"]}


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.ENOLCK, "no locks here")

    monkeypatch.setattr(atomic_write.fcntl, "flock", refuse)
    write_folder(tmp_path, NEW)
    assert content(tmp_path) == NEW


def test_the_root_of_the_file_system_is_not_a_file():
    with pytest.raises(OutputError, match="a folder or a device stands where a file"):
        write_bytes(Path("/"), b"x")


def test_a_file_system_without_links_is_written_all_the_same(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    fill(folder, OLD)

    def refuse(*args, **kwargs):
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(atomic_write.os, "link", refuse)
    write_folder(folder, NEW)
    assert content(folder) == NEW
    write_bytes(folder / "a.csv", b"newer", keep_backup=True)
    assert content(folder) == {**NEW, "a.csv": b"newer", "a.csv.bak": NEW["a.csv"]}


def test_new_files_are_private_and_replaced_ones_keep_their_mode(tmp_path):
    folder = tmp_path / "out"
    write_folder(folder, {"a": b"1", "b": b"2"})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600
    (folder / "a").chmod(0o644)
    write_folder(folder, {"a": b"3", "b": b"4"})
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o644
    assert stat.S_IMODE((folder / "b").stat().st_mode) == 0o600


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    fill(tmp_path / "out", {"notes.txt": b"mine", ".euroqci-notes.tmp": b"mine too"})
    write_folder(tmp_path / "out", {"a": b"1"})
    assert content(tmp_path / "out") == {
        "notes.txt": b"mine", ".euroqci-notes.tmp": b"mine too", "a": b"1"
    }  # fmt: skip


def test_what_a_killed_writer_left_is_swept_away(tmp_path):
    fill(tmp_path / "out", {".euroqci-0123456789abcdef.tmp": b"half a pl"})
    write_folder(tmp_path / "out", {"a": b"1"})
    assert content(tmp_path / "out") == {"a": b"1"}


def test_a_writer_killed_at_any_time_leaves_whole_files(tmp_path):
    program = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from euroqci_planner.io.atomic_write import write_folder
        for n in range(10**6):
            write_folder(Path(sys.argv[1]), {"a": b"%07d" % n * 20_000, "b": b"%07d" % n * 20_000})
        """
    )
    folder = tmp_path / "out"
    for wait_s in (0.02, 0.05, 0.11):
        process = subprocess.Popen([sys.executable, "-c", program, str(folder)])
        while not (folder / "b").exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name in ("a", "b"):
            data = (folder / name).read_bytes()
            assert data == data[:7] * 20_000
    write_folder(folder, {"a": b"x", "b": b"y"})
    assert content(folder) == {"a": b"x", "b": b"y"}


def test_a_limit_on_file_sizes_gives_a_message_and_no_half_file(tmp_path):
    program = textwrap.dedent(
        """
        import resource, signal, sys
        from pathlib import Path
        from euroqci_planner.errors import OutputError
        from euroqci_planner.io.atomic_write import write_folder
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            write_folder(Path(sys.argv[1]), {"small": b"s", "large": b"x" * 50_000})
        except OutputError as error:
            print(error)
        """
    )
    fill(tmp_path / "out", {"small": b"old"})
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "too large for the limit on file sizes" in done.stdout
    assert content(tmp_path / "out") == {"small": b"old"}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10_000


def test_a_full_disk_names_what_is_needed_and_what_is_free(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_write.os, "write", full)
    with pytest.raises(OutputError, match=r"disk is full \(3 bytes needed, \d+ free\)"):
        write_bytes(tmp_path / "a", b"abc")
    assert content(tmp_path) == {}


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("file/out", "a file stands where a folder is needed"),
        ("file", "a file stands where a folder is needed"),
        ("n" * 300, "the name is too long"),
    ],
)
def test_an_impossible_folder_is_explained(tmp_path, place, message):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OutputError, match=message) as caught:
        write_folder(tmp_path / place, {"a": b"1"})
    assert str(tmp_path) in str(caught.value)
    assert content(tmp_path) == {"file": b"x"}


def test_a_folder_in_the_place_of_a_file_is_explained_and_the_others_stay(tmp_path):
    fill(tmp_path / "out", {"a": b"old"})
    (tmp_path / "out" / "b").mkdir()
    with pytest.raises(OutputError, match=r"out/b: a folder or a device stands where"):
        write_folder(tmp_path / "out", {"a": b"new", "b": b"new"})
    assert (tmp_path / "out" / "a").read_bytes() == b"old"
    assert sorted(item.name for item in (tmp_path / "out").iterdir()) == ["a", "b"]


def test_a_pipe_or_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="device"):
        write_bytes(tmp_path / "pipe", b"x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.EACCES, "no permission to write here"),
        (errno.EROFS, "the file system is read-only"),
        (errno.EIO, "could not be written: Input/output error"),
    ],
)
def test_a_folder_that_refuses_new_files_is_explained(tmp_path, monkeypatch, code, message):
    real = os.open

    def refusing(path, flags, *rest):
        if flags & os.O_CREAT:
            raise OSError(code, os.strerror(code), str(path))
        return real(path, flags, *rest)

    monkeypatch.setattr(atomic_write.os, "open", refusing)
    with pytest.raises(OutputError, match=f"^{tmp_path}: {message}"):
        write_folder(tmp_path, {"a": b"1"})
    assert content(tmp_path) == {}


def test_a_link_is_followed_for_one_file_and_replaced_inside_a_folder(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    write_folder(tmp_path, {"link": b"newer"})
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_only_plain_names_are_written(tmp_path, name):
    with pytest.raises(ValueError, match="plain file name"):
        write_folder(tmp_path, {name: b"1"})


def test_two_writers_do_not_mix(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic_write, "_LOCK_TRIES", 2)
    monkeypatch.setattr(atomic_write, "_LOCK_WAIT_S", 0.01)
    with (
        atomic_write._held(tmp_path),
        pytest.raises(OutputError, match="another program is writing here"),
    ):
        write_folder(tmp_path, {"a": b"1"})
    write_folder(tmp_path, {"a": b"1"})
    assert content(tmp_path) == {"a": b"1"}


def test_text_is_written_as_utf8(tmp_path):
    assert write_text(tmp_path / "t", "Štúrovo") == tmp_path / "t"
    assert (tmp_path / "t").read_bytes() == "Štúrovo".encode()
