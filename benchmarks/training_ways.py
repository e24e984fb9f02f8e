"""One training, the chapter's way or the engine's, in a process of its own: what `benchmarks.training` starts.

    python -m benchmarks.training_ways WAY '{"task": ..., "data": ...}'

The last line on standard output is one JSON object: seconds, pictures per second, the memory held after the imports,
and what was reached. Both ways start from the same body and have the same data, split, epochs, learning rates and seed.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from fastai.callback.core import Callback
from fastai.callback.progress import ProgressCallback
from fastai.data.all import DataBlock, IndexSplitter, Normalize
from fastai.learner import Learner
from fastai.metrics import accuracy, accuracy_multi
from fastai.torch_core import set_seed
from fastai.vision.augment import RandomResizedCrop, aug_transforms
from fastai.vision.data import CategoryBlock, ImageBlock, MultiCategoryBlock, PointBlock, imagenet_stats
from fastai.vision.learner import vision_learner

from benchmarks.memory import held_bytes
from engine.config import TrainConfig
from engine.data import formats, image_cache
from engine.data.formats import Dataset
from engine.functional import metrics
from engine.functional.coordinates import pixel_distance, to_px
from engine.functional.losses import sigmoid
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import fastai_backend, weights
from engine.training.backbones import of_weights


class Clock(Callback):
    """Notes how many pictures each epoch showed, validation included, in how many seconds and how much processor time.

    The first epoch begins with `start`, so that whatever is prepared for it counts. What a run writes down
    after an epoch does not count.
    """

    order = -100

    def start(self) -> None:
        """The fit is about to begin."""
        self.epochs: list[np.ndarray] = []
        self.began = _now()

    def before_epoch(self):
        if self.epochs:
            self.began = _now()

    def after_epoch(self):
        shown = len(self.dls.train) * self.dls.train.bs + len(self.dls.valid.dataset)
        self.epochs.append(np.array([shown, *(_now() - self.began)]))


class Silent:
    """A follower of the engine's fit that writes nothing down."""

    def batch(self, *_: object) -> None:
        """A batch is done."""

    def epoch(self, row: dict) -> None:
        """An epoch is done."""

    def looking(self, share: float) -> None:
        """The frozen body has looked at a share of the pictures."""

    def stop_is_asked(self) -> bool:
        return False


Fit = Callable[[], object]


def chapter(dataset: Dataset, config: TrainConfig) -> tuple[Learner, Fit]:
    """The chapter's own code, at the size asked for: what is not its own is the backbone."""
    set_seed(config.seed, reproducible=True)
    files, answers = dataset.paths(), _answers(dataset)
    block = DataBlock(
        blocks=(ImageBlock, _block(dataset)),
        get_x=lambda row: files[row],
        get_y=lambda row: answers[row],
        splitter=IndexSplitter(np.flatnonzero(dataset.table["is_valid"])),
        item_tfms=None if config.task == POINTS else RandomResizedCrop(config.size, min_scale=0.35),
        batch_tfms=[
            *(aug_transforms(size=(config.size, config.size)) if config.task == POINTS else []),
            Normalize.from_stats(*imagenet_stats),
        ],
    )
    dls = block.dataloaders(range(len(dataset.table)), bs=config.batch_size)
    learn = vision_learner(
        dls,
        fastai_backend.architecture(config.arch),
        n_out=len(dataset.vocab) or 2,
        pretrained=config.weights == "imagenet",
        y_range=config.y_range or None,
        metrics={SINGLE_LABEL: accuracy, MULTI_LABEL: partial(accuracy_multi, thresh=config.threshold)}.get(
            config.task
        ),
    )
    if (backbone := of_weights(config.weights)) is not None:
        weights.load_backbone(learn.model, backbone)
    learn.remove_cb(ProgressCallback)
    return learn, partial(_chapters_fit, learn, config)


