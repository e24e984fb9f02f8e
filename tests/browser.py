"""The app on a loopback port of its own, and a headless Chromium that visits it: for tests, screenshots, benchmarks."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from urllib.error import URLError

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "streamlit_app.py"
START_SECONDS = 90
PAGE_SECONDS = 240
IN_BACKGROUND = 5 * PAGE_SECONDS * 1000
"""Milliseconds for a process that lets every other go first."""

MILLISECONDS_BETWEEN_LOOKS, SETTLED_LOOKS = 60, 2
"""Playwright would look at each frame, and have the browser draw sixty a second meanwhile, without a GPU."""

PORTS, PORTS_OF_A_PROCESS = range(12_000, 32_000), 50
"""Below those that a system gives to connections: none of these is taken before the server binds it."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
ONE_PROCESS = "--process-per-site"
"""All tabs of a profile on the loopback address share a process, whatever their ports: `keep_compiled` needs it."""

KEPT_OPEN = "http://127.0.0.1/kept-open"
UNSETTLED = """() => {
    const any = selector => document.querySelector(selector);
    const app = any('[data-testid="stApp"]');
    if (!app) return 'the app itself';
    if (app.dataset.testConnectionState !== 'CONNECTED') return 'the connection';
    if (app.dataset.testScriptState !== 'notRunning') return 'the end of the script';
    if (any('[data-testid="stException"]')) return '';
    if (!any('[data-testid="stMainBlockContainer"] [data-testid="stHeading"]')) return 'a heading';
    if (any('[data-testid="stSkeleton"], [data-testid="stSpinner"]')) return 'something that is being made';
    if (any('[data-stale="true"]')) return 'something that is being replaced';
    if ([...document.images].some(image => !image.complete)) return 'a picture';
    const drawn = plot => plot.querySelector('.main-svg') && plot._fullLayout && !plot._transitioning;
    const charts = [...document.querySelectorAll('[data-testid="stPlotlyChart"]')];
    if (!charts.every(chart => [...chart.querySelectorAll('.js-plotly-plot')].some(drawn))) return 'a plot';
    return '';
}"""


BROKEN_IMAGES = """() => [...document.images].map(image => [image, image.currentSrc])
    .filter(([image, from]) => from.includes('/media/') && image.complete && !image.naturalWidth)
    .map(([image, from]) => from)"""
"""The images that a page shows as broken."""

_IS_AT_REST = f"""wait => {{
    const unsettled = {UNSETTLED};
    if (window.settledWait !== wait) Object.assign(window, {{settledWait: wait, settledLooks: 0}});
    window.settledLooks = unsettled() ? 0 : window.settledLooks + 1;
    return window.settledLooks >= {SETTLED_LOOKS};
}}"""
"""Whether a page is settled at some looks in a row: between two runs of a script it seems so for a moment.

It is no asynchronous function: Playwright takes the promise of one for a yes.
"""


LISTEN = """if (window.sent === undefined) {
    window.sent = 0;
    const listened = new WeakSet(), send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...what) {
        if (!listened.has(this)) this.addEventListener('message', () => (window.isAnswered = true));
        listened.add(this);
        window.sent += 1;
        window.isAnswered = false;
        return send.apply(this, what);
    };
}"""
"""Counts what a page sends, and notes whether the server has said anything since: it does when it runs the script.

The page's own state tells nothing of a run that is over before the page is drawn again.
"""


class NoBrowser(RuntimeError):
    """No Chromium can be started here; the message says why."""


class NotSettled(RuntimeError):
    """A page did not come to rest; the message says what was still waited for."""


class ServerFailed(RuntimeError):
    """The app's server did not come up; the message holds its log."""


@dataclass(frozen=True)
class Server:
    """A running server: its address without a slash at the end, the file that holds its log, and its process."""

    url: str
    log: Path
    pid: int

    def said(self) -> str:
        """What the server has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def app_pages() -> dict[str, Path]:
    """The address of every page, "" for Home, in reading order."""
    lessons = sorted((ROOT / "pages").glob("*.py"), key=lambda file: int(file.name.split("_")[0]))
    return {"": APP} | {file.stem.split("_", 1)[1]: file for file in lessons}


def find_browser() -> str:
    """The path of a Chromium; raises `NoBrowser`."""
    found = subprocess.run(
        ["sh", str(ROOT / "tests" / "find_browser.sh")], capture_output=True, text=True, check=False
    )
    if not found.stdout.strip():
        raise NoBrowser("tests/find_browser.sh found no Chromium: `make test` installs one where it can.")
    return found.stdout.strip()


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless Chromium without a network but the loopback address; `flags` are added to its command."""
    path = find_browser()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        except PlaywrightError as error:
            raise NoBrowser(f"{path} cannot be started: {error}") from error
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serve(folder: Path, runs: Path, script: Path = APP, port: int = 0, **variables: str) -> Iterator[Server]:
    """The app (or another script) on a free port until the block ends; `variables` are added to its environment.

    Its log lies in `folder`, its user's runs in `runs`, so that nothing of the user's own is touched.
    """
    log = folder / f"server-{script.stem}.log"
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=script.parent,
            env=os.environ | {"LOSS_LAB_RUNS": str(runs)} | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(f"http://127.0.0.1:{port}", log, process.pid)
            _wait_until_healthy(process, server)
            yield server
        finally:
            _stop(process)


