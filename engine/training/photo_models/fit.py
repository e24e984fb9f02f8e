"""Fit the models for photographs: `python -m engine.training.photo_models.fit --coco PATH --faces PATH --out FOLDER`.

Fitting takes some minutes on two cores. The same data, versions and number of threads give the same files.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import tasks
from engine.images import open_image
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training.photo_models import command, files, fit_labels, fit_point, sources
from engine.training.photo_models.groups import SCENE_GROUPS
from engine.training.photo_models.imagenet_names import short_names
from engine.training.photo_models.sources import Face, Photographs


def main(arguments: list[str] | None = None) -> int:
    """Fit and write all three models, or those named by `--only`. Returns the exit status."""
    parser = command.parser("engine.training.photo_models.fit", __doc__, files.FOLDER)
    command.add_faces(parser, is_required=False)
    parser.add_argument("--only", choices=tasks.TASKS, help="fit one of them")
    options = parser.parse_args(arguments)
    chosen = [options.only] if options.only else list(tasks.TASKS)
    if any(tasks.get(task).has_points for task in chosen) and options.faces is None:
        parser.error("--faces is needed: it names the face crops that the points model is fitted on.")
    datasets = command.read_datasets(options)
    if datasets is None:
        return 2
    photographs, faces = datasets
    try:
        for task in chosen:
            _CHECK[task](photographs, faces)
    except sources.SourceError as error:
        print(error, file=sys.stderr)
        return 2
    for task, (settings, arrays) in {task: _FIT[task](photographs, faces) for task in chosen}.items():
        files.write(options.out, task, settings, arrays)
        print(json.dumps({"task": task, **settings["measured"]}, ensure_ascii=False), flush=True)
    return 0


def single_label() -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The settings and arrays of the single-label model: the backbone's own classifier with readable names."""
    settings: dict[str, Any] = {
        "vocab": short_names(),
        "temperature": 1.0,
        "least_probability": 0.2,
        "backbones": {"photographs": 224 * 224},
        "fitted_on": "nothing: it is the backbone's own classifier, trained on ImageNet",
        "measured": {},
    }
    return settings, {}


def _fit_point(photographs: Photographs, faces: list[Face]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    backgrounds = [open_image(path) for path in photographs.without(["person"])]
    return fit_point.fit(faces, backgrounds)


_FIT: dict[str, Callable[[Photographs, list[Face]], tuple[dict[str, Any], dict[str, np.ndarray]]]] = {
    SINGLE_LABEL: lambda photographs, faces: single_label(),
    MULTI_LABEL: lambda photographs, faces: fit_labels.fit(photographs),
    POINTS: _fit_point,
}

_CHECK: dict[str, Callable[[Photographs, list[Face]], None]] = {
    SINGLE_LABEL: lambda photographs, faces: None,
    MULTI_LABEL: lambda photographs, faces: sources.check_labels(photographs, list(SCENE_GROUPS)),
    POINTS: sources.check_faces,
}


if __name__ == "__main__":
    sys.exit(main())
