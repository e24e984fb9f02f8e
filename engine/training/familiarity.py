"""Which images are like those that a run was trained on: the distance to the training images, by features.

Two distances count. One is the mean distance to the nearest training images, by L2-normalized features of
the network itself (Sun and others, "Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022): it tells
what an image shows. The other is that of the texture (`engine.training.texture`), as a logarithm: it tells how an image
was made. Each is counted in robust standard deviations from the median of training images that were held out, and the
score is the sum. Where the network gives no texture, the score is the first distance alone. With the backbone for
photographs, drawings add to it where the training images are photographs, and photographs where they are drawings
(`engine.training.drawn`): training images as varied as COCO's leave hardly anything far from all of them.

The threshold comes from cross-validated scores inside the training part, so that the validation part stays untouched
and can say how many familiar images are flagged. Two files lie in a run's folder: familiarity.safetensors with the
training features, at most `MOST_IMAGES` of them in half precision, and familiarity.json with the threshold.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from engine.jobs.atomic_write import write_text, write_whole
from engine.runs import files
from engine.training import drawn, neighbours
from engine.training.texture import Texture
from engine.training.texture import fit as fit_texture

VERSION = 3
MOST_IMAGES = 400
"""So many training images are kept; of more, an even sample by seed."""
LEAST_IMAGES = 20
FOLDS = 5
FALSE_POSITIVES = 0.015
"""The share of images like the training images that may be called unfamiliar."""

_OTHER_KIND = "other_kind"
_TO_STANDARD_DEVIATION, _LEAST_SPREAD, _LEAST_DISTANCE = 1.4826, 1e-3, 1e-6
"""The median absolute deviation times the first is the standard deviation of normal numbers."""


class FamiliarityError(ValueError):
    """Features or a file that cannot be used; one sentence."""


@dataclass(frozen=True)
class Familiarity:
    """The L2-normalized features (N, F) of training images, and the score above which an image is unfamiliar.

    Where there is a `texture`, `centre` (2,) and `spread` (2,) are the median and the robust standard deviation of
    the distance of features and the logarithm of the distance of texture, over held-out training images: without the
    logarithm a few images with an odd texture raise the threshold, and many unfamiliar photographs stay below it.
    """

    reference: np.ndarray
    threshold: float
    texture: Texture | None = None
    centre: tuple[float, float] = (0.0, 0.0)
    spread: tuple[float, float] = (1.0, 1.0)
    other_kind: drawn.OtherKind | None = None

    def score(self, features: np.ndarray) -> np.ndarray:
        """How strange images are, by raw features (M, F), or (M, F + T) with texture: (M,), the higher the stranger.

        Raises `FamiliarityError` for features of another length, NaN or infinity.
        """
        features = _checked(features)
        columns = self.reference.shape[1] + (0 if self.texture is None else len(self.texture.mean))
        if features.shape[1] != columns:
            raise FamiliarityError(
                f"features should have {columns} numbers for each image, like the run, but has {features.shape[1]}."
            )
        shown = features[:, : self.reference.shape[1]]
        near = neighbours.distance(neighbours.normalized(shown), self._reference32)
        if self.texture is None:
            return near
        texture = features[:, self.reference.shape[1] :]
        far = np.log(self.texture.distance(texture) + _LEAST_DISTANCE)
        both = ((np.stack([near, far], axis=1) - self.centre) / self.spread).sum(axis=1)
        return both if self.other_kind is None else both + self.other_kind.excess(texture)

    @cached_property
    def _reference32(self) -> np.ndarray:
        """`reference` in single precision: converting it takes longer than measuring the distance of one image."""
        return self.reference.astype(np.float32)

    def is_familiar(self, features: np.ndarray) -> np.ndarray:
        """Whether each image is like those of training, (M,) bool."""
        return self.score(features) <= self.threshold


def fit(
    features: np.ndarray,
    groups: Sequence[str] | np.ndarray | None = None,
    seed: int = 0,
    texture_columns: int = 0,
    direction: drawn.Direction | None = None,
) -> Familiarity:
    """Fit on the features (N, F) of training images; images of one group are never compared with each other.

    The last `texture_columns` of the features are texture, along which `direction` leads to drawings. Raises
    `FamiliarityError` for fewer than `LEAST_IMAGES` images and for NaN.
    """
    features = _checked(features)
    if len(features) < LEAST_IMAGES:
        raise FamiliarityError(f"{LEAST_IMAGES} training images are needed, but there are {len(features)}.")
    keys = (
        np.arange(len(features))
        if groups is None
        else np.unique(np.asarray(groups, str), return_inverse=True)[1]
    )
    if len(keys) != len(features):
        raise FamiliarityError(
            f"groups has length {len(keys)} and features {len(features)}: give one group for each image."
        )
    rng = np.random.default_rng(seed)
    if len(features) > MOST_IMAGES:
        kept = np.sort(rng.choice(len(features), MOST_IMAGES, replace=False))
        features, keys = features[kept], keys[kept]
    columns = features.shape[1] - texture_columns
    shown, texture = features[:, :columns], features[:, columns:]
    reference = neighbours.normalized(shown).astype(np.float16)
    fold_of = _folds(keys, rng)
    near = _held_out(
        reference.astype(np.float32), fold_of, lambda train: partial(neighbours.distance, reference=train)
    )
    if not texture_columns:
        return Familiarity(reference, _threshold(near))
    textures = np.log(
        _held_out(texture, fold_of, lambda train: fit_texture(train).distance) + _LEAST_DISTANCE
    )
    both = np.stack([near, textures], axis=1)
    centre = np.median(both, axis=0)
    spread = np.maximum(_TO_STANDARD_DEVIATION * np.median(np.abs(both - centre), axis=0), _LEAST_SPREAD)
    scores = ((both - centre) / spread).sum(axis=1)
    other_kind = None if direction is None else drawn.fit(direction, texture)
    if other_kind is not None:
        scores += other_kind.excess(texture)
    return Familiarity(
        reference, _threshold(scores), fit_texture(texture), tuple(centre), tuple(spread), other_kind
    )


def _threshold(scores: np.ndarray) -> float:
    """The quantile of split conformal prediction: of few scores the highest, lest too many new ones lie above."""
    rank = math.ceil((len(scores) + 1) * (1 - FALSE_POSITIVES))
    return float(np.sort(scores)[min(rank, len(scores)) - 1])


def _folds(keys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The fold (N,) of each image; groups stay whole."""
    names, place = np.unique(keys, return_inverse=True)
    folds = min(FOLDS, len(names))
    if folds < 2:  # one group: nothing better is known than single images
        place, folds = np.arange(len(keys)), FOLDS
    return (rng.permutation(place.max() + 1) % folds)[place]


