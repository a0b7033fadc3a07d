"""Text from a file as a message may show it: one line, no control characters, not too long."""

from __future__ import annotations

_LONGEST = 60


def printable(text: str, longest: int = _LONGEST) -> str:
    """`text` with control characters written as escapes, cut to `longest` characters."""
    head = text[: longest + 1]
    plain = "".join(item if item.isprintable() else _escaped(item) for item in head)
    return plain if len(plain) <= longest else f"{plain[: longest - 3]}..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
