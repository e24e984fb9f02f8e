"""Training on a dataset in s3://, and its run sent there and fetched on a machine that shares nothing else."""

import json

import pytest
from PIL import Image
from safetensors.numpy import load_file

from engine import paths
from engine.__main__ import main
from engine.runs import Run
from tests.object_storage.s3_server import BUCKET, put_folder

pytestmark = pytest.mark.s3
DATA, RUN = f"{BUCKET}/data/lights", f"{BUCKET}/runs/lights"


def machine(tmp_path, monkeypatch, name):
    """Another machine: folders of its own."""
    for variable in ("RUNS", "DATA", "CACHE"):
        monkeypatch.setenv(f"LOSS_LAB_{variable}", str(tmp_path / name / variable.lower()))


def train(data, out, *flags):
    return main(["train", "--task", "single-label", "--data", str(data), "--out", str(out), *flags])


def tensors(run):
    """The bytes of each tensor of a run; their order in the file is any."""
    return {name: tensor.tobytes() for name, tensor in load_file(run.folder / "weights.safetensors").items()}


@pytest.fixture
def images(tmp_path):
    """48 drawn images in two folders, named after their labels."""
    for number in range(48):
        label = ("dark", "light")[number % 2]
        file = tmp_path / "images" / label / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 48), (number + 150 * (number % 2), 40, number)).save(file)
    return tmp_path / "images"


def test_machines_that_share_only_storage_train_and_predict(s3, images, tmp_path, capsys, monkeypatch):
    put_folder(DATA, images)
    machine(tmp_path, monkeypatch, "first")
    assert train(DATA, tmp_path / "run", "--to", RUN) == 0
    assert train(images, tmp_path / "local") == 0
    trained, local = Run(tmp_path / "run"), Run(tmp_path / "local")
    assert tensors(trained) == tensors(local)

    machine(tmp_path, monkeypatch, "second")
    capsys.readouterr()
    assert main(["runs", "pull", RUN]) == 0
    pulled = Run(json.loads(capsys.readouterr().out)["run"])
    assert tensors(pulled) == tensors(trained)
    tables = []
    for run, place in ((RUN, DATA), (local.folder, images)):
        file = tmp_path / f"{len(tables)}.csv"
        assert main(["predict", "--run", str(run), str(place), "--csv", str(file)]) == 0
        tables.append(file.read_text().replace(f"{place}/", ""))
    assert tables[0] == tables[1] and tables[0].count("\n") == 49


def test_a_place_that_is_taken_or_none_is_said_before_training(s3, tmp_path, capsys, monkeypatch):
    machine(tmp_path, monkeypatch, "third")
    assert main(["runs", "push", str(paths.BUNDLED_RUNS / "multi-label"), f"{BUCKET}/taken"]) == 0
    for place, says in (
        (f"{BUCKET}/taken", "already"),
        ("runs/x", "not a storage address"),
        ("s3://nowhere/x", "nothing at"),
    ):
        assert train(DATA, tmp_path / "run", "--to", place) == 2
        assert says in capsys.readouterr().err and not (tmp_path / "run").exists()
