"""Write the features and targets of the loss race over photographs, without images.

`python -m engine.experiments.loss_race.photograph_features --coco PATH --faces PATH` takes some minutes on two cores.
COCO's own split is used: `train2017` for training, `val2017` for validation. A fifth of the people in the face crops
is held out.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from engine.data import example_photographs
from engine.experiments.loss_race import photographs
from engine.images import open_image
from engine.tasks import MULTI_LABEL, POINTS
from engine.training.photo_models import command, folds
from engine.training.photo_models.face_scenes import Face
from engine.training.photo_models.groups import SCENE_GROUPS
from engine.training.photo_models.sources import Photographs

_VALID = "val2017"


def main(arguments: list[str] | None = None) -> int:
    """Write both files. Returns the exit status."""
    parser = command.parser("engine.experiments.loss_race.photograph_features", __doc__, photographs.folder())
    command.add_faces(parser)
    options = parser.parse_args(arguments)
    datasets = command.read_datasets(options)
    if datasets is None:
        return 2
    coco, faces = datasets
    options.out.mkdir(parents=True, exist_ok=True)
    write_labels(coco, options.out)
    write_points(faces, options.out)
    return 0


def write_labels(coco: Photographs, to: Path) -> None:
    """The features of COCO's photographs with the 12 labels of the drawn scenes."""
    vocab = sorted(SCENE_GROUPS)
    examples = list(example_photographs.LABELS)
    arrays = {
        photographs.POOLED: _features([open_image(path) for path in coco.paths]),
        "labels": coco.of(vocab),
        "is_valid": np.array([path.parent.name == _VALID for path in coco.paths], np.uint8),
        "example_pooled": _features([open_image(example_photographs.FOLDER / fname) for fname in examples]),
    }
    names = {"fnames": [path.name for path in coco.paths], "vocab": vocab, "examples": examples}
    photographs.write(MULTI_LABEL, arrays, names, to)


def write_points(faces: Sequence[Face], to: Path) -> None:
    """The features of face crops with the point between the eyes; the people of the first fold are held out."""
    people, images = [face.person for face in faces], [face.image for face in faces]
    examples = list(example_photographs.HEADS_PX)
    heads = [example_photographs.head_of(fname) for fname in examples]
    arrays = {
        f"{whose}{sees}": _features(those, sees)
        for whose, those in (("", images), ("example_", heads))
        for sees in (photographs.POOLED, photographs.GRID)
    } | {
        "points_px": np.array([face.point_px for face in faces], np.float32),
        "sizes_wh": np.array([face.image.size for face in faces], np.int32),
        "is_valid": (folds.of_groups(np.array(people)) == 0).astype(np.uint8),
    }
    fnames = [f"{person} {at}" for at, person in enumerate(people)]
    photographs.write(POINTS, arrays, {"fnames": fnames, "groups": people, "examples": examples}, to)


def _features(images: Sequence[Image.Image], sees: str = photographs.POOLED) -> np.ndarray:
    return np.stack([photographs.of_image(image, sees) for image in images]).astype(np.float16)


if __name__ == "__main__":
    sys.exit(main())
