"""Where the predictions of a batch are made: in this process, or by whatever else is a `Predictor`."""

import contextlib
from collections.abc import Generator, Iterable, Sequence
from functools import cached_property
from typing import Protocol

from engine.inference import image_stream, onnx_backend, predict, prediction_table
from engine.inference.batch.find_images import images_below
from engine.inference.batch.name_set import NameSet
from engine.inference.image_stream import DecodedImage, UnreadableImage
from engine.runs import Run

Row = dict[str, object]
Result = Row | UnreadableImage
"""An image's row of the table, or why it is skipped."""


class Predictor(Protocol):
    """Predicts images that are named by files and folders."""

    def predict(
        self, run: Run, names: Sequence[str], done: NameSet, is_many: bool
    ) -> Generator[Sequence[Result]]:
        """The results for all images that are not `done`, each once, a few at a time.

        With `is_many`, exporting the network to ONNX first is worth its time.
        """


class Here:
    """Predicts in this process, in the order of the names."""

    def predict(
        self, run: Run, names: Sequence[str], done: NameSet, is_many: bool
    ) -> Generator[Sequence[Result]]:
        """As `Predictor` says."""
        network = Network(run, is_many)
        todo = (fname for fname in images_below(names, ignore) if fname not in done)
        for batch in image_stream.decoded_batches(run.config, todo):
            yield network.results(batch)


class Network:
    """A run's network, loaded when there is an image to predict, and not before."""

    def __init__(self, run: Run, is_many: bool):
        self.run, self._is_many = run, is_many

    @cached_property
    def _model(self) -> predict.Model:
        if self._is_many:
            _compile(self.run)
        return predict.load(self.run)

    def results_of(self, fnames: Iterable[str]) -> list[Result]:
        """The results for some image files, in order."""
        batches = image_stream.decoded_batches(self.run.config, fnames)
        return [result for batch in batches for result in self.results(batch)]

    def results(self, batch: Sequence[DecodedImage | UnreadableImage]) -> list[Result]:
        """The results for at most `BATCH_SIZE` decoded images, in order."""
        images = image_stream.readable(batch)
        predicted = iter(image_stream.predict_batch(self._model, images) if images else [])
        return [
            image if isinstance(image, UnreadableImage) else prediction_table.file_row(next(predicted))
            for image in batch
        ]


def _compile(run: Run) -> None:
    """Export the network to ONNX where possible; problems with the run are reported when it is loaded."""
    with contextlib.suppress(ValueError, OSError):
        onnx_backend.make(run)


def ignore(sentence: str) -> None:
    """Skip a sentence that is shown elsewhere."""
