"""Files that are either old or new, never half: temporary file, fsync, rename, fsync of the folder.

New files are private (0600), new folders too (0700); a file that is replaced keeps its mode. A
symbolic link inside an output folder is replaced, not followed; devices are never replaced. A
writer holds the lock of its folder, so that what it finds there of its own kind was left by a
writer that was killed, and is swept away.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from euroqci_planner.errors import Fault, OutputError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
BACKUP_SUFFIX = ".bak"

_TEMPORARY = re.compile(r"\.euroqci-[0-9a-f]{16}\.tmp")
_LOCK_TRIES = 50
_LOCK_WAIT_S = 0.1
_NO_LOCKS_HERE = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_NOT_A_FOLDER = ("a file stands where a folder is needed", "choose another folder")
_NOT_ALLOWED = ("no permission to write here", "change the permissions, or save elsewhere")
_PROBLEMS: Mapping[int, tuple[str, str]] = {
    errno.EFBIG: ("too large for the limit on file sizes", "raise the limit, or save elsewhere"),
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: ("the file system is read-only", "save elsewhere"),
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
    errno.EISDIR: (
        "a folder or a device stands where a file is to be written",
        "choose another name",
    ),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
}
Content = bytes | Iterable[bytes]
"""A whole file, or its parts, which are asked for while it is written."""

_NO_LINKS_HERE = (errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.EOPNOTSUPP)


def write_bytes(path: Path, content: bytes, *, keep_backup: bool = False) -> Path:
    """Write one file whole; its folder is made where it is missing. Returns the path.

    A symbolic link is followed here: what it points at is replaced. `keep_backup` leaves the
    former content beside the file as `name.bak`. Raises `OutputError`, and then the former file
    is untouched.
    """
    with _explained(path, len(content)):
        real = path.resolve()
        if not real.name:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    write_folder(real.parent, {real.name: content}, keep_backup=keep_backup)
    return path


def write_text(path: Path, text: str, *, keep_backup: bool = False) -> Path:
    """Write text as UTF-8, otherwise as `write_bytes`."""
    return write_bytes(path, text.encode(), keep_backup=keep_backup)


def write_folder(
    folder: Path, files: Mapping[str, Content], *, keep_backup: bool = False
) -> tuple[Path, ...]:
    """Write files by plain name into one folder, all of them or none; returns their paths.

    Contents are asked for in the order of `files`, so that a later one may follow from what an
    earlier one was; where a part raises, nothing is changed. All contents are on the disk before
    the first file is replaced, and a failure puts the former files back. Other files of the
    folder are left alone. Only a killed process or a power cut between two renames can leave new
    files beside old ones, each of them whole. Raises `OutputError`; ValueError where a name is
    not a plain file name.
    """
    for name in files:
        if not name or name in (".", "..") or "/" in name or "\0" in name:
            raise ValueError(f"not a plain file name: {name!r}")
    size = sum(len(content) for content in files.values() if isinstance(content, bytes))
    with _explained(folder, size), _made(folder), _held(folder) as handle:
        exchange = _Exchange(folder)
        try:
            exchange.run(files, handle, keep_backup=keep_backup)
        except BaseException as failure:
            stuck = exchange.roll_back()
            if stuck:
                raise _stuck(folder, stuck) from failure
            raise
        _sweep(folder)
    return tuple(folder / name for name in files)


def _stuck(folder: Path, stuck: Mapping[str, Path]) -> OutputError:
    copies = ", ".join(f"{name} in {spare.name}" for name, spare in sorted(stuck.items()))
    problem = "writing failed half-way, and so did putting the former files back"
    mend = f"take them from their copies before anything is written here again: {copies}"
    return OutputError(str(Fault(problem, file=str(folder), mend=mend)))


class _Exchange:
    """New files for former ones in one folder, with the way back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporaries: list[Path] = []
        self.exchanged: list[tuple[Path, Path, Path | None]] = []

    def run(self, files: Mapping[str, Content], handle: int, *, keep_backup: bool) -> None:
        staged = {name: self._staged(name, content) for name, content in files.items()}
        spares = {name: self._spare(name) for name in files}
        for name, temporary in staged.items():
            if keep_backup and (backup := self._spare(name)):
                backup.replace(self.folder / (name + BACKUP_SUFFIX))
            self.exchanged.append((self.folder / name, temporary, spares[name]))
            temporary.replace(self.folder / name)
        os.fsync(handle)

    def roll_back(self) -> dict[str, Path]:
        """Put the former files back; those that could not be, by name, with their spare copy."""
        stuck = {}
        for target, temporary, spare in reversed(self.exchanged):
            if _status(temporary) is None and not _tried_twice(_putting_back(target, spare)):
                stuck.update({target.name: spare} if spare else {})
        for path in self.temporaries:
            if path not in stuck.values():
                _tried_twice(_unlinking(path))
        return stuck

    def _staged(self, name: str, content: Content) -> Path:
        """A finished temporary file with the mode that the target has, or is to have."""
        found = _status(self.folder / name)
        if found is not None and stat.S_ISREG(found.st_mode):
            return self._written(content, stat.S_IMODE(found.st_mode))
        return self._written(content, PRIVATE_FILE)

    def _spare(self, name: str) -> Path | None:
        """A second name for the former file, None where there is none; a copy where links fail."""
        target = self.folder / name
        found = _status(target)
        if found is None:
            return None
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        spare = self._temporary()
        try:
            os.link(target, spare, follow_symlinks=False)
        except OSError as refused:
            if refused.errno not in _NO_LINKS_HERE:
                raise
            return self._written(target.read_bytes(), stat.S_IMODE(found.st_mode))
        return spare

    def _written(self, content: Content, mode: int) -> Path:
        temporary = self._temporary()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(temporary, flags, PRIVATE_FILE)
        try:
            if mode != PRIVATE_FILE:
                os.fchmod(handle, mode)
            for part in (content,) if isinstance(content, bytes) else content:
                rest = memoryview(part)
                while rest:
                    rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        return temporary

    def _temporary(self) -> Path:
        path = self.folder / f".euroqci-{secrets.token_hex(8)}.tmp"
        self.temporaries.append(path)
        return path


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _putting_back(target: Path, spare: Path | None) -> Callable[[], None]:
    if spare is None:
        return _unlinking(target)
    former: Path = spare
    return lambda: _renamed(former, target)


