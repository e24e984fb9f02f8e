"""The features that a frozen backbone computes for images, cached on disk.

Pooled features are the input of fastai's head: the maximum and the mean of each channel of the last layer
(`AdaptiveConcatPool2d`). Grid features come from an earlier layer that still has positions. Both are computed by ONNX
Runtime, without torch; the cache key covers the pixels and the backbone's weights.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from engine.data import image_cache
from engine.data.formats import Dataset
from engine.images.resize import to_square
from engine.jobs import array_cache
from engine.tasks import SQUISH
from engine.training.backbones import (
    GRID,
    POOLED,
    POOLED_AND_TEXTURE,
    Backbone,
    default_for,
    sessions,
    weight_files,
)

_BATCH = 16
_FORM = "backbone features 3"
_COMPUTING = threading.Lock()
_DIGEST_BYTES = 32

Show = Callable[[str, float], object]
"""Called with an activity and its progress, 0 to 1."""


def of_dataset(
    dataset: Dataset,
    show: Show = lambda activity, share: None,
    backbone: Backbone | None = None,
    *,
    size: int | None = None,
    output: str = POOLED,
    resize: str = SQUISH,
    mirror: bool = False,
) -> np.ndarray:
    """The features of a dataset's images, in the order of its table, read only.

    By default `backbone` is the one recommended for the dataset, and `size` the backbone's own. With the output
    `POOLED` the features are (N, F) float32, with `TEXTURE` (N, T) float32, with `GRID` (N, C, h, w) float16; with
    `mirror` those of the images flipped left to right. Features of pixels seen before in the same folder are reused.
    Of two concurrent callers, the second waits. Raises `DatasetError`, naming all images that cannot be read, and
    `WeightsError`.
    """
    backbone = backbone or default_for(dataset.folder)
    if output == POOLED:  # computed together, so that the cache serves a request for either
        both = of_dataset(
            dataset, show, backbone, size=size, output=POOLED_AND_TEXTURE, resize=resize, mirror=mirror
        )
        return both[:, : -backbone.texture_columns]
    squares = image_cache.cached_images(
        dataset, size or backbone.size, lambda share: show("Reading the images", share), method=resize
    )
    cache, form = array_cache.shared(), _form(backbone, squares.shape[1], output, mirror)
    with _COMPUTING:
        digests = _digests(squares)
        key = f"{form} of {hashlib.sha256(digests.tobytes()).hexdigest()}"
        features = cache.find(key)
        if features is None:
            latest = f"latest {form} of {dataset.folder.resolve()}"
            known = _known(cache, form, cache.find(latest))
            seen = squares[:, :, ::-1] if mirror else squares
            features = cache.keep(key, _computed(seen, digests, known, backbone, output, show))
            cache.keep(latest, digests)
    return features


def of_image(image: Image.Image, backbone: Backbone, size: int | None = None) -> np.ndarray:
    """The pooled features (F,) float32 of one upright RGB image; nothing is cached. Raises `WeightsError`."""
    return of_squares([to_square(image, size or backbone.size)], backbone)[0]


def of_squares(
    squares: Sequence[np.ndarray] | np.ndarray, backbone: Backbone, output: str = POOLED
) -> np.ndarray:
    """The features of uint8 squares (N, size, size, 3): (N, F) float32, or (N, C, h, w) for the output `GRID`."""
    return sessions.run(backbone, squares, [output])[0]


def _form(backbone: Backbone, size: int, output: str, mirror: bool) -> str:
    """The part of the cache key that does not depend on the pixels."""
    mirrored = " mirrored" if mirror else ""
    return f"{_FORM} {backbone.name} {weight_files.digest(backbone)} {size} {output}{mirrored}"


def _digests(squares: np.ndarray) -> np.ndarray:
    """The SHA-256 of each square's pixels, (N, 32) uint8."""
    digests = b"".join(hashlib.sha256(np.ascontiguousarray(square).data).digest() for square in squares)
    return np.frombuffer(digests, np.uint8).reshape(len(squares), _DIGEST_BYTES)


def _known(cache: array_cache.Store, form: str, digests: np.ndarray | None) -> dict[bytes, np.ndarray]:
    """The features of the images that were last computed for this folder, by digest."""
    if digests is None:
        return {}
    rows = cache.find(f"{form} of {hashlib.sha256(digests.tobytes()).hexdigest()}")
    return {} if rows is None else {digest.tobytes(): row for digest, row in zip(digests, rows, strict=True)}


def _computed(
    squares: np.ndarray,
    digests: np.ndarray,
    known: dict[bytes, np.ndarray],
    backbone: Backbone,
    output: str,
    show: Show,
) -> np.ndarray:
    kind = np.float16 if output == GRID else np.float32
    keys = [digest.tobytes() for digest in digests]
    rows = {index: known[key] for index, key in enumerate(keys) if key in known}
    missing = [index for index, key in enumerate(keys) if key not in known]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        features = of_squares([squares[index] for index in batch], backbone, output).astype(kind)
        rows |= dict(zip(batch, features, strict=True))
        show("Computing features", min(start + _BATCH, len(missing)) / len(missing))
    return np.stack([rows[index] for index in range(len(keys))])
