"""Every control of every page is operated in a real browser; no traceback, console error or failed request follows.

The controls are read from the page's DOM. `make test` operates every control that a lesson shows, several on one fresh
page (and alone on one where something goes wrong), and a seeded sample of the rest. `make browser`
(`LOSS_LAB_BROWSER=all`) operates every control everywhere on a fresh page each, what the controls reveal, and longer
random sequences. A failure names the page and the controls in order.
"""

import os
import random
import time

import pytest

from tests.browser import app_pages
from tests.browser_controls.stage import OWN_SET, Stage, stage
from tests.browser_controls.visit import Plan, Report, Visits, run

pytestmark = pytest.mark.browser

ALL = os.environ.get("LOSS_LAB_BROWSER") == "all"
SEED = int(os.environ.get("LOSS_LAB_BROWSER_SEED", "0"))
LESSONS = [
    address for address, file in app_pages().items() if file.name[0] in "123456" and file.name[1] == "_"
]
SMALL_RUN = "task=multi-label&weights=none&size=32&batch_size=8&hidden=16&device=cpu&freeze_epochs=0&epochs=2"
REST = ["", f"Train?data={{data}}&{SMALL_RUN}", "Your_pictures", f"Your_data?set={OWN_SET}"]
REST += [f"Label_review?data={OWN_SET}"]
OTHER_KIND = [
    *(
        f"{lesson}kind=Drawings"
        for lesson in ("BCE_and_CE?logits=A picture's real outputs&", "Threshold?", "Loss_race?")
    ),
    "Head_centre?kind=Photographs",
]
REST += OTHER_KIND if ALL else random.Random(SEED).sample(OTHER_KIND, 1)
LESSON_PLAN = Plan(options=1, per_page=8, tabs=2)
REST_PLAN = Plan(most=2, sequences=1, steps=3, options=1, tabs=1)
if ALL:
    LESSON_PLAN = Plan(revealed=60, sequences=3, tabs=2)
    REST_PLAN = Plan(revealed=60, sequences=3, tabs=1)


@pytest.fixture(scope="module")
def served(tmp_path_factory, browser) -> Stage:
    """One copy of the app for all pages; `browser` skips where there is none."""
    with stage(tmp_path_factory.mktemp("stage")) as one:
        yield one


def _visit(served: Stage, address: str, plan: Plan) -> Report:
    address = address.format(data=served.folder / OWN_SET)
    visits = Visits(
        served.server.url, address, plan, SEED, served.restore if plan.tabs == 1 else lambda: None
    )
    run(visits.all)
    served.restore()
    report = visits.report
    print(
        f"{address}: {len(report.operated)} operated; disabled: {', '.join(map(str, report.disabled)) or '-'}"
    )
    if report.faults:
        pytest.fail("\n\n".join(report.faults), pytrace=False)
    return report


@pytest.mark.parametrize("address", LESSONS)
def test_every_control_of_a_lesson(served, address):
    began = time.monotonic()
    report = _visit(served, address, LESSON_PLAN)
    print(f"{time.monotonic() - began:.1f} s")
    assert report.operated, "No control was found."


@pytest.mark.parametrize("address", REST)
def test_controls_of_the_other_pages(served, address):
    _visit(served, address, REST_PLAN)
