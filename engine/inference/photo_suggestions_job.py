"""What the models for photographs see in unlabelled images, and which of these images are alike."""

import io
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.images import ImageError, decoder, open_image
from engine.inference import photo_models, photo_suggestions
from engine.jobs.atomic_write import write_text, write_whole
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter
from engine.runs import RunError
from engine.training.backbones import LOGITS, PHOTOGRAPHS, POOLED, sessions
from engine.training.photo_models import files, sizing

_BATCH = 8


def look_in_background(folder: Path, report: Reporter) -> None:
    """Look at the images in a process for them alone; see `look`."""
    decoder.limit_passes()
    look(folder, report)


def look(folder: Path, report: Reporter) -> None:
    """Look at all images listed in a folder, a batch at a time, then group them.

    Raises `RunError`, `WeightsError`, `PhotoModelError`, or `JobStopped`.
    """
    asked = json.loads((folder / photo_suggestions.ASKED).read_text("utf-8"))
    fnames, home = asked["fnames"], Path(asked["folder"])
    several = photo_models.load("multi-label") if asked["has_scenes"] else None
    kept: list[str] = []
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for start in range(0, len(fnames), _BATCH):
        batch = list(_opened(home, fnames[start : start + _BATCH]))
        if batch:
            kept += [fname for fname, _ in batch]
            rows += _seen([image for _, image in batch], several)
        report.show("Looking at the images", min(start + _BATCH, len(fnames)) / len(fnames))
        if report.job.stop_requested:
            raise JobStopped("stopped before the end")
    _write(folder, kept, rows, sorted({*fnames} - {*kept}), several)


def _opened(home: Path, fnames: Iterable[str]):
    for fname in fnames:
        try:
            yield fname, open_image(home / fname)
        except (ImageError, OSError):
            continue


def _seen(images, several) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By image: features (F,), probabilities of ImageNet's classes (1000,) and of several labels (L,)."""
    squares = [sizing.middle(image, PHOTOGRAPHS.size) for image in images]
    features, logits = sessions.run(PHOTOGRAPHS, squares, [POOLED, LOGITS])
    exp = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exp / exp.sum(axis=1, keepdims=True)
    return list(zip(features, probs, (_scenes(image, several) for image in images), strict=True))


def _scenes(image, several) -> np.ndarray:
    if several is None:
        return np.zeros(0, np.float32)
    probs = several.predict_one(image).probs
    return np.array([probs[label] for label in several.vocab], np.float32)


def _write(folder: Path, kept: list[str], rows, unreadable: list[str], several) -> None:
    if not rows:
        raise RunError("None of the images can be read.")
    features, imagenet, scenes = (np.stack(part).astype(np.float32) for part in zip(*rows, strict=True))
    into = io.BytesIO()
    np.savez(
        into, fnames=np.array(kept), imagenet=imagenet.astype(np.float16), scenes=scenes,
        unreadable=np.array(unreadable, str), scene_labels=np.array(several.vocab if several else (), str),
        model=np.array(files.identity(several.settings) if several else ""),
    )  # fmt: skip
    write_whole(folder / photo_suggestions.SEEN, lambda place: place.write_bytes(into.getvalue()))
    write_text(folder / photo_suggestions.GROUPS, json.dumps(photo_suggestions.grouped(kept, features)))
