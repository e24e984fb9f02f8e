"""Which images are like those that a run was trained on: the distance to the nearest training images, by features.

The score of an image is its mean distance to the `NEIGHBOURS` nearest training images, by L2-normalized features of
the network itself (Sun and others, "Out-of-Distribution Detection with Deep Nearest Neighbors", ICML 2022). The
threshold comes from cross-validated scores inside the training part, so that the validation part stays untouched and
can say how many familiar images are flagged. Two files lie in a run's folder: familiarity.safetensors with the
training features, at most `MOST_IMAGES` of them in half precision, and familiarity.json with the threshold.
"""

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.files import write_text, write_whole

FEATURES_FILE, NOTES_FILE, VERSION = "familiarity.safetensors", "familiarity.json", 1
NEIGHBOURS = 3
MOST_IMAGES = 400
"""So many training images are kept; of more, an even sample by seed."""
LEAST_IMAGES = 20
FOLDS = 5
FALSE_POSITIVES = 0.015
"""The share of images like the training images that may be called unfamiliar."""


class FamiliarityError(ValueError):
    """Features or a file that cannot be used; one sentence."""


@dataclass(frozen=True)
class Familiarity:
    """The L2-normalized features (N, F) of training images, and the score above which an image is unfamiliar."""

    reference: np.ndarray
    threshold: float

    def score(self, features: np.ndarray) -> np.ndarray:
        """How strange images are, by raw features (M, F): (M,) float, 0 to 2, the higher the stranger.

        Raises `FamiliarityError` for features of another length, NaN or infinity.
        """
        features = _checked(features)
        if features.shape[1] != self.reference.shape[1]:
            raise FamiliarityError(
                f"features has {features.shape[1]} columns, but the run was fitted with {self.reference.shape[1]}."
            )
        return _distance(_normalized(features), self.reference.astype(np.float32))

    def is_familiar(self, features: np.ndarray) -> np.ndarray:
        """Whether each image is like those of training, (M,) bool."""
        return self.score(features) <= self.threshold


def fit(features: np.ndarray, groups: Sequence[str] | None = None, seed: int = 0) -> Familiarity:
    """Fit on the features (N, F) of training images; images of one group are never compared with each other.

    Raises `FamiliarityError` for fewer than `LEAST_IMAGES` images and for NaN.
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
            f"groups has {len(keys)} entries for {len(features)} images: give one for each."
        )
    rng = np.random.default_rng(seed)
    if len(features) > MOST_IMAGES:
        kept = np.sort(rng.choice(len(features), MOST_IMAGES, replace=False))
        features, keys = features[kept], keys[kept]
    reference = _normalized(features).astype(np.float16)
    scores = _cross_validated(reference.astype(np.float32), keys, rng)
    return Familiarity(reference, float(np.quantile(scores, 1 - FALSE_POSITIVES, method="higher")))


def _cross_validated(reference: np.ndarray, keys: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each training image's score by the images of the other folds, (N,); groups stay whole."""
    names, place = np.unique(keys, return_inverse=True)
    folds = min(FOLDS, len(names))
    if folds < 2:  # one group: nothing better is known than single images
        place, folds = np.arange(len(keys)), FOLDS
    fold_of = (rng.permutation(place.max() + 1) % folds)[place]
    scores = np.zeros(len(reference))
    for fold in range(folds):
        held_out = fold_of == fold
        scores[held_out] = _distance(reference[held_out], reference[~held_out])
    return scores


def _distance(queries: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The mean Euclidean distance to the nearest few, between vectors of length 1."""
    count = min(NEIGHBOURS, len(reference))
    squared = np.maximum(2 - 2 * queries @ reference.T, 0)
    return np.sqrt(np.partition(squared, count - 1, axis=1)[:, :count]).mean(axis=1).astype(float)


def _normalized(features: np.ndarray) -> np.ndarray:
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)


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

    record = {"version": VERSION, "threshold": fitted.threshold, "neighbours": NEIGHBOURS} | (notes or {})
    tensors = {"reference": np.ascontiguousarray(fitted.reference)}
    write_whole(folder / FEATURES_FILE, lambda temporary: save_file(tensors, temporary))
    write_text(folder / NOTES_FILE, json.dumps(record, indent=2) + "\n")


def load(folder: Path) -> Familiarity | None:
    """What `save` wrote, or None where a run has none. Raises `FamiliarityError`."""
    from safetensors import SafetensorError, safe_open

    if not (folder / NOTES_FILE).is_file():
        return None
    try:
        notes = json.loads((folder / NOTES_FILE).read_text(encoding="utf-8"))
        if notes["version"] != VERSION:
            raise FamiliarityError(
                f"{NOTES_FILE} has version {notes['version']!r}, and this Loss Lab reads version {VERSION}: "
                "run “python -m engine.training.familiarity RUN” again."
            )
        threshold = float(notes["threshold"])
        with safe_open(folder / FEATURES_FILE, framework="np") as opened:
            reference = opened.get_tensor("reference")
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
        or not math.isfinite(threshold)
    ):
        raise FamiliarityError(_BROKEN)
    return Familiarity(reference, threshold)


_BROKEN = (
    f"{FEATURES_FILE} or {NOTES_FILE} is missing or broken: "
    "run “python -m engine.training.familiarity RUN” again."
)


def fit_run(
    folder: Path | str,
    train_features: np.ndarray,
    valid_features: np.ndarray,
    groups: Sequence[str] | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Fit a run on the features of its training part, write its files, and return what belongs into metrics.json.

    The features must be those that the run's own network computes (`engine.predict.Model.features`): pooled features
    of the backbone for a frozen one, `pooled_grid` for a head that sees a grid. `groups` are those of the training
    part. `flagged_as_unfamiliar` is the share of validation images above the threshold. Writes nothing and returns {}
    for fewer than `LEAST_IMAGES` training images.
    """
    folder = Path(folder)
    for name in (FEATURES_FILE, NOTES_FILE):
        (folder / name).unlink(missing_ok=True)
    if len(train_features) < LEAST_IMAGES:
        return {}
    fitted = fit(train_features, groups, seed)
    flagged = float((~fitted.is_familiar(valid_features)).mean()) if len(valid_features) else float("nan")
    measured = {"flagged_as_unfamiliar": flagged} if math.isfinite(flagged) else {}
    save(folder, fitted, measured | {"training_images": len(train_features), "seed": seed})
    return measured


def fit_from_images(folder: Path | str) -> dict[str, float]:
    """The same from the images of a finished run, through its own network.

    Raises `RunError`, `DatasetError`, `ImageError` or `WeightsError` with one sentence.
    """
    from engine import datasets, decoded, predict
    from engine.runs import Run

    run = Run(folder)
    model, data = predict.load(run), datasets.load(run.data, run.task, seed=run.config.seed)
    squares = decoded.pictures(data, run.config.size, lambda share: None, method=run.config.resize)
    is_valid = data.table["is_valid"].to_numpy(bool)
    features = model.features(squares)
    if features is None:
        return {}
    groups = data.table["group"].astype(str).to_numpy()[~is_valid] if "group" in data.table else None
    return fit_run(run.folder, features[~is_valid], features[is_valid], groups, run.config.seed)


if __name__ == "__main__":  # also calibrates: what a run lacks that an older Loss Lab has trained
    from engine.runs.calibration import calibrate_run

    for each in sys.argv[1:]:
        try:
            print(json.dumps(calibrate_run(each) | fit_from_images(each)))
        except ValueError as problem:
            print(problem, file=sys.stderr)
            sys.exit(2)
