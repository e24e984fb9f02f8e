"""The tabs of one browser, shared by all who visit pages at the same time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser import FLAGS, KEPT_OPEN, ONE_PROCESS, PAGE_SECONDS, find_browser
from tests.browser_controls.operate import WATCH
from tests.browser_controls.troubles import Troubles

NUMBER = 3
"""On two cores these keep both busy; a fourth only makes the others wait."""

PROCESSES = 2
"""All tabs of a profile share a process, which draws one page at a time: with a profile for each core, two draw."""

STILL = """addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style');
    style.textContent = `*, ::before, ::after {
        animation-duration: 0s !important; animation-iteration-count: 1 !important;
        transition-duration: 0s !important; transition-delay: 0s !important;
    }`;
    document.head.append(style);
})"""
"""Nothing moves: an icon that turns while a page waits has the browser draw sixty frames a second, without a GPU."""


@dataclass(frozen=True)
class Tab:
    """A tab, and what it complains of."""

    page: Page
    troubles: Troubles

    async def taken(self) -> list[str]:
        """Everything that went wrong so far; afterwards nothing is remembered."""
        return await self.troubles.taken(self.page)


class Tabs:
    """A few tabs of one browser, lent to one visit at a time each."""

    def __init__(self, tabs: Sequence[Tab]) -> None:
        self._free: asyncio.LifoQueue[Tab] = asyncio.LifoQueue()
        for tab in tabs:
            self._free.put_nowait(tab)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Tab]:
        """A tab for one visit, as soon as there is one."""
        tab = await self._free.get()
        try:
            yield tab
        finally:
            self._free.put_nowait(tab)

    @asynccontextmanager
    async def reserved(self) -> AsyncIterator["Tabs"]:
        """One tab for visits that take turns: they need not queue for each."""
        async with self.one() as tab:
            yield Tabs([tab])


class Visitors:
    """A browser with its tabs, in a thread of its own: pytest's synchronous browser has this one.

    It stays open between calls, with the app's scripts compiled. After a failure the next call opens another.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._browser = AsyncExitStack()
        self._profiles: list[BrowserContext] = []
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Callable[[Tabs], Coroutine[Any, Any, object]]) -> None:
        """Run a coroutine with the tabs, which know of no earlier visitor."""
        try:
            self._wait_for(self._with_tabs(work))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the browser, if one is open."""
        self._profiles = []
        self._wait_for(self._browser.aclose())

    def _wait_for(self, coroutine: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _with_tabs(self, work: Callable[[Tabs], Coroutine[Any, Any, object]]) -> None:
        if not self._profiles:
            self._profiles = await self._browser.enter_async_context(_profiles())
        for profile in self._profiles:
            await profile.clear_cookies()
        tabs = [await _tab(profile) for profile in islice(cycle(self._profiles), NUMBER)]
        await work(Tabs(tabs))
        for tab in tabs:
            await tab.page.close()


@asynccontextmanager
async def _profiles() -> AsyncIterator[list[BrowserContext]]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=[*FLAGS, ONE_PROCESS])
        try:
            yield [await _profile(browser) for _ in range(PROCESSES)]
        finally:
            await browser.close()


async def _profile(browser: Browser) -> BrowserContext:
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PAGE_SECONDS * 1000)
    await context.add_init_script(WATCH)
    await context.add_init_script(STILL)
    await _keep_compiled(context)
    return context


async def _tab(profile: BrowserContext) -> Tab:
    """A tab in a window of its own: behind another it would draw one frame a second, and a click waits for two."""
    async with profile.expect_page() as opened:
        await profile.pages[0].evaluate("() => void window.open('', '_blank', 'popup,noopener')")
    page = await opened.value
    return Tab(page, Troubles.of(page))


async def _keep_compiled(context: BrowserContext) -> None:
    """What `tests.browser.keep_compiled` does: the app's scripts stay compiled between visits."""
    tab = await context.new_page()
    await tab.route(KEPT_OPEN, lambda route: route.fulfill(body="", content_type="text/html"))
    await tab.goto(KEPT_OPEN)
