"""What the bundled networks answer to a few sample pictures, stored so that Home shows it without loading one.

`python -m engine.inference.home_predictions` asks the networks again and writes the file.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import paths, runs, tasks
from engine.data import formats
from engine.images import open_image
from engine.jobs.atomic_write import write_text
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, TASKS


@dataclass(frozen=True)
class Shown:
    """A sample picture with the three networks' raw answers.

    Attributes:
        title: what it shows, for people.
        picture: its path, relative to the sample data.
        answers: by task, logits (C,) for labels and (x, y) in the picture's pixels for points.
    """

    title: str
    picture: str
    answers: Mapping[str, list[float]]

    @property
    def path(self) -> Path:
        """Where the picture lies."""
        return paths.SAMPLE_DATA / self.picture


def file() -> Path:
    """Where the stored answers lie: with the bundled runs that gave them."""
    return paths.BUNDLED_RUNS / "showcase.json"


def stored() -> list[Shown]:
    """The stored answers to the pictures that are there; none where nothing usable is stored."""
    try:
        found = [_checked(Shown(**one)) for one in json.loads(file().read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []
    return [shown for shown in found if shown.path.is_file()]


def _checked(shown: Shown) -> Shown:
    answers = {task: [float(value) for value in shown.answers[task]] for task in TASKS}
    return Shown(str(shown.title), str(shown.picture), answers)


def pictures() -> dict[str, Path]:
    """The first validation pictures with two kinds of thing (one a person, if any), with none, and of a head."""
    scenes = formats.load(paths.SCENES, MULTI_LABEL).part(valid=True)
    by_count = {
        count: [row for row in scenes.table.itertuples() if len(row.labels) == count] for count in (0, 2)
    }
    two = [row for row in by_count[2] if "person" in row.labels] or by_count[2]
    chosen = {"Two kinds": two[:1], "Nothing it knows": by_count[0][:1]}
    found = {title: scenes.folder / row.fname for title, rows in chosen.items() for row in rows}
    return found | {"A head": formats.load(paths.HEADS, POINTS).part(valid=True).paths()[0]}


def ask(by_task: Mapping[str, Run]) -> list[Shown]:
    """The networks' own answers to `pictures()`; `by_task` holds a ready run for each task. This loads torch."""
    from engine.inference import predict

    models = {task: predict.load(run) for task, run in by_task.items()}
    return [
        Shown(
            title,
            path.relative_to(paths.SAMPLE_DATA).as_posix(),
            {task: _raw(model.predict([open_image(path)])[0], task) for task, model in models.items()},
        )
        for title, path in pictures().items()
    ]


def _raw(answer, task: str) -> list[float]:
    return (answer.point_px if tasks.get(task).has_points else answer.logits).astype(float).tolist()


def bundled_runs() -> dict[str, Run]:
    """The bundled run of each task that is ready."""
    ready = [run for run in runs.ready_runs() if run.folder.parent == paths.BUNDLED_RUNS]
    return {run.task: run for run in reversed(ready)}


def write() -> None:
    """Ask the bundled networks and store what they say."""
    write_text(
        file(), json.dumps([dataclasses.asdict(shown) for shown in ask(bundled_runs())], indent=1) + "\n"
    )


if __name__ == "__main__":
    write()
