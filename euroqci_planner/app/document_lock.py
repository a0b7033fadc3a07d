"""Who has a document open for writing: a lock file beside it that says so and frees itself.

The lock is the kernel's (`flock`), so that a program that was killed holds nothing; the file's
content only tells others whom to ask. File systems without locks go by the content alone.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import getpass
import json
import os
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_SUFFIX = ".lock"
# Others may read it: to tell them who holds the document is what it is for.
_MODE = 0o644
_MAX_BYTES = 4096
_TRIES = 8
_NO_LOCKS_HERE = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a document: user, host, process, and since when (UTC, ISO 8601)."""

    user: str
    host: str
    pid: int
    since: str

    @classmethod
    def me(cls) -> Holder:
        """This process, from now on."""
        now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
        return cls(_user(), socket.gethostname(), os.getpid(), f"{now.isoformat()}Z")

    def __str__(self) -> str:
        """One sentence part: `anna on host7 (process 4711) since 2026-06-14T12:00:00Z`."""
        return f"{self.user} on {self.host} (process {self.pid}) since {self.since}"


UNKNOWN = Holder("another program", "an unknown host", 0, "an unknown time")


class DocumentLock:
    """A held lock; `release` it, or end the process."""

    def __init__(self, path: Path, handle: int) -> None:
        """Take over an open, locked lock file."""
        self._path, self._handle = path, handle

    def release(self) -> None:
        """Remove the lock file; doing so twice is no fault."""
        if self._handle < 0:
            return
        with contextlib.suppress(OSError):
            if _is_same(self._handle, self._path):
                self._path.unlink()
        with contextlib.suppress(OSError):
            os.close(self._handle)
        self._handle = -1


def lock_path(document: Path) -> Path:
    """Lock file of a document: hidden, beside it."""
    return document.with_name(f".{document.name}{_SUFFIX}")


def lock_document(document: Path) -> DocumentLock | Holder | None:
    """The lock, or who holds it, or None where its folder takes no lock file.

    Without a lock file there is nothing to protect either: nobody can save there.
    """
    path = lock_path(document.resolve())
    for _ in range(_TRIES):
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
        except PermissionError:
            if not path.exists():
                return None
            holder = _read(path) or UNKNOWN
            if _may_live(holder) or not _is_removed(path):
                return holder
            continue
        except OSError:
            return None
        taken = _take(handle, path)
        if taken is not None:
            return taken
    return UNKNOWN


def _take(handle: int, path: Path) -> DocumentLock | Holder | None:
    """Lock the open file; None where its owner removed it meanwhile: try again."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return _read(path) or UNKNOWN
    except OSError as refused:
        holder = _read(path)
        if refused.errno not in _NO_LOCKS_HERE or (holder is not None and _may_live(holder)):
            os.close(handle)
            return holder or UNKNOWN
    if not _is_same(handle, path):
        os.close(handle)
        return None
    text = json.dumps(asdict(Holder.me())).encode()
    os.ftruncate(handle, 0)
    os.pwrite(handle, text, 0)
    return DocumentLock(path, handle)


def _is_same(handle: int, path: Path) -> bool:
    try:
        there = path.lstat()
    except FileNotFoundError:
        return False
    mine = os.fstat(handle)
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)


def _is_removed(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _read(path: Path) -> Holder | None:
    """Who the lock file names; None where it is missing or empty or says nothing."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MAX_BYTES))
        return Holder(
            str(found["user"])[:80],
            str(found["host"])[:80],
            int(found["pid"]),
            str(found["since"])[:40],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _may_live(holder: Holder) -> bool:
    """Whether the holder may still be there: certain only for processes of this host."""
    return holder.host != socket.gethostname() or process_lives(holder.pid)


def process_lives(pid: int) -> bool:
    """Whether a process of this number exists on this host."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