def _chapters_fit(learn: Learner, config: TrainConfig) -> None:
    if config.epochs:
        learn.fine_tune(config.epochs, base_lr=config.lr, freeze_epochs=config.freeze_epochs)
    else:
        learn.freeze()
        learn.fit_one_cycle(config.freeze_epochs, slice(config.lr))


def _block(dataset: Dataset):
    return {
        SINGLE_LABEL: lambda: CategoryBlock(vocab=list(dataset.vocab), sort=False),
        MULTI_LABEL: lambda: MultiCategoryBlock(vocab=list(dataset.vocab)),
        POINTS: lambda: PointBlock,
    }[dataset.task]()


def _answers(dataset: Dataset) -> list:
    if dataset.task == POINTS:
        return list(dataset.points_px().astype(np.float32)[:, None])
    labels = dataset.table["labels"].tolist()
    return [one[0] for one in labels] if dataset.task == SINGLE_LABEL else [list(one) for one in labels]


def engine(dataset: Dataset, config: TrainConfig) -> tuple[Learner, Fit]:
    """What a run of this program does, without the files that a run keeps."""
    pictures = image_cache.cached_images(dataset, config.size, lambda share: None, method=config.resize)
    dls = fastai_backend.data_loaders(dataset, pictures, config)
    learn = fastai_backend.learner(dls, config, n_out=len(dataset.vocab) or 2)
    return learn, partial(fastai_backend.fit, learn, config, Silent())


WAYS = {"chapter": chapter, "engine": engine}


def measure(way: str, config: TrainConfig) -> dict[str, float]:
    """Train once and say how long it took, and what it reached."""
    imported, began = held_bytes(), _now()
    dataset = formats.load(Path(config.data), config.task, seed=config.seed)
    learn, fit = WAYS[way](dataset, config)
    clock = Clock()
    learn.add_cb(clock)
    clock.start()
    prepared = _now() - began
    with warnings.catch_warnings(), learn.no_logging():
        warnings.simplefilter("ignore")
        fit()
    seconds, cpu_seconds = _now() - began
    on_images = replace(config, augment=True)  # the chapter's learner has no features to validate on
    outputs, valid_loss = fastai_backend.validation_outputs(learn, config if way == "engine" else on_images)
    later = np.sum(clock.epochs[1:], axis=0) if len(clock.epochs) > 1 else np.full(3, np.nan)
    return {
        "prepared_seconds": prepared[0],
        "first_epoch_pictures_per_second": clock.epochs[0][0] / clock.epochs[0][1],
        "later_pictures_per_second": float(later[0] / later[1]),
        "later_pictures_per_cpu_second": float(later[0] / later[2]),
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "imported_bytes": imported,
        "valid_loss": valid_loss,
    } | reached(dataset.part(valid=True), outputs.numpy(), config.threshold)


def reached(valid: Dataset, outputs: np.ndarray, threshold: float) -> dict[str, float]:
    """The task's own measures of raw outputs (N, n_out) for the validation part."""
    if valid.task == POINTS:
        sizes = valid.sizes_wh()
        errors = pixel_distance(to_px(outputs.astype(float), sizes), valid.points_px())
        return {"median_error_px": float(np.median(errors))}
    if valid.task == SINGLE_LABEL:
        return {"accuracy": float((outputs.argmax(axis=1) == valid.targets().argmax(axis=1)).mean())}
    probs, targets = sigmoid(outputs), valid.targets()
    return {
        "mean_average_precision": float(np.nanmean(metrics.average_precision(probs, targets))),
        "skill": float(metrics.skill(metrics.accuracy_multi(probs, targets, threshold), targets)),
    }


def _now() -> np.ndarray:
    """Seconds on the clock, and of processor time: two points in time may be subtracted."""
    return np.array([time.perf_counter(), _cpu_seconds()])


def _cpu_seconds() -> float:
    """Processor time of this process and of the loader's workers that have ended."""
    times = psutil.Process().cpu_times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], TrainConfig(**json.loads(sys.argv[2])))))
