"""Training by epochs with fastai: decode once, fit, evaluate what was saved, write it down."""

import time

import numpy as np
import torch

from engine import runs, tasks
from engine.config import BETTER, TrainConfig
from engine.data import image_cache
from engine.data.formats import Dataset, DatasetError
from engine.images.preprocess import to_batch
from engine.jobs import device_queue
from engine.jobs.atomic_write import write_text
from engine.jobs.progress import Listener
from engine.runs import Run, files
from engine.training import (
    better_recipe,
    checkpoints,
    fastai_backend,
    features,
    finish_run,
    fit_familiarity,
    weights,
)
from engine.training.backbones import normalization, of_weights
from engine.training.frozen import keeps_features
from engine.training.run_logger import Diverged, RunLogger
from engine.training.team import ALONE, Team

WATCHED = 6


class Session:
    """One process's work on a run; it follows fastai's fit and writes down what happens."""

    def __init__(self, run: Run, dataset: Dataset, listener: Listener, team: Team = ALONE):
        self.out, self.config, self.began = run.folder, run.config, time.monotonic()
        self.team = team
        self.dataset, self.logger = dataset, RunLogger(run.folder, listener, run.config.lr)
        self.best: better_recipe.BestEpoch | None = None
        self.checkpoint: checkpoints.Checkpoint | None = None

    def train(self) -> tuple[str, str, dict]:
        """The state in which the run ends, a message, and what it reached."""
        self._prepare()
        state, message = "finished", ""
        try:
            is_done = fastai_backend.fit(self.learn, self.config, self, self.checkpoint)
            if not is_done and not (self.best and self.best.is_time_to_stop):
                state, message = "stopped", _where_stopped(len(self.logger.history))
        except Diverged as error:
            epochs = self._go_back_to_the_checkpoint(error)
            state, message = "stopped", f"{error} The run keeps what it had after epoch {epochs}."
        reached = self._keep()
        if state == "finished":
            checkpoints.remove(self.out)
            if self.best:
                self.best.forget()
        return state, message, reached

    def _prepare(self) -> None:
        if self.config.tensorboard:
            fastai_backend.need_tensorboard()
        config = self.config
        if config.recipe == BETTER:
            config = self.config = better_recipe.planned(config, int((~self.dataset.table["is_valid"]).sum()))
            write_text(self.out / files.CONFIG, config.to_json())
        self.images = decode(self.dataset, config, self.logger)
        self.logger.show("loading the network", 0)
        self.learn = make_learner(self.dataset, self.images, config, self.team)
        self._wait_for_other_workers()
        self.checkpoint = checkpoints.load(self.out)
        if config.recipe == BETTER:
            self.learn.add_cb(fastai_backend.KeepBatchNormStatistics())
            self.best = better_recipe.BestEpoch(self.out, of_weights(config.weights))
            if not self.checkpoint:
                better_recipe.begin_with_quick_head(self.learn, self.dataset, config, self.logger)
                better_recipe.measure_quick_head(self.best, self.learn.model, lambda: _valid_loss(self.learn))
        if self.checkpoint:
            checkpoints.fill(self.learn.model, self.checkpoint)
            self.logger.go_on_after(self.checkpoint.epochs)
        if config.tensorboard:
            done = len(self.logger.losses), len(self.logger.history)
            self.learn.add_cb(fastai_backend.board(self.out / runs.TENSORBOARD, *done))
        valid = np.flatnonzero(self.dataset.table["is_valid"].to_numpy())
        self.rows = valid[np.unique(np.linspace(0, len(valid) - 1, WATCHED).astype(int))]

    def _wait_for_other_workers(self) -> None:
        """Let the others of the team prepare, now that all images are known to be good. Raises `RunError`."""
        if self.team.is_alone:
            return
        self.logger.show("waiting for the other workers", 0)
        for _ in ("they begin", "they are ready"):
            for problem in filter(None, fastai_backend.problems_of(self.team)):
                raise runs.RunError(problem)

    # -- what fastai's fit reports (`fastai_backend.fit.Follower`) --

    def looking(self, share: float) -> None:
        self.logger.show("looking at the images", share)

    def batch(self, epoch: int, share: float, loss) -> None:
        self.logger.batch(epoch, share, loss)

    def epoch(self, row: dict) -> None:
        self.logger.epoch(row)
        if self.best:
            self.best.compare(self.learn.model, row["epoch"], row["valid_loss"])
        checkpoints.save(
            self.out,
            self.learn.model,
            fastai_backend.optimizer_numbers(self.learn),
            row["epoch"],
            self._seconds(),
            of_weights(self.config.weights),
            fastai_backend.smooth_loss(self.learn),
        )
        self.logger.outputs([output | {"epoch": row["epoch"]} for output in self._watched_outputs()])

    def stop_is_asked(self) -> bool:
        return self.logger.stop_is_asked() or bool(self.best and self.best.is_time_to_stop)

    # -- at the end --

    def _go_back_to_the_checkpoint(self, error: Diverged) -> int:
        """Load the last finished epoch and return its number. Raises the error where there is none."""
        self.checkpoint = checkpoints.load(self.out)
        if not self.checkpoint:
            raise error
        checkpoints.fill(self.learn.model, self.checkpoint)
        return self.checkpoint.epochs

    def _keep(self) -> dict[str, float]:
        """Save the weights, predict the validation images with them as saved, and evaluate the predictions."""
        if self.best and (chosen := self.best.restore(self.learn.model)) is not None:
            self.logger.note(chosen)
        weights.round_to_saved(self.learn.model)
        backbone = of_weights(self.config.weights)
        weights.save(self.learn.model, self.out / files.WEIGHTS, backbone)
        outputs, valid_loss = fastai_backend.validation_outputs(self.learn, self.config)
        predictions = finish_run.predictions_of(outputs.numpy(), self.dataset, self.config.loss)
        reached = {"valid_loss": valid_loss} | self._familiarity()
        remark = better_recipe.NO_GAIN if self.best and self.best.is_quick_head else ""
        return finish_run.write(self.out, predictions, reached, self._seconds(), remark)

    def _familiarity(self) -> dict:
        """What the run calls familiar, by its own features; nothing for networks whose features are not at hand."""
        if of_weights(self.config.weights) is None:
            return {}
        # not by the logger, which would end a run that was stopped
        self.logger.listener.show("measuring which images are familiar", 0)
        try:
            return fit_familiarity.fit_from_images(self.out, self.dataset)
        except DatasetError:  # images were removed since they were read: the run is whole without it
            self.logger.note(
                "Images were removed during training, so the run cannot tell which are familiar."
            )
            return {}

    def _seconds(self) -> float:
        """How long the run has taken, earlier processes counted in."""
        return time.monotonic() - self.began + (self.checkpoint.seconds if self.checkpoint else 0)

    def _watched_outputs(self) -> list[dict]:
        network = self.learn.model.eval()
        device = next(network.parameters()).device
        with torch.inference_mode():
            inputs = fastai_backend.inputs_of(self.learn, self.rows)
            if inputs is None:
                inputs = to_batch(self.images[self.rows], normalization(self.config.weights)).to(device)
            outputs = network(inputs).float().cpu().numpy()
        fnames = self.dataset.table["fname"].iloc[self.rows]
        return [
            {"fname": fname} | {str(i): value for i, value in enumerate(row.tolist())}
            for fname, row in zip(fnames, outputs, strict=True)
        ]


