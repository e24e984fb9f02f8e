"""The process that predicts images for `pseudo_labels`: `python -m engine.inference.pseudo_label_job FOLDER`."""

import json
import sys
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from engine.images import ImageError, open_image
from engine.inference import predict, pseudo_labels
from engine.jobs import access, process
from engine.jobs.atomic_write import write_text
from engine.runs import Run, RunError
from engine.tasks import POINTS
from engine.training.weights import WeightsError

AT_ONCE = 16
"""So many pictures are in memory at a time."""


def propose(folder: Path) -> None:
    """Answer all that was asked of a folder, a few pictures at a time, until somebody wants it to stop."""
    asked = json.loads(
        (access.authorize(folder, RunError, to_write=True) / pseudo_labels.ASKED).read_text("utf-8")
    )
    model = predict.load(Run(asked["run"]))
    (folder / "stop").unlink(missing_ok=True)
    waiting = iter(asked["fnames"])
    with open(folder / pseudo_labels.FOUND, "a", encoding="utf-8") as found:
        while some := list(islice(waiting, AT_ONCE)):
            found.write(pseudo_labels.rows_to_text(_answers(model, Path(asked["folder"]), some)))
            found.flush()
            if (folder / "stop").exists():
                return


def _answers(model: predict.Model, folder: Path, fnames: list[str]) -> dict[str, np.ndarray]:
    """The numbers of each picture that can be read; what is no picture gets none."""
    pictures = {fname: picture for fname in fnames if (picture := _opened(folder / fname))}
    if not pictures:
        return {}
    opened = list(pictures.values())
    if model.config.task == POINTS:
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
    told = process.mark()
    write_text(folder / pseudo_labels.STATUS, json.dumps(told))
    try:
        propose(folder)
        told["done"] = True
    except (RunError, WeightsError, OSError) as error:
        told["problem"] = str(error)
    write_text(folder / pseudo_labels.STATUS, json.dumps(told))
    return 0 if "done" in told else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
