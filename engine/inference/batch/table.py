"""A CSV file that grows by whole lines and knows which images it has, so that another process can continue it.

FILE.csv           the predictions; a line is there wholly or not at all
FILE.job/          the job that writes them: its state, and in its details, what it was begun with
FILE.skipped.csv   the images that could not be read, and why; only where there are any
"""

import csv
import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from engine.data.csv_writer import csv_lines
from engine.inference.batch.name_set import ESCAPED, NameSet
from engine.jobs.atomic_write import trouble
from engine.jobs.job import STOP, Job
from engine.jobs.reporter import Reporter, failure_sentence
from engine.jobs.status import FAILED, RUNNING, STOPPED

LINE_END = b"\r\n"


class BatchError(ValueError):
    """A batch that cannot be begun or continued; one sentence."""


class Table:
    """The predictions of one batch on the disk. Use as a context manager.

    Attributes: `predicted`, how many images are in it; `done`, those that were when it was opened.
    """

    def __init__(self, file: Path, asked: str, columns: Sequence[str]):
        self.file, self.asked, self.columns = file, asked, list(columns)
        self.skipped, self.job = file.with_suffix(".skipped.csv"), Job(file.with_suffix(".job"))
        self._reporter, self._heartbeat = Reporter(self.job), ExitStack()
        if file.suffix.lower() != ".csv":
            raise BatchError(
                f"The predictions are written as CSV: name the file {file.stem}.csv, not {file.name}."
            )
        self._refuse_what_others_wrote()
        self.done = NameSet(self._names_so_far())
        self.predicted = len(self.done)

    def __enter__(self) -> "Table":
        with _as_batch_error(self.file):
            self.skipped.unlink(missing_ok=True)
            self.job.folder.mkdir(parents=True, exist_ok=True)
            (self.job.folder / STOP).unlink(missing_ok=True)
            self.note(RUNNING)
            self._opened = open(self.file, "ab")
        self._heartbeat.enter_context(self.job.heartbeat())
        if not self._opened.tell():
            self._write(csv_lines([], self.columns, header=True))
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._opened.close()
        self._heartbeat.close()
        if error is not None:
            state = STOPPED if isinstance(error, KeyboardInterrupt) else FAILED
            with suppress(OSError):
                self.note(state, failure_sentence(error))

    def add(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Append whole lines at once."""
        self._write(csv_lines(rows, self.columns, header=False))
        self.predicted += len(rows)

    def skip(self, fname: str, why: str) -> None:
        """List an image that could not be read."""
        row = {"fname": fname, "problem": why}
        is_new = not self.skipped.exists()
        with _as_batch_error(self.skipped), open(self.skipped, "ab") as opened:
            opened.write(_bytes(csv_lines([row], list(row), header=is_new)))

    def show(self, share: float) -> None:
        """Report the share (0 to 1) of the images that is done."""
        self._reporter.details = self._counts()
        self._reporter.show("predicting", share)

    def note(self, state: str, message: str = "", **counts: int) -> None:
        """Write the state of the job."""
        self.job.update(state=state, message=message, details=self._counts() | counts)

    def _counts(self) -> dict[str, object]:
        return {"asked": self.asked, "predicted": self.predicted}

    def _write(self, lines: str) -> None:
        with _as_batch_error(self.file):
            self._opened.write(_bytes(lines))
            self._opened.flush()

    def _refuse_what_others_wrote(self) -> None:
        """Raise `BatchError` for a file that is not ours to continue."""
        if not self.file.exists():
            return
        status = self.job.status
        if "asked" not in status.details:
            raise BatchError(
                f"{self.file} exists already and was not written by a batch: choose another file, or "
                "delete it."
            )
        if status.details["asked"] != self.asked:
            raise BatchError(
                f"{self.file} was started with another run, or with other thresholds: choose another "
                "file, or delete it."
            )
        if self.job.is_claimed and not status.process.is_this:
            where = "" if status.process.is_here else f" on {status.process.host}"
            raise BatchError(f"{self.file} is being written by another process{where} right now.")

    def _names_so_far(self) -> Iterator[str]:
        """The images that are in the file already; half a line at its end (a power cut) is cut off first."""
        if not self.file.exists():
            return
        with open(self.file, "r+b") as opened:
            os.truncate(opened.fileno(), _whole_bytes(opened))
        with open(self.file, newline="", encoding="utf-8") as opened:
            rows = csv.reader(opened)
            next(rows, None)
            yield from (row[0] for row in rows if row)


@contextmanager
def _as_batch_error(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BatchError(
            f"{file} cannot be written ({trouble(error)}), or choose another place, "
            "then run the same command to continue."
        ) from error


def _whole_bytes(opened: io.BufferedRandom) -> int:
    """Where the last whole line ends: a line end inside of quotes is none."""
    quotes, at, whole = 0, 0, 0
    for piece in opened:
        quotes, at = quotes + piece.count(b'"'), at + len(piece)
        if quotes % 2 == 0 and piece.endswith(LINE_END):
            whole = at
    return whole


def _bytes(lines: str) -> bytes:
    return lines.encode("utf-8", ESCAPED)
