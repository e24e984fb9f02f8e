"""Pages in a browser, compared with a bare Streamlit page (a slider, a Plotly line): `python -m benchmarks.pages`.

First plot: a new server is started, and once it says that it is healthy a fresh browser profile goes to the page;
the time is the browser's own, from the start of the navigation to the frame in which the first plot has a trace, or
the chart whose points can be dragged has a point, the bars of lesson 2 are there, or lesson 5, which opens without a
plot, has an image.
Moved slider: from the key press to the frame in which the last plot that shows other numbers is drawn, be it by Plotly
or as marks and bars in HTML.
The bare page takes its turns between the others, in the same browser, in the app's theme.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.timing import in_turn, machine, percentile
from engine import paths
from tests.browser import (
    APP,
    PAGE_SECONDS,
    Server,
    app_pages,
    bare_page,
    chromium,
    open_page,
    serve,
    wait_until_settled,
)

BARE = "bare"
AIM = 1.3
MOVES_ONE_WAY = 20
STEERED = ("BCE_and_CE", "Threshold")

_FIRST_PLOT = """(() => {
    const trace = '.js-plotly-plot :is(.trace, .hm image, .im image, .gl-container canvas)';
    const inComponent = () => [...document.querySelectorAll('[data-testid="stMain"] *')]
        .some(element => element.shadowRoot?.querySelector('svg [data-place]'));
    const hasImage = () => location.pathname.endsWith('Head_centre')
        && [...document.querySelectorAll('[data-testid="stImage"] img')].some(image => image.naturalWidth);
    const drawn = `${trace}, svg [data-place], .activations`;
    const watch = () => {
        if (document.querySelector(drawn) || inComponent() || hasImage())
            window.firstPlotMs = performance.now();
        else requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);
})()"""

_MOVES = """(() => {
    const known = new Map();
    const plots = () => [...document.querySelectorAll('.js-plotly-plot')].filter(plot => plot._fullLayout);
    const shows = ({data, layout: {shapes, annotations, title}}) => JSON.stringify([data, shapes, annotations, title]);
    const marks = () => [...document.querySelectorAll('.marks, .activations')].map(one => one.outerHTML).join();
    let marked = '';
    const moves = window.lossLabMoves = {pressed: null, drawn: [], quiet: 0};
    const look = () => {
        const now = performance.now();
        const redrawn = plots().filter(plot => known.get(plot)?.layout !== plot._fullLayout);
        const changed = redrawn.filter(plot => known.get(plot)?.shown !== shows(plot));
        redrawn.forEach(plot => known.set(plot, {layout: plot._fullLayout, shown: shows(plot)}));
        const moved = changed.length || marks() !== marked;
        marked = marks();
        if (moves.pressed !== null && moved) moves.drawn.push(now - moves.pressed);
        moves.quiet = moved ? 0 : moves.quiet + 1;
        requestAnimationFrame(look);
    };
    document.addEventListener('keydown', event => {
        Object.assign(moves, {pressed: event.timeStamp, drawn: [], quiet: 0});
    }, true);
    requestAnimationFrame(look);
})()"""
_MOVED = """() => lossLabMoves.drawn.length && lossLabMoves.quiet > 5
    && document.querySelector('[data-testid="stApp"]').dataset.testScriptState === 'notRunning'"""


@dataclass(frozen=True)
class Visit:
    """What is visited: the script that is served, and the page's address on that server."""

    script: Path
    address: str = ""


def lessons(count: int = 5) -> dict[str, Visit]:
    """The first lessons, by address."""
    return {address: Visit(APP, address) for address in list(app_pages())[1 : count + 1]}


def first_plots(
    browser: Browser, visits: dict[str, Visit], rounds: int, runs: Path
) -> dict[str, list[float]]:
    """Milliseconds to the first plot of every page on a cold server, `rounds` times, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in visits}
    for turn in range(rounds):
        for name in in_turn(list(visits), turn):
            taken[name].append(_first_plot(browser, visits[name], runs))
    return taken


def _first_plot(browser: Browser, visit: Visit, runs: Path) -> float:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), runs, visit.script) as server,
        _fresh_page(browser, _FIRST_PLOT) as page,
    ):
        page.goto(f"{server.url}/{visit.address}", wait_until="commit")
        page.wait_for_function("window.firstPlotMs")
        return page.evaluate("window.firstPlotMs")


def slider_moves(
    browser: Browser, visits: dict[str, Visit], moves: int, runs: Path
) -> dict[str, list[float]]:
    """Milliseconds from a key press on each page's first slider to its last new plot, `moves` times, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in visits}
    with ExitStack() as stack:
        servers = _serve_each(stack, {visit.script for visit in visits.values()}, runs)
        pages = {
            name: _open(stack, browser, servers[visit.script], visit.address)
            for name, visit in visits.items()
        }
        for turn in range(moves + 1):
            for name in in_turn(list(visits), turn):
                taken[name].append(_move(pages[name], "ArrowRight" if _forward(turn) else "ArrowLeft"))
    return {name: times[1:] for name, times in taken.items()}


def _serve_each(stack: ExitStack, scripts: set[Path], runs: Path) -> dict[Path, Server]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return {script: stack.enter_context(serve(folder, runs, script)) for script in sorted(scripts)}


def _open(stack: ExitStack, browser: Browser, server: Server, address: str) -> Page:
    page = stack.enter_context(_fresh_page(browser, _MOVES))
    open_page(page, server, address)
    return page


def _forward(turn: int) -> bool:
    return turn // MOVES_ONE_WAY % 2 == 0


def _move(page: Page, key: str) -> float:
    slider = page.get_by_test_id("stMain").get_by_role("slider").first
    slider.press(key)
    page.wait_for_function(_MOVED)
    wait_until_settled(page)
    return page.evaluate("Math.max(...lossLabMoves.drawn)")


@contextmanager
def _fresh_page(browser: Browser, script: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(script)
    context.set_default_timeout(PAGE_SECONDS * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


def report(title: str, taken: dict[str, list[float]], shares: Sequence[int]) -> None:
    """Print each page's percentiles, and how many times the bare page's they are."""
    print(f"\n{title}, n = {len(taken[BARE])}; aim: at most {AIM} x bare")
    bare = [percentile(taken[BARE], share) for share in shares]
    for name, times in taken.items():
        values = [percentile(times, share) for share in shares]
        cells = [
            f"p{share} {value:7.0f} ms {value / one:5.2f} x"
            for share, value, one in zip(shares, values, bare, strict=True)
        ]
        print(f"  {name:20s}", "   ".join(cells), flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--servers", type=int, default=7, help="fresh servers for each page")
    parser.add_argument("--moves", type=int, default=60, help="moves of each slider")
    parser.add_argument("--runs", type=Path, default=paths.runs_folder(), help="folder of the user's runs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        print(machine("streamlit", "plotly", "playwright"), f"Chromium {browser.version}", sep=", ")
        bare, every = {BARE: Visit(bare_page(Path(folder)))}, lessons()
        if options.servers:
            taken = first_plots(browser, bare | every, options.servers, options.runs)
            report("Cold server to first plot", taken, shares=(50,))
        if options.moves:
            steered = {name: visit for name, visit in every.items() if name in STEERED}
            taken = slider_moves(browser, bare | steered, options.moves, options.runs)
            report("Moved slider to new plot", taken, shares=(50, 95))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
