"""The tabs of one browser, shared by all who visit pages at the same time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser import FLAGS, KEPT_OPEN, ONE_PROCESS, PAGE_SECONDS, find_browser
from tests.browser_controls.operate import WATCH
from tests.browser_controls.troubles import Troubles

NUMBER = 4
PROCESSES = 2
"""All tabs of a profile share a process, which draws one page at a time: with a profile for each core, two draw."""


@dataclass(frozen=True)
class Tab:
    """A tab, and what it complains of."""

    page: Page
    troubles: Troubles

    async def taken(self) -> list[str]:
        """Everything that went wrong so far; afterwards nothing is remembered."""
        return await self.troubles.taken(self.page)


class Tabs:
    """A few tabs of one browser, lent to one visit at a time each; its profiles take turns with new ones."""

    def __init__(self, profiles: Sequence[BrowserContext], number: int) -> None:
        self._profiles = cycle(profiles)
        self._free: list[Tab] = []
        self._are_left = asyncio.Semaphore(number)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Tab]:
        """A tab for one visit, as soon as there is one."""
        async with self._are_left:
            tab = self._free.pop() if self._free else await self._new()
            try:
                yield tab
            finally:
                self._free.append(tab)

    async def _new(self) -> Tab:
        page = await next(self._profiles).new_page()
        return Tab(page, Troubles.of(page))


def run(work: Callable[[Tabs], Coroutine[Any, Any, object]], number: int = NUMBER) -> None:
    """Run a coroutine with a browser's tabs in a thread of its own: pytest's synchronous browser has this one."""
    failure: list[BaseException] = []

    async def visit() -> None:
        async with _profiles() as profiles:
            await work(Tabs(profiles, number))

    def body() -> None:
        try:
            asyncio.run(visit())
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]


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
    await _keep_compiled(context)
    return context


async def _keep_compiled(context: BrowserContext) -> None:
    """What `tests.browser.keep_compiled` does: the app's scripts stay compiled between visits."""
    tab = await context.new_page()
    await tab.route(KEPT_OPEN, lambda route: route.fulfill(body="", content_type="text/html"))
    await tab.goto(KEPT_OPEN)
