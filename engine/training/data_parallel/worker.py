"""What each worker of a team does: the first one trains the run and writes it, the others train along.

A worker that is alive when another is lost raises `WorkersLostError`, and Ray starts a new team. Everything else that
goes wrong ends the run for good: it is in the run's status, and no other team would do better.
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import torch.distributed as dist

from engine.jobs import process
from engine.jobs.cluster import on_node
from engine.jobs.cluster.errors import ClusterError, does_not_see
from engine.jobs.job import LOG, Job
from engine.jobs.progress_bar import Bar
from engine.jobs.reporter import failure_sentence
from engine.jobs.status import STATUS
from engine.training import trainer
from engine.training.data_parallel import companion
from engine.training.fastai_backend import problems_of
from engine.training.team import Team, WorkersLostError

OF_FASTAI = ("RANK", "WORLD_SIZE")
"""With these variables, which Ray sets, fastai would gather losses from workers that do not validate."""


def work(about: dict[str, Any]) -> None:
    """Train the run in `about["folder"]` as one of a team whose process group exists.

    `actor` and `attempt` name the attempt at the job that counts; the worker ends when another does.
    """
    folder, team = Path(about["folder"]), Team(dist.get_rank(), dist.get_world_size())
    for name in OF_FASTAI:
        os.environ.pop(name, None)
    on_node.end_with_attempt(folder, about["actor"], about["attempt"])
    problem = "" if (folder / STATUS).is_file() else does_not_see(process.host(), folder)
    if team.is_first:
        if problem:
            raise ClusterError(problem)
        _lead(folder, team)
    else:
        _train_along(folder, team, problem)


def _lead(folder: Path, team: Team) -> None:
    """Train the run and write it; its log gets what a terminal would show."""
    with (folder / LOG).open("a", encoding="utf-8") as log, redirect_stderr(log), Bar() as bar:
        try:
            trainer.resume(folder, bar, team)
        except WorkersLostError:
            raise
        except Exception as error:
            print(failure_sentence(error), file=sys.stderr)
        _leave()


def _train_along(folder: Path, team: Team, problem: str) -> None:
    try:
        if problem:
            problems_of(team, problem)
        else:
            companion.train(folder, team)
    except RuntimeError as error:
        if Job(folder).is_active:
            raise WorkersLostError(f"The first worker is lost: {error}") from error


def _leave() -> None:
    """Close the connections to the others, so that none waits for this worker any more."""
    if dist.is_initialized():
        dist.destroy_process_group()
