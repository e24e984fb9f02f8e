"""Which runs several workers can train together. Loads neither torch nor Ray."""

from pathlib import Path
from typing import Any

from engine.config import QUICK, ConfigError, TrainConfig
from engine.jobs.cluster.placement import NO_DEVICE
from engine.jobs.job import Job
from engine.training.frozen import keeps_features
from engine.training.team import too_many

WORKERS = "workers"
"""The detail of a run's status that says how many workers train it."""


def check(config: TrainConfig, workers: int, address: str) -> None:
    """Raise `ConfigError` where a run cannot be trained by so many workers, or where there is no cluster for them."""
    if workers < 1:
        raise ConfigError(f"--workers is {workers}: write a whole number of at least 1.")
    if workers == 1:
        return
    if not address:
        raise ConfigError(
            f"{workers} workers need a cluster: give its address with --on HOST:PORT, or leave --workers out."
        )
    if config.recipe == QUICK:
        raise ConfigError(
            "The recipe quick fits its head in seconds, in one process: leave --workers out, or name --epochs."
        )
    if keeps_features(config):
        raise ConfigError(
            "Here the head alone learns, on stored features, in one process: leave --workers out, or name --epochs."
        )
    if config.batch_size is not None and (problem := too_many(workers, config.batch_size)):
        raise ConfigError(problem)


def placed(config: TrainConfig, workers: int) -> tuple[tuple[str, ...], str, dict[str, Any]]:
    """The flags of the job that trains a run by so many workers, its device, and what its status is to keep.

    Where there are several, the job only asks for them; each takes the run's device where it is.
    """
    if workers == 1:
        return (), config.device, {}
    return ("--workers", str(workers)), NO_DEVICE, {WORKERS: workers}


def workers_of(folder: Path) -> int:
    """How many workers trained the run in a folder before, 1 where it is new."""
    workers = Job(folder).status.details.get(WORKERS, 1)
    return workers if isinstance(workers, int) and workers >= 1 else 1
