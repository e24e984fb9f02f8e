"""Visits to the pages of one server by several tabs at once, each visit a fresh page on which controls are operated."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Error as PlaywrightError

from tests.browser_controls.controls import BY_CHANCE, NOT_OPERATED, Control, find, locate
from tests.browser_controls.operate import NotOperable, operate, rest
from tests.browser_controls.tabs import Tab, Tabs

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


class Visits:
    """All visits to one page of the app.

    With `restore` the visits take turns and it is called after each; without, they share the tabs with whoever else
    has some of them.
    """

    def __init__(
        self, url: str, address: str, plan: Plan, seed: int, restore: Callable[[], None] | None = None
    ) -> None:
        self.report = Report(address)
        self._url, self._plan, self._restore = f"{url}/{address}", plan, restore
        self._random = random.Random(f"{seed} {address}")
        self._known: set[tuple] = set()
        self._revealed: list[Path] = []

    async def all(self, tabs: Tabs) -> Report:
        """Find the controls and operate them, then those that they reveal; then the sequences."""
        async with tabs.one() as tab:
            self.report.blame((), await self._opened(tab))
            groups = self._groups(await find(tab.page))
            if groups and not self.report.faults:
                await self._operated(tab, groups.pop(0), is_open=True)
        if self._restore is not None:
            await asyncio.to_thread(self._restore)
        await self._each(tabs, groups)
        await self._each(tabs, [[path] for path in self._revealed[: self._plan.revealed]])
        seeds = [f"{self._random.random()} {number}" for number in range(self._plan.sequences)]
        await self._take_turns([self._sequence(tabs, random.Random(seed)) for seed in seeds])
        return self.report

    def _groups(self, found: Sequence[Control]) -> list[list[Path]]:
        """The controls to operate, those together that share fresh pages."""
        controls = self._new(found)
        if self._plan.most is not None:
            controls = self._random.sample(controls, min(self._plan.most, len(controls)))
        paths: list[Path] = [(control,) for control in controls]
        if self._plan.per_page == 1:
            return [[path] for path in paths]
        return [paths] if paths else []

    async def _each(self, tabs: Tabs, groups: Sequence[Sequence[Path]]) -> None:
        await self._take_turns([self._visit(tabs, group) for group in groups])

    async def _take_turns(self, visits: Sequence[Coroutine[Any, Any, None]]) -> None:
        """One visit after the other where each is to find things as they were, else all as tabs get free."""
        if self._restore is None:
            await asyncio.gather(*visits)
            return
        for visit in visits:
            await visit
            await asyncio.to_thread(self._restore)

    async def _visit(self, tabs: Tabs, together: Sequence[Path]) -> None:
        async with tabs.one() as tab:
            await self._operated(tab, together)

    async def _operated(self, tab: Tab, together: Sequence[Path], is_open: bool = False) -> None:
        """Operate several controls on as few fresh pages as it takes, the first as it is where it `is_open`.

        What a page lacks by then, such as another answer to a question, comes first on the next. What may have gone
        wrong is tried again alone, and so is what no page of several has.
        """
        left = together
        while len(left) > 1:
            suspects, rest = await self._chain(tab, left, is_open)
            is_open = False
            for path in suspects:
                await self._alone(tab, path)
            if len(rest) == len(left):
                break
            left = rest
        for path in left:
            await self._alone(tab, path, is_open)

    async def _chain(
        self, tab: Tab, together: Sequence[Path], is_open: bool
    ) -> tuple[Sequence[Path], Sequence[Path]]:
        """Operate several controls on one fresh page, until it has had its share or something goes wrong.

        Returns those that may be to blame, the last and the one before it; and those that were not operated.
        """
        done: list[Path] = []
        missing: list[Path] = []
        if not is_open and await self._opened(tab):
            return [], together
        for place, path in enumerate(together):
            if len(done) == self._plan.per_page:
                missing += together[place:]
                break
            if await locate(tab.page, path[-1]) is None:
                missing.append(path)
            elif await self._is_fine(tab, path[-1]):
                done.append(path)
            else:
                self.report.operated += done[:-1]
                return [*done[-1:], path], [*missing, *together[place + 1 :]]
        self.report.operated += done
        return [], missing

    async def _is_fine(self, tab: Tab, control: Control) -> bool:
        try:
            await operate(tab.page, control, self._plan.options)
        except (NotOperable, PlaywrightError):
            return False
        return not await tab.taken()

    async def _alone(self, tab: Tab, path: Path, is_open: bool = False) -> None:
        """Operate the controls of a path, one after the other, on a fresh page."""
        said = [] if is_open else await self._opened(tab)
        try:
            for control in path:
                await operate(tab.page, control, self._plan.options)
                said += await tab.taken()
            if self._plan.revealed and len(path) == 1 and path[0].name not in BY_CHANCE:
                self._revealed += [(*path, control) for control in self._new(await find(tab.page))]
        except (NotOperable, PlaywrightError) as error:
            said += [*await tab.taken(), str(error)]
        self.report.operated.append(path)
        self.report.blame(path, said)

    async def _sequence(self, tabs: Tabs, rng: random.Random) -> None:
        async with tabs.one() as tab:
            await self._wander(tab, rng)

    async def _wander(self, tab: Tab, rng: random.Random) -> None:
        """Operate controls at random on a fresh page, each chosen among those that are there by then."""
        path: list[Control] = []
        said = await self._opened(tab)
        try:
            while len(path) < self._plan.steps and not said:
                there = [one for one in await find(tab.page) if _is_operable(one)]
                if not there:
                    break
                path.append(rng.choice(there))
                await operate(tab.page, path[-1], 2)
                said = await tab.taken()
        except (NotOperable, PlaywrightError) as error:
            said += [*await tab.taken(), str(error)]
        self.report.operated.append(tuple(path))
        self.report.blame(path, said)

    async def _opened(self, tab: Tab) -> list[str]:
        """Load the page anew, as a new visit; what went wrong."""
        try:
            await tab.page.goto("about:blank")
            tab.troubles.said.clear()
            await tab.page.goto(self._url, wait_until="commit")
            await rest(tab.page)
        except (NotOperable, PlaywrightError) as error:
            return [*await tab.taken(), str(error)]
        return await tab.taken()

    def _new(self, found: Sequence[Control]) -> list[Control]:
        """Those that can be operated and were not known before."""
        new = [one for one in found if one.key not in self._known and one.kind not in NOT_OPERATED]
        self._known |= {one.key for one in new if not one.is_disabled}
        self.report.disabled |= {one for one in new if one.is_disabled}
        return [one for one in new if not one.is_disabled]


def _is_operable(control: Control) -> bool:
    return control.kind not in NOT_OPERATED and not control.is_disabled
