"""Visits to the pages of one server by several tabs at once, each visit a fresh page on which controls are operated."""

import asyncio
import random
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

from tests.browser import FLAGS, PAGE_SECONDS, find_browser
from tests.browser_controls.controls import NOT_OPERATED, Control, find, locate
from tests.browser_controls.operate import COUNT_RUNS, NotOperable, operate, rest
from tests.browser_controls.troubles import Troubles

Path = tuple[Control, ...]


@dataclass
class Report:
    """What came of the visits to one page."""

    address: str
    operated: list[Path] = field(default_factory=list)
    disabled: set[Control] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def blame(self, path: Sequence[Control], troubles: Sequence[str]) -> None:
        """Remember what went wrong after these controls."""
        steps = ", then ".join(map(str, path)) or "opening it"
        self.faults += [f"/{self.address}: {steps}\n    {trouble}" for trouble in troubles]


@dataclass(frozen=True)
class Plan:
    """What to do on a page: how many controls (None: all), whether also those that others reveal, and how thoroughly.

    Several controls may share a fresh page (`per_page`): what goes wrong then is tried again alone.
    """

    most: int | None = None
    revealed: int = 0
    sequences: int = 0
    steps: int = 6
    options: int = 6
    per_page: int = 1
    tabs: int = 3


def run(work: Callable[[BrowserContext], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine with a browser in a thread of its own, so that pytest's synchronous browser does not mind."""
    failure: list[BaseException] = []

    async def visit() -> None:
        async with _context() as context:
            await work(context)

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
async def _context() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        context = await browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(PAGE_SECONDS * 1000)
        await context.add_init_script(COUNT_RUNS)
        try:
            yield context
        finally:
            await browser.close()


class Visits:
    """All visits to one page; `restore` is called after each."""

    def __init__(self, url: str, address: str, plan: Plan, seed: int, restore: Callable[[], None]) -> None:
        self.report = Report(address)
        self._url, self._plan, self._restore = f"{url}/{address}", plan, restore
        self._random = random.Random(f"{seed} {address}")
        self._known: set[tuple] = set()
        self._revealed = 0
        self._queue: deque[tuple[Path, ...]] = deque()

    async def all(self, context: BrowserContext) -> Report:
        """Find the controls and operate them, by several tabs at once; then the sequences."""
        first = await context.new_page()
        troubles = Troubles.of(first)
        self.report.blame((), await self._opened(first, troubles))
        controls = self._new(await find(first))
        if self._plan.most is not None:
            controls = self._random.sample(controls, min(self._plan.most, len(controls)))
        step = self._plan.per_page
        paths = [(control,) for control in controls]
        self._queue.extend(tuple(paths[at : at + step]) for at in range(0, len(paths), step))
        others = [self._tab(await context.new_page()) for _ in range(self._plan.tabs - 1)]
        await asyncio.gather(self._tab(first, troubles), *others)
        for number in range(self._plan.sequences):
            await self._sequence(first, troubles, random.Random(f"{self._random.random()} {number}"))
        for page in context.pages:
            await page.close()
        return self.report

    async def _tab(self, page: Page, troubles: Troubles | None = None) -> None:
        troubles = troubles or Troubles.of(page)
        while self._queue:
            together = self._queue.popleft()
            for path in together if len(together) == 1 else await self._chain(page, troubles, together):
                await self._alone(page, troubles, path)
            self._restore()

    async def _chain(self, page: Page, troubles: Troubles, together: tuple[Path, ...]) -> list[Path]:
        """Operate several controls on one fresh page; those still to be tried alone.

        These are all of them where something went wrong, else those that the others have taken away.
        """
        left = []
        if await self._opened(page, troubles):
            return list(together)
        try:
            for path in together:
                if await locate(page, path[-1]) is None:
                    left.append(path)
                    continue
                await operate(page, path[-1], self._plan.options)
                if await troubles.taken(page):
                    return list(together)
        except (NotOperable, PlaywrightError):
            return list(together)
        self.report.operated += [path for path in together if path not in left]
        return left

    async def _alone(self, page: Page, troubles: Troubles, path: Path) -> None:
        """Operate the controls of a path, one after the other, on a fresh page."""
        said = await self._opened(page, troubles)
        try:
            for control in path:
                await operate(page, control, self._plan.options)
                said += await troubles.taken(page)
            if self._revealed < self._plan.revealed and len(path) == 1:
                new = self._new(await find(page))[: self._plan.revealed - self._revealed]
                self._revealed += len(new)
                self._queue.extend(((*path, control),) for control in new)
        except (NotOperable, PlaywrightError) as error:
            said += [*await troubles.taken(page), str(error)]
        self.report.operated.append(path)
        self.report.blame(path, said)

    async def _sequence(self, page: Page, troubles: Troubles, rng: random.Random) -> None:
        """Operate controls at random on a fresh page, each chosen among those that are there by then."""
        said, path = await self._opened(page, troubles), []
        try:
            while len(path) < self._plan.steps and not said:
                there = [one for one in await find(page) if _is_operable(one)]
                if not there:
                    break
                path.append(rng.choice(there))
                await operate(page, path[-1], 2)
                said = await troubles.taken(page)
        except (NotOperable, PlaywrightError) as error:
            said += [*await troubles.taken(page), str(error)]
        self.report.operated.append(tuple(path))
        self.report.blame(path, said)
        self._restore()

    async def _opened(self, page: Page, troubles: Troubles) -> list[str]:
        """Load the page anew, as a new visit; what went wrong."""
        try:
            await page.goto("about:blank")
            troubles.said.clear()
            await page.goto(self._url, wait_until="commit")
            await rest(page)
        except (NotOperable, PlaywrightError) as error:
            return [*await troubles.taken(page), str(error)]
        return await troubles.taken(page)

    def _new(self, found: Sequence[Control]) -> list[Control]:
        """Those that can be operated and were not known before."""
        new = [one for one in found if one.key not in self._known and one.kind not in NOT_OPERATED]
        self._known |= {one.key for one in new if not one.is_disabled}
        self.report.disabled |= {one for one in new if one.is_disabled}
        return [one for one in new if not one.is_disabled]


def _is_operable(control: Control) -> bool:
    return control.kind not in NOT_OPERATED and not control.is_disabled
