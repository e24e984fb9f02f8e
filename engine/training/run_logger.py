"""The log of a run while it trains: files that are complete at any time, for every process that reads its folder.

status.json     what is being done, what share of it is done, and for how many seconds
losses.csv      the loss of every batch so far
history.csv     a row for every finished epoch
watched.csv     after every epoch, the outputs for a few validation images
stop            asks for training to end after the current batch
"""

import math
from pathlib import Path
from typing import SupportsFloat

import pandas as pd

from engine import runs
from engine.jobs.job import Job, JobStopped
from engine.jobs.progress import Listener
from engine.jobs.reporter import Reporter
from engine.runs import files


class Stopped(runs.RunError, JobStopped):
    """The run was asked to stop before there was anything to keep."""


class Diverged(runs.RunError):
    """The loss is no number any more; one sentence that says what to change."""


class RunLogger(Listener):
    """Write a run's progress into its folder and tell it to another listener."""

    def __init__(self, folder: Path, listener: Listener, lr: float | None):
        self.folder, self.listener, self.lr = folder, listener, lr
        self.reporter, self.activity = Reporter(Job(folder)), ""
        self.history: list[dict] = []
        self.losses: list[dict] = []
        self.watched: list[dict] = []
        self.unwritten: list[tuple[int, SupportsFloat]] = []

    def go_on_after(self, epochs: int) -> None:
        """Continue with what an earlier process wrote, as far as its checkpoint reaches."""
        run = runs.Run(self.folder)
        self.history = _rows_until(run.history, epochs)
        self.losses = _rows_until(run.losses, epochs)
        self.watched = _rows_until(run.watched, epochs)

    def show(self, activity: str, share: float) -> None:
        """A share (0 to 1) of an activity is done; raises `Stopped` where nothing could be kept."""
        self.activity = activity
        self.listener.show(activity, share)
        if self.reporter.is_due(activity, share):
            self._write_progress()

    def note(self, sentence: str) -> None:
        self.listener.note(sentence)

    def batch(self, epoch: int, share: float, loss: SupportsFloat) -> None:
        """A batch of an epoch (from 1) had this loss (a tensor, read only when it is written)."""
        self.unwritten.append((epoch, loss))
        self.show("training", share)

    def epoch(self, row: dict) -> None:
        """An epoch is finished: `row` holds its number and what fastai reports of it. Raises `Diverged`."""
        self._take_losses()
        self._must_be_finite(row.get("valid_loss", 0.0), "validation loss", row["epoch"])
        self.history.append(row)
        self._save(files.HISTORY, self.history)
        self._save(files.LOSSES, self.losses)
        self.listener.epoch(row)

    def outputs(self, rows: list[dict]) -> None:
        """The network's outputs for the watched images after an epoch."""
        self.watched += rows
        self._save(files.WATCHED, self.watched)

    def stop_is_asked(self) -> bool:
        """Whether training was asked to end."""
        return self.reporter.job.stop_requested

    def _write_progress(self) -> None:
        self._take_losses()
        if self.losses:
            self._save("losses.csv", self.losses)
        self.reporter.flush()
        if self.activity != "training" and self.stop_is_asked():
            is_begun = (self.folder / files.HISTORY).exists()
            raise Stopped(
                "The run was stopped before it went on; what it had learned is kept."
                if is_begun
                else "The run was stopped before it had learned anything."
            )

    def _take_losses(self) -> None:
        taken, self.unwritten = self.unwritten, []
        for epoch, loss in taken:
            value = float(loss)
            self._must_be_finite(value, "loss", epoch)
            self.losses.append({"step": len(self.losses) + 1, "epoch": epoch, "loss": value})

    def _must_be_finite(self, value: float, which: str, epoch: int) -> None:
        if not math.isfinite(value):
            rate = f"a learning rate below {self.lr:g}" if self.lr else "a lower learning rate"
            raise Diverged(f"The {which} became {value} in epoch {epoch}: choose {rate}.")

    def _save(self, name: str, rows: list[dict]) -> None:
        runs.save_table(self.folder, name, pd.DataFrame(rows))


def _rows_until(table: pd.DataFrame, epochs: int) -> list[dict]:
    return table[table["epoch"] <= epochs].to_dict("records") if len(table) else []
