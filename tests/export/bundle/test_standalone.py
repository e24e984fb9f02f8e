"""The script in the zip predicts as the engine does, with nothing but what it needs installed."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.__main__ import main
from engine.images import open_image
from engine.inference import predict
from engine.tasks import MULTI_LABEL, POINTS, TASKS
from tests.export.bundle.packing import run_script, unpacked


@pytest.mark.parametrize("task", TASKS)
def test_the_zips_own_script_answers_as_the_engine(made, tmp_path, task):
    run, file = made[task]
    folder = unpacked(file, tmp_path / "zip")
    done = run_script(folder, str(run.data))
    assert done.returncode == 0, done.stderr
    told = {Path(one["fname"]).name: one for one in map(json.loads, done.stdout.splitlines())}
    assert sorted(told) == sorted(run.predictions.fnames)
    model = predict.load(run, "cpu")
    for fname, one in told.items():
        picture = open_image(run.image_path(fname))
        (answer,) = model.predict([picture])
        assert (one["width"], one["height"]) == picture.size
        if task == POINTS:
            assert np.allclose([one["x_px"], one["y_px"]], answer.point_px, atol=1e-4 * max(picture.size) / 2)
        else:
            assert list(one["probabilities"]) == list(run.vocab) and one["labels"] == answer.labels
            assert np.allclose(list(one["probabilities"].values()), answer.probs, atol=1e-4)


def test_the_zips_script_needs_what_it_may_have(made, tmp_path):
    folder = unpacked(made[POINTS][1], tmp_path / "zip")
    (folder / "predict.py").write_text("import torch")
    assert "No module named 'torch'" in run_script(folder).stderr


def test_the_zips_script_writes_the_same_table_as_the_engine(made, tmp_path, capsys):
    run, file = made[MULTI_LABEL]
    folder = unpacked(file, tmp_path / "zip")
    pictures = [str(run.image_path(fname)) for fname in run.predictions.fnames]
    (tmp_path / "no picture.jpg").write_text("no image")
    done = run_script(
        folder, *pictures, str(tmp_path / "no picture.jpg"), "--csv", str(tmp_path / "theirs.csv")
    )
    assert done.returncode == 0 and "no picture.jpg: not predicted" in done.stderr
    assert main(["predict", "--run", str(run.folder), *pictures, "--csv", str(tmp_path / "ours.csv")]) == 0
    theirs, ours = (
        (tmp_path / name).read_bytes().decode().splitlines() for name in ("theirs.csv", "ours.csv")
    )
    assert (
        f"{theirs[0]},familiar" == ours[0]
        and "p(<script>alert(1)</script>)" in theirs[0]
        and len(theirs) == len(ours)
    )
    for one, other in zip(theirs[1:], ours[1:], strict=True):
        labels, *probs = one.split(",")[1:]
        assert labels == other.split(",")[1]
        assert np.allclose(np.array(probs, float), np.array(other.split(",")[2:-1], float), atol=1e-4)


def test_the_zips_script_answers_a_photograph_of_190_megapixels_as_the_engine(made, tmp_path):
    run, file = made[POINTS]
    folder = unpacked(file, tmp_path / "zip")
    Image.new("L", (16_000, 12_000), 90).save(tmp_path / "vast.jpg")
    done = run_script(folder, str(tmp_path / "vast.jpg"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (answer,) = predict.load(run, "cpu").predict([open_image(tmp_path / "vast.jpg")])
    there = [2 * told["x_px"] / told["width"] - 1, 2 * told["y_px"] / told["height"] - 1]
    assert (told["width"], told["height"]) == (16_000, 12_000)
    assert np.allclose(there, answer.point_unit, atol=1e-4)
