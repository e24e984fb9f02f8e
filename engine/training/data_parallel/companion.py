"""A worker next to the first one: the same images, network and steps, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.config import BETTER
from engine.jobs import process
from engine.jobs.progress import Listener
from engine.jobs.reporter import failure_sentence
from engine.runs import Run
from engine.training import checkpoints, fastai_backend, fastai_session, images_of, trainer
from engine.training.team import Team


class _NoFollower:
    """Nothing happens when an epoch is finished; the first worker says when to stop."""

    def looking(self, share: float) -> None:
        pass

    def batch(self, epoch: int, share: float, loss: Any) -> None:
        pass

    def epoch(self, row: dict) -> None:
        pass

    def stop_is_asked(self) -> bool:
        return False


def train(folder: Path, team: Team) -> None:
    """Train along until the first worker ends the fit."""
    if any(fastai_backend.problems_of(team)):
        return
    try:
        run = Run(folder)
        learn, checkpoint = _prepared(run, team)
    except Exception as error:
        fastai_backend.problems_of(
            team, f"Worker {team.rank + 1}, on {process.host()}, cannot train: {failure_sentence(error)}"
        )
        return
    if not any(fastai_backend.problems_of(team)):
        fastai_backend.fit(learn, run.config, _NoFollower(), checkpoint)


def _prepared(run: Run, team: Team) -> tuple[Any, checkpoints.Checkpoint | None]:
    """The learner as the first worker has it; the first worker's weights come with the first batch."""
    dataset = images_of.load_for(run.config, trainer.resolve(run.config.data))
    dataset = trainer.with_images_of(run, dataset)
    images = fastai_session.decode(dataset, run.config, Listener())
    learn = fastai_session.make_learner(dataset, images, run.config, team)
    checkpoint = checkpoints.load(run.folder)
    if checkpoint:
        checkpoints.fill(learn.model, checkpoint)
    if run.config.recipe == BETTER:
        learn.add_cb(fastai_backend.KeepBatchNormStatistics())
    return learn, checkpoint
