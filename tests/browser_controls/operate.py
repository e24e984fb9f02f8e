"""Operating one control as a person would, and waiting until the page has come to rest."""

import asyncio
import io
import tempfile
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FilePayload, Locator, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.browser import LISTEN, UNSETTLED
from tests.browser_controls.controls import Control, locate
from tests.browser_lists import TWO_FRAMES

CLICK_MS, REST_MS = 30_000, 300_000
FEW_MS, TRIES = 5_000, 3
POPOVER = '[data-testid="stPopoverBody"]'
LOOK_MS, SETTLED_LOOKS = 40, 3
"""Between two runs of a script a page seems settled for a moment: it must be so for some looks in a row."""

SENDS_MS = 350
"""So long the page may wait before it tells the server of what was done: Streamlit gathers a slider's moves."""

BEGINS_MS = 15_000
"""So long the server may take to begin the script that it was asked for."""

MOST_OPTIONS = 6
WATCH = f"""
(() => {{
    try {{
        sessionStorage.clear();
        Object.defineProperty(window, 'localStorage', {{value: sessionStorage}});
    }} catch {{ /* a blank page has none */ }}
    const unsettled = {UNSETTLED};
    {LISTEN}
    window.entries = 0;
    const push = history.pushState;
    history.pushState = function (...what) {{ window.entries += 1; return push.apply(this, what); }};
    const until = (is, patience) => new Promise(resolve => {{
        let left = patience / {LOOK_MS};
        const look = () => is() ? resolve(true) : left-- <= 0 ? resolve(false) : setTimeout(look, {LOOK_MS});
        look();
    }});
    window.untilRest = async patience => {{
        let looks = 0;
        const isAtRest = () => (looks = unsettled() ? 0 : looks + 1) >= {SETTLED_LOOKS};
        return await until(isAtRest, patience) ? '' : unsettled();
    }};
    window.untilHeard = async sent =>
        await until(() => window.sent > sent, {SENDS_MS}) && await until(() => window.isAnswered, {BEGINS_MS});
}})()
"""
"""Runs before the page's own scripts. Nothing that the browser kept of other visits, such as guesses, is there: what
a page keeps stays in its tab, or another tab's guess would answer the question of this one.

It counts what the page sends and the entries that the page makes in the browser's history.

`untilRest` waits until nothing runs and everything is drawn, and tells what is missing where that takes too long;
`untilHeard` waits until the server says something to what the page has sent, if it has sent anything. Both count their
looks and not the clock: on a busy machine the page's own timers are late, too, and each look follows those due before.
"""


class NotOperable(AssertionError):
    """A control cannot be operated, or the page does not follow as it should; the message says how."""


async def rest(page: Page) -> None:
    """Wait until no script runs and everything is drawn; raises `NotOperable`."""
    try:
        missing = await asyncio.wait_for(page.evaluate(f"window.untilRest({REST_MS})"), REST_MS / 1000 + 30)
    except TimeoutError:
        raise NotOperable("The page does not respond: a script in it does not end.") from None
    if missing:
        raise NotOperable(f"The page was still waiting for {missing} after {REST_MS // 1000} s.")


async def operate(page: Page, control: Control, most_options: int = MOST_OPTIONS) -> None:
    """Use a control in every way that its kind has; the page is at rest afterwards.

    Raises `NotOperable` where the control is gone, disabled, covered, or cannot be reached.
    """
    element = await _revealed(page, control)
    try:
        await _BY_KIND[control.kind](page, control, element, most_options)
    except PlaywrightError as error:
        raise NotOperable(f"It cannot be operated: {str(error)[:600]}") from error


async def _then_rest(page: Page, action) -> None:
    """Do something and wait until what it set going is done."""
    sent, entries = await page.evaluate("[window.sent, window.entries]")
    await action
    await page.evaluate("window.untilHeard", sent)
    await rest(page)
    made = await page.evaluate("window.entries") - entries
    if made > 1:
        raise NotOperable(
            f"One action makes {made} entries in the browser's history: Back needs {made} presses."
        )


async def _revealed(page: Page, control: Control) -> Locator:
    """A control that can be seen. It may take more than one look: a run that begins late draws the page anew."""
    for _ in range(TRIES):
        if element := await locate(page, control):
            with suppress(PlaywrightTimeout):
                await _close_popover(page, element)
                await _reveal(page, element)
                return element
        await rest(page)
    raise NotOperable("It is not on the page, or it is disabled.")


async def _reveal(page: Page, element: Locator) -> None:
    """Open the closed expanders around an element, the outermost first."""
    closed = (
        "node => [...document.querySelectorAll('details:not([open])')].filter(one => one.contains(node) && "
    )
    closed += "!one.querySelector('summary').contains(node)).map(one => one.querySelector('summary').click()).length"
    while await element.evaluate(closed, timeout=FEW_MS):
        await rest(page)


