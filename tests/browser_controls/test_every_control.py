"""Every control of every page is operated in a real browser; no traceback, console error or failed request follows.

The controls are read from the page's DOM. `make test` operates every control that a lesson shows, several on one fresh
page (and alone on one where something goes wrong), and a seeded sample of the rest, in several tabs at once. `make
browser` (`LOSS_LAB_BROWSER=all`) operates every control everywhere on a fresh page each, what the controls reveal,
and longer random sequences. A failure names the page and the controls in order.
"""

import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from tests.browser import app_pages
from tests.browser_controls.stage import OWN_SET, Stage, stage
from tests.browser_controls.tabs import Tabs, Visitors
from tests.browser_controls.visit import Plan, Report, Visits

pytestmark = pytest.mark.browser

ALL = os.environ.get("LOSS_LAB_BROWSER") == "all"
SEED = int(os.environ.get("LOSS_LAB_BROWSER_SEED", "0"))
LESSONS = [
    address for address, file in app_pages().items() if file.name[0] in "123456" and file.name[1] == "_"
]
LONG = ("Loss_race", "One_hot")
"""These come first, or one tab would still be busy with them when the others have finished."""

SMALL_RUN = "task=multi-label&weights=none&size=32&batch_size=8&hidden=16&device=cpu&freeze_epochs=0&epochs=2"
OTHER_KIND = [
    *(f"{lesson}kind=Drawings" for lesson in ("BCE_and_CE?logits=A model's outputs&", "Threshold?")),
    *(f"{lesson}?kind=Photographs" for lesson in ("Head_centre", "Loss_race")),
]
OTHERS = ["", "Your_pictures", *(OTHER_KIND if ALL else random.Random(SEED).sample(OTHER_KIND, 1))]
CHANGING = [f"Train?data={{data}}&{SMALL_RUN}", f"Your_data?set={OWN_SET}", f"Label_review?data={OWN_SET}"]
"""What is operated there changes runs and datasets: each visit is to find them as they were."""

LESSON_PLAN = Plan(options=1, per_page=24)
CHANGING_PLAN = Plan(most=2, sequences=1, steps=3, options=1)
OTHER_PLAN = replace(CHANGING_PLAN, per_page=2)
if ALL:
    LESSON_PLAN = OTHER_PLAN = CHANGING_PLAN = Plan(revealed=60, sequences=3)


@dataclass
class Visited:
    """The reports on pages, made as they are asked for: `together` at the same time, the others each alone.

    Pages that change runs and datasets have a server of their own, where they take turns. A report with faults is given
    once: a second try visits the page again, alone.
    """

    stage: Stage
    changing: Stage
    visitors: Visitors
    together: Sequence[str]
    reports: dict[str, Report] = field(default_factory=dict)

    def report(self, address: str) -> Report:
        """What came of the visits to a page."""
        if address not in self.reports:
            is_first = not self.reports.keys() & set(self.together)
            self._visit(self.together if is_first and address in self.together else [address])
        report = self.reports[address]
        if report.faults:
            del self.reports[address]
        return report

    def _visit(self, addresses: Sequence[str]) -> None:
        visits = {address: self._visits(address) for address in addresses}
        first = sorted(visits, key=lambda address: address not in LONG)

        async def in_turn(tabs: Tabs) -> None:
            async with tabs.reserved() as own:
                for address in CHANGING:
                    if address in visits:
                        await visits[address].all(own)

        async def all_of_them(tabs: Tabs) -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(in_turn(tabs))
                for address in first:
                    if address not in CHANGING:
                        group.create_task(visits[address].all(tabs))

        self.visitors.run(all_of_them)
        self.stage.restore()
        self.changing.restore()
        self.reports |= {address: one.report for address, one in visits.items()}

    def _visits(self, address: str) -> Visits:
        if address in CHANGING:
            stage, plan, restore = self.changing, CHANGING_PLAN, self.changing.restore
        else:
            stage, plan, restore = self.stage, LESSON_PLAN if address in LESSONS else OTHER_PLAN, None
        own_set = address.format(data=stage.folder / OWN_SET)
        return Visits(stage.server.url, own_set, plan, SEED, restore)


@pytest.fixture(scope="module")
def visited(tmp_path_factory, visitors, request) -> Iterator[Visited]:
    """Two copies of the app for all pages."""
    chosen = [item.callspec.params["address"] for item in request.session.items if item.path == request.path]
    folder = tmp_path_factory.mktemp("stage")
    with stage(folder / "pages") as one, stage(folder / "changing") as other:
        yield Visited(one, other, visitors, [] if ALL else chosen)


@pytest.mark.parametrize("address", [*LESSONS, *OTHERS, *CHANGING])
def test_controls_of_a_page(visited, address):
    report = visited.report(address)
    print(f"{len(report.operated)} operated; disabled: {', '.join(map(str, report.disabled)) or '-'}")
    if report.faults:
        pytest.fail("\n\n".join(report.faults), pytrace=False)
    assert report.operated, "No control was found."
