"""Child processes that do a piece of work and are killed at it: forked from one that has loaded everything once."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path

from tests.faults import refusing_disk
from tests.faults.refusing_disk import Disk

PRELOADED = ["tests.faults.work", "engine.training.quick.session"]
HEAVY = [
    "engine.training.fastai_session",
    "engine.inference.torch_backend",
    "engine.experiments.label_review.cross_validation",
    "fastai.vision.all",
    "timm",
]
"""Worth loading once where runs are trained with fastai: it takes many seconds."""
TOLD = "told.jsonl"
_FORKS = multiprocessing.get_context("forkserver")
END, ERROR, WRITES = "end", "error", "writes"
SECONDS_FOR_ALL = 300
MEGABYTE = 1024**2


@dataclass(frozen=True)
class Outcome:
    """What a child told before it ended.

    Attributes: `saved`, what it reported as saved, in order; `is_done`, whether it came to its end; `error`, the class
    and text of what ended it, or ""; `writes`, how many writes it made; `was_killed`, whether it was killed at work.
    """

    saved: list[str] = field(default_factory=list)
    is_done: bool = False
    error: str = ""
    writes: int = 0
    was_killed: bool = False


class Child:
    """A process that works in a home of its own."""

    def __init__(
        self,
        work: Callable,
        home: Path,
        *,
        refuse_at: int | None = None,
        error: int | None = None,
        files: int | None = None,
        megabytes: int | None = None,
    ):
        self.told = home.parent / f"{home.name}.{time.time_ns()}.{TOLD}"
        arguments = (work, home, self.told, refuse_at, error, files, megabytes)
        self.process = _FORKS.Process(target=_run, args=arguments)
        self.process.start()

    def kill_after(self, seconds: float) -> Outcome:
        """Kill it -9 after so many seconds, unless it has ended before."""
        self._wait_for_the_start()
        self.process.join(seconds)
        self.process.kill()
        return self.outcome()

    def outcome(self) -> Outcome:
        """Wait for its end, and read what it told."""
        self.process.join(SECONDS_FOR_ALL)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
            raise AssertionError("A child hung; it was ended.")
        lines = (
            [json.loads(line) for line in self.told.read_text().splitlines()] if self.told.exists() else []
        )
        self.told.unlink(missing_ok=True)
        told: dict[str, list] = {}
        for kind, value in lines:
            told.setdefault(kind, []).append(value)
        return Outcome(
            told.get("saved", []),
            END in told,
            (told.get(ERROR) or [""])[0],
            (told.get(WRITES) or [0])[0],
            code == -signal.SIGKILL,
        )

    def _wait_for_the_start(self) -> None:
        end = time.monotonic() + 120
        while not self.told.exists() and self.process.is_alive():
            assert time.monotonic() < end, "a child did not start"
            time.sleep(0.002)


def preload(heavy: bool) -> None:
    """Choose what the children's parent has loaded; one that runs is ended."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]
    _FORKS.set_forkserver_preload(PRELOADED + HEAVY * heavy)


def environment(home: Path) -> dict[str, str]:
    """Where the engine keeps its files for a home; the cache is shared, so that features are computed once."""
    return {
        "LOSS_LAB_RUNS": str(home / "runs"),
        "LOSS_LAB_DATA": str(home / "data"),
        "LOSS_LAB_CACHE": str(home / "cache"),
        "OMP_NUM_THREADS": "1",
    }


def _run(work, home, told, refuse_at, error, files, megabytes) -> None:
    os.environ.update(environment(home))
    tell = _teller(told)
    _print_to(home.parent / f"{home.name}.log")
    tell("begun", os.getpid())
    if files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (_open_files() + files,) * 2)
    if megabytes:
        resource.setrlimit(resource.RLIMIT_AS, (_mapped() + megabytes * MEGABYTE,) * 2)
    disk = Disk(home, refuse_at, error)
    try:
        with refusing_disk.installed(disk):
            work(home, lambda what: tell("saved", what))
    except BaseException as problem:
        tell(ERROR, f"{type(problem).__module__}.{type(problem).__name__}: {problem}")
    else:
        tell(END, "")
    tell(WRITES, disk.count)


def _teller(file: Path) -> Callable[[str, object], None]:
    """Write a line that a kill cannot take back: the system has it when this returns."""
    number, write = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), os.write

    def tell(kind: str, value: object) -> None:
        write(number, (json.dumps([kind, value]) + "\n").encode())

    return tell


def _print_to(log: Path) -> None:
    number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(number, 1)
    os.dup2(number, 2)


def _open_files() -> int:
    return max(map(int, os.listdir("/proc/self/fd")))


def _mapped() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
