"""One run's copy in MLflow: what it has, what it lacks, and how it gets the rest.

mlflow.json in the run's folder notes what was sent, so that a later process, or the same one when the server is back,
sends the rest and nothing twice.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from engine import paths
from engine.config import TrainConfig
from engine.jobs import user_scope
from engine.jobs.json_file import read_record, write_record
from engine.jobs.status import ACTIVE, FINISHED, STOPPED
from engine.runs import Run, files
from engine.training.backbones import weight_files
from engine.training.mlflow_tracking.errors import TrackingError
from engine.training.mlflow_tracking.server import Batch

VERSION = 1
_ENDS = {FINISHED: "FINISHED", STOPPED: "KILLED"}
"""MLflow's word for how a run ended; any other end is FAILED."""
MakeBundle = Callable[[Run, Path], None]


class Target(Protocol):
    """Where runs are sent: `server.Server`. Every method raises `TrackingError`."""

    @property
    def shown(self) -> str: ...
    def begin(self, name: str) -> str: ...
    def reopen(self, run_id: str) -> None: ...
    def log(self, run_id: str, batch: Batch) -> None: ...
    def log_bundle(self, run_id: str, bundle: Path) -> None: ...
    def end(self, run_id: str, status: str) -> None: ...


@dataclass(frozen=True)
class Sent:
    """What a server has of a run.

    Attributes: `uri` without a password; `run_id`, MLflow's own; `params`, the names of the settings; `epochs`, how
    many; `weights`, the SHA-256 of those in the bundle, "" for no bundle.
    """

    uri: str
    run_id: str = ""
    params: tuple[str, ...] = ()
    epochs: int = 0
    weights: str = ""


class TrackedRun:
    """A run's folder and its copy at a target; each call sends what is missing. Raises `TrackingError`."""

    def __init__(self, folder: Path, target: Target, make_bundle: MakeBundle | None = None):
        self.folder, self.target, self._make_bundle = folder, target, make_bundle or bundle_in_own_process
        self._is_open = False

    @property
    def sent(self) -> Sent:
        """What this target has so far."""
        record = read_record(self.folder / files.MLFLOW)
        if record.pop("version", None) != VERSION or record.get("uri") != self.target.shown:
            return Sent(self.target.shown)
        return Sent(**record | {"params": tuple(record.get("params", ()))})

    def update(self) -> None:
        """Send the configuration and the epochs that the target lacks."""
        run, sent = Run(self.folder), self._opened()
        params = {name: value for name, value in settings(run.config).items() if name not in sent.params}
        rows = epochs(run, after=sent.epochs)
        if not params and not rows:
            return
        self.target.log(sent.run_id, Batch(rows, params, {"task": run.task}))
        last = max([sent.epochs, *(step for step, _ in rows)])
        self._keep(replace(sent, params=(*sent.params, *params), epochs=last))

    def finish(self) -> None:
        """Send all that is missing, the metrics that the run reached, its bundle, and how it ended."""
        self.update()
        run, sent = Run(self.folder), self.sent
        state = run.state
        if not run.problems():
            self._send_results(run, sent)
        if state not in ACTIVE:
            self.target.end(sent.run_id, _ENDS.get(state, "FAILED"))

    def _send_results(self, run: Run, sent: Sent) -> None:
        verdict = str(run.metrics.get("verdict") or "")
        self.target.log(sent.run_id, Batch([(sent.epochs, numbers(run.metrics))], tags={"verdict": verdict}))
        weights = weight_files.sha256(run.folder / files.WEIGHTS)
        if weights == sent.weights:
            return
        with TemporaryDirectory() as folder:
            bundle = Path(folder) / f"{run.name}.zip"
            self._make_bundle(run, bundle)
            self.target.log_bundle(sent.run_id, bundle)
        self._keep(replace(sent, weights=weights))

    def _opened(self) -> Sent:
        """What the target has, once the run is open there."""
        sent = self.sent
        if not sent.run_id:
            sent = replace(sent, run_id=self.target.begin(self.folder.name))
            self._keep(sent)
        elif not self._is_open:
            self.target.reopen(sent.run_id)
        self._is_open = True
        return sent

    def _keep(self, sent: Sent) -> None:
        write_record(self.folder / files.MLFLOW, {"version": VERSION} | asdict(sent))


def settings(config: TrainConfig) -> dict[str, str]:
    """The configuration as MLflow's parameters, without what is not decided yet.

    Of a path to the data only the name is kept, as in a bundle.
    """
    known = {name: value for name, value in asdict(config).items() if value is not None}
    return {name: str(value) for name, value in (known | {"data": Path(config.data).name}).items()}


def epochs(run: Run, after: int) -> list[tuple[int, dict[str, float]]]:
    """The epochs of a run after a number: the number of each, and its figures, named `epoch/…`."""
    rows = [row for row in run.history.to_dict("records") if int(row["epoch"]) > after]
    return [
        (
            int(row["epoch"]),
            {f"epoch/{name}": value for name, value in numbers(row).items() if name != "epoch"},
        )
        for row in rows
    ]


def numbers(row: Mapping) -> dict[str, float]:
    """The finite numbers of a record, by name."""
    found = {
        str(name): float(value)
        for name, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}


def bundle_in_own_process(run: Run, out: Path) -> None:
    """Write a run's zip by the command that exports it; it needs torch, which this process may not have loaded."""
    command = [sys.executable, "-m", "engine", "runs", "export", str(run.folder.resolve()), "--out", str(out)]
    done = subprocess.run(
        command, cwd=paths.ROOT, env=user_scope.child_environment(), capture_output=True, text=True
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise TrackingError(lines[-1] if lines else f"The run {run.name!r} could not be exported.")
