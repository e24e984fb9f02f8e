"""What is wrong with an open page for people who use a screen reader, a keyboard, a phone, large type or other colours.

axe-core judges the page as it is drawn. The rest it does not judge: the order of headings, what alternative texts
say, and the size of the text in charts.
"""

import re
import time
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pages.parts.shared.chart_text import LEAST_CONTRAST, contrast
from tests.browser import wait_until_settled

IMPACTS = ("serious", "critical")
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SMALLEST_TEXT = 12
SECONDS_TO_FOLLOW = 20
"""So long charts may take to follow the window, a moment after the page is at rest."""

LARGE_IMAGE = 200 * 200
"""An image of more square pixels is no decoration: its alternative text must not be empty."""

FILE_NAME = re.compile(r"\.(jpe?g|png|webp|heic|bmp|gif|tiff?)\b|/", re.IGNORECASE)

STREAMLIT = {"streamlit": "1.67.0"}
"""The version whose own faults are listed below: look at each again after an update."""

OF_STREAMLIT: tuple[tuple[str, str, str], ...] = (
    (
        "scrollable-region-focusable",
        '<span class="katex-display"',
        "st.latex puts a formula into a box that scrolls and takes no focus; Chromium focuses it without being told.",
    ),
)
"""Faults in Streamlit's own widgets that a page cannot fix: axe-core's rule, a part of the element's HTML, and why."""

