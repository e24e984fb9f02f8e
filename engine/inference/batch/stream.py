"""Pictures through a network as a stream: some are decoded ahead in threads, the network takes them in even batches."""

import contextlib
import hashlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from engine import tasks
from engine.images import ImageError, image_size, open_square
from engine.inference import onnx_backend, predict, predict_files
from engine.inference.batch.find_images import pictures_below
from engine.inference.batch.table import Table
from engine.jobs import access
from engine.jobs.status import FINISHED, STOPPED
from engine.runs import Run, files

BATCH = 32
AHEAD = 2 * BATCH
MANY = 500
"""From so many pictures on, compiling the network first is the shorter way."""
THREADS = min(4, os.cpu_count() or 1)
_ANSWERS_COME_FROM = (files.CONFIG, files.VOCAB, files.THRESHOLDS, files.CALIBRATION, files.WEIGHTS)


@dataclass(frozen=True)
class Outcome:
    """What a batch did: pictures found, answered (by earlier processes too) and skipped, and this one's seconds."""

    found: int
    answered: int
    skipped: int
    seconds: float
    new: int
    is_finished: bool

    def in_words(self, file: Path) -> str:
        """One sentence for the person who asked, and what to do next."""
        counts = f"{self.answered:,} of {self.found:,} pictures answered"
        if self.skipped:
            counts += f", {self.skipped:,} skipped (listed in {file.with_suffix('.skipped.csv')})"
        if not self.is_finished:
            return f"{file} is not finished: {counts}. The same command goes on."
        if not self.new:
            return f"{file} is finished already: {counts}. Delete it to answer them again."
        return f"{file} is finished: {counts}, {self.new / max(self.seconds, 1e-9):.0f} pictures a second."


@dataclass(frozen=True)
class _Seen:
    """A picture file opened: a square, with the size of the file's own; or the sentence why it is none."""

    fname: str
    square: np.ndarray | None = None
    size_wh: tuple[int, int] = (0, 0)
    problem: str = ""


class Batch:
    """One run's answers to any number of pictures, written to one CSV file.

    Memory holds a few dozen pictures, the names of one folder, and eight bytes for each picture answered before.
    """

    def __init__(self, run: Run, file: Path):
        self.run, self.file = run, file
        self.columns = ["fname", *_answer_columns(run)]

    @cached_property
    def _model(self) -> predict.Model:
        """The network; loaded when there is a picture to answer, and not before."""
        return predict.load(self.run)

    def answer(
        self,
        names: Sequence[str],
        show: Callable[[float], object],
        complain: Callable[[str], object],
        stop_is_asked: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Answer all pictures that the file does not have yet, until the end or until somebody asks to stop.

        `show` hears the share that is done, `complain` a sentence for each picture that is skipped. Raises
        `BatchError`, `RunError` or `WeightsError` where nothing can be begun.
        """
        began, table = time.monotonic(), Table(self.file, _digest(self.run), self.columns)
        before, found = table.answered, sum(1 for _ in pictures_below(names, complain))
        if found - before >= MANY:
            _compile(self.run)
        skipped, tried, is_stopped = 0, 0, False
        with table:
            fnames = (fname for fname in pictures_below(names, _ignore) if fname not in table)
            for batch in self._batches(fnames):
                tried += len(batch)
                for one in (one for one in batch if one.problem):
                    skipped += 1
                    table.skip(one.fname, one.problem)
                    complain(one.problem)
                table.add(self._rows([one for one in batch if not one.problem]))
                share = min(1.0, (before + tried) / max(1, found))
                show(share)
                table.show(share)
                if is_stopped := (stop_is_asked() or table.job.stop_requested):
                    break
            is_finished = not is_stopped
            seconds = time.monotonic() - began
            table.note(FINISHED if is_finished else STOPPED, skipped=skipped, found=found)
        return Outcome(found, table.answered, skipped, seconds, table.answered - before, is_finished)

    def _batches(self, fnames: Iterator[str]) -> Iterator[list[_Seen]]:
        with ThreadPoolExecutor(THREADS) as pool:
            seen = _in_order(pool, self._see, fnames)
            try:
                while batch := list(islice(seen, BATCH)):
                    yield batch
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _see(self, fname: str) -> _Seen:
        try:
            file = access.authorize(fname, ImageError)
            square = open_square(file, self.run.config.size, self.run.config.resize)
            size_wh = image_size(file) if tasks.get(self.run.task).has_points else (0, 0)
        except ImageError as error:
            return _Seen(fname, problem=str(error))
        return _Seen(fname, square, size_wh)

    def _rows(self, seen: list[_Seen]) -> list[dict]:
        """Rows for one batch; the network always sees `BATCH` pictures, so that an answer never depends on how many."""
        if not seen:
            return []
        filled = [one.square for one in seen] + [seen[-1].square] * (BATCH - len(seen))
        found = self._model.predict_squares(filled, [(1, 1)] * BATCH)
        return [
            {"fname": one.fname} | predict_files.row(answer, one.size_wh)
            for one, answer in zip(seen, found, strict=False)
        ]


def _compile(run: Run) -> None:
    """Compile the network where that can be done; what is wrong with the run is told when it is loaded."""
    with contextlib.suppress(ValueError, OSError):
        onnx_backend.make(run)


def _in_order(pool: ThreadPoolExecutor, do: Callable, items: Iterable) -> Iterator:
    """What `do` makes of each item, in their order, with at most `AHEAD` under way."""
    items, waiting = iter(items), deque()
    for item in items:
        waiting.append(pool.submit(do, item))
        if len(waiting) >= AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _answer_columns(run: Run) -> list[str]:
    """The columns that `engine.inference.predict_files.row` fills, before there is an answer."""
    return (
        ["x_px", "y_px"]
        if tasks.get(run.task).has_points
        else ["labels", *(f"p({label})" for label in run.vocab)]
    )


def _digest(run: Run) -> str:
    """What the answers depend on: another network or other thresholds give another digest."""
    told = hashlib.sha256()
    for name in _ANSWERS_COME_FROM:
        file = run.folder / name
        told.update(file.read_bytes() if file.exists() else b"none")
    return told.hexdigest()


def _ignore(sentence: str) -> None:
    """It was told once already."""
