"""Predictions for any number of images into one CSV file, which another process can continue."""

import hashlib
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from engine.data.formats.phrases import counted
from engine.inference import prediction_table
from engine.inference.batch.find_images import images_below
from engine.inference.batch.predictors import Here, Predictor, Result
from engine.inference.batch.table import Table
from engine.inference.image_stream import UnreadableImage
from engine.jobs.status import FINISHED, STOPPED
from engine.runs import Run, files

MANY = 500
"""From so many images on, exporting the network to ONNX first is faster."""
_PREDICTIONS_DEPEND_ON = (
    files.CONFIG,
    files.VOCAB,
    files.THRESHOLDS,
    files.CALIBRATION,
    files.WEIGHTS,
    files.FAMILIARITY,
)


@dataclass(frozen=True)
class Outcome:
    """What a batch did: how many images there are, are predicted (by earlier processes too) and were skipped.

    `new` and `seconds` are the images predicted by this process and the time that it took.
    """

    total: int
    predicted: int
    skipped: int
    seconds: float
    new: int
    is_finished: bool

    def in_words(self, file: Path) -> str:
        """One sentence for the person who asked, and what to do next."""
        counts = f"{self.predicted:,} of {counted(self.total, 'image')} predicted"
        if self.skipped:
            counts += f", {self.skipped:,} skipped (listed in {file.with_suffix('.skipped.csv')})"
        if not self.is_finished:
            return f"{file} is not finished: {counts}. Run the same command to continue."
        if not self.new:
            return f"{file} is finished already: {counts}. Delete it to predict them again."
        return f"{file} is finished: {counts}, {self.new / max(self.seconds, 1e-9):.1f} images per second."


class Batch:
    """One run's predictions for any number of images, written to one CSV file.

    This process alone writes, wherever the predictions are made, so that each image is in the file once. Memory holds
    what `predictor` does, the names of one folder, and eight bytes for each image predicted before.
    """

    def __init__(self, run: Run, file: Path, predictor: Predictor | None = None):
        self.run, self.file, self._predictor = run, file, predictor or Here()
        self.columns = prediction_table.columns(run)

    def predict(
        self,
        names: Sequence[str],
        show: Callable[[float], object],
        complain: Callable[[str], object],
        stop_is_asked: Callable[[], bool] = lambda: False,
    ) -> Outcome:
        """Predict all images that the file does not have yet, until the end or until `stop_is_asked`.

        `show` gets the share that is done, `complain` a sentence for each image that is skipped. Raises
        `BatchError`, `RunError` or `WeightsError` where the work cannot begin.
        """
        began, table = time.monotonic(), Table(self.file, _digest(self.run), self.columns)
        before, total = table.predicted, sum(1 for _ in images_below(names, complain))
        is_many = total - before >= MANY
        skipped, tried, is_stopped = 0, 0, False
        with table, closing(self._predictor.predict(self.run, names, table.done, is_many)) as batches:
            for batch in batches:
                tried += len(batch)
                skipped += self._write(batch, table, complain)
                share = min(1.0, (before + tried) / max(1, total))
                show(share)
                table.show(share)
                if is_stopped := (stop_is_asked() or table.job.stop_requested):
                    break
            is_finished = not is_stopped
            seconds = time.monotonic() - began
            table.note(FINISHED if is_finished else STOPPED, skipped=skipped, total=total)
        return Outcome(total, table.predicted, skipped, seconds, table.predicted - before, is_finished)

    def _write(self, batch: Sequence[Result], table: Table, complain: Callable[[str], object]) -> int:
        """Append the results of a batch to the table; how many images were skipped."""
        unreadable = [result for result in batch if isinstance(result, UnreadableImage)]
        for image in unreadable:
            table.skip(image.fname, image.problem)
            complain(image.problem)
        if rows := [result for result in batch if not isinstance(result, UnreadableImage)]:
            table.add(rows)
        return len(unreadable)


def _digest(run: Run) -> str:
    """What the predictions depend on: another network or other thresholds give another digest."""
    digest = hashlib.sha256()
    for name in _PREDICTIONS_DEPEND_ON:
        file = run.folder / name
        digest.update(file.read_bytes() if file.exists() else b"none")
    return digest.hexdigest()
