"""A class at once: `python -m benchmarks.load [--visitors 30] [--minutes 10] [--trainers 5]`, or `make load`.

Each visitor has a WebSocket session and a cookie of their own on a server in private mode, and does what a class does:
moves sliders in lessons, uploads 20 photographs, and goes on with labels and lessons in turns until the time is over.
Some train: each presses Start on the page Train, and again when the run has ended, so that their runs always queue.
First one visitor does it all alone. No browser draws anything: each would run on a machine of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import random
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import psutil
from PIL import Image, ImageEnhance

from benchmarks import load_report, processor_shares
from benchmarks.memory import held_bytes
from benchmarks.processor_shares import ProcessorTimes
from benchmarks.session import Response, VisitFailed
from benchmarks.timing import machine
from benchmarks.visitor_session import VisitorSession, visiting
from benchmarks.visitors import to_and_fro
from engine import paths
from engine.jobs.job import Job
from engine.jobs.json_file import read_record
from engine.jobs.status import STATUS
from tests.browser import Server, serve

SECONDS_BETWEEN_SAMPLES = 5
SECONDS_FOR_AN_IMPORT = 180
PHOTOGRAPHS, LABELLED_AT_ONCE = 20, 10
LABELS = "cat, dog, person"
SLIDERS = {
    "BCE_and_CE": ("z_bear", to_and_fro(-6, 6, 24)),
    "Threshold": ("threshold", to_and_fro(0.1, 0.9, 40)),
}
SLIDER, OPEN, UPLOAD, IMPORT, LABEL, START = "slider", "page", "upload", "import", "label", "start"


@dataclass
class Measured:
    """What the visitors of one round saw: seconds of each kind of action, what failed, memory, and runs by folder.

    `processor` are the server's own seconds during each action, which belong to that action where one visitor is
    alone; `sliders` are the moments of moves, in seconds since the round began, with what they took; `times` are those
    of the whole round.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    runs: dict[str, dict[str, float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    sliders: list[tuple[float, float]] = field(default_factory=list)
    times: ProcessorTimes | None = None
    server: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, kind: str, seconds: float) -> None:
        self.seconds.setdefault(kind, []).append(seconds)
        if kind == SLIDER:
            self.sliders.append((time.monotonic() - self.began, seconds))

    async def during(self, kind: str, asked: Awaitable[Response]) -> Response:
        """The response, and the server's processor time meanwhile is noted."""
        before = processor_shares.of_process(self.server)
        response = await asked
        self.processor.setdefault(kind, []).append(processor_shares.of_process(self.server) - before)
        return response


@cache
def photographs(count: int = PHOTOGRAPHS) -> list[tuple[str, bytes]]:
    """Different photographs as a phone might send them, made of the bundled ones."""
    found = sorted((paths.SAMPLE_DATA / "photographs").rglob("*.jpg"))
    made = []
    for number in range(count):
        with Image.open(found[number % len(found)]) as image:
            buffer = io.BytesIO()
            brighter = ImageEnhance.Brightness(image.convert("RGB")).enhance(0.8 + number / 50)
            brighter.resize((1600, 1200)).save(buffer, "JPEG", quality=88)
            made.append((f"photo {number}.jpg", buffer.getvalue()))
    return made


class Visitor:
    """One person of the class, until `deadline` (of `time.monotonic`)."""

    def __init__(self, session: VisitorSession, measured: Measured, pause: float, seed: int, deadline: float):
        self.session, self.measured, self.pause, self.deadline = session, measured, pause, deadline
        self._chance = random.Random(seed)
        self._images = photographs()

    async def learn_and_label(self) -> None:
        """Lessons; then an upload, whose images are labelled; then lessons again and again, and labels between them."""
        await self._lessons()
        await self._dataset()
        while self._has_time():
            await self._lessons()
            await self._timed(OPEN, self.session.go("Your_data", "do=Label"))
            await self._label()

    async def _lessons(self) -> None:
        for page in self._chance.sample(sorted(SLIDERS), len(SLIDERS)):
            await self._lesson(page, moves=8)

    async def train(self) -> None:
        """Start a run, wait for it on the page, and start the next one."""
        while self._has_time():
            await self._timed(OPEN, self.session.go("Train"))
            await self._timed(START, self.session.press("Start training"))
            while self._has_time() and "train_stop" in self.session.widgets:
                await asyncio.sleep(2 * self.pause)
                await self._timed(OPEN, self.session.again())

    async def _lesson(self, page: str, moves: int) -> None:
        await self._timed(OPEN, self.session.go(page, "kind=Drawings"))
        slider, places = SLIDERS[page]
        start = self._chance.randrange(len(places))
        for step in range(moves):
            if not self._has_time():
                return
            await self._rest()
            place = places[(start + step) % len(places)]
            response = await self.measured.during(SLIDER, self.session.move(slider, place))
            if step:  # the first may move to where the slider stands
                self.measured.add(SLIDER, response.plot_seconds)

    async def _dataset(self) -> None:
        """Upload photographs, wait for the import, and label them."""
        session = self.session
        await self._timed(OPEN, session.go("Your_data", "do=Import"))
        await self._choose_section("Import")
        uploader = next(key for key in session.widgets if key.startswith("import_files"))
        await self._timed(UPLOAD, session.upload(uploader, self._images))
        began = time.monotonic()
        await session.press(f"Import {len(self._images)} files")
        while uploader in session.widgets or "set" not in session.widgets or "Stop" in session.widgets:
            if time.monotonic() - began > SECONDS_FOR_AN_IMPORT:
                raise VisitFailed("An import did not end.")
            await asyncio.sleep(1)
            await session.again()
        self.measured.add(IMPORT, time.monotonic() - began)
        await self._choose_section("Label")
        await self._label()

    async def _choose_section(self, name: str) -> None:
        await self._timed(OPEN, self.session.choose("do", name))

    async def _label(self) -> None:
        session = self.session
        if "label_first_names" in session.widgets:
            session.type("label_first_names", LABELS)
            await session.press("Use these labels")
        for _ in range(LABELLED_AT_ONCE):
            await self._rest()
            ticks = [key for key in session.widgets if key.startswith("label_ticks")]
            if not ticks or not self._has_time():
                return
            options = [option.content for option in session.widget(ticks[-1]).proto.options]
            await self._timed(LABEL, session.choose(ticks[-1], self._chance.choice(options)))
            for key in ticks:
                session.widgets.pop(key, None)
            await self._timed(LABEL, session.press("label_next"))

    async def _timed(self, kind: str, asked: Awaitable[Response]) -> None:
        self.measured.add(kind, (await self.measured.during(kind, asked)).seconds)

    async def _rest(self) -> None:
        await asyncio.sleep(self.pause * self._chance.uniform(0.5, 1.5))

    def _has_time(self) -> bool:
        return time.monotonic() < self.deadline


async def visit(
    server: Server, measured: Measured, role: str, seed: int, pause: float, deadline: float
) -> None:
    """Be a visitor until the deadline; what fails is noted, and the visitor comes again."""
    secret = secrets.token_hex(16)
    await asyncio.sleep(random.Random(seed).uniform(0, pause))
    while time.monotonic() < deadline:
        try:
            async with visiting(server.url, secret) as session:
                visitor = Visitor(session, measured, pause, seed, deadline)
                doing: Callable[[], Awaitable[None]] = getattr(visitor, role)
                await doing()
        except Exception as error:
            measured.errors.append(f"{type(error).__name__}: {str(error)[:200]}")
            await asyncio.sleep(1)


@asynccontextmanager
async def watching(server: Server, measured: Measured, runs: Path):
    """Note memory and the states of runs every few seconds while the block runs, and who used the processor."""
    measured.server, measured.began = server.pid, time.monotonic()
    before = processor_shares.now(server.pid)

    async def watch() -> None:
        while True:
            with suppress(psutil.Error):
                measured.memory.append((time.monotonic() - measured.began, held(server)))
            for folder, state in states(runs):
                measured.runs.setdefault(folder, {}).setdefault(state, time.monotonic())
            await asyncio.sleep(SECONDS_BETWEEN_SAMPLES if not measured.runs else 1)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        measured.times = processor_shares.now(server.pid) - before
        task.cancel()


def held(server: Server) -> float:
    """Megabytes that the server holds for itself, without the jobs that it started."""
    return held_bytes(server.pid) / 1e6


def states(runs: Path) -> Iterator[tuple[str, str]]:
    """Every visitor's runs, by folder, with their states."""
    for file in runs.glob(f"visitors/*/*/{STATUS}"):
        yield str(file.parent.relative_to(runs / "visitors")), str(read_record(file).get("state", ""))


async def measure(server: Server, options: argparse.Namespace, runs: Path) -> tuple[Measured, Measured]:
    """One visitor alone, then all."""
    alone, together = Measured(), Measured()
    async with watching(server, alone, runs):
        until = time.monotonic() + 60 * min(options.minutes, options.alone)
        await visit(server, alone, "learn_and_label", 0, options.pause / 3, until)
    print("alone: done", flush=True)
    async with watching(server, together, runs):
        until = time.monotonic() + 60 * options.minutes
        roles = ["train"] * options.trainers + ["learn_and_label"] * (options.visitors - options.trainers)
        await asyncio.gather(
            *(visit(server, together, role, seed, options.pause, until) for seed, role in enumerate(roles))
        )
    return alone, together


def main(arguments: list[str] | None = None) -> int:
    """1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=30, help="at once, those who train included")
    parser.add_argument("--trainers", type=int, default=5, help="visitors who train, one run after the other")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--alone", type=float, default=1.5, help="minutes of the single visitor")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two actions, on average")
    options = parser.parse_args(arguments)
    print(machine("streamlit", "torch"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        own = {"LOSS_LAB_PRIVATE": "1", "LOSS_LAB_DATA": f"{place}/data", "LOSS_LAB_CACHE": f"{place}/cache"}
        os.environ.update(own)
        with serve(place, place / "runs") as server:
            alone, together = asyncio.run(measure(server, options, place / "runs"))
            log = server.said()
            print(load_report.text(alone, together, options.visitors), flush=True)
            for run, _ in states(place / "runs"):
                Job(place / "runs" / "visitors" / run).kill()
    if "Traceback" in log:
        print(f"\nThe server's log:\n{log[-3000:]}")
    return 1 if together.errors or "Traceback" in log else 0


if __name__ == "__main__":
    raise SystemExit(main())