def _held_out(values: np.ndarray, fold_of: np.ndarray, fitted: Callable) -> np.ndarray:
    """Each training image's distance (N,) by what `fitted` makes of the images of the other folds."""
    distances = np.zeros(len(values))
    for fold in np.unique(fold_of):
        held_out = fold_of == fold
        distances[held_out] = fitted(values[~held_out])(values[held_out])
    return distances


def _checked(features: np.ndarray) -> np.ndarray:
    features = np.asarray(features, np.float32)
    if features.ndim != 2 or not np.isfinite(features).all():
        raise FamiliarityError(
            f"features should be finite and of shape (N, F), but is of shape {features.shape}."
        )
    return features


def pooled_grid(grid: np.ndarray) -> np.ndarray:
    """The features of a run whose head sees a grid (N, C, h, w): maximum and mean of each channel, (N, 2 C) float32."""
    grid = np.asarray(grid, np.float32)
    return np.concatenate([grid.max(axis=(2, 3)), grid.mean(axis=(2, 3))], axis=1)


def save(folder: Path, fitted: Familiarity, notes: dict | None = None) -> None:
    """Write both files into a run's folder; `notes` are kept with the threshold."""
    from safetensors.numpy import save_file

    record = {"version": VERSION, "threshold": fitted.threshold, "neighbours": neighbours.NEIGHBOURS} | (
        notes or {}
    )
    record |= {"centre": list(map(float, fitted.centre)), "spread": list(map(float, fitted.spread))}
    tensors = {"reference": np.ascontiguousarray(fitted.reference)}
    if fitted.texture is not None:
        parts = {
            "mean": fitted.texture.mean,
            "scale": fitted.texture.scale,
            "precision": fitted.texture.precision,
        }
        tensors |= {f"texture.{name}": part.astype(np.float32) for name, part in parts.items()}
    if fitted.other_kind is not None:
        tensors[_OTHER_KIND] = np.append(fitted.other_kind.weight, fitted.other_kind.bias)
    write_whole(folder / files.FAMILIARITY, lambda temporary: save_file(tensors, temporary))
    write_text(folder / files.FAMILIARITY_NOTES, json.dumps(record, indent=2) + "\n")


