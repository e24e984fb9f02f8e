"""Charts follow the theme in a real browser, and what stands along their axes can be read."""

import re

import pytest
from playwright.sync_api import Page

from tests.browser import open_page

pytestmark = pytest.mark.browser


def test_charts_follow_the_theme_while_the_page_is_open(app, page):
    open_page(page, app, "Threshold")
    assert _least_contrast(page) >= 4.5
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === 'dark'"
    )
    assert _least_contrast(page) >= 4.5


def _least_contrast(page: Page) -> float:
    """The least contrast between the words along a chart's axes and what they stand on (WCAG 2.2, 1.4.3)."""
    drawn = page.evaluate(
        """() => {
            const opaque = element => {
                const colour = getComputedStyle(element).backgroundColor;
                return /, 0\\)$/.test(colour) ? opaque(element.parentElement) : colour;
            };
            const words = '.js-plotly-plot :is([class$="tick"] > text, text[class$="title"])';
            return [...document.querySelectorAll(words)].filter(word => word.textContent)
                .map(word => [getComputedStyle(word).fill, opaque(word.closest('.main-svg'))]);
        }"""
    )
    assert len(drawn) > 10
    return min(_contrast(*map(_luminance, pair)) for pair in drawn)


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance of a colour as a browser writes it: rgb(…)."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
