"""Frozen epochs on features: what the body sees in each image is computed once, and only the head is trained.

fastai's `freeze` leaves the body's batch-norm layers in training (`train_bn=True`): their means and variances
follow each batch, and their weights learn. On kept features the whole body stays as it is, in its evaluation mode, so
that what it sees in an image never changes. That is what a frozen body means here wherever the images themselves
never change, which is without augmentation.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from fastai.data.core import DataLoaders
from fastai.learner import Learner
from torch import Tensor, nn

from engine.config import TrainConfig
from engine.jobs import array_cache
from engine.jobs.array_cache import Store
from engine.training.fastai_backend.device_batches import Rows
from engine.training.patches.skipped_layers import skipping


@contextmanager
def on_features(
    learn: Learner,
    config: TrainConfig,
    show: Callable[[float], object] = lambda share: None,
    kept: Store | None = None,
) -> Iterator[bool]:
    """Within this context, a frozen `learn` trains its head on features of all images, computed once and kept.

    Call it around the fit, after `learn.freeze()`. It says whether it does so: with `config.augment` every batch
    shows new images, and nothing is changed. Losses, metrics, callbacks and the network's own tensors are where
    they always are; the network still answers images as well. `show` is told the share (0 to 1) of the images
    that the body has seen; what it raises ends the context before training.
    """
    if config.augment:
        yield False
        return
    fixed = _fixed_part(learn.model)
    features = _features(learn, nn.Sequential(*fixed), show, kept or array_cache.shared())
    for parameter in nn.Sequential(*fixed).parameters():
        parameter.grad = None  # a left-over gradient, though zero, would let the optimizer move it
    image_loaders = learn.dls
    learn.dls = _loaders_of(image_loaders, features)
    try:
        with skipping(fixed[0], features.shape[1:]), skipping(fixed[1], features.shape[1:]):
            yield True
    finally:
        learn.dls = image_loaders


def inputs_of(learn: Learner, rows: np.ndarray) -> Tensor | None:
    """The features of some rows while `learn` trains on features, as its network takes them; None on images."""
    inputs = learn.dls.train.rows.inputs
    if inputs.dtype in (torch.uint8, np.uint8):
        return None
    return learn.dls.train.rows.batch(rows.tolist())[0].as_subclass(Tensor)


def _fixed_part(network: nn.Sequential) -> tuple[nn.Module, nn.Module]:
    """The body, and the pooling with which fastai's head begins: nothing of it learns while the body is frozen."""
    body, head = network.children()
    pooling = next(head.children())
    return body, pooling if not list(pooling.parameters()) else nn.Identity()


def _features(learn: Learner, fixed: nn.Module, show: Callable, kept: Store) -> np.ndarray:
    rows = learn.dls.train.rows
    if rows.features is not None:
        return rows.features.reshape(*rows.features.shape, 1, 1)
    key = f"features {_network_digest(fixed)} of {_images_digest(rows)}"
    return kept.get(key, lambda: _compute(learn, fixed, show))


def _compute(learn: Learner, fixed: nn.Module, show: Callable) -> np.ndarray:
    """The fixed part's answers to every row, in full precision."""
    fixed.eval().to(memory_format=torch.channels_last)
    loader = learn.dls.test_dl(range(len(learn.dls.train.rows.inputs)))
    seen = []
    with torch.inference_mode():
        for done, (batch,) in enumerate(loader, start=1):
            seen.append(fixed(batch.as_subclass(Tensor)).cpu().numpy())
            show(done / len(loader))
    return np.concatenate(seen)


def _loaders_of(image_loaders: DataLoaders, features: np.ndarray) -> DataLoaders:
    """The same rows in the same order, with features in the place of images."""
    rows = Rows(features, image_loaders.train.rows.targets, image_loaders.device)
    return DataLoaders(
        *(loader.new(rows=rows, team=loader.team) for loader in image_loaders.loaders),
        device=image_loaders.device,
    )


def _network_digest(network: nn.Module) -> str:
    """What a network computes: its layers, and every number in it."""
    digest = hashlib.sha256(repr(network).encode())
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _images_digest(rows: Rows) -> str:
    images = rows.inputs.cpu().numpy() if isinstance(rows.inputs, Tensor) else rows.inputs
    return f"{images.shape} {hashlib.sha256(np.ascontiguousarray(images).data).hexdigest()}"