def _valid_loss(learn) -> float:
    with learn.no_bar(), learn.no_logging():
        return float(learn.validate()[0])


def _where_stopped(epochs: int) -> str:
    """The message of a run stopped after so many finished epochs; it can be resumed from a finished epoch only."""
    if epochs:
        return f"stopped in epoch {epochs + 1}; it can be resumed"
    return "stopped in epoch 1, before it was finished; the next attempt starts over"


def decode(dataset: Dataset, config: TrainConfig, listener: Listener) -> np.ndarray:
    """Every image of a dataset, once: (N, size, size, 3) uint8. Names all unreadable ones together."""

    def show(share: float) -> None:
        listener.show("reading images", share)

    return image_cache.cached_images(dataset, config.size, show, method=config.resize)


def make_learner(dataset: Dataset, images: np.ndarray, config: TrainConfig, team: Team = ALONE):
    """fastai's learner for a configuration, on the decoded images of its dataset."""
    dls = fastai_backend.data_loaders(dataset, images, config, _kept_features(dataset, config), team)
    learn = fastai_backend.learner(dls, config, n_out=tasks.get(dataset.task).output_count(dataset.vocab))
    if tasks.get(config.task).has_points:
        fastai_backend.add_pixels(learn, dataset.part(valid=True).sizes_wh())
    return learn


def _kept_features(dataset: Dataset, config: TrainConfig) -> np.ndarray | None:
    """The features on which the head alone learns, by ONNX Runtime, which is ten times faster here than torch.

    None where images change or the body learns, and on a GPU, where torch is fast.
    """
    if not keeps_features(config) or device_queue.queue_for(config.device) != "cpu":
        return None
    return features.of_dataset(
        dataset, backbone=of_weights(config.weights), size=config.size, resize=config.resize
    )
