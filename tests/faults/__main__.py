"""The long version: `python -m tests.faults [--seed N] [--kills N] [--only GROUP,...]`, as `make faults` calls it.

It disturbs every piece of work, writes the counts into docs/security.md, and fails where anything was lost.
"""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.faults import damage, faults, pages, servers
from tests.faults.scenarios import SCENARIOS, Bench
from tests.faults.tally import Tally, write

SHARES = {
    "label": 0.15, "library": 0.1, "thresholds": 0.08, "import": 0.12, "export": 0.08, "quick": 0.13, "fastai": 0.12,
    "predict": 0.08, "review": 0.05, "bundle": 0.02,
}  # fmt: skip
"""Of all kills; the rest, 0.07, are servers and the jobs they started."""
REFUSED_AT = {
    "label": 1, "library": 1, "thresholds": 1, "import": 1, "export": 1, "quick": 3, "predict": 1, "review": 12,
    "fastai": 16,
}  # fmt: skip
"""A full disk at each write, or, of work that takes seconds, at every third and so on."""
LIMITS: tuple[dict[str, int], ...] = (
    *({"files": n} for n in (1, 4, 12)),
    *({"megabytes": n} for n in (8, 64, 256)),
)


def groups(bench: Bench, tally: Tally, kill_count: int, thinned: int) -> dict[str, Callable[[], None]]:
    """What is done, by name, the cheap first."""

    def kills() -> None:
        for name, share in SHARES.items():
            faults.kills(bench, tally, name, round(share * kill_count))
            _say(tally, f"killed: {name}")

    def full() -> None:
        for name, step in REFUSED_AT.items():
            bench.measured(name)
            faults.full_disk(bench, tally, name, range(1, bench.writes[name] + 1, step * thinned))
            _say(tally, f"full disk: {name}")

    def others() -> None:
        for name in SCENARIOS:
            if name != "bundle":
                faults.read_only(bench, tally, name)
        for name in ("label", "import", "quick", "predict"):
            faults.small_limits(bench, tally, name, LIMITS)
        for recipe, moments in (("quick", range(1, 13)), ("fastai", range(1, 13, 3))):
            faults.lost_images(bench, tally, recipe, moments)
            faults.clock_set_back(bench, tally, recipe, moments)

    return {
        "kills": kills,
        "servers": lambda: servers.kills(bench, tally, round((1 - sum(SHARES.values())) * kill_count)),
        "two": lambda: (servers.two_at_once(bench, tally, 3), servers.two_resume(bench, tally)),  # type: ignore[func-returns-value]
        "full": full,
        "damage": lambda: (damage.run_files(bench, tally, 5), damage.dataset_files(bench, tally, 5)),  # type: ignore[func-returns-value]
        "pages": lambda: pages.after_faults(bench, tally),
        "others": others,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=date.today().toordinal())
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--thinned", type=int, default=1, help="fill the disk at every n-th of the writes only"
    )
    parser.add_argument(
        "--only", default="", help="names of groups, separated by commas; the document stays as it is"
    )
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # Streamlit's, of pages without a browser
    began, tally = time.monotonic(), Tally()
    top = Path(tempfile.mkdtemp(prefix="loss-lab-faults-"))
    try:
        every = groups(Bench(top, random.Random(asked.seed)), tally, asked.kills, asked.thinned)
        for name, work in every.items():
            if not asked.only or name in asked.only.split(","):
                work()
                _say(tally, name)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    print(tally.table())
    print("\n".join(tally.problems))
    if not asked.only:
        write(tally, date.today().isoformat(), asked.seed, (time.monotonic() - began) / 60)
    return 1 if tally.problems else 0


def _say(tally: Tally, done: str) -> None:
    tried = sum(one.tried for one in tally.groups.values())
    print(f"{done}: {tried} tried so far, {len(tally.problems)} problems", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
