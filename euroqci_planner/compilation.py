"""Machine code where numba is installed (the extra `[fast]`), compiled once and kept on disk.

Modules with compiled functions stand in folders named `kernels` and are imported only where
`is_available()` says so. Everything that they do has a NumPy twin.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha1, sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

THREADS = 2
"""Threads of the compiled searches; results do not depend on them."""

# Reassociation would undo the argument reduction of the sine; without NaN no failed state is seen.
_FAST_MATH = {"contract", "arcp", "nsz"}
_PRIVATE = 0o700
_VERSIONS_KEPT = 3


def is_available() -> bool:
    """Whether numba is installed."""
    return find_spec("numba") is not None


def compiled(function: Function) -> Function:
    """An entry point in machine code: compiled at its first call, without the interpreter's lock.

    The code is kept in `cache_folder` for the next start. Division by zero gives infinities and
    NaN as in NumPy.
    """
    folder = cache_folder(str(Path(function.__code__.co_filename).parent))
    with _caching_in(folder):
        return _jit(function, nogil=True, cache=folder is not None)


def inner(function: Function) -> Function:
    """A part of entry points in machine code: compiled into them, callable from nowhere else."""
    return _jit(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _jit(function: Function, **options: Any) -> Function:
    import numba  # noqa: PLC0415 (an extra)

    made: Any = numba.njit(function, error_model="numpy", fastmath=_FAST_MATH, **options)
    return cast(Function, made)


@cache
def cache_folder(sources: str) -> Path | None:
    """Private folder for the machine code of the Python files in `sources`; None where none can be.

    It lies under the user's cache folder (`XDG_CACHE_HOME`, else `~/.cache`) and is named by the
    content of the files: numba looks at the file of the entry point alone. Machine code is run
    when it is loaded, so that a folder which others may write to is not used.
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        base = home / "euroqci-planner"
        kind = f"{Path(sources).parent.name}-"
        folder = base / (kind + _digest(Path(sources)))
        home.mkdir(parents=True, exist_ok=True)
        for place in (base, folder):
            place.mkdir(_PRIVATE, exist_ok=True)
            if not _is_private(place):
                return None
        _forget(base, kind, folder)
    except (OSError, RuntimeError):
        return None
    return folder


def is_kept(source: Path, function: str) -> bool:
    """Whether the machine code of an entry point of a Python file is on the disk."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(chosen) if chosen else cache_folder(str(source.parent))
    if folder is None:
        return False
    # The name that numba gives to the code of one folder of sources.
    place = sha1(str(source.parent).encode(), usedforsecurity=False).hexdigest()
    kept = folder / f"{source.parent.name}_{place}"
    return any(kept.glob(f"{source.stem}.{function}-*.nbi"))


def _digest(sources: Path) -> str:
    """Name of the version of these sources; of the program where there are none (a bundle)."""
    content = sha256(version("euroqci-planner").encode())
    for path in (*sorted(sources.glob("*.py")), Path(__file__)):
        with contextlib.suppress(FileNotFoundError):
            content.update(path.read_bytes())
    return content.hexdigest()[:16]


def _is_private(folder: Path) -> bool:
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return ours and not stat.S_IMODE(found.st_mode) & 0o077


def _forget(base: Path, kind: str, kept: Path) -> None:
    """Remove the machine code of old versions of the same sources."""
    versions = [item for item in base.glob(kind + "*") if item != kept]
    versions.sort(key=lambda item: item.stat().st_mtime, reverse=True)
    for old in versions[_VERSIONS_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _caching_in(folder: Path | None) -> Iterator[None]:
    """numba's cache in this folder for what is decorated inside, unless the user chose one."""
    import numba  # noqa: PLC0415 (an extra)

    config: Any = numba.config
    chosen = config.CACHE_DIR
    if folder is not None and not chosen:
        config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        config.CACHE_DIR = chosen