def load(folder: Path) -> Familiarity | None:
    """What `save` wrote, or None where a run has none. Raises `FamiliarityError`."""
    from safetensors import SafetensorError, safe_open

    if not (folder / files.FAMILIARITY_NOTES).is_file():
        return None
    try:
        notes = json.loads((folder / files.FAMILIARITY_NOTES).read_text(encoding="utf-8"))
        if notes["version"] != VERSION:
            raise FamiliarityError(
                f"{files.FAMILIARITY_NOTES} has version {notes['version']!r}, and this Loss Lab reads "
                f"version {VERSION}: run “python -m engine.training.fit_familiarity RUN” again."
            )
        threshold = float(notes["threshold"])
        centre, spread = (
            (float(near), float(texture)) for near, texture in (notes["centre"], notes["spread"])
        )
        with safe_open(folder / files.FAMILIARITY, framework="np") as opened:
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        reference, texture = tensors["reference"], _texture(tensors)
        other_kind = _other_kind(tensors, texture)
    except FamiliarityError:
        raise
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        SafetensorError,
    ) as error:
        raise FamiliarityError(_BROKEN) from error
    if (
        reference.ndim != 2
        or not len(reference)
        or not np.isfinite(reference).all()
        or not np.isfinite([threshold, *centre, *spread]).all()
        or min(spread) <= 0
    ):
        raise FamiliarityError(_BROKEN)
    return Familiarity(reference, threshold, texture, centre, spread, other_kind)


def _texture(tensors: dict[str, np.ndarray]) -> Texture | None:
    """The texture among the tensors of a file. Raises ValueError for shapes that do not fit together."""
    if "texture.mean" not in tensors:
        return None
    texture = Texture(*(tensors[f"texture.{name}"].astype(float) for name in ("mean", "scale", "precision")))
    count = len(texture.mean)
    if [part.shape for part in vars(texture).values()] != [(count,), (count,), (count, count)]:
        raise ValueError("The texture's shapes do not fit together.")
    if not all(np.isfinite(part).all() for part in vars(texture).values()) or texture.scale.min() <= 0:
        raise ValueError("The texture is not finite.")
    return texture


def _other_kind(tensors: dict[str, np.ndarray], texture: Texture | None) -> drawn.OtherKind | None:
    """The direction among the tensors of a file. Raises ValueError where it does not fit the texture."""
    if _OTHER_KIND not in tensors:
        return None
    both = tensors[_OTHER_KIND].astype(float)
    if texture is None or both.shape != (len(texture.mean) + 1,) or not np.isfinite(both).all():
        raise ValueError("The direction does not fit the texture.")
    return drawn.OtherKind(both[:-1], float(both[-1]))


_BROKEN = (
    f"{files.FAMILIARITY} or {files.FAMILIARITY_NOTES} is missing or broken: "
    "run “python -m engine.training.fit_familiarity RUN” again."
)


def fit_run(
    folder: Path | str,
    train_features: np.ndarray,
    valid_features: np.ndarray,
    groups: Sequence[str] | np.ndarray | None = None,
    seed: int = 0,
    texture_columns: int = 0,
    direction: drawn.Direction | None = None,
) -> dict[str, float]:
    """Fit a run on the features of its training part, write its files, and return what belongs into metrics.json.

    The features must be those that the run's own network computes (`Model.features` of `engine.inference.predict`):
    pooled features of the backbone for a frozen one, `pooled_grid` for a head that sees a grid, then
    `texture_columns` of texture, for which there may be a `direction`. `groups` are those of the training part.
    `flagged_as_unfamiliar` is the share of validation images above the threshold. Writes nothing and returns {} for
    fewer than `LEAST_IMAGES` training images.
    """
    folder = Path(folder)
    remove(folder)
    if len(train_features) < LEAST_IMAGES:
        return {}
    fitted = fit(train_features, groups, seed, texture_columns, direction)
    flagged = float((~fitted.is_familiar(valid_features)).mean()) if len(valid_features) else float("nan")
    measured = {"flagged_as_unfamiliar": flagged} if math.isfinite(flagged) else {}
    save(folder, fitted, measured | {"training_images": len(train_features), "seed": seed})
    return measured


def remove(folder: Path) -> None:
    """Remove what a run knows about familiar images."""
    for name in (files.FAMILIARITY, files.FAMILIARITY_NOTES):
        (folder / name).unlink(missing_ok=True)
