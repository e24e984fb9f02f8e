"""What the bundled networks answer to a few sample pictures, stored so that Home shows it without loading one.

`python -m engine.showcase` asks the networks again and writes the file.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from engine import datasets, paths, runs
from engine.files import write_text
from engine.images import open_image
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

TASKS = (SINGLE_LABEL, MULTI_LABEL, POINTS)
Raw = dict[str, list[float]]


def file() -> Path:
    """Where the stored answers lie: with the bundled runs that gave them."""
    return paths.BUNDLED_RUNS / "showcase.json"


def stored() -> dict[str, Raw]:
    """The answers by picture (relative to the sample data) and task; empty where nothing usable is stored.

    An answer is the network's raw one: logits (C,) for labels, and (x, y) in the picture's pixels for points.
    """
    try:
        found = json.loads(file().read_text(encoding="utf-8"))
        return {
            name: {task: [float(value) for value in raw[task]] for task in TASKS}
            for name, raw in found.items()
            if (paths.SAMPLE_DATA / name).is_file()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def pictures() -> list[Path]:
    """One validation scene that shows two kinds of thing, one of them a person where there is one, and one head."""
    scenes = datasets.load(paths.SCENES, MULTI_LABEL).part(valid=True)
    two = [row for row in scenes.table.itertuples() if len(row.labels) == 2]
    scene = next((row for row in two if "person" in row.labels), two[0])
    heads = datasets.load(paths.HEADS, POINTS).part(valid=True)
    return [scenes.folder / scene.fname, heads.paths()[0]]


def ask(picture: Path, by_task: dict[str, Run]) -> Raw:
    """What each task's network says of a picture, raw as in `stored`. This loads torch."""
    from engine import predict

    answers = {task: predict.load(run).predict([open_image(picture)])[0] for task, run in by_task.items()}
    return {
        task: (answer.point_px if task == POINTS else answer.logits).astype(float).tolist()
        for task, answer in answers.items()
    }


def bundled_runs() -> dict[str, Run]:
    """The bundled run of each task that is ready."""
    ready = [run for run in runs.ready_runs() if run.folder.parent == paths.BUNDLED_RUNS]
    return {run.task: run for run in reversed(ready)}


def ask_all(of: Sequence[Path], by_task: dict[str, Run]) -> dict[str, Raw]:
    """The answers to several sample pictures, by their names relative to the sample data. This loads torch."""
    return {path.relative_to(paths.SAMPLE_DATA).as_posix(): ask(path, by_task) for path in of}


def write() -> None:
    """Ask the bundled networks about the pictures and store what they say."""
    write_text(file(), json.dumps(ask_all(pictures(), bundled_runs()), indent=1) + "\n")


if __name__ == "__main__":
    write()
