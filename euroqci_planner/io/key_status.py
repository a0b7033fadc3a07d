"""Key in stock by the status of a key management system (ETSI GS QKD 014)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from euroqci_planner.errors import InvalidInput

MOST_BITS = 1e15
_MOST_STATUS_BYTES = 65_536


def status_bits(path: Path) -> int:
    """Key in stock by an ETSI GS QKD 014 status: `stored_key_count` keys of `key_size` bits.

    Raises InvalidInput where the file is no such status.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_STATUS_BYTES + 1)
    if len(data) > _MOST_STATUS_BYTES:
        raise _no_status(path, f"is longer than {_MOST_STATUS_BYTES} bytes")
    try:
        status = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _no_status(path, "is no JSON") from error
    counts = [_count(status, key) for key in ("stored_key_count", "key_size")]
    if None in counts or counts[1] == 0:
        raise _no_status(path, "needs stored_key_count and key_size as whole numbers")
    bits = math.prod(item for item in counts if item is not None)
    if bits > MOST_BITS:
        raise _no_status(path, f"tells of {bits:.3g} bits, more than {MOST_BITS:.0e}")
    return bits


def _refuse_constant(word: str) -> float:
    raise ValueError(word)


def _count(status: Any, key: str) -> int | None:
    value = status.get(key) if isinstance(status, dict) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None


def _no_status(path: Path, problem: str) -> InvalidInput:
    return InvalidInput.single(
        f"the status file {problem}",
        file=path.name,
        mend="the answer of GET /api/v1/keys/{slave_SAE_ID}/status (ETSI GS QKD 014, 6.1)",
    )
