"""Predictions for any number of images into one CSV file, which another process can continue."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.data.formats.phrases import counted
from engine.inference import image_stream, onnx_backend, predict, prediction_table
from engine.inference.batch.find_images import images_below
from engine.inference.batch.table import Table
from engine.inference.image_stream import DecodedImage, UnreadableImage
from engine.jobs.status import FINISHED, STOPPED
from engine.runs import Run, files

MANY = 500
"""From so many images on, exporting the network to ONNX first is faster."""
_PREDICTIONS_DEPEND_ON = (files.CONFIG, files.VOCAB, files.THRESHOLDS, files.CALIBRATION, files.WEIGHTS)


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

    Memory holds a few dozen images, the names of one folder, and eight bytes for each image predicted before.
    """

    def __init__(self, run: Run, file: Path):
        self.run, self.file = run, file
        self.columns = ["fname", *prediction_table.columns(run)]

    @cached_property
    def _model(self) -> predict.Model:
        """The network; loaded when there is an image to predict, and not before."""
        return predict.load(self.run)

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
        if total - before >= MANY:
            _compile(self.run)
        skipped, tried, is_stopped = 0, 0, False
        with table:
            fnames = (fname for fname in images_below(names, _ignore) if fname not in table)
            for batch in image_stream.decoded_batches(self.run.config, fnames):
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

    def _write(
        self,
        batch: Sequence[DecodedImage | UnreadableImage],
        table: Table,
        complain: Callable[[str], object],
    ) -> int:
        """Predict a batch and append it to the table; how many images were skipped."""
        unreadable = [image for image in batch if isinstance(image, UnreadableImage)]
        for image in unreadable:
            table.skip(image.fname, image.problem)
            complain(image.problem)
        if images := image_stream.readable(batch):
            predicted = image_stream.predict_batch(self._model, images)
            table.add([prediction_table.file_row(image) for image in predicted])
        return len(unreadable)


def _compile(run: Run) -> None:
    """Export the network to ONNX where possible; problems with the run are reported when it is loaded."""
    with contextlib.suppress(ValueError, OSError):
        onnx_backend.make(run)


def _digest(run: Run) -> str:
    """What the predictions depend on: another network or other thresholds give another digest."""
    digest = hashlib.sha256()
    for name in _PREDICTIONS_DEPEND_ON:
        file = run.folder / name
        digest.update(file.read_bytes() if file.exists() else b"none")
    return digest.hexdigest()


def _ignore(sentence: str) -> None:
    """Skip a sentence that has been shown before."""
