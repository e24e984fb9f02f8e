"""What the models for photographs predict for the example photographs, stored so that Home opens at once.

`python -m engine.inference.photo_showcase` predicts again and writes the file.
"""

import json
import sys
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from engine import paths
from engine.data.example_photographs import FOLDER
from engine.jobs.atomic_write import write_text
from engine.tasks import TASKS

VERSION = 1
TITLES = {
    "photographer.jpg": "A photographer",
    "chelsea.jpg": "A cat",
    "astronaut.jpg": "An astronaut",
    "camera.jpg": "A man with a camera",
    "coffee.jpg": "A cup of coffee",
    "rocket.jpg": "A rocket",
}
"""What the photographs show; the first is one on which all three predictions are right."""


@dataclass(frozen=True)
class ShowcasePhotograph:
    """A photograph and the three models' predictions.

    `labels` and `probs` (label -> probability, the most probable first) of the multi-label and the single-label model,
    and the point between the eyes in pixels, or None where no face was found. The point is not rounded, so that it
    is rounded once, where it is shown.
    """

    fname: str
    title: str
    multi_label: dict
    single_label: dict
    points: dict

    @property
    def path(self) -> Path:
        return FOLDER / self.fname


def file() -> Path:
    """Where the stored predictions lie."""
    return paths.SAMPLE_DATA / "photo_models" / "showcase.json"


def stored() -> list[ShowcasePhotograph]:
    """The stored predictions for photographs that are there; none where the file is missing or damaged."""
    try:
        record = json.loads(file().read_text(encoding="utf-8"))
        if record["version"] != VERSION:
            return []
        examples = [ShowcasePhotograph(**photograph) for photograph in record["photographs"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []
    return [shown for shown in examples if _is_usable(shown) and shown.path.is_file()]


def _is_usable(shown: ShowcasePhotograph) -> bool:
    """Whether the file has a plain name, and all three predictions are there."""
    texts = isinstance(shown.fname, str) and isinstance(shown.title, str)
    if not texts or "\0" in shown.fname or Path(shown.fname).name != shown.fname:
        return False
    return all(map(_is_prediction, (shown.multi_label, shown.single_label, shown.points)))


def _is_prediction(stored: Any) -> bool:
    if not isinstance(stored, dict):
        return False
    labels, probs, point = stored.get("labels"), stored.get("probs"), stored.get("point_px", ())
    return (
        isinstance(labels, list)
        and all(isinstance(label, str) for label in labels)
        and isinstance(probs, dict)
        and len(probs) > 0
        and all(_is_number(prob) and 0 <= prob <= 1 for prob in probs.values())
        and (point is None or (isinstance(point, list) and len(point) == 2 and all(map(_is_number, point))))
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def predict() -> list[ShowcasePhotograph]:
    """The models' predictions for every example photograph. Raises `PhotoModelError` or `WeightsError`."""
    from engine.images import open_image
    from engine.inference import photo_models

    models = {task: photo_models.load(task) for task in TASKS}
    examples = []
    for fname, title in TITLES.items():
        image = open_image(FOLDER / fname)
        by_task = {
            task.replace("-", "_"): _record(model.predict([image])[0]) for task, model in models.items()
        }
        examples.append(ShowcasePhotograph(fname, title, **by_task))
    return examples


def _record(prediction) -> dict:
    ranked = sorted(prediction.probs.items(), key=lambda pair: -pair[1])
    return {
        "labels": list(prediction.labels),
        "probs": {label: round(prob, 4) for label, prob in ranked},
        "point_px": None if prediction.point_px is None else list(prediction.point_px),
        "is_familiar": prediction.is_familiar,
    }


def write() -> None:
    """Predict again and store what comes out."""
    record = {"version": VERSION, "photographs": [asdict(shown) for shown in predict()]}
    write_text(file(), json.dumps(record, indent=1) + "\n")


def main() -> int:
    """Write, or say in one sentence why that is impossible. Returns the exit status."""
    from engine.images import ImageError
    from engine.inference.photo_models import PhotoModelError
    from engine.training.backbones import WeightsError

    try:
        write()
    except (ImageError, PhotoModelError, WeightsError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
