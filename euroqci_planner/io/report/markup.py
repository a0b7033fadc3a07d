"""Markup that cannot forget to escape: text becomes markup only through these functions."""

from __future__ import annotations

import html
from collections.abc import Iterable

from euroqci_planner.io.exports.plain_text import printable

_CLOSED_ALONE = frozenset(
    ("meta", "br", "hr", "col", "rect", "line", "path", "circle", "polyline", "use")
)


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def escaped(content: object) -> Markup:
    """Markup of any content: what is not markup yet is escaped."""
    if isinstance(content, Markup):
        return content
    return Markup(html.escape(printable(str(content)), quote=True))


def joined(parts: Iterable[object], separator: str = "") -> Markup:
    """Parts side by side."""
    return Markup(separator.join(escaped(part) for part in parts))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """One element; well-formed as XML too.

    `class_` stands for `class`, an underscore inside a name for a hyphen; attributes that are
    None are left out.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children and name in _CLOSED_ALONE:
        return Markup(f"<{name}{pairs}/>")
    return Markup(f"<{name}{pairs}>{joined(children)}</{name}>")
