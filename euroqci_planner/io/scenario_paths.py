"""Files that a scenario names: relative, inside its folder, whatever links say."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

_DRIVE = re.compile(r"^[A-Za-z]:")
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)
_INSIDE = "give a file inside the scenario's folder, like orbits/tonight.tle"


def path_problem(written: str, folder: Path) -> tuple[str, str] | None:
    """What is wrong with a relative path below `folder` and its mend, or None.

    Looks at the text first, then at where links lead. Does not ask whether the file exists.
    """
    told = _text_problem(written)
    if told is not None:
        return told
    try:
        home = folder.resolve()
        if not (home / written).resolve().is_relative_to(home):
            return "a link leads out of the scenario's folder", _INSIDE
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its links lead in a circle"
        return f"the path cannot be followed: {reason}", "check the links"
    return None


def _text_problem(written: str) -> tuple[str, str] | None:
    if not written.strip() or not written.isprintable():
        return "this is not a file name", "printable characters only"
    if "\\" in written:
        return "a path is written with /", f"write {written.replace(chr(92), '/')}"
    if written.startswith(("/", "~")) or _DRIVE.match(written):
        return "an absolute path is not allowed", _INSIDE
    parts = PurePosixPath(written).parts
    if ".." in parts:
        return ".. leads out of the scenario's folder", _INSIDE
    device = next((part for part in parts if _DEVICES.match(part.rstrip(" ."))), None)
    if device is not None:
        return f"{device} names a device on some systems", "give the file another name"
    return None
