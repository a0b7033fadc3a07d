"""The user manual that comes with the program: its pages, and their titles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from euroqci_planner.resources import resource

START_PAGE = "index.md"


@dataclass(frozen=True, slots=True)
class ManualPage:
    """One page: its path inside the manual, its title, its Markdown text."""

    name: str
    title: str
    text: str


def manual_folder() -> Path:
    """Folder of the manual; links and pictures of its pages are relative to their own folder."""
    return resource("manual")


def manual_pages() -> tuple[ManualPage, ...]:
    """All pages, the first page first, then by title; pages of subfolders last."""
    folder = manual_folder()
    pages = [_page(folder, path) for path in folder.rglob("*.md")]
    return tuple(sorted(pages, key=_order))


def _order(page: ManualPage) -> tuple[bool, int, str]:
    return (page.name != START_PAGE, page.name.count("/"), page.title.casefold())


def _page(folder: Path, path: Path) -> ManualPage:
    text = path.read_text(encoding="utf-8")
    heading = next((line for line in text.splitlines() if line.startswith("# ")), "")
    name = path.relative_to(folder).as_posix()
    return ManualPage(name, heading.removeprefix("# ").replace("`", "").strip() or name, text)
