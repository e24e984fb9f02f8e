"""Small runs for the tests of pages: random but fixed weights, drawn pictures, and predictions really theirs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from engine import runs
from engine.config import TrainConfig
from engine.images import open_image
from engine.runs import PointPredictions, Predictions, Run
from engine.synthetic import heads, scenes
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

SIZE = 64
SCENE_SIZE_WH = (96, 72)
PEOPLE = (4, 9)
FRAMES = 4


def write_heads(folder: Path) -> list[tuple[str, np.ndarray, str]]:
    """A few heads of two people: (fname, true centre in pixels, person)."""
    found = []
    for index in PEOPLE:
        camera = heads.sample_camera(index)
        (folder / f"{index:02d}").mkdir(parents=True)
        for number, pose in enumerate(heads.sample_poses(index)[:FRAMES]):
            fname = f"{index:02d}/frame_{number:05d}_rgb.jpg"
            heads.draw(heads.sample_person(index), pose, camera).save(folder / fname)
            found.append((fname, np.array(heads.centre_px(pose, camera)), f"{index:02d}"))
    return found


def points_run(folder: Path, pictures: Path, frames) -> Run:
    """A points run whose stored predictions are its network's own answers to `frames` of `write_heads`."""
    model = start(folder, TrainConfig(POINTS, str(pictures), weights="none", size=SIZE), ())
    opened = [open_image(pictures / fname) for fname, _, _ in frames]
    answers = np.array([answer.point_px for answer in model.predict(opened)])
    predictions = PointPredictions(
        [fname for fname, _, _ in frames],
        answers,
        np.array([centre for _, centre, _ in frames]),
        np.array([picture.size for picture in opened], float),
        [person for _, _, person in frames],
    )
    centres, sizes = predictions.targets_px, predictions.sizes_wh
    table = {"x": centres[:, 0], "y": centres[:, 1], "width": sizes[:, 0], "height": sizes[:, 1]}
    rows = pd.DataFrame({"fname": predictions.fnames, "is_valid": True} | table)
    train = rows.assign(fname="train/" + rows["fname"], is_valid=False, x=rows["x"] + 10)
    runs.save_table(folder, "pictures.csv", pd.concat([rows, train]))
    return finish(folder, runs.points_table(predictions))


def labels_run(folder: Path, task: str = MULTI_LABEL) -> Run:
    """A run on drawn scenes; `task` is multi-label or single-label."""
    model = start(folder, TrainConfig(task, "sample_data/scenes", weights="none", size=SIZE), scenes.KINDS)
    specs = [scenes.spec_with([kind], seed, SCENE_SIZE_WH) for seed, kind in enumerate(scenes.KINDS[:3])]
    logits = model.outputs([scenes.draw(spec) for spec in specs])
    targets = np.array([[kind in scenes.labels(spec) for kind in scenes.KINDS] for spec in specs], np.uint8)
    names = [f"train/{number}.jpg" for number in range(len(specs))]
    return finish(folder, runs.labels_table(Predictions(names, logits, targets, scenes.KINDS, task)))


def all_three(folder: Path) -> dict[str, Run]:
    """One run for each task in `folder/runs`, by task."""
    frames = write_heads(folder / "heads")
    return {
        POINTS: points_run(folder / "runs" / "points", folder / "heads", frames),
        MULTI_LABEL: labels_run(folder / "runs" / "multi-label", MULTI_LABEL),
        SINGLE_LABEL: labels_run(folder / "runs" / "single-label", SINGLE_LABEL),
    }


def start(folder: Path, config: TrainConfig, vocab):
    """The beginnings of a run's folder, with random but fixed weights; the model that answers with them.

    Where the configuration names a backbone, only the head is random.
    """
    import torch

    from engine.inference import predict
    from engine.training import fastai_backend, weights
    from engine.training.backbones import of_weights

    folder.mkdir(parents=True)
    (folder / "config.json").write_text(config.to_json())
    (folder / "vocab.json").write_text(json.dumps(vocab))
    torch.manual_seed(0)
    network = fastai_backend.build_model(config, n_out=len(vocab) or 2)
    if (backbone := of_weights(config.weights)) is not None:
        weights.load_backbone(network, backbone)
    weights.save(network, folder / "weights.safetensors", backbone)
    return predict.load(Run(folder))


def finish(folder: Path, predictions: pd.DataFrame, history: pd.DataFrame | None = None) -> Run:
    """The rest of a run's folder: it is finished."""
    history = pd.DataFrame({"epoch": [1], "valid_loss": [1.0]}) if history is None else history
    runs.save_table(folder, "predictions.csv", predictions)
    runs.save_table(folder, "history.csv", history)
    (folder / "metrics.json").write_text("{}")
    (folder / "status.json").write_text('{"state": "finished"}')
    return Run(folder)
