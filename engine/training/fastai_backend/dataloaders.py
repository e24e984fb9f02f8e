"""The chapter's three tasks as fastai data blocks: the target block alone decides the loss that fastai picks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from fastai.data.all import DataBlock, DataLoaders, IndexSplitter, Normalize, Pipeline
from fastai.torch_core import TensorCategory, TensorMultiCategory
from fastai.vision.augment import aug_transforms
from fastai.vision.core import PILImage, TensorImage, TensorPoint
from fastai.vision.data import CategoryBlock, ImageBlock, MultiCategoryBlock, PointBlock
from torch import Tensor

from engine import tasks
from engine.config import BETTER, TrainConfig
from engine.data import target_encoding
from engine.data.formats import Dataset
from engine.functional.coordinates import to_px
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.backbones import normalization
from engine.training.fastai_backend.device_batches import DeviceBatches, Rows
from engine.training.fastai_backend.errors import LearnerError
from engine.training.patches.plain_draws import with_plain_draws
from engine.training.team import ALONE, Team, too_many

_BATCHES_AT_ONCE = 4
"""How many batches a GPU makes, and validates, at once; on a processor more than one would need more memory."""


def pick_device(name: str) -> torch.device:
    """The device for "auto", "cpu" or "cuda"."""
    if name == "cuda" and not torch.cuda.is_available():
        raise LearnerError("No CUDA device is available here: use --device cpu or --device auto.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def data_loaders(
    dataset: Dataset,
    images: np.ndarray,
    config: TrainConfig,
    features: np.ndarray | None = None,
    team: Team = ALONE,
) -> DataLoaders:
    """fastai's loaders for a task: `images` (N, size, size, 3) uint8, in the order of the dataset's table.

    `features` (N, F) are what the body and its pooling make of them, where that is known.

    The data block says what everything means, and picks the loss; the batches are slices of `images`. A worker of a
    team trains on its part of each batch. Raises `LearnerError` where the batches are too small for the team.
    """
    device = pick_device(config.device)
    valid = np.flatnonzero(dataset.table["is_valid"].to_numpy())
    target = _TARGETS[dataset.task]
    block = DataBlock(
        blocks=(ImageBlock, target.block(list(dataset.vocab))),
        get_x=lambda i: PILImage.create(images[i]),
        get_y=target.given(dataset, config.size),
        splitter=IndexSplitter(valid),
        dl_type=DeviceBatches,
        batch_tfms=[
            *(with_plain_draws(aug_transforms(do_flip=_may_flip(config))) if config.augment else []),
            Normalize.from_stats(*normalization(config.weights)),
        ],
    )
    at_once = _BATCHES_AT_ONCE if device.type == "cuda" else 1
    batch_size = min(config.planned_batch_size, len(images) - len(valid))
    if problem := too_many(team.workers, batch_size):
        raise LearnerError(problem)
    return block.dataloaders(
        range(len(images)),
        bs=batch_size,
        val_bs=batch_size * at_once,
        dl_kwargs=[{"together": at_once, "team": team}, {}],
        num_workers=0,
        device=device,
        rows=Rows(images, target.batched(target_encoding.encode(dataset)), device, features),
    )


def _may_flip(config: TrainConfig) -> bool:
    """Better does not flip images with points: the mirror image of a left eye is a right eye."""
    return not (config.recipe == BETTER and tasks.get(config.task).has_points)


def augment(images: Tensor, points: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Flip, rotate and zoom (N, 3, H, W) images, each in its own random way, and move points (N, 2) of -1..1 along."""
    batch = (TensorImage(images), *([] if points is None else [TensorPoint(points[:, None])]))
    seen = _AUGMENTATION(batch)
    return seen[0].as_subclass(Tensor), None if points is None else seen[1].as_subclass(Tensor)[:, 0]


_AUGMENTATION = Pipeline(aug_transforms(max_lighting=0, max_warp=0), split_idx=0)


def _labels_of(dataset: Dataset, size: int) -> Callable[[int], object]:
    labels = dataset.table["labels"].tolist()
    return lambda i: list(labels[i])


def _label_of(dataset: Dataset, size: int) -> Callable[[int], object]:
    labels = dataset.table["labels"].tolist()
    return lambda i: labels[i][0]


def _point_of(dataset: Dataset, size: int) -> Callable[[int], object]:
    """The point in the squeezed image's pixels."""
    points = to_px(target_encoding.encode(dataset), (size, size))
    return lambda i: points[i : i + 1].astype(np.float32)


@dataclass(frozen=True)
class _Target:
    """What fastai makes of a task's targets.

    Attributes:
        block: the data block's part for the target, from the vocabulary.
        given: what that block is given for each row: a label, a list of labels, or a point.
        batched: the same for all N rows at once, from the targets as `target_encoding.encode` gives them.
    """

    block: Callable[[list[str]], object]
    given: Callable[[Dataset, int], Callable[[int], object]]
    batched: Callable[[np.ndarray], Tensor]


_TARGETS = {
    SINGLE_LABEL: _Target(
        lambda vocab: CategoryBlock(vocab=vocab, sort=False),
        _label_of,
        lambda classes: TensorCategory(torch.from_numpy(classes)),
    ),
    MULTI_LABEL: _Target(
        lambda vocab: MultiCategoryBlock(vocab=vocab),
        _labels_of,
        lambda targets: TensorMultiCategory(torch.from_numpy(targets)),
    ),
    POINTS: _Target(
        lambda vocab: PointBlock,
        _point_of,
        lambda points: TensorPoint(torch.tensor(points[:, None], dtype=torch.float32)),
    ),
}
