"""One run from pictures to a finished folder: decode once, train, measure what was saved, write it down."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from engine import checkpoints, decoded, files, learners, paths, runs, weights
from engine.config import TrainConfig
from engine.datasets import Dataset, load
from engine.diary import Diary, Diverged, Listener, Stopped
from engine.files import write_text
from engine.points import to_px
from engine.preprocess import to_batch
from engine.runs import Run, RunError
from engine.runs.calibration import calibrate_run
from engine.scores import scores
from engine.tasks import POINTS
from engine.training.backbones import normalization, of_weights

WATCHED = 6


def train(config: TrainConfig, out: Path, listener: Listener) -> dict[str, float]:
    """Train one run into the new folder `out` and return what it reached.

    Raises `DatasetError`, `learners.LearnerError`, `weights.WeightsError` or `runs.RunError`, each with one
    plain sentence; once there is a folder, the run's status says the same.
    """
    load(resolve(config.data), config.task, seed=config.seed)
    runs.create(replace(config, data=_portable(resolve(config.data))), out)
    return resume(out, listener)


def resume(out: Path, listener: Listener) -> dict[str, float]:
    """Train a run's folder to its end, from the last finished epoch where there is one. Raises as `train` does."""
    run = Run(out)
    if run.state == "finished":
        raise RunError(f"The run {run.name!r} has finished: there is nothing to resume.")
    if run.state == "running":
        raise RunError(f"The run {run.name!r} is at work in another process.")
    runs.set_status(out, "running")
    try:
        state, message, reached = _Session(run, listener).train()
    except BaseException as error:
        give_up(out, error)
        raise
    runs.set_status(out, state, message)
    (out / runs.STOP).unlink(missing_ok=True)
    return reached


def give_up(out: Path, error: BaseException) -> None:
    """Say in the status of a job's folder, as far as the disk allows, why the job came to no end."""
    state = "stopped" if isinstance(error, Stopped) else "failed"
    try:
        (out / runs.STOP).unlink(missing_ok=True)
        runs.set_status(out, state, _sentence(error))
    except OSError:
        return  # the disk is full: without a word, the run is shown as interrupted


def _sentence(error: BaseException) -> str:
    """What a person is told; anything but the engine's own errors keeps its traceback in the log."""
    if isinstance(error, OSError) and error.errno in files.FULL:
        return f"{files.trouble(error).capitalize()}, then resume the run."
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return "The memory is used up: choose a smaller batch size or smaller pictures."
    first_line = (str(error).splitlines() or [""])[0]
    return (
        str(error)
        if type(error).__module__.startswith("engine.")
        else f"{type(error).__name__}: {first_line}"
    )


def resolve(data: str) -> Path:
    """The folder or table that `--data` names: a path, or one of the chapter's data sets, downloaded once."""
    if data in learners.ARCHIVES:
        return learners.fetch(data)
    return paths.given(data)


def _portable(path: Path) -> str:
    path = path.resolve()
    return path.relative_to(paths.ROOT).as_posix() if path.is_relative_to(paths.ROOT) else str(path)


