"""A run started and watched on the Train page next to the same run from a terminal: `python -m benchmarks.watching`.

Both train on the bundled scenes in turns, the terminal with the very configuration that the page has made. On the
page a headless Chromium on the same machine fills in the form, presses *Start training* and keeps the page open until
it says that the run is finished. A run's time is that of its process, from start to exit, as the system counts it.
Reported with it: the processor time of the run, of the server (from the click to the end) and of the browser, since
on a busy machine seconds say little.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser

from benchmarks.timing import in_turn, machine
from engine import paths
from engine.config import TrainConfig
from engine.jobs.job import HANDLE
from engine.jobs.json_file import read_record
from engine.runs import Run, create
from tests.browser import PAGE_SECONDS, Server, chromium, open_page, serve

PAGE, TERMINAL = "started and watched on the page", "from a terminal"
AIM, SERVER_AIM = 1.15, 0.05
_LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Taken:
    """Seconds from start to end; processor seconds of the run, the server and the browser meanwhile."""

    seconds: float
    run_cpu: float
    server_cpu: float = 0.0
    browser_cpu: float = 0.0


def from_terminal(folder: Path, config: TrainConfig) -> Taken:
    """Train by the command line to the end."""
    run = create(config, folder)
    command = [sys.executable, "-m", "engine", "train", "--resume", str(run.folder)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=paths.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        run_cpu = _cpu_until_gone(psutil.Process(process.pid))
        if process.wait():
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Taken(time.perf_counter() - began, run_cpu)


def on_the_page(browser: Browser, server: Server, runs: Path, name: str, settings: dict[str, str]) -> Taken:
    """Start the same run on the page and watch it to its end."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PAGE_SECONDS * 1000)
    query = "&".join(f"{key}={value}" for key, value in settings.items())
    open_page(page, server, f"Train?data={paths.SCENES}&{query}")
    field = page.get_by_role("textbox", name="Name of the run")
    field.fill(name)
    field.press("Tab")
    start = page.get_by_role("button", name="Start training").first
    start.wait_for()
    watched = psutil.Process(server.pid)
    before = _cpu(watched), _cpu_of_browsers()
    start.click()
    process = _process_of(runs / name)
    began = process.create_time()
    run_cpu = _cpu_until_gone(process)
    seconds = time.time() - began
    page.get_by_text(f"{name} is finished").wait_for()
    server_cpu, browser_cpu = _cpu(watched) - before[0], _cpu_of_browsers() - before[1]
    page.close()
    return Taken(seconds, run_cpu, server_cpu, browser_cpu)


def _process_of(folder: Path) -> psutil.Process:
    """The process that trains the run, as soon as the page has started it."""
    for _ in range(int(PAGE_SECONDS / _LOOK_SECONDS)):
        if (folder / HANDLE).exists() and Run(folder).job.is_active:
            return psutil.Process(read_record(folder / HANDLE)["pid"])
        time.sleep(_LOOK_SECONDS)
    raise SystemExit(f"The page did not start a run in {folder}.")


def _cpu(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system


def _cpu_until_gone(process: psutil.Process) -> float:
    """Wait for a process to end; the processor seconds that it had used when it was last seen."""
    used = 0.0
    try:
        while process.status() != psutil.STATUS_ZOMBIE:
            used = _cpu(process)
            time.sleep(_LOOK_SECONDS)
    except psutil.NoSuchProcess:
        pass
    return used


def _cpu_of_browsers() -> float:
    """Processor seconds of all processes that this one has started, but for servers and runs: the browser's."""
    children = psutil.Process().children(recursive=True)
    return sum(_cpu(one) for one in children if "chrom" in one.name())


def report(taken: dict[str, list[Taken]]) -> None:
    """Print the medians of both ways, and how they stand to the aims."""
    for name, times in taken.items():
        cells = [median(getattr(one, field) for one in times) for field in ("seconds", "run_cpu")]
        print(f"  {name:34s}{cells[0]:7.1f} s, processor time of the run {cells[1]:7.1f} s")
    ratio = median(t.seconds for t in taken[PAGE]) / median(t.seconds for t in taken[TERMINAL])
    server, browser = (
        median(getattr(one, field) / one.seconds for one in taken[PAGE])
        for field in ("server_cpu", "browser_cpu")
    )
    print(f"  {ratio:.2f} times as long (aim: at most {AIM})")
    print(f"  server {server:.1%} of a core (aim: at most {SERVER_AIM:.0%}), browser {browser:.1%} of a core")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--size", default="64")
    parser.add_argument("--epochs", default="2")
    options = parser.parse_args(arguments)
    settings = {"task": "multi-label", "size": options.size, "epochs": options.epochs}
    ways = [PAGE, TERMINAL]
    taken: dict[str, list[Taken]] = {name: [] for name in ways}
    print(machine("streamlit", "torch", "fastai"))
    with tempfile.TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        runs = folder / "runs"
        with serve(folder, runs) as server:
            for turn in range(options.repeats):
                for way in in_turn(ways, turn):
                    if way == PAGE:
                        one = on_the_page(browser, server, runs, f"watched-{turn}", settings)
                    else:
                        one = from_terminal(folder / f"alone-{turn}", Run(runs / "watched-0").config)
                    taken[way].append(one)
                    print(f"    {way}: {one}", flush=True)
    report(taken)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
