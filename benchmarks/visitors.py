"""Many visitors at once while a network trains, compared with one visitor alone: `python -m benchmarks.visitors`.

Visitors speak with the real server as browsers do (`benchmarks.session`), but draw nothing: their browsers would run on
machines of their own. Each opens a lesson and moves one slider again and again, with a pause of random length between
two moves, as people make them. On the race every move asks for a race that was never run before. What counts is
the time from a move to the last plot that changes.

Three rounds on one server: each lesson with one visitor and nothing else; the same while a run trains; all visitors at
once while the run trains. Memory is what the server and the process of its races hold for themselves, once each lesson
has had a visitor and after all.
"""

import argparse
import asyncio
import itertools
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.memory import held_bytes
from benchmarks.session import Response, Session, visit
from benchmarks.timing import machine, percentile
from engine import paths
from engine.config import TrainConfig
from engine.runs import Run
from engine.training import launch
from pages.parts.race.controls import DECAYS, RATES
from tests.browser import Server, serve

AIM = 3
ALONE, TRAINING, ALL = "one visitor", "one visitor, a run training", "all visitors, a run training"
MEGABYTE = 1e6
_START_SECONDS = 300


@dataclass(frozen=True)
class Lesson:
    """A page, the slider that is moved there, and the places that it goes to one after the other."""

    page: str
    slider: str
    places: tuple[float, ...]


def to_and_fro(low: float, high: float, steps: int) -> tuple[float, ...]:
    """`steps` equal steps from `low` to `high` and back; each end comes once."""
    up = [low + (high - low) * step / steps for step in range(steps + 1)]
    return (*up, *up[-2:0:-1])


RACE = Lesson("Loss_race", "seed", tuple(range(21)))
LESSONS = (
    Lesson("BCE_and_CE", "z_bear", to_and_fro(-6, 6, 24)),
    Lesson("Threshold", "threshold", to_and_fro(0.1, 0.9, 40)),
    RACE,
)
_OTHER_RACES = list(itertools.product(map(str, RATES), map(str, DECAYS)))
"""Learning rates and weight decays, for each visitor of the race another pair, so that no race is found ready."""


@dataclass(frozen=True)
class Taken:
    """What one round gave: each page's responses, and how many seconds it lasted."""

    responses: dict[str, list[Response]]
    seconds: float

    def plots(self, page: str | None = None) -> list[float]:
        """Seconds to the last plot of each response, of one page or of all."""
        return [each.plot_seconds for each in self._of(page)]

    def ends(self, page: str | None = None) -> list[float]:
        """Seconds to the end of the script of each response, of one page or of all."""
        return [each.seconds for each in self._of(page)]

    def _of(self, page: str | None) -> list[Response]:
        return [each for name, all_of in self.responses.items() if page in (None, name) for each in all_of]


class Visitors:
    """All visitors of one server: makes pauses of about `pause` seconds, and no race twice."""

    def __init__(self, url: str, moves: int, pause: float, seed: int = 0):
        self.url, self.moves, self.pause = url, moves, pause
        self._chance, self._races = random.Random(seed), itertools.cycle(_OTHER_RACES)

    async def one_by_one(self) -> Taken:
        """One visitor on each lesson, one after the other."""
        rounds = [await self.together([lesson]) for lesson in LESSONS]
        responses = {page: of_page for each in rounds for page, of_page in each.responses.items()}
        return Taken(responses, sum(each.seconds for each in rounds))

    async def together(self, lessons: Sequence[Lesson]) -> Taken:
        """A visitor on each of these lessons, all at once; they begin to move when every page has come."""
        responses: dict[str, list[Response]] = {lesson.page: [] for lesson in lessons}
        async with AsyncExitStack() as stack:
            sessions = [await stack.enter_async_context(visit(self.url, lesson.page)) for lesson in lessons]
            for session, lesson in zip(sessions, lessons, strict=True):
                await self._arrive(session, lesson)
            began = time.perf_counter()
            moving = [self._move(*each) for each in zip(sessions, lessons, strict=True)]
            for lesson, of_lesson in zip(lessons, await asyncio.gather(*moving), strict=True):
                responses[lesson.page] += of_lesson
            return Taken(responses, time.perf_counter() - began)

    async def _arrive(self, session: Session, lesson: Lesson) -> None:
        await session.open()
        if lesson == RACE:
            rate, decay = next(self._races)
            await session.move("lr", rate)
            await session.move("decay", decay)

    async def _move(self, session: Session, lesson: Lesson) -> list[Response]:
        """Responses to `moves` moves, each after a pause; the first, from where the slider stood, is not counted."""
        start = self._chance.randrange(len(lesson.places))
        places = itertools.islice(itertools.cycle(lesson.places), start, start + self.moves + 1)
        responses = []
        for place in places:
            await asyncio.sleep(self.pause * self._chance.uniform(0.5, 1.5))
            responses.append(await session.move(lesson.slider, place))
        return responses[1:]


