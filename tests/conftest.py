"""Fixtures that several files share: a browser, the app on a port of its own, and a page to drive."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from playwright.sync_api import Error as PlaywrightError

from engine import paths
from engine.experiments.sweeps.folder import SWEEPS
from engine.inference import onnx_backend
from engine.jobs import process
from engine.jobs.job import Job
from tests import made_once
from tests.browser import (
    BROKEN_IMAGES,
    KEPT_OPEN,
    ONE_PROCESS,
    PAGE_SECONDS,
    NoBrowser,
    Server,
    chromium,
    keep_compiled,
    serve,
)
from tests.fragment_guard import outside_writes

MINE = "mine"
WIDE = {"width": 1280, "height": 900}
SHOWN_OF_PAGE = 2000


@pytest.fixture(scope="session", autouse=True)
def usual_priority() -> Iterator[None]:
    """A command that steps back for others must not slow down all later tests of the process that calls it.

    Nor may a process that a test only pretends to start: its number belongs to another.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "lower_priority", lambda to=10: None)
        patch.setattr(process, "_step_back", lambda pid, to: None)
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; where none can be had the test skips, but under `CI=true` it fails."""
    expect.set_options(timeout=PAGE_SECONDS * 1000)
    try:
        with chromium(ONE_PROCESS) as started:
            yield started
    except NoBrowser as error:
        no_browser(str(error))


def no_browser(reason: str) -> None:
    """Skip with the reason, or fail where a browser must be had."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def my_runs(tmp_path_factory) -> Path:
    """A folder of a user's runs that holds a copy of the bundled multi-label run, `mine`, to be changed at will."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(paths.BUNDLED_RUNS / "multi-label", folder / MINE)
    (folder / MINE / "thresholds.json").unlink(missing_ok=True)
    return folder


@pytest.fixture
def new_runs(my_runs) -> Iterator[Path]:
    """The folder of a user's runs; what the test adds ends and goes with it, so that a second try begins anew.

    Ask for it before `page`: then the page that shows the runs is closed first.
    """
    yield my_runs
    for folder in (*my_runs.glob(f"{SWEEPS}/[!.]*"), *my_runs.glob("[!.]*")):
        if folder.name != MINE:
            Job(folder).kill()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def app(tmp_path_factory, my_runs) -> Iterator[Server]:
    """The whole app, served once for all tests of a session."""
    with serve(tmp_path_factory.mktemp("server"), my_runs) as server:
        yield server


@pytest.fixture(scope="session")
def profile(browser) -> Iterator[BrowserContext]:
    """One profile for all tabs: what it has loaded of the app's scripts it need not load and compile again."""
    context = _patient(browser.new_context(viewport=WIDE))
    keep_compiled(context)
    yield context
    context.close()


@pytest.fixture
def another_browser(browser) -> Iterator[Callable[[], BrowserContext]]:
    """Makes profiles of other people, each with cookies and storage of its own; they end with the test."""
    made: list[BrowserContext] = []

    def make() -> BrowserContext:
        made.append(_patient(browser.new_context(viewport=WIDE)))
        return made[-1]

    yield make
    for context in made:
        context.close()


def _patient(context: BrowserContext) -> BrowserContext:
    """Let a busy machine have the time that it needs for an action."""
    context.set_default_timeout(PAGE_SECONDS * 1000)
    return context


@pytest.fixture
def page(profile) -> Iterator[Page]:
    """An empty tab, 1280 x 900, that knows of no earlier one; `page.troubles` lists what its console complained of."""
    tab = watched(profile.new_page())
    yield tab
    broken = [] if tab.is_closed() else tab.evaluate(BROKEN_IMAGES)
    _forget(profile)
    assert broken == [], "The page ends with images that could not be loaded."


def watched(tab: Page) -> Page:
    """Let `troubles` of a tab list what its console complains of."""
    tab.troubles = []
    tab.on("console", lambda said: tab.troubles.append(_told(said)) if _is_trouble(said) else None)
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    return tab