def keep_compiled(context: BrowserContext) -> Page:
    """Keep an empty tab open, and with it the process that has the app's scripts compiled for all later tabs.

    A page then costs half the processor time that it costs in a process of its own. No server is asked for the tab.
    """
    tab = context.new_page()
    tab.route(KEPT_OPEN, lambda route: route.fulfill(body="", content_type="text/html"))
    tab.goto(KEPT_OPEN)
    return tab


def open_page(page: Page, server: Server, address: str = "") -> None:
    """Go to a page of the app and wait until its script has ended and everything on it is drawn."""
    try:
        page.goto(f"{server.url}/{address}", wait_until="commit", timeout=PAGE_SECONDS * 1000)
    except PlaywrightTimeout as error:
        raise NotSettled(f"The server did not answer for /{address} within {PAGE_SECONDS} s.") from error
    wait_until_settled(page)


def wait_until_settled(page: Page) -> None:
    """Wait until no script runs and every picture and plot on the page is drawn."""
    try:
        page.wait_for_function(
            _IS_AT_REST,
            arg=secrets.token_hex(4),  # looks of an earlier wait do not count
            polling=MILLISECONDS_BETWEEN_LOOKS,
            timeout=PAGE_SECONDS * 1000,
        )
    except PlaywrightTimeout as error:
        missing = page.evaluate(UNSETTLED) or "nothing any more"
        raise NotSettled(f"After {PAGE_SECONDS} s {page.url} was still waiting for {missing}.") from error


@contextmanager
def script_run(page: Page) -> Iterator[None]:
    """Wait until the script has run for what the block does: a widget shows a choice before the script knows of it."""
    before = page.evaluate(f"() => {{ {LISTEN}; return window.sent; }}")
    yield
    page.wait_for_function("before => window.sent > before && window.isAnswered", arg=before)
    wait_until_settled(page)


def press(page: Page, name: str) -> None:
    """Press the first button of a name, which may appear or be enabled by what was done before.

    Nothing moves any more by then: a press while the page is drawn anew would be lost.
    """
    button = page.get_by_role("button", name=name, exact=True).first
    expect(button).to_be_enabled()
    wait_until_settled(page)
    button.click()


def wait_until_keys_are_heard(page: Page) -> None:
    """Wait until the page is settled and listens to its keys."""
    wait_until_settled(page)
    page.locator("[data-listening]").first.wait_for(state="attached", timeout=PAGE_SECONDS * 1000)


def bare_page(folder: Path) -> Path:
    """The yardstick: a plain Streamlit page with one slider and one Plotly line in a fragment, in the app's theme.

    It collects garbage after each script run, which is Streamlit's default.
    """
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit", dirs_exist_ok=True)
    config = folder / ".streamlit" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").partition("\n[runner]")[0], encoding="utf-8")
    script = folder / "bare.py"
    script.write_text(_BARE, encoding="utf-8")
    return script


_BARE = """
import numpy as np
import plotly.graph_objects as go
import streamlit as st

st.title("Bare")


@st.fragment
def line():
    value = st.slider("Frequency", 0.0, 1.0, 0.5, 0.01)
    x = np.linspace(0, 1, 200)
    st.plotly_chart(go.Figure(go.Scatter(x=x, y=np.sin(20 * value * x))), key="line")


line()
"""


def free_port() -> int:
    """A port of the loopback address that nobody uses now: no other test worker is given it meanwhile."""
    for port in _own_ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("an endless sequence has ended")


def _ports_of(process: int) -> Iterator[int]:
    """The ports of a process in turn, again and again: processes that are started after one another have others."""
    first = process * PORTS_OF_A_PROCESS % len(PORTS)
    yield from cycle(PORTS[first : first + PORTS_OF_A_PROCESS])


_own_ports = _ports_of(os.getpid())


def _wait_until_healthy(process: subprocess.Popen, server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.05)
    raise ServerFailed(f"The server did not come up within {START_SECONDS} s. Its log:\n{server.said()}")


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
