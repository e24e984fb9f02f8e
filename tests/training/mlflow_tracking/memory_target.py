"""A stand-in for MLflow that keeps what it gets in memory, and is away when a test says so."""

from collections.abc import Callable
from pathlib import Path

from engine.training.mlflow_tracking import TrackingError
from engine.training.mlflow_tracking.server import Batch


class MemoryTarget:
    """What was sent, call by call; while `is_away` every call fails."""

    shown = "http://mlflow.example"

    def __init__(self) -> None:
        self.is_away, self.before_log = False, lambda: None
        self.runs: list[str] = []
        self.statuses: list[str] = []
        self.batches: list[Batch] = []
        self.bundles: list[bytes] = []
        self.before_log: Callable[[], object]

    def begin(self, name: str) -> str:
        self._answer()
        self.runs.append(name)
        return f"id of {name}"

    def reopen(self, run_id: str) -> None:
        self._answer()
        self.statuses.append("RUNNING")

    def log(self, run_id: str, batch: Batch) -> None:
        self.before_log()
        self._answer()
        self.batches.append(batch)

    def log_bundle(self, run_id: str, bundle: Path) -> None:
        self._answer()
        self.bundles.append(bundle.read_bytes())

    def end(self, run_id: str, status: str) -> None:
        self._answer()
        self.statuses.append(status)

    @property
    def steps(self) -> list[int]:
        """The epochs that came, in order."""
        return [
            step
            for batch in self.batches
            for step, row in batch.metrics
            if any("epoch/" in key for key in row)
        ]

    def _answer(self) -> None:
        if self.is_away:
            raise TrackingError(f"MLflow at {self.shown} cannot be reached.")
