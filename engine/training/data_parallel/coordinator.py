"""The job of a run that several workers train: it asks Ray Train for a team, and for a new one when a worker is lost.

It runs on a node, started by the job's supervisor, and takes no core there. The workers report the run's progress;
this process only says in the run's status that it waits for places, and why training failed for good.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from engine.jobs.cluster import address, attempt, placement
from engine.jobs.cluster.errors import ClusterError, first_line
from engine.jobs.job import Job
from engine.jobs.status import FAILED, QUEUED, STOPPED
from engine.runs import Run, RunError, files

WAITING = "waiting for {} free places on the nodes"
LOST = "a worker was lost: training continues from its last finished epoch, " + WAITING
MOST_LOSSES = 5
"""So many times workers may be lost; a run that kills its workers must not do so for ever."""
SECONDS_TO_WAIT = 6 * 3600
"""For another worker, which may still read images; one that is gone is noticed at once."""
SECONDS_TO_START = 600
SETTINGS = {
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_TRAIN_ENABLE_PRINT_PATCH": "0",
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": str(SECONDS_TO_START),
}


def train(folder: Path, workers: int) -> Mapping[str, float | str | None]:
    """Train a run's folder to its end by so many workers, and return what it reached.

    Raises `RunError` where training failed, and `ClusterError` outside of a cluster's job.
    """
    current, place = attempt.latest(folder), address.asked_for()
    if current is None or not place:
        raise ClusterError("Several workers train a run only as a job of a cluster: give --on HOST:PORT.")
    job = Job(folder)
    job.update(state=QUEUED, message=WAITING.format(workers))
    threading.Thread(target=_leave_the_queue, args=(job,), name="stop", daemon=True).start()
    about = {"folder": str(folder.resolve()), "actor": current.actor, "attempt": current.number}
    try:
        with job.heartbeat(), TemporaryDirectory(prefix="loss-lab-") as storage:
            _fit(place, Run(folder).config.device, workers, about, storage)
    except Exception as error:
        if job.is_active:  # the first worker has not ended the run before the cluster went away
            job.update(state=FAILED, message=_sentence(error))
            raise RunError(_sentence(error)) from error
    if trouble := job.trouble:
        raise RunError(trouble)
    return Run(folder).metrics if (folder / files.METRICS).is_file() else {}


def _fit(place: str, device: str, workers: int, about: dict[str, Any], storage: str) -> None:
    """Let Ray Train start the team, and a new one where workers are lost; its own notes go to `storage`."""
    os.environ.update(SETTINGS)
    import ray
    from ray.train import FailureConfig, RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    from engine.training.data_parallel.team_callback import LostWorkers

    ray.init(place, log_to_driver=False, logging_level=logging.ERROR)
    gpus = int(ray.cluster_resources().get("GPU", 0))
    needs = placement.needs(device, gpus)
    uses_gpu = "num_gpus" in needs
    TorchTrainer(
        _work,
        train_loop_config=about,
        torch_config=TorchConfig(
            backend="cpu:gloo,cuda:nccl" if uses_gpu else "gloo", timeout_s=SECONDS_TO_WAIT
        ),
        scaling_config=ScalingConfig(
            num_workers=workers,
            use_gpu=uses_gpu,
            resources_per_worker={"CPU": needs["num_cpus"]} | ({"GPU": 1} if uses_gpu else {}),
        ),
        run_config=RunConfig(
            name=about["actor"],
            storage_path=storage,
            failure_config=FailureConfig(max_failures=MOST_LOSSES),
            callbacks=[LostWorkers(about["folder"], LOST.format(workers))],
            worker_runtime_env={"env_vars": placement.environment(place, device, gpus)},
        ),
    ).fit()


def _work(about: dict[str, Any]) -> None:
    """What a worker does, where it is; this process needs none of what it loads."""
    from engine.training.data_parallel import worker

    worker.work(about)


def _leave_the_queue(job: Job) -> None:
    """End this process, and with it the request for workers, when a stop is asked for before they begin."""
    while not (job.stop_requested and job.status.state == QUEUED):
        time.sleep(1)
    job.update(state=STOPPED, message="stopped before it was its turn")
    psutil.Process().kill()


def _sentence(error: Exception) -> str:
    """Why training failed for good: what the first of the failed workers said."""
    failures = getattr(error, "worker_failures", {})
    if not failures:
        return f"The workers could not train: {first_line(error)}"
    rank, cause = sorted(failures.items())[0]
    cause = getattr(cause, "cause", None) or cause
    return f"Workers were lost {MOST_LOSSES + 1} times, so training ended. Worker {rank + 1}: {first_line(cause)}"
