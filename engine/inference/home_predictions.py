"""The predictions of the bundled networks for a few drawings, stored so that Home shows them without loading one.

`python -m engine.inference.home_predictions` draws the images again, asks the networks, and writes both.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import paths, runs
from engine.images import open_image, to_jpeg
from engine.jobs.atomic_write import write_text
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS

if TYPE_CHECKING:
    from PIL import Image

    from engine.inference.predict import LabelPrediction, PointPrediction

VERSION = 2
SIZE_WH = (640, 480)
FOLDER = "home"
HEAD_OF, HEAD_POSE = 18, 3
"""A person whom the networks have not seen in training, and one of their poses."""


@dataclass(frozen=True)
class HomeExample:
    """A drawing with its targets and the three networks' raw outputs.

    Attributes:
        title: what it shows, for people.
        image: its path, relative to the sample data.
        targets: by task: a label or None, a list of labels, and (x, y) in pixels or None.
        predictions: by task, logits (C,) for labels and (x, y) in the image's pixels for points.
    """

    title: str
    image: str
    targets: Mapping[str, Any]
    predictions: Mapping[str, list[float]]

    @property
    def path(self) -> Path:
        """Where the image lies."""
        return paths.SAMPLE_DATA / self.image


@dataclass(frozen=True)
class Drawing:
    """How an image of Home is drawn, and what is in it; points are marked by hand in scenes."""

    title: str
    fname: str
    draw: Callable[[], "Image.Image"]
    labels: tuple[str, ...]
    point_px: tuple[float, float] | None

    @property
    def targets(self) -> dict[str, Any]:
        only = self.labels[0] if len(self.labels) == 1 else None
        point = None if self.point_px is None else list(self.point_px)
        return {SINGLE_LABEL: only, MULTI_LABEL: list(self.labels), POINTS: point}


def drawings() -> tuple[Drawing, ...]:
    """The images of Home, one on which all three predictions are right first."""
    return (
        Drawing("A head", "head.jpg", _head, ("person",), _head_px()),
        Drawing("A person", "person.jpg", lambda: _scene(["person"], 14), ("person",), (404.0, 126.0)),
        Drawing(
            "A person and a dog", "person-and-dog.jpg", lambda: _scene(["dog", "person"], 3), ("dog", "person"),
            (197.0, 148.0),
        ),
        Drawing("Snow, and nothing else", "nothing.jpg", lambda: _scene([], 3), (), None),
    )  # fmt: skip


def file() -> Path:
    """Where the stored predictions lie: with the bundled runs that gave them."""
    return paths.BUNDLED_RUNS / "showcase.json"


def stored() -> list[HomeExample]:
    """The stored predictions for the images that are there; none where nothing usable is stored."""
    try:
        record = json.loads(file().read_text(encoding="utf-8"))
        if record["version"] != VERSION:
            return []
        examples = [_checked(HomeExample(**example)) for example in record["examples"]]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []
    return [shown for shown in examples if shown.path.is_file()]


def _checked(shown: HomeExample) -> HomeExample:
    predictions = {task: [float(value) for value in shown.predictions[task]] for task in TASKS}
    targets = {task: shown.targets[task] for task in TASKS}
    return HomeExample(str(shown.title), str(shown.image), targets, predictions)


def ask(by_task: Mapping[str, Run]) -> list[HomeExample]:
    """The networks' own predictions for the images; `by_task` holds a ready run for each task. This loads torch."""
    from engine.inference import predict

    models = {task: predict.load(run, "cpu") for task, run in by_task.items()}  # in floats on every processor
    examples = []
    for drawing in drawings():
        image = open_image(paths.SAMPLE_DATA / FOLDER / drawing.fname)
        predictions = {task: _raw(model.predict([image])[0]) for task, model in models.items()}
        examples.append(HomeExample(drawing.title, f"{FOLDER}/{drawing.fname}", drawing.targets, predictions))
    return examples


def _raw(prediction: "LabelPrediction | PointPrediction") -> list[float]:
    from engine.inference.predict import LabelPrediction

    numbers = prediction.logits if isinstance(prediction, LabelPrediction) else prediction.point_px
    return numbers.astype(float).tolist()


def bundled_runs() -> dict[str, Run]:
    """The bundled run of each task that is ready."""
    ready = [run for run in runs.ready_runs() if run.folder.parent == paths.BUNDLED_RUNS]
    return {run.task: run for run in reversed(ready)}


def write() -> None:
    """Draw the images and store the predictions of the bundled networks for them."""
    folder = paths.SAMPLE_DATA / FOLDER
    folder.mkdir(exist_ok=True)
    for drawing in drawings():
        (folder / drawing.fname).write_bytes(to_jpeg(drawing.draw(), quality=85))
    examples = [dataclasses.asdict(shown) for shown in ask(bundled_runs())]
    write_text(file(), json.dumps({"version": VERSION, "examples": examples}, indent=1) + "\n")


def _scene(kinds: list[str], seed: int) -> "Image.Image":
    from engine.synthetic import scenes

    return scenes.draw(scenes.spec_with(kinds, seed, SIZE_WH))


def _head() -> "Image.Image":
    from engine.synthetic import heads

    camera = heads.sample_camera(HEAD_OF).resized(SIZE_WH)
    return heads.draw(heads.sample_person(HEAD_OF), heads.sample_poses(HEAD_OF)[HEAD_POSE], camera)


def _head_px() -> tuple[float, float]:
    from engine.synthetic import heads

    camera = heads.sample_camera(HEAD_OF).resized(SIZE_WH)
    x, y = heads.centre_px(heads.sample_poses(HEAD_OF)[HEAD_POSE], camera)
    return round(float(x), 1), round(float(y), 1)


if __name__ == "__main__":
    write()
