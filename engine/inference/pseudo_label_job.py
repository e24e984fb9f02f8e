"""The process that predicts images for `pseudo_labels`: `python -m engine.inference.pseudo_label_job FOLDER`."""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from engine import tasks
from engine.images import ImageError, open_image
from engine.inference import predict, pseudo_labels
from engine.jobs import access, process
from engine.jobs.job import Job, JobStopped
from engine.jobs.reporter import Reporter, working
from engine.runs import Run, RunError
from engine.training.weights import WeightsError

AT_ONCE = 16
"""So many pictures are in memory at a time."""


def propose(folder: Path, report: Reporter) -> None:
    """Predict all that was asked of a folder, a few images at a time. Raises `JobStopped` when asked to stop."""
    folder = access.authorize(folder, RunError, to_write=True)
    asked = json.loads((folder / pseudo_labels.ASKED).read_text("utf-8"))
    model = predict.load(Run(asked["run"]))
    fnames = asked["fnames"]
    with open(folder / pseudo_labels.FOUND, "a", encoding="utf-8") as found:
        for start in range(0, len(fnames), AT_ONCE):
            some = fnames[start : start + AT_ONCE]
            found.write(pseudo_labels.rows_to_text(_answers(model, Path(asked["folder"]), some)))
            found.flush()
            report.show("predicting", (start + len(some)) / len(fnames))
            if report.job.stop_requested:
                raise JobStopped("stopped before the end")


def _answers(model: predict.Model, folder: Path, fnames: list[str]) -> dict[str, np.ndarray]:
    """The numbers of each picture that can be read; what is no picture gets none."""
    pictures = {fname: picture for fname in fnames if (picture := _opened(folder / fname))}
    if not pictures:
        return {}
    opened = list(pictures.values())
    if tasks.get(model.config.task).has_points:
        mirrored = model.outputs([ImageOps.mirror(picture) for picture in opened])
        rows = np.hstack([model.outputs(opened), mirrored])
    else:
        rows = np.array([answer.probs for answer in model.predict(opened)])
    return dict(zip(pictures, rows, strict=True))


def _opened(path: Path) -> Image.Image | None:
    try:
        return open_image(access.authorize(path, ImageError))
    except ImageError:
        return None


def main(folder: Path) -> int:
    """Propose, and write down how it ended."""
    process.lower_priority()
    try:
        with working(Job(folder)) as report:
            propose(folder, report)
    except JobStopped:
        return 0
    except (RunError, WeightsError, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
