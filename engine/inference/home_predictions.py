"""The predictions of the bundled networks for a few sample images, stored so that Home shows them without loading one.

`python -m engine.inference.home_predictions` asks the networks again and writes the file.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine import paths, runs
from engine.data import formats
from engine.images import open_image
from engine.jobs.atomic_write import write_text
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, TASKS

if TYPE_CHECKING:
    from engine.inference.predict import LabelPrediction, PointPrediction


@dataclass(frozen=True)
class HomeExample:
    """A sample image with the three networks' raw outputs.

    Attributes:
        title: what it shows, for people.
        image: its path, relative to the sample data.
        predictions: by task, logits (C,) for labels and (x, y) in the image's pixels for points.
    """

    title: str
    image: str
    predictions: Mapping[str, list[float]]

    @property
    def path(self) -> Path:
        """Where the image lies."""
        return paths.SAMPLE_DATA / self.image


def file() -> Path:
    """Where the stored predictions lie: with the bundled runs that gave them."""
    return paths.BUNDLED_RUNS / "showcase.json"


def stored() -> list[HomeExample]:
    """The stored predictions to the images that are there; none where nothing usable is stored."""
    try:
        examples = [
            _checked(HomeExample(**record)) for record in json.loads(file().read_text(encoding="utf-8"))
        ]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []
    return [shown for shown in examples if shown.path.is_file()]


def _checked(shown: HomeExample) -> HomeExample:
    predictions = {task: [float(value) for value in shown.predictions[task]] for task in TASKS}
    return HomeExample(str(shown.title), str(shown.image), predictions)


def images() -> dict[str, Path]:
    """The first validation images with two kinds of thing (one a person, if any), with none, and of a head."""
    scenes = formats.load(paths.SCENES, MULTI_LABEL).part(valid=True)
    images = list(zip(scenes.table["fname"], scenes.table["labels"], strict=True))
    pairs = [(fname, labels) for fname, labels in images if len(labels) == 2]
    pairs = [(fname, labels) for fname, labels in pairs if "person" in labels] or pairs
    empty = [(fname, labels) for fname, labels in images if not labels]
    chosen = {"Two kinds": pairs[:1], "Nothing it knows": empty[:1]}
    paths_by_title = {title: scenes.folder / fname for title, some in chosen.items() for fname, _ in some}
    return paths_by_title | {"A head": formats.load(paths.HEADS, POINTS).part(valid=True).paths()[0]}


def ask(by_task: Mapping[str, Run]) -> list[HomeExample]:
    """The networks' own predictions for `images()`; `by_task` holds a ready run for each task. This loads torch."""
    from engine.inference import predict

    models = {task: predict.load(run) for task, run in by_task.items()}
    return [
        HomeExample(
            title,
            path.relative_to(paths.SAMPLE_DATA).as_posix(),
            {task: _raw(model.predict([open_image(path)])[0]) for task, model in models.items()},
        )
        for title, path in images().items()
    ]


def _raw(prediction: "LabelPrediction | PointPrediction") -> list[float]:
    from engine.inference.predict import LabelPrediction

    numbers = prediction.logits if isinstance(prediction, LabelPrediction) else prediction.point_px
    return numbers.astype(float).tolist()


def bundled_runs() -> dict[str, Run]:
    """The bundled run of each task that is ready."""
    ready = [run for run in runs.ready_runs() if run.folder.parent == paths.BUNDLED_RUNS]
    return {run.task: run for run in reversed(ready)}


def write() -> None:
    """Store the predictions of the bundled networks."""
    write_text(
        file(), json.dumps([dataclasses.asdict(shown) for shown in ask(bundled_runs())], indent=1) + "\n"
    )


if __name__ == "__main__":
    write()