async def _close_popover(page: Page, element: Locator) -> None:
    """Close an open popover as a person does who wants what it covers."""
    is_beside = f"node => [...document.querySelectorAll('{POPOVER}')].some(one => !one.contains(node))"
    if await element.evaluate(is_beside, timeout=FEW_MS):
        await page.keyboard.press("Escape")
        await rest(page)


async def _click(page: Page, _: Control, element: Locator, __: int) -> None:
    await _then_rest(page, element.click(timeout=CLICK_MS))


async def _twice(page: Page, control: Control, element: Locator, _: int) -> None:
    """There and back: a checkbox, an expander."""
    await _then_rest(page, element.click(timeout=CLICK_MS))
    if again := await locate(page, control):
        await _then_rest(page, again.click(timeout=CLICK_MS))


async def _download(page: Page, _: Control, element: Locator, __: int) -> None:
    async with page.expect_download(timeout=REST_MS) as waiting:
        await element.click(timeout=CLICK_MS)
    if failure := await (await waiting.value).failure():
        raise NotOperable(f"The download failed: {failure}")
    await rest(page)


async def _slide(page: Page, control: Control, element: Locator, most: int) -> None:
    """To its other end; with time also to its start and by steps."""
    is_at_end = await element.evaluate("one => one.value === one.max")
    keys = ("Home", "End") if is_at_end else ("End", "Home")
    for key in (*keys, "PageUp", "ArrowRight")[:most]:
        moved = await locate(page, control)
        if moved is None:
            return
        await _then_rest(page, moved.press(key, timeout=CLICK_MS))


async def _count(page: Page, control: Control, _: Locator, __: int) -> None:
    for key in ("ArrowUp", "ArrowDown", "ArrowDown"):
        element = await locate(page, control)
        if element is None:
            return
        await element.press(key, timeout=CLICK_MS)
        await _then_rest(page, element.press("Enter", timeout=CLICK_MS))


async def _type(page: Page, _: Control, element: Locator, __: int) -> None:
    await element.fill("typed by a test", timeout=CLICK_MS)
    await _then_rest(page, element.press("Enter", timeout=CLICK_MS))


async def _choose(page: Page, control: Control, _: Locator, most: int) -> None:
    """Some options of a list in turn: the first, up to `most` others, and the last."""
    options = page.locator('[role="listbox"] [role="option"]')
    chosen, places = 0, [1 if control.kind == "multiselect" else 0]  # a multiselect's first is “Select all”
    while places:
        place = places.pop(0)
        element = await locate(page, control)
        if element is None:
            return
        if not await _is_open(options, element):
            if control.kind == "multiselect":  # all options are chosen
                break
            raise NotOperable("Its list does not open, or holds no option.")
        count = await options.count()
        if not chosen:
            places = sorted({*range(1, min(count, most)), count - 1} - {0})
        await _press_down_to(page, min(place, count - 1))
        chosen += 1
    await page.keyboard.press("Escape")


async def _is_open(options: Locator, field: Locator) -> bool:
    """Open the list of a field; an expander that is still opening may close it again, so more than once.

    The page hears of a scroll in the browser's next frame, and a list that is open by then closes.
    """
    for _ in range(TRIES):
        if not await options.count():
            await field.scroll_into_view_if_needed(timeout=CLICK_MS)
            await field.evaluate(TWO_FRAMES)
            await field.locator("input").first.click(timeout=CLICK_MS)
        with suppress(PlaywrightTimeout):
            await options.first.wait_for(timeout=FEW_MS)
            return True
    return False


async def _press_down_to(page: Page, place: int) -> None:
    """Take the option at a place of the open list by keyboard: a list moves while images above it load."""
    await page.keyboard.press("Home")
    for _ in range(place):
        await page.keyboard.press("ArrowDown")
    await _then_rest(page, page.keyboard.press("Enter"))


async def _upload(page: Page, _: Control, element: Locator, __: int) -> None:
    image = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 120, 40)).save(image, "JPEG")
    field = element.locator("input[type=file]")
    if await field.get_attribute("webkitdirectory") is None:
        file = FilePayload(name="orange.jpg", mimeType="image/jpeg", buffer=image.getvalue())
        await _then_rest(page, field.set_input_files(file))
        return
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "orange.jpg").write_bytes(image.getvalue())
        await _then_rest(page, field.set_input_files(folder))


async def _touch(page: Page, _: Control, element: Locator, __: int) -> None:
    """A table is drawn on a canvas: press its first cell."""
    await _then_rest(page, element.click(position={"x": 20, "y": 50}, timeout=CLICK_MS))


_BY_KIND = {
    "button": _click, "option": _click, "radio": _click, "tab": _click, "popover": _click, "download": _download,
    "checkbox": _twice, "expander": _twice, "slider": _slide, "number": _count, "text": _type, "select": _choose,
    "multiselect": _choose, "upload": _upload, "grid": _touch,
}  # fmt: skip
