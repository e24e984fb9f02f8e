"""Servers that are killed with or without the job they started, and two servers on the same folders."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from engine import runs
from engine.data import edits, library
from engine.data.imports import leftovers
from engine.jobs import process
from engine.jobs.job import HANDLE, Job
from engine.jobs.json_file import read_record
from engine.runs import Run
from tests.faults import checks, work
from tests.faults.children import Child, Outcome
from tests.faults.scenarios import Bench
from tests.faults.tally import Tally

WHO = ("the server", "the job", "both")
SECONDS_TO_END = 240


def kills(bench: Bench, tally: Tally, count: int) -> None:
    """Kill the server, its training job or both, at a random moment; the run comes to the same end all the same."""
    bench.measured("quick")
    for number in range(count):
        who, home = WHO[number % len(WHO)], bench.home("quick")
        server = Child(work.serve_training, home)
        server._wait_for_the_start()
        moment = bench.rng.uniform(0, 4 * bench.seconds["quick"])
        server.process.join(moment)
        if who != "the job":
            server.process.kill()
        if who != "the server":
            tally.kills += _kill(work.run_folder(home))
        tally.kills += who != "the job" and server.outcome().was_killed
        bench.link_reference("quick")
        with checks.at_home(home):
            problems = list(_comes_to_its_end(home))
        server.process.kill()
        server.outcome()
        tally.add(f"kill -9: {who}", f"after {moment:.3f} s", problems)
        shutil.rmtree(home, ignore_errors=True)


def _kill(folder: Path) -> int:
    """Kill the job's process, if it has one yet; how many were killed."""
    started = process.from_record(read_record(folder / HANDLE))
    if started is None or not started.is_alive:
        return 0
    with suppress(ProcessLookupError):
        os.kill(started.pid, signal.SIGKILL)
        return 1
    return 0


def _comes_to_its_end(home: Path) -> Iterator[str]:
    folder = work.run_folder(home)
    yield from _job_ends(folder)
    if (folder / runs.files.CONFIG).exists() and Run(folder).state == runs.run.FINISHED:
        yield from checks.same_as_reference(folder, home.parent / checks.REFERENCE)
    else:
        yield from checks.whole_quick_run(home, Outcome())
    yield from checks.nothing_left(home)


def _job_ends(folder: Path) -> Iterator[str]:
    """Wait while a process works on the run."""
    end = time.monotonic() + SECONDS_TO_END
    while Job(folder).exists and Job(folder).is_active and (folder / HANDLE).exists():
        if time.monotonic() > end:
            yield f"the run is still {Job(folder).state}"
            return
        time.sleep(0.05)


def two_at_once(bench: Bench, tally: Tally, count: int) -> None:
    """Two servers do the same on the same folders at the same time."""
    for number in range(count):
        for what, piece, check in (
            ("import one name", work.import_zip, _two_datasets),
            ("label one image", work.label, _all_decisions),
            ("change the library", work.change_library, _whole_library),
            ("save thresholds", work.save_thresholds, None),
            ("sweep while the other imports", work.import_zip, _swept),
        ):
            home = bench.home("thresholds" if check is None else "label")
            two = [Child(piece, home) for _ in range(2 if check is not _swept else 1)]
            with checks.at_home(home):
                while any(child.process.is_alive() for child in two):
                    leftovers.sweep()
                outcomes = [child.outcome() for child in two]
                problems = [f"it ended with {one.error}" for one in outcomes if not _is_fair(one)]
                problems += [] if check is None else check(home, outcomes)
                problems += checks.nothing_left(home)
            tally.add("two servers at once", f"{what} ({number})", problems)
            shutil.rmtree(home)


def _is_fair(outcome: Outcome) -> bool:
    """The other server may have taken the name, or emptied the bin: then a sentence says so."""
    return outcome.is_done or outcome.error.startswith("engine.data.library.LibraryError: ")


def two_resume(bench: Bench, tally: Tally) -> None:
    """Two servers resume one interrupted run: one process trains it, and it ends as if it had never stopped."""
    bench.measured("quick")
    home = bench.home("quick")
    Child(work.train_quick, home, refuse_at=bench.writes["quick"] // 2).outcome()
    two = [Child(work.resume_training, home) for _ in range(2)]
    outcomes = [child.outcome() for child in two]
    bench.link_reference("quick")
    with checks.at_home(home):
        problems = list(_comes_to_its_end(home))
    started = sum(one.is_done for one in outcomes)
    if started != 1:
        problems.append(f"{started} servers have started a process: {[one.error for one in outcomes]}")
    tally.add("two servers at once", "resume one run", problems)
    shutil.rmtree(home)


def _two_datasets(home: Path, outcomes: list[Outcome]) -> list[str]:
    names = sorted(one.name for one in library.all_sets())
    told = sorted(name for one in outcomes for name in one.saved)
    return [] if names == told and len(set(names)) == len(outcomes) else [f"told {told}, there are {names}"]


def _swept(home: Path, outcomes: list[Outcome]) -> list[str]:
    return _two_datasets(home, outcomes)


def _all_decisions(home: Path, outcomes: list[Outcome]) -> list[str]:
    kept = {decision.id for decision, _ in edits.read(work.journal(home)).past}
    return [f"decision {one} is lost" for outcome in outcomes for one in outcome.saved if one not in kept]


def _whole_library(home: Path, outcomes: list[Outcome]) -> list[str]:
    names = [one.name for one in library.all_sets()]
    return [one.reason for one in library.damaged()] + ([] if len(set(names)) == len(names) else [f"{names}"])


Piece = Callable[[Path, work.Tell], None]
