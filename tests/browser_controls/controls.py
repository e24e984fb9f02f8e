"""The controls of a page, read from its DOM by role and test id, so that new ones are covered by themselves."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page

NOT_OPERATED = {
    "link": "leads to another page, which has its own test",
    "toolbar": "Streamlit's own buttons over a table or an image: full screen, search, download",
    "component": "drawn by the app's own JavaScript; test_drag_in_a_browser.py and test_label_in_a_browser.py use them",
}
"""What is found on the pages and left alone, with the reason."""

BY_CHANCE = {"Surprise me"}
"""What these reveal differs each time, so that it cannot be looked for on another page."""


@dataclass(frozen=True)
class Control:
    """A control as a person finds it: its kind, its name, which of several alike it is, and whether it is greyed."""

    kind: str
    name: str
    nth: int
    is_disabled: bool = False

    def __str__(self) -> str:
        which = f" (number {self.nth + 1})" if self.nth else ""
        return f"{self.kind} “{self.name}”{which}"

    @property
    def key(self) -> tuple[str, str, int]:
        """What stays the same while the control is enabled or disabled and the numbers in its name change."""
        return self.kind, re.sub(r"\d+([.,]\d+)*", "#", self.name), self.nth


# A button with a tooltip is drawn twice, once for touch screens: the twin that is not displayed is no control.
_FIND = """() => {
    const isApps = element => !element.closest('[data-testid="stHeader"]');
    const id = name => `[data-testid="${name}"]`;
    const text = element => {
        if (!element) return '';
        const bare = element.cloneNode(true);
        bare.querySelectorAll(id('stIconMaterial')).forEach(icon => icon.remove());
        return (bare.textContent.trim() || element.textContent).replace(/\\s+/g, ' ').trim();
    };
    const label = element => text(element.closest(id('stElementContainer'))?.querySelector(id('stWidgetLabel')));
    const named = element => text(element) || element.getAttribute('aria-label') || '(no name)';
    const inGroup = element => [label(element), named(element)].filter(Boolean).join(' › ');
    const field = element => element.getAttribute('aria-label') || label(element) || '(no name)';
    const isTwin = element =>
        element && (getComputedStyle(element).display === 'none' || isTwin(element.parentElement));
    const kinds = [
        ['button', `:is(${id('stButton')}, ${id('stFormSubmitButton')}) button`, named],
        ['download', `${id('stDownloadButton')} button`, named],
        ['popover', `${id('stPopover')} button`, named],
        ['option', `${id('stButtonGroup')} :is(button, [role="radio"])`, inGroup],
        ['radio', `${id('stRadio')} label:has(input)`, inGroup],
        ['checkbox', `${id('stCheckbox')} label`, named],
        ['select', id('stSelectbox'), label],
        ['multiselect', id('stMultiSelect'), label],
        ['slider', `${id('stSlider')} :is(input[type="range"], [role="slider"])`, field],
        ['number', `${id('stNumberInput')} input`, field],
        ['text', `:is(${id('stTextInput')} input, ${id('stTextArea')} textarea)`, field],
        ['tab', '[role="tab"]', named],
        ['expander', `${id('stExpander')} summary`, named],
        ['upload', id('stFileUploader'), label],
        ['grid', id('stDataFrame'), element => label(element) || 'table'],
        ['link', `${id('stPageLink')} a`, named],
        ['toolbar', `${id('stElementToolbar')} button`, named],
        ['component', `:is(${id('stBidiComponentIsolated')}, ${id('stBidiComponentRegular')}, iframe)`, field],
    ];
    for (const old of document.querySelectorAll('[data-operate]')) delete old.dataset.operate;
    const found = [], count = {};
    for (const [kind, selector, name] of kinds) {
        for (const element of [...document.querySelectorAll(selector)].filter(isApps)) {
            if (element.dataset.operate || element.closest('[data-stale="true"]') || isTwin(element)) continue;
            const called = name(element) || '(no name)', both = kind + ' ' + called.replace(/\\d+([.,]\\d+)*/g, '#');
            const off = element.matches('[disabled], [aria-disabled="true"], :has(input:disabled, button:disabled)');
            count[both] = (count[both] ?? -1) + 1;
            element.dataset.operate = found.length;
            found.push([kind, called, count[both], off]);
        }
    }
    return found;
}"""


async def find(page: Page) -> list[Control]:
    """Every control that the app has on the page, in the order of kinds; each element is marked with its place."""
    return [Control(*one) for one in await page.evaluate(_FIND)]


async def locate(page: Page, control: Control) -> Locator | None:
    """The element of a control as the page stands now; None where there is none or it is disabled."""
    for place, one in enumerate(await find(page)):
        if one.key == control.key:
            return None if one.is_disabled else page.locator(f'[data-operate="{place}"]')
    return None