_READ = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    const drawn = element => element.checkVisibility({visibilityProperty: true});
    const size = text => parseFloat(getComputedStyle(text).fontSize);
    const words = [...main.querySelectorAll('.js-plotly-plot text')].filter(text => text.textContent.trim());
    return {
        headings: [...main.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(drawn)
            .map(heading => [Number(heading.tagName[1]), heading.textContent.trim()]),
        alts: [...main.querySelectorAll('img')].filter(drawn)
            .filter(image => image.alt || image.clientWidth * image.clientHeight > LARGE).map(image => image.alt),
        small: words.filter(text => drawn(text) && size(text) < SMALLEST).map(
            text => `${size(text)} px: ${text.textContent}`),
        language: document.documentElement.lang,
    };
}""".replace("SMALLEST", str(SMALLEST_TEXT)).replace("LARGE", str(LARGE_IMAGE))

_BEYOND = """() => {
    const main = document.querySelector('[data-testid="stMain"]');
    if (main.scrollWidth <= main.clientWidth && document.documentElement.scrollWidth <= innerWidth) return [];
    const right = element => Math.round(element.getBoundingClientRect().right);
    return [...main.querySelectorAll('*')].filter(element => right(element) > innerWidth)
        .map(element => `${right(element)} px: ${element.dataset.testid ?? element.className}`).slice(0, 5);
}"""
_OPEN = """() => document.querySelectorAll('[data-testid="stMain"] details:not([open]) > summary')
    .forEach(summary => summary.click())"""
_STILL = """() => document.getAnimations().every(
    moving => moving.playState !== 'running' || moving.effect.getComputedTiming().endTime === Infinity)"""
"""Whether no colour and no size is on its way to another; what turns for ever does not count."""

_CHART_TEXT = """() => {
    const beside = '.js-plotly-plot text:not(.bartext-inside, .heatmap-label *, .slicetext)';
    const opaque = element => {
        const colour = getComputedStyle(element).backgroundColor;
        return /, 0\\)$/.test(colour) && element.parentElement ? opaque(element.parentElement) : colour;
    };
    return [...document.querySelectorAll(beside)]
        .filter(text => text.textContent.trim() && text.checkVisibility({visibilityProperty: true}))
        .map(text => [text.textContent, getComputedStyle(text).fill, opaque(text.closest('.main-svg') ?? text)]);
}"""
"""The text of charts that stands beside their marks, with its colour and that of the chart, or of what it lies on."""


@dataclass
class Inspection:
    """A page as it was found: the faults by what was looked at, each a line that says where and what."""

    axe: dict[str, list[str]] = field(default_factory=dict)
    pale_text: dict[str, list[str]] = field(default_factory=dict)
    headings: list[tuple[int, str]] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    small_text: list[str] = field(default_factory=list)
    language: str = ""
    exceptions: list[str] = field(default_factory=list)
    beyond: dict[str, list[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    @property
    def has_faults(self) -> bool:
        """Whether anything was found that fails a test."""
        seen = [*self.axe.values(), *self.pale_text.values(), *self.beyond.values()]
        seen += [self.small_text, self.exceptions, self.complaints]
        named = self.headings and not skipped_headings(self.headings) and not file_names(self.alts)
        return any(seen) or not named


def inspect(page: Page) -> Inspection:
    """Look at an open page: wide in light and dark, and on a phone; it is left light and wide."""
    seen = Inspection()
    reveal(page)
    seen.exceptions = page.get_by_test_id("stException").all_inner_texts()
    for name, size, scheme in (("light", WIDE, "light"), ("dark", WIDE, "dark"), ("phone", PHONE, "light")):
        page.set_viewport_size(size)
        use_scheme(page, scheme)
        seen.axe[name], seen.pale_text[name] = violations(page), pale_text(page)
    page.set_viewport_size(WIDE)
    wait_until_settled(page)
    read = page.evaluate(_READ)
    seen.headings = [(level, text) for level, text in read["headings"]]
    seen.alts, seen.small_text, seen.language = read["alts"], sorted(set(read["small"])), read["language"]
    return seen


def beyond_the_edge(page: Page) -> list[str]:
    """What makes the page scroll sideways: nothing, or the widest things in it."""
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while (beyond := page.evaluate(_BEYOND)) and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    return beyond


def reveal(page: Page) -> None:
    """Show what waits for a guess, and open what is collapsed."""
    page.set_viewport_size(WIDE)
    while (waiting := page.get_by_role("button", name="Show me", exact=True)).count():
        count = waiting.count()
        waiting.first.click()
        expect(waiting).to_have_count(count - 1)
    page.evaluate(_OPEN)
    wait_until_still(page)


def pale_text(page: Page) -> list[str]:
    """The text next to the marks of charts whose contrast with the page is less than 4.5 to 1."""
    rated = {(text, contrast(_hex(fill), _hex(behind))) for text, fill, behind in page.evaluate(_CHART_TEXT)}
    return sorted(f"{ratio:.2f}: {text}" for text, ratio in rated if ratio < LEAST_CONTRAST)


def _hex(colour: str) -> str:
    """A colour as a browser writes it, such as "rgb(0, 114, 178)", as "#0072b2"."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def use_scheme(page: Page, scheme: str) -> None:
    """Let the open page change to light or dark, and wait until it has."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        f"getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === '{scheme}'"
    )
    wait_until_still(page)


def wait_until_still(page: Page) -> None:
    """Wait until the page is settled and its colours have faded over: halfway, dark text stands on grey."""
    wait_until_settled(page)
    page.wait_for_function(_STILL)


def violations(page: Page) -> list[str]:
    """The serious and critical findings of axe-core on a page, without those that are Streamlit's own."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} | {_reason(node)}"
        for rule in found
        if rule["impact"] in IMPACTS
        for node in rule["nodes"]
        if not is_of_streamlit(rule["id"], node["html"])
    ]


def _reason(node: dict) -> str:
    checks = node.get("any", []) + node.get("all", []) + node.get("none", [])
    return "; ".join(check["message"] for check in checks)[:200]


def is_of_streamlit(rule: str, html: str) -> bool:
    return any(rule == known and part in html for known, part, _ in OF_STREAMLIT)


def skipped_headings(headings: list[tuple[int, str]]) -> list[str]:
    """Headings that stand more than one level below the heading before them; a page begins with its only h1."""
    levels = [0, *(level for level, _ in headings)]
    skips = [text for (level, text), before in zip(headings, levels, strict=False) if level > before + 1]
    more = [text for level, text in headings[1:] if level == 1]
    return skips + more


def file_names(alts: list[str]) -> list[str]:
    """Alternative texts that are the name of a file, or nothing at all."""
    return [alt for alt in alts if not alt.strip() or FILE_NAME.search(alt)]
