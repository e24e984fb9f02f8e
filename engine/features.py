"""What the frozen bundled body sees in pictures: 1,024 numbers each, computed once and kept on disk.

The numbers are those that fastai's head is given: the body of a resnet18, then the largest and the mean value of
each of its 512 channels (`AdaptiveConcatPool2d`). They are kept under what they depend on, the pixels that the body
looks at and the body itself: who changes one of them gets new numbers. What is kept is found without loading torch.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image

from engine import bundled_body, decoded, store
from engine.datasets import Dataset
from engine.resizing import to_square

SIZE = 128
"""Side in pixels at which pictures are looked at: that at which the bundled body was trained."""

COUNT = 1024
_BATCH = 32
_FORM = "features 1: largest, then mean"
_COMPUTING = threading.Lock()


def of_dataset(
    dataset: Dataset, show: Callable[[str, float], object] = lambda activity, share: None, size: int = SIZE
) -> np.ndarray:
    """The features (N, 1024) float32 of a data set's pictures, in the order of its table, read only.

    `show` is told the activity and the share of it that is done, 0 to 1. Two callers at once never compute the same:
    the second waits. Raises `DatasetError`, naming all pictures that cannot be read, and `WeightsError`.
    """
    pictures = decoded.pictures(dataset, size, lambda share: show("Reading the pictures", share))
    with _COMPUTING:
        return store.shared().get(_key(pictures), lambda: _compute(pictures, show))


def of_picture(picture: Image.Image, size: int = SIZE) -> np.ndarray:
    """The features (1024,) float32 of one upright RGB picture; nothing is kept. Raises `WeightsError`."""
    return look([to_square(picture, size)])[0]


def look(squeezed: Sequence[np.ndarray]) -> np.ndarray:
    """The features (N, 1024) float32 of squeezed pictures (size, size, 3) uint8."""
    import torch

    from engine.preprocess import to_batch

    with torch.inference_mode():
        batch = to_batch(squeezed).to(memory_format=torch.channels_last)
        channels = _body(bundled_body.digest())(batch)
        return torch.cat([channels.amax(dim=(2, 3)), channels.mean(dim=(2, 3))], dim=1).numpy()


@lru_cache(maxsize=1)
def _body(digest: str):
    """The bundled body without its head, cut as fastai cuts a resnet; `digest` says which body that is."""
    import torch
    from torch import nn
    from torchvision.models import resnet18

    from engine import weights

    body = nn.Sequential(*list(resnet18().children())[:-2])
    body.load_state_dict({name.removeprefix("0."): it for name, it in weights.bundled_body().items()})
    return body.float().eval().requires_grad_(False).to(memory_format=torch.channels_last)


def _key(pictures: np.ndarray) -> str:
    """All that the features depend on, as text: the form, the body, and what it looks at."""
    seen = hashlib.sha256(np.ascontiguousarray(pictures)).hexdigest()
    return f"{_FORM} {bundled_body.digest()} {pictures.shape} {seen}"


def _compute(pictures: np.ndarray, show: Callable[[str, float], object]) -> np.ndarray:
    found = []
    for start in range(0, len(pictures), _BATCH):
        found.append(look(pictures[start : start + _BATCH]))
        show("The network is looking at the pictures", min(start + _BATCH, len(pictures)) / len(pictures))
    return np.concatenate(found)
