"""A small labelled set and label runs on it, written without any network: what lessons 1 to 3 and Home read."""

import base64
import json
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from plotly.graph_objects import Figure
from streamlit.testing.v1 import AppTest

from engine import paths, runs
from engine.config import TrainConfig
from engine.data import example_photographs, formats
from engine.runs import Predictions, Run
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from pages.parts.shared import page

VOCAB = ("bear", "cat", "dog", "horse")
COUNT = 32
EXAMPLES = example_photographs.FOLDER
"""Where the example photographs lie: found before any test moves the samples elsewhere."""
SIZE_WH = (64, 48)
APP = str(paths.ROOT / "streamlit_app.py")


def write_scenes(folder: Path) -> Path:
    """32 pictures whose labels count through every subset of the four classes, twice; every second is validation."""
    (folder / "train").mkdir(parents=True)
    lines = ["fname,labels,is_valid"]
    for number in range(COUNT):
        labels = [label for bit, label in enumerate(VOCAB) if number // 2 >> bit & 1]
        Image.new("RGB", SIZE_WH, (number * 7, 90, 160)).save(folder / "train" / f"{number:03}.jpg")
        lines.append(f"{number:03}.jpg,{' '.join(labels)},{number % 2 == 1}")
    (folder / "train.csv").write_text("\n".join(lines) + "\n")
    return folder


def write_run(folder: Path, scenes: Path, task: str = MULTI_LABEL, seed: int = 1) -> Run:
    """A finished run with noisy logits for the validation pictures; its weights are empty and cannot be loaded."""
    valid = formats.load(scenes, task).part(valid=True)
    targets = valid.targets()
    noise = np.random.default_rng(seed).normal(0, 1.6, targets.shape)
    logits = (targets * 4.0 - 2.5 + noise).astype(np.float32)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(TrainConfig(task, str(scenes)).to_json())
    (folder / "vocab.json").write_text(json.dumps(VOCAB))
    names = valid.table["fname"].tolist()
    runs.save_table(
        folder, "predictions.csv", runs.labels_table(Predictions(names, logits, targets, VOCAB, task))
    )
    runs.save_table(folder, "history.csv", pd.DataFrame({"epoch": [1], "valid_loss": [0.3]}))
    (folder / "metrics.json").write_text("{}")
    (folder / "weights.safetensors").write_bytes(b"")
    (folder / "status.json").write_text('{"state": "finished"}')
    return Run(folder)


def write_all(folder: Path) -> dict[str, Run]:
    """The set in `folder/scenes`, and a run for each kind of labels in `folder/runs`."""
    scenes = write_scenes(folder / "scenes")
    return {task: write_run(folder / "runs" / task, scenes, task) for task in (MULTI_LABEL, SINGLE_LABEL)}


def point_app_at(folder: Path, monkeypatch) -> None:
    """Let the app read `folder` instead of the bundled data, and keep its own runs in `folder/own`."""
    monkeypatch.setattr(page, "HEAD_START_SECONDS", 0)
    monkeypatch.setattr(paths, "SAMPLE_DATA", folder)
    monkeypatch.setattr(paths, "SCENES", folder / "scenes")
    monkeypatch.setattr(paths, "HEADS", folder / "heads")
    monkeypatch.setattr(paths, "BUNDLED_RUNS", folder / "runs")
    monkeypatch.setenv("LOSS_LAB_RUNS", str(folder / "own"))


def open_page(name: str, guessed: tuple[int, ...] = (), **address: str) -> AppTest:
    """A page of the app with what its address holds, entered by its address: Home need not run for it.

    The lessons in `guessed` show what they hide until the learner has made the first guess.
    """
    app = AppTest.from_file(APP, default_timeout=60).switch_page(f"pages/{name}.py")
    if guessed:
        app.session_state["progress_marks"] = {f"{number}.guess.first": -1 for number in guessed}
    for key, value in address.items():
        app.query_params[key] = value
    return app.run()


def chart(app: AppTest, place: int = 0) -> Figure:
    """The Plotly figure at a place on the page, its arrays as NumPy arrays."""
    return Figure(_decoded(json.loads(app.get("plotly_chart")[place].proto.spec)))


def _decoded(value):
    """Plotly sends arrays as base64 text; read them back."""
    if isinstance(value, list):
        return [_decoded(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "bdata" not in value:
        return {key: _decoded(one) for key, one in value.items()}
    numbers = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
    return numbers.reshape([int(n) for n in str(value.get("shape", len(numbers))).split(",")])


def texts(app: AppTest) -> str:
    """Everything a page says in words."""
    said = [*app.markdown, *app.caption, *app.info, *app.warning, *app.success, *app.error, *app.title]
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*(element.value for element in said), *html])


def button(app: AppTest, says: str):
    """The button that says just `says`, or else the first that says more."""
    return next(one for one in sorted(app.button, key=lambda one: one.label != says) if says in one.label)


def identity(app: AppTest, key: str) -> tuple[int | str, ...]:
    """What the browser knows a block with a key by: for each block around it and itself, the key or else the place.

    Where that changes, the browser makes the block anew: what was open is closed, and what was being typed is lost.
    """

    def within(block, around: tuple[int | str, ...]) -> tuple[int | str, ...] | None:
        for place, child in getattr(block, "children", {}).items():
            here = (*around, child.key or place)
            if child.key == key:
                return here
            if found := within(child, here):
                return found
        return None

    found = within(app.main, ())
    assert found is not None, f"There is no block with the key {key}."
    return found