class _Session:
    """One process's work on a run; it follows fastai's fit and writes down what happens."""

    def __init__(self, run: Run, listener: Listener):
        self.out, self.config, self.began = run.folder, run.config, time.monotonic()
        self.diary = Diary(run.folder, listener, run.config.lr)

    def train(self) -> tuple[str, str, dict[str, float]]:
        """The state in which the run ends, a message, and what it reached."""
        self._prepare()
        state, message = "finished", ""
        try:
            if not learners.fit(self.learn, self.config, self, self.checkpoint):
                state, message = "stopped", _where_stopped(len(self.diary.history))
        except Diverged as error:
            self._go_back_to_the_checkpoint(error)
            state, message = (
                "stopped",
                f"{error} The run keeps what it had after epoch {self.checkpoint.epochs}.",
            )
        reached = self._keep()
        if state == "finished":
            checkpoints.remove(self.out)
        return state, message, reached

    def _prepare(self) -> None:
        if self.config.tensorboard:
            learners.need_tensorboard()
        # Once a run has begun, its pictures and their split are settled, so that resuming finds the same.
        config = self.config = replace(self.config, data=_portable(resolve(self.config.data)))
        write_text(self.out / "config.json", config.to_json())
        self.dataset = load(resolve(config.data), config.task, seed=config.seed)
        for sentence in self.dataset.notes:
            self.diary.note(sentence)
        self.pictures = decode(self.dataset, config, self.diary)
        write_text(self.out / "vocab.json", json.dumps(self.dataset.vocab) + "\n")
        runs.save_table(self.out, "pictures.csv", runs.pictures_table(self.dataset.table))
        self.diary.show("loading the network", 0)
        self.learn = make_learner(self.dataset, self.pictures, config)
        self.checkpoint = checkpoints.load(self.out)
        if self.checkpoint:
            checkpoints.fill(self.learn.model, self.checkpoint)
            self.diary.go_on_after(self.checkpoint.epochs)
        if config.tensorboard:
            done = len(self.diary.losses), len(self.diary.history)
            self.learn.add_cb(learners.board(self.out / runs.TENSORBOARD, *done))
        valid = np.flatnonzero(self.dataset.table["is_valid"].to_numpy())
        self.rows = valid[np.unique(np.linspace(0, len(valid) - 1, WATCHED).astype(int))]

    # -- what fastai's fit tells (`learners.fitting.Follower`) --

    def looking(self, share: float) -> None:
        self.diary.show("looking at the pictures", share)

    def batch(self, epoch: int, share: float, loss) -> None:
        self.diary.batch(epoch, share, loss)

    def epoch(self, row: dict) -> None:
        self.diary.epoch(row)
        checkpoints.save(
            self.out,
            self.learn.model,
            learners.optimizer_numbers(self.learn),
            row["epoch"],
            self._seconds(),
            of_weights(self.config.weights),
        )
        self.diary.answers([answer | {"epoch": row["epoch"]} for answer in self._watched_answers()])

    def stop_is_asked(self) -> bool:
        return self.diary.stop_is_asked()

    # -- at the end --

    def _go_back_to_the_checkpoint(self, error: Diverged) -> None:
        self.checkpoint = checkpoints.load(self.out)
        if not self.checkpoint:
            raise error
        checkpoints.fill(self.learn.model, self.checkpoint)

    def _keep(self) -> dict[str, float]:
        """Save the weights, answer the validation part with them as saved, and say how good the answers are."""
        weights.round_to_saved(self.learn.model)
        backbone = of_weights(self.config.weights)
        weights.save(self.learn.model, self.out / "weights.safetensors", backbone)
        outputs, valid_loss = learners.validation_outputs(self.learn)
        predictions = _predictions(outputs.numpy(), self.dataset.part(valid=True), self.config.loss)
        runs.save_predictions(self.out, predictions)
        reached = {"valid_loss": valid_loss, "valid_pictures": len(outputs)} | calibrate_run(self.out)
        predictions = Run(self.out).predictions
        reached |= scores(predictions, self.config.task, self.config.threshold)
        reached["seconds"] = round(self._seconds(), 2)
        write_text(self.out / "metrics.json", json.dumps(reached, indent=2) + "\n")
        return reached

    def _seconds(self) -> float:
        """How long the run has taken, earlier processes counted in."""
        return time.monotonic() - self.began + (self.checkpoint.seconds if self.checkpoint else 0)

    def _watched_answers(self) -> list[dict]:
        network = self.learn.model.eval()
        device = next(network.parameters()).device
        with torch.inference_mode():
            stats = normalization(self.config.weights)
            outputs = network(to_batch(self.pictures[self.rows], stats).to(device)).float().cpu().numpy()
        fnames = self.dataset.table["fname"].iloc[self.rows]
        return [
            {"fname": fname} | {str(i): value for i, value in enumerate(row.tolist())}
            for fname, row in zip(fnames, outputs, strict=True)
        ]


def _where_stopped(epochs: int) -> str:
    """What a person is told who stopped a run after so many finished epochs: only from such a one it can go on."""
    if epochs:
        return f"stopped in epoch {epochs + 1}; it can be resumed"
    return "stopped in epoch 1, before it was finished; another try begins anew"


def decode(dataset: Dataset, config: TrainConfig, listener: Listener) -> np.ndarray:
    """Every picture of a data set, once: (N, size, size, 3) uint8. Names all unreadable ones together."""

    def show(share: float) -> None:
        listener.show("reading pictures", share)

    return decoded.pictures(dataset, config.size, show, method=config.resize)


def make_learner(dataset: Dataset, pictures: np.ndarray, config: TrainConfig):
    """fastai's learner for a configuration, on the decoded pictures of its data set."""
    dls = learners.data_loaders(dataset, pictures, config)
    learn = learners.learner(dls, config, n_out=len(dataset.vocab) or 2)
    if config.task == POINTS:
        learners.add_pixels(learn, dataset.part(valid=True).sizes_wh())
    return learn


def _predictions(outputs: np.ndarray, valid: Dataset, loss: str) -> runs.Predictions | runs.PointPredictions:
    """The raw outputs (N, n_out) for the validation part, as a run keeps them."""
    fnames = valid.table["fname"].tolist()
    if valid.task != POINTS:
        return runs.Predictions(fnames, outputs, valid.targets(), valid.vocab, valid.task, loss)
    groups = valid.table["group"].astype(str).tolist() if "group" in valid.table else [""] * len(fnames)
    sizes = valid.sizes_wh()
    return runs.PointPredictions(
        fnames, to_px(outputs.astype(float), sizes), valid.points_px(), sizes, groups
    )
