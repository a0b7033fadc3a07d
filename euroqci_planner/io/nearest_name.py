"""The nearest valid name for one that is unknown: the mend of a slip of the keyboard."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import islice

from euroqci_planner.io.printable_text import printable

_ALIKE = 0.55
_COMPARED = 100
_MAX_NAMES = 500
_SHOWN_WORD = 40
_LISTED = 8


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`, '' where none does.

    Of names that are equally alike, the one with more letters in the same places counts; of very
    many names, only the first ones are compared.
    """
    written = name[:_COMPARED].casefold()
    names = islice(dict.fromkeys(known), _MAX_NAMES)
    scored = [(_likeness(written, item.casefold()), item) for item in names]
    best = max(scored, key=lambda pair: pair[0], default=((0.0, 0), ""))
    return best[1] if best[0][0] >= _ALIKE else ""


def _likeness(written: str, item: str) -> tuple[float, int]:
    matcher = SequenceMatcher(None, written, item)
    if matcher.quick_ratio() < _ALIKE:
        return 0.0, 0
    in_place = sum(a == b for a, b in zip(written, item, strict=False))
    return matcher.ratio(), in_place


def mend_unknown(name: str, known: Iterable[str], kind: str) -> str:
    """What to do about an unknown name: the nearest one, or the names that there are."""
    names = list(dict.fromkeys(known))
    near = nearest(name, names)
    if near:
        return f"did you mean {printable(near)}?"
    if not names:
        return f"there is no {kind}"
    listed = ", ".join(printable(item, _SHOWN_WORD) for item in names[:_LISTED])
    return f"{kind}: {listed}{', ...' if len(names) > _LISTED else ''}"
