"""Several files at once: what is too many or too large is told in a sentence, the rest goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from engine.functional.coordinates import to_px
from engine.images import image_size, open_image
from engine.images.drawing import fit, to_jpeg

MAX_FILES = 50
MAX_MB = 50
MAX_BYTES = MAX_MB * 1024**2
PREVIEW_SIDE = 720


@dataclass(frozen=True)
class Answered:
    """What runs say of one file: its own size, a small upright JPEG without metadata, an answer for each run."""

    name: str
    size_wh: tuple[int, int]
    preview: bytes
    answers: Mapping[str, Any]

    @property
    def strange_to(self) -> list[str]:
        """The runs that were trained on no images like this one, so that their predictions are guesses."""
        return [run for run, answer in self.answers.items() if answer.is_familiar is False]

    @property
    def is_strange(self) -> bool:
        """Whether the image is unlike what any of the runs was trained on."""
        return bool(self.answers) and len(self.strange_to) == len(self.answers)


def within_limits(sizes: Iterable[tuple[str, int]]) -> tuple[list[int], list[str]]:
    """Which files, given as (name, bytes), are taken on, by position; and a sentence for what is left out.

    At most `MAX_FILES` files of at most `MAX_BYTES` each. The browser's own limits can be got round; these cannot.
    """
    sizes = list(sizes)
    small = [at for at, (_, size) in enumerate(sizes) if size <= MAX_BYTES]
    refused = [
        f"{name} has {size / 1024**2:.0f} MB, and {MAX_MB} MB is the most: save it smaller."
        for name, size in sizes
        if size > MAX_BYTES
    ]
    if len(small) > MAX_FILES:
        refused.append(f"{len(small)} files are more than {MAX_FILES}: the first {MAX_FILES} are answered.")
    return small[:MAX_FILES], refused


def answer_upload(source: bytes, name: str, models: Mapping[str, object]) -> Answered:
    """Open one file and let every model predict it. Raises `ImageError` with one sentence."""
    picture = open_image(source, name=name)
    answers = {run: model.predict([picture])[0] for run, model in models.items()}
    return Answered(name, image_size(source, name=name), preview(picture), answers)


def preview(picture: Image.Image, side: int = PREVIEW_SIDE) -> bytes:
    """The picture as a JPEG of at most `side` pixels on its longer side, with no metadata of any kind."""
    small = fit(picture, side).convert("RGB")
    small.info = {}
    return to_jpeg(small)


def point_in(size_wh: tuple[int, int], answer) -> tuple[float, float]:
    """A point answer in pixels of a picture of another size than the one that was looked at, such as a preview."""
    x, y = to_px([float(unit) for unit in answer.point_unit], size_wh)
    return float(x), float(y)


def table_row(answered: Answered) -> dict[str, object]:
    """One row of the table to take away: the file, its size, and each run's cells under the run's name.

    Points are in the file's own pixels.
    """
    from engine.inference.predict_files import row

    cells: dict[str, object] = {
        "file": answered.name,
        "width": answered.size_wh[0],
        "height": answered.size_wh[1],
    }
    for run, answer in answered.answers.items():
        cells |= {f"{run}: {column}": value for column, value in row(answer, answered.size_wh).items()}
        if answer.is_familiar is not None:
            cells[f"{run}: familiar"] = "yes" if answer.is_familiar else "no"
    return cells
