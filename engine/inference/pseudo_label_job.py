"""The process that predicts images for `pseudo_labels`: `python -m engine.inference.pseudo_label_job FOLDER`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine import tasks
from engine.images import decoder
from engine.inference import image_stream, predict, pseudo_labels
from engine.inference.image_stream import DecodedImage
from engine.inference.predict import LabelPrediction
from engine.jobs import access, background
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter
from engine.runs import Run, RunError
from engine.training.weights import WeightsError


def propose(folder: Path, report: Reporter) -> None:
    """Predict all images listed in a folder, a batch at a time. Raises `JobStopped` when asked to stop."""
    folder = access.authorize(folder, RunError, to_write=True)
    asked = json.loads((folder / pseudo_labels.ASKED).read_text("utf-8"))
    model = predict.load(Run(asked["run"]))
    fnames = {str(Path(asked["folder"]) / fname): fname for fname in asked["fnames"]}
    done = 0
    with open(folder / pseudo_labels.FOUND, "a", encoding="utf-8") as proposals:
        for batch in image_stream.decoded_batches(model.config, fnames):
            numbers = _numbers(model, image_stream.readable(batch))
            proposals.write(pseudo_labels.rows_to_text({fnames[file]: row for file, row in numbers.items()}))
            proposals.flush()
            done += len(batch)
            report.show("predicting", done / len(fnames))
            if report.job.stop_requested:
                raise JobStopped("stopped before the end")


def _numbers(model: predict.Model, images: Sequence[DecodedImage]) -> dict[str, np.ndarray]:
    """By file: the probabilities (C,), or the point and that of the mirror image (4,), over -1..1."""
    if not images:
        return {}
    if not tasks.get(model.config.task).has_points:
        predicted = image_stream.predict_batch(model, images)
        return {
            image.fname: image.prediction.probs
            for image in predicted
            if isinstance(image.prediction, LabelPrediction)
        }
    squares = [image.square for image in images]
    mirrored = [np.ascontiguousarray(square[:, ::-1]) for square in squares]
    both = (model.outputs_of_squares(image_stream.filled_up(model, some)) for some in (squares, mirrored))
    return dict(zip((image.fname for image in images), np.hstack(list(both)), strict=False))


if __name__ == "__main__":
    decoder.limit_passes()
    sys.exit(background.run(Path(sys.argv[1]), propose, RunError, WeightsError))
