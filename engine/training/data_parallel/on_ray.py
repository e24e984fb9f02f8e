"""Several workers on a Ray cluster, by Ray Train: started, grouped, and started again when one dies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.jobs.progress import Listener
from engine.jobs.temporary import temporary_folder
from engine.runs import Run, RunError
from engine.training.data_parallel.worker import work

MOST_FAILURES = 3
"""So many times the workers start again, from the last finished epoch."""
_SECONDS_BETWEEN_LOOKS = 1.0


def train(folder: Path, workers: int, listener: Listener) -> dict[str, Any]:
    """Train a run's folder with so many workers on the cluster that this process is connected to.

    Returns what the run reached. Raises `RunError` where it has not finished.
    """
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    with temporary_folder(folder.parent, folder.name) as storage, _watched(folder, listener):
        trainer = TorchTrainer(
            _on_worker,
            train_loop_config={"folder": str(folder.resolve())},
            torch_config=TorchConfig(backend="gloo"),
            scaling_config=ScalingConfig(num_workers=workers, resources_per_worker={"CPU": 1}),
            run_config=RunConfig(
                name="workers",
                storage_path=str(storage.resolve()),
                failure_config=FailureConfig(max_failures=MOST_FAILURES),
            ),
        )
        trainer.fit()
    run = Run(folder)
    if run.problems():
        raise RunError(f"The run {run.name!r} did not finish: {run.status['message']}")
    return run.metrics


def _on_worker(config: dict[str, str]) -> None:
    import torch.distributed as dist
    from ray.train import get_context

    work(Path(config["folder"]), get_context().get_world_rank(), dist.barrier)


@contextmanager
def _watched(folder: Path, listener: Listener) -> Iterator[None]:
    """Tell a listener of the progress and the epochs that the workers write, while the block runs."""
    ended = threading.Event()
    thread = threading.Thread(target=_watch, args=(folder, listener, ended), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _watch(folder: Path, listener: Listener, ended: threading.Event) -> None:
    shown, is_last = 0, False
    while not is_last:
        is_last = ended.wait(_SECONDS_BETWEEN_LOOKS)
        run = Run(folder)
        if (progress := run.progress).text:
            listener.show(progress.text, progress.share)
        rows = run.history.to_dict("records")
        for row in rows[shown:]:
            listener.epoch(row)
        shown = max(shown, len(rows))
