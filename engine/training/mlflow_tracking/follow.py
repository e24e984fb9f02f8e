"""Send a run to MLflow while it trains. Training never waits for the server, nor ends with it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from engine.jobs.progress import Listener
from engine.runs import Run, RunError
from engine.training.mlflow_tracking.errors import TrackingError
from engine.training.mlflow_tracking.server import Server
from engine.training.mlflow_tracking.tracked_run import MakeBundle, Target, TrackedRun


@contextmanager
def followed(folder: Path, server: Server | None, listener: Listener) -> Iterator[Listener]:
    """The listener for training a run in `folder`, which also sends the run to a server, where there is one.

    When the block ends, whichever way, the rest is sent.
    """
    if server is None:
        yield listener
        return
    follower = Follower(TrackedRun(folder, server), listener)
    try:
        yield follower
    finally:
        follower.finish()


def send(run: Run, target: Target, make_bundle: MakeBundle | None = None) -> TrackedRun:
    """Send what a server lacks of a run. Raises `TrackingError`."""
    tracked = TrackedRun(run.folder, target, make_bundle)
    tracked.finish()
    return tracked


class Follower(Listener):
    """Passes everything on to another listener, and sends each finished epoch in a thread of its own."""

    def __init__(self, tracked: TrackedRun, listener: Listener):
        self._tracked, self._listener = tracked, listener
        self._sender = ThreadPoolExecutor(1, "mlflow")
        self._latest: Future[None] | None = None
        self._has_complained = False

    def show(self, activity: str, share: float) -> None:
        self._listener.show(activity, share)

    def note(self, sentence: str) -> None:
        self._listener.note(sentence)

    def epoch(self, row: dict) -> None:
        self._listener.epoch(row)
        if self._latest is None or self._latest.running() or self._latest.done():
            self._latest = self._sender.submit(self._update)

    def finish(self) -> None:
        """Send the rest, or say how to send it later."""
        self._sender.shutdown(wait=True, cancel_futures=True)
        self._listener.show("sending the run to MLflow", 0)
        folder = self._tracked.folder
        try:
            self._tracked.finish()
        except RunError:  # it never began
            return
        except (TrackingError, OSError) as error:
            self._listener.note(
                f"{error} What it lacks: python -m engine runs track {folder} --mlflow {self._tracked.target.shown}"
            )
        self._listener.show("sending the run to MLflow", 1)

    def _update(self) -> None:
        try:
            self._tracked.update()
        except (TrackingError, RunError, OSError) as error:
            if not self._has_complained:
                self._listener.note(f"{error} Training continues, and the missing data is sent later.")
            self._has_complained = True
