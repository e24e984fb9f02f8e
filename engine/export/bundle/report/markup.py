"""HTML that cannot be broken by what it shows: everything is escaped unless it was made here."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape

Tile = tuple[str, str, str]
"""A figure at the top of the report: its name, its value, and what to compare it with."""


class Markup(str):
    """Text that is HTML already; any other text is escaped before it goes into a page."""

    __slots__ = ()


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """An element; `class_` is written class, `stroke_width` is written stroke-width."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{joined(inside)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Parts one after the other, escaped where they are no `Markup`."""
    return Markup("".join(part if isinstance(part, Markup) else escape(str(part)) for part in parts))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """A table whose first column names the rows; numbers stand right."""
    top = tag("tr", *(tag("th", heading, scope="col") for heading in head))
    body = [tag("tr", tag("th", str(row[0]), scope="row"), *map(_cell, row[1:])) for row in rows]
    return tag("div", tag("table", tag("thead", top), tag("tbody", *body)), class_="wide")


def _cell(value: object) -> Markup:
    if isinstance(value, float):
        return tag("td", "–" if value != value else f"{value:.4g}", class_="number")
    return tag(
        "td",
        value if isinstance(value, str) else str(value),
        class_="text" if isinstance(value, str) else "number",
    )


def image(jpeg: bytes, says: str) -> Markup:
    """An image inside of the page itself."""
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return Markup(f'<img src="{source}" alt="{escape(says)}">')


def page(title: str, inside: Iterable[str]) -> str:
    """A whole page. Its policy allows the one style below and images inside of it: no script, no request."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    head = joined(
        [
            Markup('<meta charset="utf-8">'),
            Markup(f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Markup(
                '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
            ),
            tag("title", title),
            Markup(f"<style>{STYLE}</style>"),
        ]
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{tag("main", *inside)}</body></html>\n'


STYLE = """
:root {color-scheme: light dark; --ink: #1d1c1a; --faint: #66645f; --paper: #fff; --line: #dcdad5; --panel: #f6f5f2;
  --right: #0072b2; --wrong: #b3330f}
@media (prefers-color-scheme: dark) {
  :root {--ink: #edebe6; --faint: #a5a29b; --paper: #161513; --line: #3a3834; --panel: #211f1c; --right: #5ab4ea;
    --wrong: #ff8f66}}
* {box-sizing: border-box}
body {margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif}
main {max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem}
h1 {font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere}
h2 {font-size: 1.35rem; margin: 2.8rem 0 .4rem; border-top: 1px solid var(--line); padding-top: 1.4rem}
h3 {font-size: 1rem; margin: 0 0 .3rem}
p {max-width: 46rem; margin: .3rem 0 .8rem} .faint {color: var(--faint)}
a {color: var(--right)}
code, pre {font: .875rem/1.5 ui-monospace, monospace}
pre {background: var(--panel); padding: .8rem 1rem; border-radius: .5rem; overflow-x: auto}
.tiles {display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0}
.tile {background: var(--panel); border-radius: .6rem; padding: .7rem 1rem; min-width: 10rem; flex: 1 1 10rem}
.tile b {display: block; font-size: 1.6rem; line-height: 1.25; font-variant-numeric: tabular-nums}
.tile small {color: var(--faint)}
.charts {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 25rem), 1fr)); gap: 1.6rem 2rem}
figure {margin: 0; min-width: 0} figcaption {font-weight: 600; margin-bottom: .3rem; text-wrap: pretty}
svg {display: block; width: 100%; max-width: 33rem; height: auto; overflow: visible; font: 13px system-ui, sans-serif}
svg text {fill: var(--ink)} svg .tick {fill: var(--faint)} svg .grid {stroke: var(--line)}
.wide {overflow-x: auto; margin: .6rem 0 1rem; scrollbar-width: thin}
table {border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums}
th, td {padding: .28rem .8rem .28rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top}
thead th {color: var(--faint); font-weight: 500; vertical-align: bottom} tbody th {font-weight: 600}
th[scope=row] {min-width: 6rem; max-width: 22rem; overflow-wrap: break-word}
.number {text-align: right} td.text {overflow-wrap: anywhere}
.gallery {display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 13rem), 1fr)); gap: 1.1rem}
.gallery img {width: 100%; aspect-ratio: 4/3; object-fit: contain; background: var(--panel); border-radius: .5rem;
  display: block}
.gallery small {display: block; color: var(--faint); overflow-wrap: anywhere; margin-top: .25rem}
.chips {display: flex; flex-wrap: wrap; gap: .25rem; margin-top: .35rem}
.chip {border: 1.5px solid; border-radius: .6rem; padding: 0 .45rem; font-size: .82rem; overflow-wrap: anywhere}
.chip.right {color: var(--right)} .chip.wrong, .chip.missed {color: var(--wrong)} .chip.missed {border-style: dashed}
.chip.none {color: var(--faint)}
@media print {h2 {break-after: avoid} figure, .gallery > div {break-inside: avoid}}
"""
