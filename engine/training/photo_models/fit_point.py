"""Fit the points model for photographs, and measure it on held-out people and backgrounds."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from engine.training.backbones import GRID, PHOTOGRAPHS, sessions
from engine.training.photo_models import face_scenes, folds, point_head
from engine.training.photo_models.face_scenes import PER_FACE, SIDE, Face, Scenes
from engine.training.photo_models.held_out_points import HeldOutPoint

_BATCH = 16
_THRESHOLDS = np.linspace(0.3, 0.9, 61)


def fit(
    faces: Sequence[Face], backgrounds: Sequence[Image.Image]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The settings and arrays of the model, as `files.write` takes them. `backgrounds` show no people."""
    scenes, grids = _scenes_and_grids(faces, backgrounds)
    probs, points = _predicted(scenes, grids, _folds(scenes, faces))
    has_face = ~np.isnan(scenes.points[:, 0])
    threshold = min(
        _THRESHOLDS, key=lambda at: (probs[has_face] <= at).mean() + (probs[~has_face] > at).mean()
    )
    head = point_head.fit(grids, scenes.points)
    settings = {
        "point": "between the eyes",
        "threshold": round(float(threshold), 3),
        "area": SIDE * SIDE,
        "backbones": {PHOTOGRAPHS.name: SIDE * SIDE},
        "fitted_on": f"{len(faces)} face crops of {len({face.person for face in faces})} people from Udacity's "
        f"P1_Facial_Keypoints (MIT), pasted into {len(backgrounds)} photographs of COCO 2017 without people",
        "measured": _measured(scenes, probs, points, threshold),
    }
    return settings, {"weight": head.weight.astype(np.float16), "bias": head.bias.astype(np.float32)}


def held_out(faces: Sequence[Face], backgrounds: Sequence[Image.Image]) -> list[HeldOutPoint]:
    """The held-out prediction for every image with a face, from the same cross-validation as `fit`."""
    scenes, grids = _scenes_and_grids(faces, backgrounds)
    fold = _folds(scenes, faces)
    probs, points = _predicted(scenes, grids, fold)
    rows = []
    for at in np.flatnonzero(~np.isnan(scenes.points[:, 0])):
        face = faces[scenes.source[at]]
        is_crop = at % PER_FACE == 0
        size_wh = face.image.size if is_crop else (SIDE, SIDE)
        true, predicted = ((float(x), float(y)) for x, y in (scenes.points[at], points[at]))
        rows.append(
            HeldOutPoint(face.person, int(fold[at]), is_crop, size_wh, true, predicted, float(probs[at]))
        )
    return rows


def _scenes_and_grids(faces: Sequence[Face], backgrounds: Sequence[Image.Image]) -> tuple[Scenes, np.ndarray]:
    """The training images, and their feature grids (N, C, h, w) float16."""
    scenes = face_scenes.make(faces, backgrounds)
    grids = [
        sessions.run(PHOTOGRAPHS, scenes.squares[start : start + _BATCH], [GRID])[0].astype(np.float16)
        for start in range(0, len(scenes.squares), _BATCH)
    ]
    return scenes, np.concatenate(grids)


def _folds(scenes: Scenes, faces: Sequence[Face]) -> np.ndarray:
    """The fold of each image (N,): that of its person, or of its background."""
    has_face = ~np.isnan(scenes.points[:, 0])
    by_face = folds.of_groups(np.array([face.person for face in faces]))
    return np.where(has_face, by_face[np.where(has_face, scenes.source, 0)], scenes.source % folds.FOLDS)


def _predicted(scenes: Scenes, grids: np.ndarray, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (N,) and points (N, 2) from heads fitted without that person or background."""
    probs, points = np.zeros(len(grids)), np.zeros((len(grids), 2))
    for number in range(folds.FOLDS):
        test = fold == number
        head = point_head.fit(grids[~test], scenes.points[~test])
        probs[test], points[test] = point_head.decode(
            point_head.convolve(head, grids[test]), *grids.shape[2:]
        )
    return probs, points


def _measured(scenes: Scenes, probs: np.ndarray, points: np.ndarray, threshold: float) -> dict[str, Any]:
    has_face = ~np.isnan(scenes.points[:, 0])
    is_crop = has_face & (np.arange(len(probs)) % PER_FACE == 0)
    errors = np.linalg.norm(points - scenes.points, axis=1)
    constant = np.linalg.norm(scenes.points - np.nanmean(scenes.points, axis=0), axis=1)
    return {
        "protocol": "5-fold cross-validation by person and background; the threshold was chosen on the same images",
        "median_error_in_sides": round(float(np.median(errors[has_face])), 4),
        "median_error_in_sides_of_mean_point": round(float(np.median(constant[has_face])), 4),
        "median_error_in_sides_on_tight_crops": round(float(np.median(errors[is_crop])), 4),
        "faces_missed": round(float((probs[has_face] <= threshold).mean()), 4),
        "tight_crops_missed": round(float((probs[is_crop] <= threshold).mean()), 4),
        "images_without_people_with_a_face_found": round(float((probs[~has_face] > threshold).mean()), 4),
        "images": [int(has_face.sum()), int((~has_face).sum())],
    }
