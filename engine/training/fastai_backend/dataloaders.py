"""The chapter's three tasks as fastai data blocks: the target block alone decides the loss that fastai picks."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from fastai.data.all import DataBlock, DataLoaders, IndexSplitter, Normalize, Pipeline
from fastai.torch_core import TensorCategory, TensorMultiCategory
from fastai.vision.augment import aug_transforms
from fastai.vision.core import PILImage, TensorImage, TensorPoint
from fastai.vision.data import CategoryBlock, ImageBlock, MultiCategoryBlock, PointBlock
from torch import Tensor

from engine.config import TrainConfig
from engine.data.formats import Dataset
from engine.functional.coordinates import to_px, to_unit
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.backbones import normalization
from engine.training.fastai_backend.device_batches import DeviceBatches, Rows
from engine.training.fastai_backend.errors import LearnerError

_BATCHES_AT_ONCE = 4
"""How many batches a GPU makes, and validates, at once; on a processor more than one would need more memory."""


def pick_device(name: str) -> torch.device:
    """The device for "auto", "cpu" or "cuda"."""
    if name == "cuda" and not torch.cuda.is_available():
        raise LearnerError("No CUDA device is available here: use --device cpu or --device auto.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def data_loaders(dataset: Dataset, pictures: np.ndarray, config: TrainConfig) -> DataLoaders:
    """fastai's loaders for a task: `pictures` (N, size, size, 3) uint8, in the order of the data set's table.

    The data block says what everything means, and picks the loss; the batches are slices of `pictures`.
    """
    device = pick_device(config.device)
    valid = np.flatnonzero(dataset.table["is_valid"].to_numpy())
    block = DataBlock(
        blocks=(ImageBlock, _target_block(dataset)),
        get_x=lambda i: PILImage.create(pictures[i]),
        get_y=_target(dataset, config.size),
        splitter=IndexSplitter(valid),
        dl_type=DeviceBatches,
        batch_tfms=[
            *(_with_plain_draws(aug_transforms()) if config.augment else []),
            Normalize.from_stats(*normalization(config.weights)),
        ],
    )
    at_once = _BATCHES_AT_ONCE if device.type == "cuda" else 1
    batch_size = min(config.batch_size, len(pictures) - len(valid))
    return block.dataloaders(
        range(len(pictures)),
        bs=batch_size,
        val_bs=batch_size * at_once,
        dl_kwargs=[{"together": at_once}, {}],
        num_workers=0,
        device=device,
        rows=Rows(pictures, _targets(dataset), device),
    )


def augment(pictures: Tensor, points: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Flip, turn and zoom (N, 3, H, W) pictures anew, each in its own way, and move points (N, 2) of -1..1 along."""
    batch = (TensorImage(pictures), *([] if points is None else [TensorPoint(points[:, None])]))
    seen = _AUGMENTATION(batch)
    return seen[0].as_subclass(Tensor), None if points is None else seen[1].as_subclass(Tensor)[:, 0]


_AUGMENTATION = Pipeline(aug_transforms(max_lighting=0, max_warp=0), split_idx=0)


def _with_plain_draws(transforms: list) -> list:
    """The same transforms, whose matrices are plain tensors: fastai's types cost more than the arithmetic."""
    for transform in transforms:
        transform.before_call = partial(_without_types, transform.before_call)
    return transforms


def _without_types(draw: Callable, *batch, **options) -> None:
    with torch._C.DisableTorchFunctionSubclass():
        draw(*batch, **options)


def _target_block(dataset: Dataset):
    vocab = list(dataset.vocab)
    return {
        SINGLE_LABEL: lambda: CategoryBlock(vocab=vocab, sort=False),
        MULTI_LABEL: lambda: MultiCategoryBlock(vocab=vocab),
        POINTS: lambda: PointBlock,
    }[dataset.task]()


def _targets(dataset: Dataset) -> Tensor:
    """What the target block makes of each row's target, for all N rows at once."""
    if dataset.task == POINTS:
        scaled = to_unit(dataset.points_px(), dataset.sizes_wh())
        return TensorPoint(torch.tensor(scaled[:, None], dtype=torch.float32))
    marks = torch.from_numpy(dataset.targets())
    if dataset.task == SINGLE_LABEL:
        return TensorCategory(marks.argmax(dim=1))
    return TensorMultiCategory(marks.float())


def _target(dataset: Dataset, size: int) -> Callable[[int], object]:
    """What the target block is given: a label, a list of labels, or the point in the squeezed picture's pixels."""
    if dataset.task == POINTS:
        squeezed = to_px(to_unit(dataset.points_px(), dataset.sizes_wh()), (size, size))
        return lambda i: squeezed[i : i + 1].astype(np.float32)
    labels = dataset.table["labels"].tolist()
    return (lambda i: labels[i][0]) if dataset.task == SINGLE_LABEL else (lambda i: list(labels[i]))
