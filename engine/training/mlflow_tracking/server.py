"""The MLflow server or database of a URI, and the few calls that a run needs of it."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from engine.training.mlflow_tracking.errors import TrackingError
from engine.training.optional_deps import NO_MLFLOW

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "Loss Lab"
"""The experiment that runs belong to, unless MLFLOW_EXPERIMENT_NAME names another."""
MODEL = "model"
_BUNDLE_MODEL = Path(__file__).with_name("bundle_model.py")
_DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""MLflow's own variables where the user sets none: give up within a minute, and send no usage reports."""
_MOST_OF_A_REASON = 200


@dataclass(frozen=True)
class Batch:
    """What is sent at once.

    Attributes: `metrics`, name -> value for each step; `params` and `tags`, name -> text.
    """

    metrics: Sequence[tuple[int, Mapping[str, float]]] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class Server:
    """MLflow at a URI. Raises `TrackingError` in every method, and when it is made."""

    def __init__(self, uri: str):
        self.uri = uri
        if not uri.strip():
            raise TrackingError("--mlflow needs the address of a server, such as http://localhost:5000.")
        if importlib.util.find_spec("mlflow") is None:
            raise TrackingError(NO_MLFLOW)
        for name, value in _DEFAULTS.items():
            os.environ.setdefault(name, value)
        with self._sentences():
            self._client = _client(uri)
            self._experiment = self._find_experiment()

    @property
    def shown(self) -> str:
        """The URI without a password."""
        return without_password(self.uri)

    def begin(self, name: str) -> str:
        """Create a run and return its id."""
        with self._sentences():
            return self._client.create_run(self._experiment, run_name=name).info.run_id

    def reopen(self, run_id: str) -> None:
        """Say that an earlier run goes on."""
        with self._sentences():
            self._client.update_run(run_id, status="RUNNING")

    def log(self, run_id: str, batch: Batch) -> None:
        """Add metrics, parameters and tags to a run."""
        from mlflow.entities import Metric, Param, RunTag

        now = int(time.time() * 1000)
        metrics = [
            Metric(name, value, now, step) for step, row in batch.metrics for name, value in row.items()
        ]
        params = [Param(name, value) for name, value in batch.params.items()]
        tags = [RunTag(name, value) for name, value in batch.tags.items()]
        with self._sentences():
            for piece in range(0, max(len(metrics), 1), 500):
                self._client.log_batch(run_id, metrics[piece : piece + 500], params, tags)
                params, tags = [], []

    def log_bundle(self, run_id: str, bundle: Path) -> None:
        """Add the zip of a run as a model, which MLflow can load and serve."""
        with self._sentences(), warnings.catch_warnings():
            from mlflow import pyfunc, set_experiment
            from mlflow.models import Model, ModelSignature
            from mlflow.types import ColSpec, Schema

            warnings.simplefilter("ignore", UserWarning)  # advice for those who write models
            set_experiment(experiment_id=self._experiment)  # a model elsewhere is not found by its run
            Model.log(
                artifact_path=None,
                name=MODEL,
                flavor=pyfunc,
                run_id=run_id,
                python_model=str(_BUNDLE_MODEL),
                artifacts={"bundle": str(bundle)},
                signature=ModelSignature(inputs=Schema([ColSpec("binary", "image")])),
                pip_requirements=_requirements(),
            )

    def end(self, run_id: str, status: str) -> None:
        """Say how a run ended: FINISHED, KILLED or FAILED."""
        with self._sentences():
            self._client.set_terminated(run_id, status)

    def _find_experiment(self) -> str:
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
        known = self._client.get_experiment_by_name(name)
        return known.experiment_id if known else self._client.create_experiment(name)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what MLflow and the network raise, of whatever kind, into one sentence."""
        try:
            yield
        except Exception as error:
            raise TrackingError(f"MLflow at {self.shown} {_reason(error, self.uri)}.") from error


def _client(uri: str) -> MlflowClient:
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    mlflow.set_tracking_uri(uri)  # what logs models knows no other way
    return mlflow.MlflowClient(uri)


def _requirements() -> list[str]:
    names = ("mlflow-skinny", "onnxruntime", "numpy", "pandas", "pillow")
    return [f"{name}=={version(name)}" for name in names]


def without_password(uri: str) -> str:
    """A URI without the name and password in it.

    >>> without_password("https://ada:secret@mlflow.example:5000")
    'https://mlflow.example:5000'
    """
    return re.sub(r"//[^/@]*@", "//", uri)


def _reason(error: Exception, uri: str) -> str:
    """Why it failed, without the password and without the tail that names retries and addresses."""
    text = str(error)
    if "Max retries exceeded" in text or "Connection" in text:
        return "cannot be reached; check the address, and that the server runs"
    first = without_password(
        (text.splitlines() or [type(error).__name__])[0].replace(uri, without_password(uri))
    )
    return f"refuses: {first[:_MOST_OF_A_REASON].rstrip('. ')}"
