"""Fit the models for photographs: `python -m engine.training.photo_models.fit --coco PATH --faces PATH --out FOLDER`.

Fitting takes some minutes on two cores. The same data, versions and number of threads give the same files.
"""

import json
import sys
from pathlib import Path
from typing import Any

from engine.images import open_image
from engine.training.photo_models import command, files, fit_labels, fit_point
from engine.training.photo_models.imagenet_names import short_names


def main(arguments: list[str] | None = None) -> int:
    """Fit and write all three models, or those named by `--only`. Returns the exit status."""
    parser = command.parser("engine.training.photo_models.fit", __doc__, files.FOLDER)
    parser.add_argument("--only", choices=["single-label", "multi-label", "points"], help="fit one of them")
    options = parser.parse_args(arguments)
    datasets = command.read_datasets(options)
    if datasets is None:
        return 2
    photographs, faces = datasets
    if options.only in (None, "single-label"):
        _report("single-label", write_single_label(options.out))
    if options.only in (None, "multi-label"):
        settings, arrays = fit_labels.fit(photographs)
        files.write(options.out, "multi-label", settings, arrays)
        _report("multi-label", settings["measured"])
    if options.only in (None, "points"):
        backgrounds = [open_image(path) for path in photographs.without(["person"])]
        settings, arrays = fit_point.fit(faces, backgrounds)
        files.write(options.out, "points", settings, arrays)
        _report("points", settings["measured"])
    return 0


def write_single_label(folder: Path) -> dict[str, Any]:
    """Write the single-label model, which is the backbone's own classifier with readable names."""
    settings: dict[str, Any] = {
        "vocab": short_names(),
        "temperature": 1.0,
        "least_probability": 0.2,
        "backbones": {"photographs": 224 * 224},
        "fitted_on": "nothing: it is the backbone's own classifier, trained on ImageNet",
        "measured": {},
    }
    files.write(folder, "single-label", settings, {})
    return settings["measured"]


def _report(task: str, measured: dict[str, Any]) -> None:
    print(json.dumps({"task": task, **measured}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
