"""Pages opened without a browser, with the datasets and runs of a home: whatever happened, every page opens."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from engine import paths
from tests.faults import checks
from tests.faults.scenarios import Bench
from tests.faults.tally import Tally

AFFECTED: dict[str, tuple[dict[str, str], ...]] = {
    "7_Train": ({"show": "Runs"}, {}),
    "8_Your_pictures": ({},),
    "9_Your_data": ({},),
    "10_Label_review": ({},),
    "3_Threshold": ({},),
}


def opened(page: str, **address: str) -> AppTest:
    """A page as it is after it has run once."""
    main = sys.modules["__main__"]
    app = AppTest.from_file(str(paths.ROOT / "pages" / f"{page}.py"), default_timeout=300)
    for name, value in address.items():
        app.query_params[name] = value
    try:
        return app.run()
    finally:
        sys.modules["__main__"] = main  # children would run the page


def troubles(home: Path) -> Iterator[str]:
    """What goes wrong when the pages that show datasets and runs are opened."""
    with checks.at_home(home):
        for page, addresses in AFFECTED.items():
            for address in addresses:
                app = opened(page, **address)
                yield from (f"page {page} shows {error.message}" for error in app.exception)


def text(app: AppTest) -> str:
    """The warnings of a page, without the backslashes that keep Markdown out."""
    return "\n".join(str(one.value) for one in (*app.warning, *app.error)).replace("\\", "")


def after_faults(bench: Bench, tally: Tally) -> None:
    """Open the affected pages after a kill of each kind, and with a damaged file of each kind."""
    for name in ("label", "import", "library", "quick", "fastai"):
        home, what, _ = bench.killed(name)
        tally.add("every page opens, after a kill", f"{name}, {what}", troubles(home))
        shutil.rmtree(home, ignore_errors=True)
    whole = bench.trained("quick")
    for file in sorted(path for path in whole.iterdir() if path.is_file()):
        home = bench.home("quick")
        shutil.copytree(whole, home / "runs" / "mine")
        content = file.read_bytes()
        (home / "runs" / "mine" / file.name).write_bytes(content[: len(content) // 2])
        tally.add("every page opens, with a file cut in half", file.name, troubles(home))
        shutil.rmtree(home)
