"""The multi-label model's held-out predictions for the photographs it was fitted on, stored for lesson 3.

`python -m engine.training.photo_models.held_out_labels --coco PATH` predicts again, with the same folds as the fitting,
and writes `held_out_labels.safetensors`: numbers only, no images. The fitted model is not changed. It takes about a
minute on two cores.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from engine.jobs.atomic_write import write_whole
from engine.runs import Predictions
from engine.tasks import MULTI_LABEL
from engine.training.photo_models import files
from engine.training.photo_models.files import PhotoModelError
from engine.training.photo_models.settings import DIGEST

FNAME = "held_out_labels.safetensors"


def write(logits: np.ndarray, targets: np.ndarray, folder: Path = files.FOLDER) -> None:
    """Write logits (N, C) in half precision and targets (N, C) of 0 or 1, tied to the model in the same folder.

    Raises `PhotoModelError` where that model's settings are missing or damaged.
    """
    arrays: dict[str, np.ndarray] = {"logits": logits.astype(np.float16), "targets": targets.astype(np.uint8)}
    data = files.array_bytes(arrays, {DIGEST: files.read(folder, MULTI_LABEL)[DIGEST]})
    write_whole(folder / FNAME, lambda temporary: temporary.write_bytes(data))


def read(folder: Path | None = None) -> Predictions:
    """The held-out predictions, with the model's vocabulary. The images are named by number.

    Raises `PhotoModelError` where a file is missing or damaged, or belongs to another model.
    """
    folder = folder or files.FOLDER
    settings = files.read(folder, MULTI_LABEL)
    vocab, path = tuple(settings["vocab"]), folder / FNAME
    if not path.is_file():
        raise PhotoModelError(
            f"{FNAME} is missing from {folder.name}/: restore it from the repository, or fit it again."
        )
    try:
        with safe_open(path, "np") as opened:
            logits, targets = opened.get_tensor("logits").astype(np.float32), opened.get_tensor("targets")
            fitted_with = (opened.metadata() or {}).get(DIGEST)
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise files.damaged(path) from error
    if fitted_with != settings[DIGEST]:
        raise files.foreign(path, MULTI_LABEL)
    fits = (
        logits.shape == targets.shape and logits.ndim == 2 and logits.shape[1] == len(vocab) and len(logits)
    )
    if not fits or not np.isfinite(logits).all() or not np.isin(targets, (0, 1)).all():
        raise files.damaged(path)
    names = [f"photograph {number}" for number in range(1, len(logits) + 1)]
    return Predictions(names, logits, targets, vocab, MULTI_LABEL)


def thresholds(folder: Path | None = None) -> np.ndarray:
    """The model's own threshold for each label, (C,). Raises `PhotoModelError`."""
    return np.asarray(files.read(folder or files.FOLDER, MULTI_LABEL)["thresholds"], float)


def main(arguments: list[str] | None = None) -> int:
    """Predict and write. Returns the exit status."""
    from engine.training.photo_models import command, fit_labels, sources

    parser = command.parser("engine.training.photo_models.held_out_labels", __doc__, files.FOLDER)
    options = parser.parse_args(arguments)
    datasets = command.read_datasets(options)
    if datasets is None:
        return 2
    photographs, _ = datasets
    try:
        vocab = files.read(options.out, MULTI_LABEL)["vocab"]
        sources.check_labels(photographs, vocab)
        write(*fit_labels.held_out_logits(photographs, vocab), options.out)
    except (PhotoModelError, sources.SourceError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
