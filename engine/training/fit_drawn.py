"""Fit the direction from photographs to drawings: `python -m engine.training.fit_drawn FOLDER...`.

Each FOLDER holds photographs of one kind. The drawings are made here: scenes, heads and plain drawings of seeds that no
sample uses, compressed as JPEG like the photographs. Logistic regression on texture, in which every kind counts the
same. The result goes to sample_data/weights/drawn.safetensors.
"""

import argparse
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression

from engine.images import ImageError, open_image
from engine.images.resize import to_square
from engine.jobs.atomic_write import write_whole
from engine.synthetic import heads, plain_drawings, scenes
from engine.training import drawn
from engine.training.backbones import PHOTOGRAPHS, TEXTURE, sessions

MOST_IMAGES = 150
"""Images of each kind."""
SIZES = (224, 256)
"""Sides of the squares that runs see: Quick runs on labels, and on points. Each image is shown in both."""
REGULARIZATION = 0.1
"""scikit-learn's C for standardized texture, in which all images together weigh as much as there are images."""

_SEED = 5_000_000
_SCENE_WH, _HEAD_WH = (288, 216), (320, 240)
_LEAST_DEVIATION = 1e-3
_QUALITIES = (60, 96)
_BATCH = 32
_SUFFIXES = (".jpg", ".jpeg", ".png")


def textures(images: Iterable[Image.Image]) -> np.ndarray:
    """The texture (2 N, T) of RGB images, in squares of both `SIZES`."""
    kept = list(images)
    squares = [[to_square(image, size) for image in kept] for size in SIZES]
    batches = [same[at : at + _BATCH] for same in squares for at in range(0, len(same), _BATCH)]
    return np.concatenate([sessions.run(PHOTOGRAPHS, batch, [TEXTURE])[0] for batch in batches])


def fit(photographs: list[np.ndarray], drawings: list[np.ndarray]) -> drawn.Direction:
    """The direction by the textures (N, T) of each kind of photographs and drawings."""
    kinds = [*photographs, *drawings]
    x = np.concatenate(kinds).astype(float)
    is_drawn = np.repeat([0] * len(photographs) + [1] * len(drawings), [len(kind) for kind in kinds])
    per_kind = [len(photographs)] * len(photographs) + [len(drawings)] * len(drawings)
    counts = [1 / (2 * of * len(kind)) for of, kind in zip(per_kind, kinds, strict=True)]
    weights = len(x) * np.repeat(counts, [len(kind) for kind in kinds])
    mean = np.average(x, axis=0, weights=weights)
    deviation = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weights)) + _LEAST_DEVIATION
    model = LogisticRegression(C=REGULARIZATION, max_iter=2000)
    model.fit((x - mean) / deviation, is_drawn, sample_weight=weights)
    weight = model.coef_[0] / deviation
    return drawn.Direction(weight, float(model.intercept_[0] - weight @ mean))


def drawings() -> list[Iterator[Image.Image]]:
    """Three kinds of drawings, `MOST_IMAGES` of each."""
    sample_kinds = (scenes.fresh(_SEED, MOST_IMAGES, _SCENE_WH), heads.fresh(_SEED, MOST_IMAGES, _HEAD_WH))
    drawn_as_samples = [_compressed(image for image, _ in kind) for kind in sample_kinds]
    return [*drawn_as_samples, plain_drawings.fresh(_SEED, MOST_IMAGES)]


def _compressed(images: Iterable[Image.Image]) -> Iterator[Image.Image]:
    qualities = np.random.default_rng(_SEED).integers(*_QUALITIES, MOST_IMAGES).tolist()
    for image, quality in zip(images, qualities, strict=True):
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=quality)
        yield Image.open(packed).convert("RGB")


def photographs(folder: Path) -> Iterator[Image.Image]:
    """An even sample of the images in a folder and its subfolders. Raises `ImageError` for a broken one."""
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _SUFFIXES)
    if not files:
        raise ImageError(f"{folder} holds no images: name a folder of photographs.")
    return (open_image(file) for file in islice(files, 0, None, -(-len(files) // MOST_IMAGES)))


def main(arguments: list[str] | None = None) -> int:
    """Fit and write the file. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.fit_drawn", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of photographs, one for each kind")
    options = parser.parse_args(arguments)
    try:
        real = [textures(photographs(folder)) for folder in options.folders]
    except ImageError as error:
        print(error, file=sys.stderr)
        return 2
    direction = fit(real, [textures(images) for images in drawings()])
    tensors = {
        drawn.WEIGHT: direction.weight.astype(np.float32),
        drawn.BIAS: np.array([direction.bias], np.float32),
    }
    write_whole(drawn.FILE, lambda path: save_file(tensors, path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
