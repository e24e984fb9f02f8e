"""Pictures of every page, whole, at 1280 and 390 px, in light and in dark: `python -m tests.screenshots OUT [PAGE...]`.

PAGE is a page's address, as in `/Threshold`, or `Home`. The app is served for this only, on a free port.
"""

import argparse
import itertools
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from engine import paths
from tests.browser import NotSettled, Server, app_pages, chromium, open_page, serve, wait_until_settled

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
TALLEST = 16_000


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; 1 where a page showed an exception or scrolled sideways."""
    options = _parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = [page for page in app_pages() if not options.pages or (page or "Home") in options.pages]
    sound = True
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), options.runs) as server,
        chromium() as browser,
    ):
        for address, width, scheme in itertools.product(chosen, options.widths, options.schemes):
            sound &= _take(browser, server, address, width, scheme, options.out)
    return 0 if sound else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the pictures")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="only these pages")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS, metavar="PX")
    parser.add_argument("--schemes", nargs="+", default=SCHEMES, choices=SCHEMES)
    parser.add_argument("--runs", type=Path, default=paths.runs_folder(), help="folder of the user's runs")
    return parser


def _take(browser: Browser, server: Server, address: str, width: int, scheme: str, out: Path) -> bool:
    """Save one picture and print one line about it; False where the page is not sound."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        problems = _settle(page, server, address, width)
        file = out / f"{address or 'Home'}-{width}-{scheme}.png"
        page.screenshot(path=file)
        problems += _problems(page)
        print(file, *problems, sep="  !! ", flush=True)
        return not problems
    finally:
        page.close()


def _settle(page: Page, server: Server, address: str, width: int) -> list[str]:
    try:
        open_page(page, server, address)
        _grow(page, width)
    except NotSettled as error:
        return [str(error)]
    return []


def _grow(page: Page, width: int) -> None:
    """Make the window as tall as the page, since Streamlit scrolls inside it."""
    height = page.evaluate("document.querySelector('[data-testid=\"stMain\"]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, 900), TALLEST)})
    wait_until_settled(page)


def _problems(page: Page) -> list[str]:
    problems = [text.splitlines()[0] for text in page.get_by_test_id("stException").all_inner_texts() if text]
    beyond = page.evaluate(
        "(main => main.scrollWidth - main.clientWidth)(document.querySelector('[data-testid=\"stMain\"]'))"
    )
    return problems + ([f"scrolls sideways by {beyond} px"] if beyond > 0 else [])


if __name__ == "__main__":
    sys.exit(main())