def lessons_of(count: int) -> list[Lesson]:
    """Which lesson each of `count` visitors goes to: the three in turns."""
    return list(itertools.islice(itertools.cycle(LESSONS), count))


@contextmanager
def training(runs: Path) -> Iterator[Run]:
    """A run that trains on the bundled scenes, started as the page starts one, until the block ends."""
    os.environ["LOSS_LAB_RUNS"] = str(runs)
    run = launch.start(
        TrainConfig("multi-label", str(paths.SCENES), epochs=500, freeze_epochs=0), "meanwhile"
    )
    try:
        _wait_until(run, lambda: len(run.losses) > 0)
        yield run
        if run.state != "running":
            raise SystemExit(f"The run ended before the visitors had: {run.status}")
    finally:
        launch.stop(run)
        _wait_until(run, lambda: not run.job.is_active)


def _wait_until(run: Run, is_so) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_so():
        if time.monotonic() > deadline or run.state == "failed":
            raise SystemExit(f"The run did not come along: {run.status}")
        time.sleep(0.2)


async def measure(server: Server, visitors: int, moves: int, pause: float, runs: Path) -> None:
    """Print the three rounds, what they say to the aim, and the memory."""
    crowd = Visitors(server.url, moves, pause)
    before = _held(server)
    taken = {ALONE: await crowd.one_by_one()}
    few = _held(server)
    report(ALONE, taken[ALONE], taken[ALONE])
    with training(runs) as run:
        taken[TRAINING] = await crowd.one_by_one()
        report(TRAINING, taken[TRAINING], taken[ALONE])
        steps = len(run.losses)
        taken[ALL] = await crowd.together(lessons_of(visitors))
        report(ALL, taken[ALL], taken[ALONE])
        trained = (len(run.losses) - steps) / taken[ALL].seconds
    many = _held(server)
    ratio = worst_ratio(taken[ALL], taken[ALONE])
    met = "met" if ratio <= AIM else "not met"
    print(
        f"\naim: p95 of {visitors} visitors at most {AIM} times that of one, on each page: {ratio:.1f} times, {met}"
    )
    print(f"the run meanwhile made {trained:.2f} steps a second")
    print(
        f"held: {before / MEGABYTE:.0f} MB before, {few / MEGABYTE:.0f} MB after one visitor of each lesson, "
        f"{many / MEGABYTE:.0f} MB after {visitors} at once, {memory_of_each(few, many, visitors):.1f} MB for each more"
    )


def _held(server: Server) -> int:
    """Bytes that the server holds together with the processes that it started."""
    started = psutil.Process(server.pid).children(recursive=True)
    return sum(held_bytes(pid) for pid in [server.pid, *(each.pid for each in started)])


def memory_of_each(few: int, many: int, visitors: int) -> float:
    """Megabytes for each visitor but the first, where `few` bytes were held with one at a time and `many` after all."""
    return (many - few) / MEGABYTE / (visitors - 1)


def worst_ratio(taken: Taken, alone: Taken) -> float:
    """How many times as long as alone the 95th percentile is, on the page where it is most times as long."""
    return max(_late(taken.plots(page)) / _late(alone.plots(page)) for page in alone.responses)


def report(says: str, taken: Taken, alone: Taken) -> None:
    """Print how long one round's moves took on each page, and how many times as long as with one visitor alone."""
    rate = len(taken.plots()) / taken.seconds
    print(
        f"\n{says}: {rate:.1f} moves a second, milliseconds from move to last plot (and to the script's end)"
    )
    for page in [*taken.responses, None]:
        plots, ends, before = taken.plots(page), taken.ends(page), alone.plots(page)
        print(
            f"  {page or 'all':12s} n = {len(plots):4d}  median {1000 * percentile(plots, 50):6.0f} "
            f"({1000 * percentile(ends, 50):6.0f})  p95 {1000 * _late(plots):6.0f} ({1000 * _late(ends):6.0f})  "
            f"p95 is {_late(plots) / _late(before):5.2f} times that of one alone",
            flush=True,
        )


def _late(seconds: Sequence[float]) -> float:
    return percentile(seconds, 95)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.visitors", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--visitors", type=int, default=20, help="at once; at least 2")
    parser.add_argument("--moves", type=int, default=20, help="that each visitor makes")
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two moves, on average")
    options = parser.parse_args(arguments)
    if options.visitors < 2:
        parser.error("--visitors should be 2 or more")
    print(machine("streamlit", "plotly", "torch"))
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"
        with serve(Path(folder), runs) as server:
            asyncio.run(measure(server, options.visitors, options.moves, options.pause, runs))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