def _renamed(source: Path, target: Path) -> None:
    source.replace(target)


def _unlinking(path: Path) -> Callable[[], None]:
    return lambda: path.unlink(missing_ok=True)


def _tried_twice(action: Callable[[], None]) -> bool:
    """Whether it worked in the end: on the way back, an error must not stop the rest."""
    for _ in range(2):
        with contextlib.suppress(OSError):
            action()
            return True
    return False


def _sweep(folder: Path) -> None:
    """Remove the spares, and what killed writers left: nobody else writes here under the lock."""
    with contextlib.suppress(OSError):
        for path in [item for item in folder.iterdir() if _TEMPORARY.fullmatch(item.name)]:
            _tried_twice(_unlinking(path))


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder exists inside; what was made for it goes again where the work fails."""
    missing = [item for item in (folder, *folder.parents) if _status(item) is None]
    made: list[Path] = []
    try:
        for item in reversed(missing):
            with contextlib.suppress(FileExistsError):
                item.mkdir(PRIVATE_FOLDER)
                made.append(item)
        yield
    except BaseException:
        for item in reversed(made):
            _tried_twice(item.rmdir)
        raise


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[int]:
    """The folder, open and locked."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(handle, folder)
        yield handle
    finally:
        with contextlib.suppress(OSError):  # nothing was written through it
            os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    """Wait a while for the lock; file systems without locks go without."""
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOCK_WAIT_S)
        except OSError as refused:
            if refused.errno in _NO_LOCKS_HERE:
                return
            raise
        else:
            return
    busy = Fault(
        "another program is writing here",
        file=str(folder),
        mend="wait until it is done, or choose another folder",
    )
    raise OutputError(str(busy))


@contextlib.contextmanager
def _explained(folder: Path, needed_bytes: int) -> Iterator[None]:
    """Turn what the system says into a sentence: where, what, and the mend."""
    try:
        yield
    except OSError as refused:
        place = folder if _ours(refused.filename) else refused.filename or folder
        problem, mend = _reading(refused, folder, needed_bytes)
        raise OutputError(str(Fault(problem, file=str(place), mend=mend))) from refused


def _ours(filename: str | bytes | int | None) -> bool:
    return isinstance(filename, str) and _TEMPORARY.fullmatch(Path(filename).name) is not None


def _reading(refused: OSError, folder: Path, needed_bytes: int) -> tuple[str, str]:
    if refused.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full ({_room(folder, needed_bytes)})", "free space, or save elsewhere"
    problem = _PROBLEMS.get(refused.errno or 0)
    return problem or (f"could not be written: {refused.strerror or refused}", "save elsewhere")


def _room(folder: Path, needed_bytes: int) -> str:
    for place in (folder, *folder.parents):
        with contextlib.suppress(OSError):
            free = f"{shutil.disk_usage(place).free} free"
            return f"{needed_bytes} bytes needed, {free}" if needed_bytes else free
    return f"{needed_bytes} bytes needed"
