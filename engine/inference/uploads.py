"""Predictions for uploaded files: what is too many or too large is refused in a sentence, the rest is predicted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PIL import Image

from engine.data.formats.phrases import counted
from engine.functional.coordinates import to_px
from engine.images import image_size, open_image
from engine.images.drawing import fit, to_jpeg
from engine.inference import prediction_table
from engine.inference.predict import LabelPrediction, Model, PointPrediction
from engine.inference.prediction_table import FAMILIAR, FAMILIAR_CELLS

MAX_FILES = 50
MAX_MB = 50
MAX_BYTES = MAX_MB * 1024**2
PREVIEW_SIDE = 720


@dataclass(frozen=True)
class UploadPredictions:
    """One uploaded file: its own size, a small upright JPEG without metadata, and the prediction of each run."""

    name: str
    size_wh: tuple[int, int]
    preview: bytes
    predictions: Mapping[str, LabelPrediction | PointPrediction]

    @property
    def strange_to(self) -> list[str]:
        """The runs that were trained on no images like this one, so that their predictions are guesses."""
        return [run for run, prediction in self.predictions.items() if prediction.is_familiar is False]

    @property
    def is_strange(self) -> bool:
        """Whether the image is unlike what any of the runs was trained on."""
        return bool(self.predictions) and len(self.strange_to) == len(self.predictions)


def within_limits(sizes: Iterable[tuple[str, int]]) -> tuple[list[int], list[str]]:
    """Which files, given as (name, bytes), are accepted, by position; and a sentence for each that is refused.

    At most `MAX_FILES` files of at most `MAX_BYTES` each. The browser's own limits can be got round; these cannot.
    """
    sizes = list(sizes)
    small = [at for at, (_, size) in enumerate(sizes) if size <= MAX_BYTES]
    refused = [
        f"{name} has {size / 1024**2:.0f} MB, and the limit is {MAX_MB} MB: save it smaller."
        for name, size in sizes
        if size > MAX_BYTES
    ]
    if len(small) > MAX_FILES:
        refused.append(f"Only the first {MAX_FILES} of {counted(len(small), 'file')} are predicted.")
    return small[:MAX_FILES], refused


def predict_upload(source: bytes, name: str, models: Mapping[str, Model]) -> UploadPredictions:
    """Open one file and let every model predict it. Raises `ImageError` with one sentence."""
    image = open_image(source, name=name)
    predictions = {run: model.predict([image])[0] for run, model in models.items()}
    return UploadPredictions(name, image_size(source, name=name), preview(image), predictions)


def preview(image: Image.Image, side: int = PREVIEW_SIDE) -> bytes:
    """The image as a JPEG of at most `side` pixels on its longer side, with no metadata of any kind."""
    small = fit(image, side).convert("RGB")
    small.info = {}
    return to_jpeg(small)


def point_in(size_wh: tuple[int, int], prediction: PointPrediction) -> tuple[float, float]:
    """A predicted point in pixels of the image at another size, such as that of a preview."""
    x, y = to_px([float(unit) for unit in prediction.point_unit], size_wh)
    return float(x), float(y)


def table_row(upload: UploadPredictions) -> dict[str, object]:
    """One row of the table to download: the file, its size, and each run's cells under the run's name.

    Points are in the file's own pixels.
    """
    cells: dict[str, object] = {"file": upload.name, "width": upload.size_wh[0], "height": upload.size_wh[1]}
    for run, prediction in upload.predictions.items():
        row = prediction_table.row(prediction, upload.size_wh)
        cells |= {f"{run}: {column}": value for column, value in row.items()}
        if prediction.is_familiar is not None:
            cells[f"{run}: {FAMILIAR}"] = FAMILIAR_CELLS[prediction.is_familiar]
    return cells
