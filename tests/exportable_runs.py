"""Small runs of a tiny network whose validation pictures lie on the disk: what is taken away in tests."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from engine import runs
from engine.config import TrainConfig
from engine.functional.coordinates import to_px
from engine.images import image_size, open_image
from engine.inference import predict
from engine.runs import PointPredictions, Predictions, Run, evaluate, verdict
from engine.synthetic import scenes
from engine.tasks import CROP, MULTI_LABEL, POINTS, SINGLE_LABEL, SQUISH
from tests import tiny_runs

ARCH = "test_resnet"
VOCAB = ("<script>alert(1)</script>", "=bear", "dog")
THRESHOLDS = {VOCAB[0]: 0.4, VOCAB[1]: 0.5, VOCAB[2]: 0.6}
ORIENTATION = 0x0112


def draw_images(folder: Path) -> list[str]:
    """Six pictures, none square: JPEGs, one on its side with EXIF, one half transparent, one in grey of 16 bits."""
    folder.mkdir(parents=True)
    drawn = [
        scenes.draw(scenes.spec_with([kind], seed, (96, 72))) for seed, kind in enumerate(scenes.KINDS[:6])
    ]
    for number, image in enumerate(drawn[:3]):
        image.save(folder / f"{number}.jpg", quality=92)
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    drawn[3].save(folder / "3 on its side.jpg", exif=exif)
    see_through = drawn[4].copy()
    see_through.putalpha(Image.linear_gradient("L").resize(see_through.size))
    see_through.save(folder / "=4.png")
    deep = np.asarray(drawn[5].convert("L"), np.uint16) * 257
    Image.fromarray(deep).save(folder / "5 <b>.png")
    return sorted(file.name for file in folder.iterdir())


def write_run(
    folder: Path, images: Path, task: str, loss: str = "", arch: str = ARCH, weights: str = "none"
) -> Run:
    """A finished run whose stored predictions are its own network's, with thresholds that somebody chose."""
    fnames = sorted(file.name for file in images.iterdir())
    config = TrainConfig(
        task,
        str(images),
        arch=arch,
        weights=weights,
        size=48,
        resize=CROP if task == SINGLE_LABEL else SQUISH,
        hidden=0,
        loss=loss,
        epochs=2,
        device="cpu",
    )
    vocab = () if task == POINTS else VOCAB
    model = tiny_runs.start(folder, config, vocab)
    predictions = _predictions(model, [images / fname for fname in fnames])
    history = pd.DataFrame(
        {"epoch": [1, 2], "frozen": [False] * 2, "train_loss": [0.9, 0.5], "valid_loss": [0.8, 0.6]}
    )
    as_table = runs.points_table if task == POINTS else runs.labels_table
    run = tiny_runs.finish(folder, as_table(predictions), history)
    runs.save_table(folder, "losses.csv", pd.DataFrame({"step": [1, 2], "epoch": [1, 2], "loss": [0.9, 0.5]}))
    runs.save_table(folder, "pictures.csv", runs.pictures_table(_table(predictions)))
    reached = evaluate.scores(run, predictions) | verdict.metrics_of(verdict.judge(run))
    (folder / "metrics.json").write_text(json.dumps(reached))
    if task == MULTI_LABEL:
        run.save_thresholds(THRESHOLDS)
    return run


def _predictions(model: predict.Model, files: list[Path]) -> Predictions | PointPredictions:
    opened = [open_image(file) for file in files]
    outputs, fnames = model.outputs(opened), [file.name for file in files]
    if model.config.task != POINTS:
        targets = np.eye(len(VOCAB), dtype=np.uint8)[np.arange(len(files)) % len(VOCAB)]
        return Predictions(fnames, outputs, targets, VOCAB, model.config.task, model.config.loss)
    sizes = np.array([image_size(file) for file in files], float)
    answers = to_px(outputs.astype(float), sizes)
    return PointPredictions(fnames, answers, sizes * (0.4, 0.6), sizes, [""] * len(files))


def _table(predictions: Predictions | PointPredictions) -> pd.DataFrame:
    """The validation images, and the same ones under other names for training."""
    valid = _valid_table(predictions)
    return pd.concat(
        [valid, valid.assign(fname="train " + valid["fname"], is_valid=False)], ignore_index=True
    )


def _valid_table(predictions: Predictions | PointPredictions) -> pd.DataFrame:
    table = pd.DataFrame({"fname": predictions.fnames, "is_valid": True})
    if isinstance(predictions, PointPredictions):
        return table.assign(
            x=predictions.targets_px[:, 0],
            y=predictions.targets_px[:, 1],
            width=predictions.sizes_wh[:, 0],
            height=predictions.sizes_wh[:, 1],
        )
    said = [tuple(np.array(VOCAB)[row == 1]) for row in predictions.targets]
    return table.assign(labels=said)
