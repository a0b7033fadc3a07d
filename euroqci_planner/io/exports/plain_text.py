"""Text and plain data that every reader accepts: no lone surrogates, no NaN in JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from euroqci_planner.timebase import iso_text

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_REPLACEMENT = "\ufffd"


def utf8(text: str) -> bytes:
    """UTF-8 bytes; a lone surrogate (a file name that is not UTF-8) becomes its escape."""
    return text.encode("utf-8", "backslashreplace")


def printable(text: str) -> str:
    """The text without what XML and iCalendar forbid: control characters, lone surrogates."""
    return _CONTROL.sub(_REPLACEMENT, utf8(text).decode("utf-8"))


def json_bytes(data: Any) -> bytes:
    """Strict JSON, indented, in the order given; NaN and infinities are null."""
    text = json.dumps(plain(data), ensure_ascii=False, allow_nan=False, indent=2)
    return utf8(text + "\n")


def plain(value: Any) -> Any:
    """Plain JSON data of nested mappings, sequences, numbers, texts and instants.

    Raises TypeError for anything else: an unknown object has no one text.
    """
    if isinstance(value, Mapping):
        return {utf8(str(key)).decode(): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else iso_text(value)
    if isinstance(value, Enum | np.generic):
        return plain(value.value if isinstance(value, Enum) else value.item())
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, str):
        return utf8(value).decode()
    if isinstance(value, float):
        return value + 0.0 if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"{type(value).__name__} is not plain data: {value!r}")