def _forget(profile: BrowserContext) -> None:
    """Close every tab but the one kept open, and remove what they stored: cookies, each origin's local storage."""
    for tab in profile.pages:
        if tab.url == KEPT_OPEN:
            continue
        if tab.url.startswith("http"):
            tab.evaluate("localStorage.clear()")
        tab.close()
    profile.clear_cookies()


def _is_trouble(said: ConsoleMessage) -> bool:
    """Whether it is an error of the app's making.

    A deep link lets Streamlit ask for its own address by trial. An image that a newer run of the script has replaced
    is gone from the server when a slow browser asks for it; one that stays broken fails the test at its end.
    """
    is_streamlits = "/_stcore/" in said.location["url"] or "/media/" in said.location["url"] + said.text
    return said.type == "error" and not is_streamlits


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location['url']})"


SLOWEST = (
    "tests/browser_controls/",
    "tests/pages/test_journey_in_a_browser.py",
    "tests/pages/head_centre/",
    "tests/export/bundle/",
    "tests/pages/test_every_page_in_a_browser.py",
    "tests/pages/train/",
    "tests/pages/review/",
    "tests/training/",
)


SECOND_TRY = pytest.mark.flaky(reruns=1)
WAITS = ("browser", "waits")
"""The markers of tests that wait for other processes."""


def pytest_collection_modifyitems(items):
    """The slowest files first, so that no test worker begins one when the others have finished.

    A test that waits for a browser or for another process gets a second try, since a busy machine can delay any of
    them. The summary tells why each needed it. `make browser`, which looks for rare faults, gives none.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(SLOWEST))
    if os.environ.get("LOSS_LAB_BROWSER") != "all":
        for item in items:
            if any(map(item.get_closest_marker, WAITS)):
                item.add_marker(SECOND_TRY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Add to a browser test's failure what the page showed and what the server wrote."""
    report = yield
    if report.failed and call.when == "call":
        made = getattr(item, "funcargs", {})
        if isinstance(made.get("page"), Page):
            report.sections.append(("the page", _seen(made["page"])))
        for server in (one for one in made.values() if isinstance(one, Server)):
            report.sections.append(("the app's log", server.said()))
    return report


def _seen(page: Page) -> str:
    try:
        text = page.get_by_test_id("stApp").inner_text(timeout=2000)
    except PlaywrightError as error:
        text = f"(nothing: {error})"
    return f"{page.url}\nconsole: {page.troubles}\n{text[:SHOWN_OF_PAGE]}"


@pytest.fixture(autouse=True, scope="session")
def _own_folders(tmp_path_factory):
    """The tests' own runs, datasets, queue and caches: none of the user's. Test workers share the cache."""
    own = tmp_path_factory.getbasetemp()
    together = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOSS_LAB_RUNS", str(tmp_path_factory.mktemp("own-runs")))
        patch.setenv("LOSS_LAB_DATA", str(tmp_path_factory.mktemp("own-data")))
        patch.setenv("LOSS_LAB_CACHE", str(together / "cache"))
        patch.setattr(onnx_backend, "_begin", lambda run: None)  # no process that outlives its test
        with made_once.converted_weights(together / "converted weights"):
            yield


@pytest.fixture(autouse=True, scope="session")
def _packages_are_scanned_once():
    """Only where tests have loaded Streamlit: the others need not wait for it."""
    with made_once.scan_of_packages() if "streamlit" in sys.modules else nullcontext():
        yield


@pytest.fixture(autouse=True)
def _main_module_comes_back():
    """AppTest leaves its script behind as `__main__`; child processes started later would run that script."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture(autouse=True)
def _fragments_keep_to_themselves():
    """No page under test has a fragment that writes into a container made outside of it."""
    with outside_writes() as places:
        yield
    assert places == [], "A fragment writes into a container that was made outside of it: make it inside."
