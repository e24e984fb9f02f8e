"""Import a bundle as a run: unpacked, rebuilt, and tried on the images in it.

Nothing of the zip is run: no pickle is read, its ONNX file and its script are checked and left aside, and the app
predicts with the weights from safetensors on a network that it builds itself.
"""

import json
import math
import struct
from pathlib import Path

import numpy as np
import torch

from engine import paths
from engine.config import TrainConfig
from engine.export.bundle import contents, reference_predictions, restore, unpacking
from engine.export.bundle.contents import TOLERANCE, BundleError
from engine.functional.label_text import visible
from engine.images import ImageError, open_image
from engine.images.drawing import to_png
from engine.inference import predict
from engine.jobs import access, quota, user_scope
from engine.jobs.temporary import temporary_folder
from engine.runs import Run, checksums
from engine.training import fastai_backend, launch

MOST_HEADER = 16 * 1024**2
LONGEST_VERSION = 50


def import_run(file: Path, name: str | None = None) -> Run:
    """The zip's run as a finished run in the user's folder, under its own name or another, made unique by a number.

    Raises `BundleError`, `RunError`, `LearnerError` or `WeightsError` with one sentence, and leaves nothing behind.
    """
    access.authorize(file, BundleError)
    quota.check(BundleError)
    parent = user_scope.own_folder(paths.runs_folder())
    parent.mkdir(parents=True, exist_ok=True)
    with (
        launch.in_words(f"{file.name} could not be imported"),
        temporary_folder(parent, "importing") as temporary,
    ):
        run, wanted = rebuilt(file, temporary)
        checksums.write(run.folder)
        wanted_folder = parent / launch.checked_name(name or wanted)
        folder = launch.put_in_own_place(run.folder, wanted_folder, BundleError)
    return Run(folder)


def rebuilt(file: Path, temporary: Path) -> tuple[Run, str]:
    """The zip's run in a folder of its own below `temporary`, proved; and the name it had."""
    manifest = unpacking.unpack(file, temporary / "pieces", restore.PIECES)
    origin = {"from": file.name, "run": manifest["run"], "made_with": _texts(manifest.get("made_with"))}
    run = restore.rebuild(temporary / "pieces", temporary / "run", origin)
    _require_fitting_weights(run.config, len(run.vocab) or 2, run.folder / contents.WEIGHTS)
    _try_on(run, temporary / "pieces")
    return run, manifest["run"]


def _texts(texts: object) -> dict[str, str]:
    items = texts.items() if isinstance(texts, dict) else ()
    return {visible(str(key), LONGEST_VERSION): visible(str(value), LONGEST_VERSION) for key, value in items}


def _require_fitting_weights(config: TrainConfig, n_out: int, file: Path) -> None:
    """Compare the shapes in the file with those of the network before either takes memory."""
    stored = _shapes(file)
    with torch.device("meta"):
        network = fastai_backend.build_model(config, n_out)
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    if stored != wanted:
        wrong = sorted(name for name in stored.keys() | wanted.keys() if stored.get(name) != wanted.get(name))
        raise BundleError(
            f"The weights do not fit {config.arch} with {n_out} outputs: {len(wrong)} of {len(wanted)} parts differ, "
            f"such as {wrong[0][:80]} ({_spoken(stored.get(wrong[0]))} where {_spoken(wanted.get(wrong[0]))} belongs)."
        )


def _spoken(shape: tuple[int, ...] | None) -> str:
    return "nothing" if shape is None else f"{' x '.join(map(str, shape)) or 'one number'}"


def _shapes(file: Path) -> dict[str, tuple[int, ...]]:
    """Names and shapes from the header of a safetensors file (eight bytes of length, then JSON)."""
    try:
        with open(file, "rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            if length > MOST_HEADER:
                raise ValueError("its header is too long")
            header = json.loads(opened.read(length))
        shapes = {
            name: tuple(map(int, about["shape"])) for name, about in header.items() if name != "__metadata__"
        }
        if any(
            min(shape, default=1) < 0 or math.prod(shape) > file.stat().st_size for shape in shapes.values()
        ):
            raise ValueError("a shape is impossible")
        return shapes
    except (
        struct.error,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise BundleError(f"{contents.WEIGHTS} is cut off or is not a safetensors file.") from error


def _try_on(run: Run, pieces: Path) -> None:
    """Predict the images in the bundle, compare, and keep them with the run."""
    model, kept = predict.load(run, "cpu"), run.folder / reference_predictions.CHECK
    kept.mkdir()
    for number, (file, expected) in enumerate(restore.expected(pieces)):
        try:
            image = open_image(file)
        except ImageError as error:
            raise BundleError(f"An image in the bundle cannot be read: {error}") from error
        predicted = reference_predictions.predictions(model, [image])[0]
        if predicted.shape != np.shape(expected) or not np.abs(predicted - expected).max() <= TOLERANCE:
            raise BundleError(
                f"The weights do not give the expected predictions (to {TOLERANCE:g}): the zip's pieces do not "
                "belong together; export the run again."
            )
        (kept / f"{number}.png").write_bytes(to_png(image))
