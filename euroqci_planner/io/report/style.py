"""The style sheet of the report: light and dark by the reader's choice, light on paper."""

from __future__ import annotations

from euroqci_planner.io.report.markup import Markup
from euroqci_planner.io.report.satellite_styles import DARK_EDGES, LIGHT_EDGES, LIGHT_FILLS

LIGHT_PAGE, DARK_PAGE = "#ffffff", "#14181d"

_LIGHT = f"""
  color-scheme: light; --page: {LIGHT_PAGE}; --card: #f5f7f9; --rule: #dde2e8; --grid: #e8ecf0;
  --text: #18212b; --soft: #56626f; --accent: #0067a3; --night: #dfe5f3; --idle: #8a95a1;
  --idle-edge: #65717e; --clear: #d5dce4; --plain: #4a6c8c; --warn: #fff4dc; --warn-edge: #c98a00;
"""
_DARK = f"""
  color-scheme: dark; --page: {DARK_PAGE}; --card: #1c2229; --rule: #333d48; --grid: #262e37;
  --text: #e7ebf0; --soft: #a0abb7; --accent: #6cbcf0; --night: #252f47; --idle: #7d8996;
  --idle-edge: #9aa6b2; --clear: #3a4552; --plain: #7ba3c7; --warn: #33290f; --warn-edge: #c98a00;
"""
_RULES = """
* { box-sizing: border-box; }
html { background: var(--page); }
body { margin: 0 auto; padding: 0 24px 48px; max-width: 1148px; color: var(--text);
  background: var(--page); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans",
  "DejaVu Sans", sans-serif; }
header { padding: 28px 0 8px; }
header .soft { max-width: none; }
h1 { margin: 0 0 4px; font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 44px 0 10px; padding-top: 14px; border-top: 1px solid var(--rule); font-size: 21px; }
h3 { margin: 22px 0 6px; font-size: 16px; }
p { margin: 6px 0; max-width: 78ch; }
.eyebrow { margin: 0 0 6px; color: var(--accent); font-weight: 600; font-size: 13px;
  letter-spacing: 0.06em; text-transform: uppercase; }
.soft, figcaption, .note { color: var(--soft); }
.marking { margin: 0 -24px; padding: 5px 24px; text-align: center; font-weight: 700;
  font-size: 13px; letter-spacing: 0.08em; background: var(--card);
  border-bottom: 1px solid var(--rule); }
footer .marking { margin-top: 40px; border-top: 1px solid var(--rule); border-bottom: 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px;
  margin: 18px 0 4px; padding: 0; list-style: none; }
.cards li { padding: 13px 16px 12px; background: var(--card); border: 1px solid var(--rule);
  border-radius: 8px; }
.cards .name { display: block; color: var(--soft); font-size: 13px; }
.cards .figure { display: block; margin: 1px 0; font-size: 22px; font-weight: 650;
  white-space: nowrap;
  line-height: 1.25; font-variant-numeric: tabular-nums; }
.cards .more { display: block; color: var(--soft); font-size: 13px; }
.warnings { margin: 16px 0 0; padding: 10px 16px 10px 34px; background: var(--warn);
  border: 1px solid var(--warn-edge); border-left-width: 4px; border-radius: 6px; }
figure { margin: 14px 0 8px; }
figure h3 { margin: 0; }
figcaption { margin: 0 0 6px; font-size: 14px; }
figure > svg { display: block; width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 8px 36px;
  align-items: start; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0 8px; padding: 0;
  list-style: none; font-size: 13px; }
.legend li, .named { white-space: nowrap; }
.icon { width: 14px; height: 14px; margin-right: 5px; vertical-align: -2px; overflow: visible; }
.scroll { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; vertical-align: bottom; font-weight: 600; color: var(--soft);
  border-bottom: 2px solid var(--rule); padding: 5px 12px 5px 0; line-height: 1.3; }
td { vertical-align: top; border-bottom: 1px solid var(--grid); padding: 4px 12px 4px 0; }
td { font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; }
th.number { white-space: normal; }
.contacts td, .contacts th { white-space: nowrap; }
.contacts th { white-space: normal; }
code { font: 12px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
svg text { font-family: inherit; font-size: 12px; fill: var(--text); }
svg .tick { fill: var(--soft); }
svg .date { font-weight: 600; }
svg .axis-title { fill: var(--soft); }
svg .value { font-variant-numeric: tabular-nums; }
.axis { stroke: var(--idle-edge); stroke-width: 1; }
.midnight { stroke: var(--idle); stroke-width: 1; stroke-dasharray: 2 3; }
.grid { stroke: var(--grid); stroke-width: 1; }
.night { fill: var(--night); }
.candidate { fill: var(--idle); }
.unflown { fill: var(--page); stroke: var(--idle-edge); stroke-width: 1; }
.stem { fill: none; stroke: var(--idle); stroke-width: 1; }
.clear { fill: var(--clear); }
.plain, .step { fill: var(--plain); }
.total { fill: var(--text); }
.mark { stroke-width: 1; }
.bar { stroke: none; }
.hollow { stroke-width: 1.2; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3, .note { break-after: avoid; }
  figure, .cards li, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  .pair { grid-template-columns: 1fr 1fr; }
  table { font-size: 7.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
@media (max-width: 620px) { .pair { grid-template-columns: 1fr; } figure { overflow-x: auto; }
  figure > svg { min-width: 860px; } .pair figure > svg { min-width: 0; } }
"""


def style_sheet(marking: str) -> Markup:
    """The whole sheet; every printed page carries the marking at its head and foot."""
    by_night = f":root {{{_DARK}{_marks(DARK_EDGES)}}}"
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {by_night} }}"
    text = _css_text(marking)
    paper = (
        "@page { size: A4; margin: 16mm 12mm;"
        f" @top-center {{ content: {text}; font: bold 9pt sans-serif; }}"
        f" @bottom-center {{ content: {text}; font: bold 9pt sans-serif; }}"
        ' @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }'
    )
    light = f":root {{{_LIGHT}{_marks(LIGHT_EDGES)}}}"
    return Markup("\n".join((light, dark, _mark_rules(), _RULES, paper)))


def _marks(edges: tuple[str, ...]) -> str:
    fills = "".join(f" --s{n}: {colour};" for n, colour in enumerate(LIGHT_FILLS, 1))
    return fills + "".join(f" --e{n}: {colour};" for n, colour in enumerate(edges, 1)) + "\n"


def _mark_rules() -> str:
    rules = [".s0 { fill: var(--idle); stroke: var(--idle-edge); }"]
    rules += [
        f".s{n} {{ fill: var(--s{n}); stroke: var(--e{n}); }}"
        for n in range(1, len(LIGHT_FILLS) + 1)
    ]
    rules.append(".hollow { fill: var(--page); }")
    return "\n".join(rules)


def _css_text(text: str) -> str:
    """A CSS string in which every character is an escape, so that none can end it."""
    return '"' + "".join(f"\\{ord(character):06x}" for character in text) + '"'
