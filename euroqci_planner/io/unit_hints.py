"""Keys that carry another unit than the schema's: `altitude_km` where `altitude_m` is meant."""

from __future__ import annotations

import re
from collections.abc import Collection

_UNITS = (
    "deg rad mrad urad arcsec arcmin m km mm cm um nm s ms us ns ps min h hours days d hz khz mhz"
    " ghz bps kbps mbps bit bits kbit mbit gbit byte bytes db percent pct m2 du utc eur keur meur"
)
_UNIT = re.compile(rf"_({'|'.join(sorted(_UNITS.split(), key=len, reverse=True))})$")


_FULL_ANGLE = "field_of_view_urad"
_HALF = re.compile("radius|half|semi")


def unit_hint(key: str, known: Collection[str]) -> str:
    """Mend for a key that is a known one with another unit, without one, or of half an angle."""
    if _FULL_ANGLE in known and "view" in key and _HALF.search(key):
        return f"write {_FULL_ANGLE}: it is the full angle, twice the radius"
    stem, unit = _split(key)
    for name in known:
        other_stem, other_unit = _split(name)
        if name == key or not other_unit or stem != other_stem:
            continue
        if unit:
            return f"write {name}: this key is in {other_unit}, not in {unit}"
        return f"write {name}: the unit stands in the key"
    return ""


def _split(key: str) -> tuple[str, str]:
    match = _UNIT.search(key)
    return (key[: match.start()], match.group(1)) if match else (key, "")
