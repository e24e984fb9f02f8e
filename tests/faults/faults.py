"""The faults themselves, each a function that disturbs work so often and adds what came of it to the tally."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from engine.runs import Run
from tests.faults import checks, work
from tests.faults.children import Child, Outcome
from tests.faults.scenarios import SCENARIOS, Bench
from tests.faults.tally import Tally

REFUSED_IN_WORDS = ("OSError", "PermissionError")


def kills(bench: Bench, tally: Tally, name: str, count: int) -> None:
    """Kill a piece of work -9 so many times, each at another random moment."""
    for _ in range(count):
        home, what, outcome = bench.killed(name)
        if outcome.was_killed:
            tally.kills += 1
            tally.add(f"kill -9: {SCENARIOS[name].title}", what, bench.after(name, home, outcome))


def full_disk(bench: Bench, tally: Tally, name: str, moments: Iterable[int] | None = None) -> None:
    """Fill the disk at every write of a piece of work, or at these; afterwards there is room again."""
    bench.measured(name)
    for number in moments if moments is not None else range(1, bench.writes[name] + 1):
        _refuse(bench, tally, f"full disk: {SCENARIOS[name].title}", name, number, errno.ENOSPC)


def read_only(bench: Bench, tally: Tally, name: str) -> None:
    """No write at all is taken."""
    bench.measured(name)
    _refuse(bench, tally, "read-only folders", name, 1, errno.EROFS)


def _refuse(bench: Bench, tally: Tally, group: str, name: str, number: int, error: int) -> None:
    home = bench.home(name)
    outcome = Child(SCENARIOS[name].work, home, refuse_at=number, error=error).outcome()
    problems = list(_not_in_words(name, outcome)) + bench.after(name, home, outcome)
    tally.add(group, f"{SCENARIOS[name].title}, write {number}", problems)


def _not_in_words(name: str, outcome: Outcome) -> Iterable[str]:
    """A refusing disk is one sentence of the engine's; for a command, `engine.__main__` makes it of an `OSError`."""
    if outcome.is_done or (outcome.error.startswith("engine.") and "Errno" not in outcome.error):
        return
    if SCENARIOS[name].in_child and "Errno" in outcome.error:
        return
    yield f"it ended with {outcome.error or 'no word at all'}"


def small_limits(bench: Bench, tally: Tally, name: str, limits: Iterable[dict[str, int]]) -> None:
    """Let a piece of work have few files, or little memory; afterwards it has enough."""
    for limit in limits:
        bench.measured(name)
        home = bench.home(name)
        outcome = Child(SCENARIOS[name].work, home, **limit).outcome()
        tally.add(
            f"small ulimit {'-n' if 'files' in limit else '-v'}",
            f"{name}, {limit}",
            bench.after(name, home, outcome),
        )


def lost_images(bench: Bench, tally: Tally, recipe: str, moments: Iterable[int]) -> None:
    """Delete images while a run trains: it ends with a sentence, or finished with the images that are left."""
    for moment in moments:
        top = bench.top / f"lost-{bench.count}-{moment}"
        home = top / "home"
        home.mkdir(parents=True)
        shutil.copytree(bench.top / "squares", top / "squares")
        outcome = Child(partial(work.train_losing_images, recipe=recipe, moment=moment), home).outcome()
        with checks.at_home(home):
            problems = [
                *_ended_in_words(home, outcome),
                *checks.readable(work.run_folder(home)),
                *checks.nothing_left(home),
            ]
        tally.add("images deleted during training", f"{recipe}, at report {moment}", problems)
        shutil.rmtree(top)


def _ended_in_words(home: Path, outcome: Outcome) -> Iterable[str]:
    run = Run(work.run_folder(home))
    if run.state == "finished":
        yield from (f"the run is finished, but {problem}" for problem in run.problems())
    elif (
        run.state not in ("failed", "stopped")
        or not run.status["message"]
        or not outcome.error.startswith("engine.")
    ):
        yield f"the run is {run.state} ({run.status['message']}): {outcome.error}"


def clock_set_back(bench: Bench, tally: Tally, recipe: str, moments: Iterable[int]) -> None:
    """Set the clock back by an hour while a run trains: it ends as if nothing had happened."""
    for moment in moments:
        bench.measured(recipe)
        home = bench.home(recipe)
        outcome = Child(partial(work.train_with_clock_set_back, recipe=recipe, moment=moment), home).outcome()
        problems = [] if outcome.is_done else [f"it ended with {outcome.error}"]
        tally.add(
            "clock set back by an hour",
            f"{recipe}, at report {moment}",
            problems + bench.after(recipe, home, outcome),
        )
