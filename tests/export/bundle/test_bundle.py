"""Take away: one zip whose pieces answer as the run does, for every task, and which is imported in as the same run."""

import contextlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine import paths
from engine.__main__ import main
from engine.export.bundle import contents, import_bundle, verify
from engine.export.bundle import write as bundle_write
from engine.export.bundle.contents import BundleError
from engine.images import open_image
from engine.inference import predict
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from tests import exportable_runs

NO_OTHERS = """
import builtins, runpy, sys

REFUSED = {"torch", "torchvision", "fastai", "timm", "engine", "pandas", "streamlit", "safetensors", "onnx", "pi_heif"}

class Refuser:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, Refuser())
script, sys.argv = sys.argv[1], sys.argv[1:]
sys.path.insert(0, script.rpartition("/")[0])
runpy.run_path(script, run_name="__main__")
"""


def _quiet(activity: str, share: float) -> None:
    """Nobody listens."""


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[str, tuple[Run, Path]]:
    """For each task a run and its zip, made once."""
    folder = tmp_path_factory.mktemp("take-away")
    exportable_runs.draw_images(folder / "pictures")
    found = {}
    for task in TASKS:
        run = exportable_runs.write_run(folder / "runs" / task, folder / "pictures", task)
        found[task] = (run, _packed(run, folder / f"{task}.zip"))
    return found


def _packed(run: Run, file: Path) -> Path:
    """The run's zip without the proof in a fresh process, which `make` adds."""
    bundle_write.pack(_pieces(run, file.with_suffix(".pieces")), file)
    return file


def _pieces(run: Run, folder: Path) -> Path:
    bundle_write.write_pieces(run, folder, _quiet)
    return folder


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "own"))
    return tmp_path / "own"


def _unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as zipped:
        zipped.extractall(folder)
    return folder


def _said_elsewhere(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """What the zip's own script says where only onnxruntime, numpy and Pillow can be imported."""
    command = [sys.executable, "-c", NO_OTHERS, str(folder / "predict.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder)


@pytest.mark.parametrize("task", TASKS)
def test_nothing_in_the_zip_tells_where_the_pictures_lie(made, task):
    run, file = made[task]
    place = str(run.data.parent).encode()
    with zipfile.ZipFile(file) as zipped:
        assert [name for name in zipped.namelist() if place in zipped.read(name)] == []


@pytest.mark.parametrize(
    ("data", "travels"),
    [
        ("sample_data/scenes", "sample_data/scenes"),
        (str(paths.SCENES), "sample_data/scenes"),
        ("/home/me/fruit", "fruit"),
    ],
)
def test_samples_are_the_same_everywhere_and_other_data_is_a_name(made, tmp_path, data, travels):
    shutil.copytree(made[MULTI_LABEL][0].folder, tmp_path / "run")
    config = replace(made[MULTI_LABEL][0].config, data=data)
    (tmp_path / "run" / "config.json").write_text(config.to_json())
    assert bundle_write._config_to_travel(Run(tmp_path / "run")).data == travels


@pytest.mark.parametrize("task", TASKS)
def test_the_zips_own_script_answers_as_the_engine(made, tmp_path, task):
    run, file = made[task]
    folder = _unpacked(file, tmp_path / "zip")
    done = _said_elsewhere(folder, str(run.data))
    assert done.returncode == 0, done.stderr
    told = {Path(one["fname"]).name: one for one in map(json.loads, done.stdout.splitlines())}
    assert sorted(told) == sorted(run.predictions.fnames)
    model = predict.load(run, "cpu")
    for fname, one in told.items():
        picture = open_image(run.picture(fname))
        (answer,) = model.predict([picture])
        assert (one["width"], one["height"]) == picture.size
        if task == POINTS:
            assert np.allclose([one["x_px"], one["y_px"]], answer.point_px, atol=1e-4 * max(picture.size) / 2)
        else:
            assert list(one["probabilities"]) == list(run.vocab) and one["labels"] == answer.labels
            assert np.allclose(list(one["probabilities"].values()), answer.probs, atol=1e-4)


def test_the_zips_script_needs_what_it_may_have(made, tmp_path):
    folder = _unpacked(made[POINTS][1], tmp_path / "zip")
    (folder / "predict.py").write_text("import torch")
    assert "No module named 'torch'" in _said_elsewhere(folder).stderr


def test_the_zips_script_writes_the_same_table_as_the_engine(made, tmp_path, capsys):
    run, file = made[MULTI_LABEL]
    folder = _unpacked(file, tmp_path / "zip")
    pictures = [str(run.picture(fname)) for fname in run.predictions.fnames]
    (tmp_path / "no picture.jpg").write_text("no picture")
    done = _said_elsewhere(
        folder, *pictures, str(tmp_path / "no picture.jpg"), "--csv", str(tmp_path / "theirs.csv")
    )
    assert done.returncode == 0 and "no picture.jpg: not predicted" in done.stderr
    assert main(["predict", "--run", str(run.folder), *pictures, "--csv", str(tmp_path / "ours.csv")]) == 0
    theirs, ours = (
        (tmp_path / name).read_bytes().decode().splitlines() for name in ("theirs.csv", "ours.csv")
    )
    assert theirs[0] == ours[0] and "p(<script>alert(1)</script>)" in theirs[0] and len(theirs) == len(ours)
    for one, other in zip(theirs[1:], ours[1:], strict=True):
        labels, *probs = one.split(",")[1:]
        assert labels == other.split(",")[1]
        assert np.allclose(np.array(probs, float), np.array(other.split(",")[2:], float), atol=1e-4)


def test_the_zips_script_answers_a_photograph_of_190_megapixels_as_the_engine(made, tmp_path):
    run, file = made[POINTS]
    folder = _unpacked(file, tmp_path / "zip")
    Image.new("L", (16_000, 12_000), 90).save(tmp_path / "vast.jpg")
    done = _said_elsewhere(folder, str(tmp_path / "vast.jpg"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (answer,) = predict.load(run, "cpu").predict([open_image(tmp_path / "vast.jpg")])
    there = [2 * told["x_px"] / told["width"] - 1, 2 * told["y_px"] / told["height"] - 1]
    assert (told["width"], told["height"]) == (16_000, 12_000)
    assert np.allclose(there, answer.point_unit, atol=1e-4)


@pytest.mark.parametrize("task", TASKS)
def test_a_zip_imported_in_is_the_same_run(made, own, task):
    run, file = made[task]
    imported = import_bundle.import_run(file)
    assert imported.folder == own / task and imported.is_imported and imported.problems() == []
    config = replace(run.config, data=Path(run.config.data).name)
    assert (imported.config, imported.vocab, imported.thresholds) == (config, run.vocab, run.thresholds)
    assert imported.metrics == run.metrics and imported.history.equals(run.history)
    assert imported.losses.equals(run.losses) and imported.pictures.equals(run.pictures)
    pictures = [open_image(run.picture(fname)) for fname in run.predictions.fnames]
    assert np.array_equal(predict.load(imported).outputs(pictures), predict.load(run).outputs(pictures))
    names = ("points_px", "targets_px", "sizes_wh") if task == POINTS else ("logits", "targets", "probs")
    for name in names:
        assert np.array_equal(getattr(imported.predictions, name), getattr(run.predictions, name))
    assert [folder.name for folder in own.iterdir()] == [task]


def test_a_zip_imported_in_twice_becomes_two_runs(made, own):
    for name in (None, None, "mine"):
        import_bundle.import_run(made[SINGLE_LABEL][1], name)
    names = [SINGLE_LABEL, f"{SINGLE_LABEL}-2", "mine"]
    assert sorted(folder.name for folder in own.iterdir()) == sorted(names)


@pytest.mark.parametrize("backbone", ["drawings", "photographs"])
def test_a_run_on_a_backbone_answers_alike_in_the_zip_and_as_it_was_imported_in(
    made, own, tmp_path, backbone
):
    """The zip holds all weights, and its script scales pictures as this backbone wants them."""
    images = made[MULTI_LABEL][0].data
    run = exportable_runs.write_run(tmp_path / "run", images, MULTI_LABEL, arch="", weights=backbone)
    folder = _unpacked(_packed(run, tmp_path / "run.zip"), tmp_path / "zip")
    done = _said_elsewhere(folder, str(run.data))
    assert done.returncode == 0, done.stderr
    told = {
        Path(one["fname"]).name: one["probabilities"] for one in map(json.loads, done.stdout.splitlines())
    }
    opened = [open_image(run.picture(fname)) for fname in told]
    expected = [answer.probs for answer in predict.load(run).predict(opened)]
    assert np.allclose([list(probs.values()) for probs in told.values()], expected, atol=1e-4)
    imported = import_bundle.import_run(tmp_path / "run.zip")
    assert np.allclose(predict.load(imported).outputs(opened), predict.load(run).outputs(opened), atol=1e-5)


def test_an_imported_run_can_be_taken_away_again(made, own, tmp_path):
    imported = import_bundle.import_run(made[MULTI_LABEL][1])
    again = import_bundle.import_run(_packed(imported, tmp_path / "again.zip"), "again")
    assert again.thresholds == exportable_runs.THRESHOLDS
    assert len(list((again.folder / "check").glob("*.png"))) == contents.CHECKED_PICTURES


def test_nothing_in_the_zip_is_a_pickle(made, tmp_path):
    folder = _unpacked(made[SINGLE_LABEL][1], tmp_path / "zip")
    for file in (file for file in folder.rglob("*") if file.is_file()):
        begins = file.read_bytes()[:4]
        assert not begins.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")), (
            file
        )


def test_the_same_run_gives_the_same_bytes(made, tmp_path):
    run, file = made[POINTS]
    assert contents.digest(_packed(run, tmp_path / "again.zip")) == contents.digest(file)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal"])
def test_the_activation_of_the_runs_own_loss_is_inside(made, tmp_path, loss):
    import onnxruntime

    from engine.inference import onnx_export

    run = exportable_runs.write_run(tmp_path / "run", made[MULTI_LABEL][0].data, MULTI_LABEL, loss)
    model = predict.load(run, "cpu")
    onnx_export.write(model.network, run.config, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    batch = np.random.default_rng(0).normal(size=(5, 3, 48, 48)).astype(np.float32)
    logits, probabilities = session.run(["logits", "probabilities"], {"pictures": batch})
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    if loss != "cross_entropy":
        expected = 1 / (1 + np.exp(-logits))
    assert probabilities.shape == (5, 3) and np.allclose(probabilities, expected, atol=1e-6)


# --- no zip without proof ---------------------------------------------------------------------------------------


def _copied(run: Run, folder: Path) -> Run:
    shutil.copytree(run.folder, folder)
    return Run(folder)


@pytest.fixture
def proved_here(monkeypatch):
    """The proof runs in this process; the zip's own script still in one of its own."""
    start = subprocess.run

    def run(command, **options):
        if "engine.export.bundle.verify" not in command:
            return start(command, **options)
        with contextlib.redirect_stderr(io.StringIO()) as said:
            status = verify.main(command[3:])
        return subprocess.CompletedProcess(command, status, "", said.getvalue())

    monkeypatch.setattr(verify.subprocess, "run", run)


def test_no_zip_where_the_onnx_answers_differently(made, tmp_path, monkeypatch, proved_here):
    from engine.inference import onnx_export

    write = onnx_export.write

    def write_another(network, config, file, temperatures=None):
        for weights in network.parameters():
            weights.data.mul_(1.2)
        write(network, config, file)

    monkeypatch.setattr(onnx_export, "write", write_another)
    with pytest.raises(BundleError, match=r"predict\.py answer .* differently"):
        bundle_write.make(made[SINGLE_LABEL][0], tmp_path / "out" / "run.zip", _quiet)
    assert list((tmp_path / "out").iterdir()) == []


def test_no_zip_where_the_weights_answer_differently(made, tmp_path, monkeypatch):
    from engine.training import weights

    monkeypatch.setattr(weights, "load", _off_by_a_fifth(weights.load))
    with pytest.raises(BundleError, match=r"was not kept.*weights"):
        bundle_write.make(made[POINTS][0], tmp_path / "run.zip", _quiet)
    assert not (tmp_path / "run.zip").exists()


def _off_by_a_fifth(load):
    """The first network is loaded as it is, the one that is written down is another."""
    calls = []

    def wrong(network, path):
        load(network, path)
        calls.append(path)
        if len(calls) > 1:
            for tensor in network.parameters():
                tensor.data.mul_(1.2)

    return wrong


def test_no_zip_without_a_validation_picture(made, tmp_path):
    run = _copied(made[MULTI_LABEL][0], tmp_path / "run")
    config = json.loads((run.folder / "config.json").read_text()) | {"data": str(tmp_path / "gone")}
    (run.folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BundleError, match="put the images back"):
        bundle_write.make(Run(run.folder), tmp_path / "run.zip", _quiet)
    assert not (tmp_path / "run.zip").exists()


def test_no_zip_of_a_run_that_is_not_ready(made, tmp_path):
    run = _copied(made[MULTI_LABEL][0], tmp_path / "run")
    (run.folder / "weights.safetensors").unlink()
    with pytest.raises(BundleError, match=r"weights\.safetensors is missing"):
        bundle_write.make(run, tmp_path / "run.zip", _quiet)


def test_the_command_line_exports_and_imports(made, own, tmp_path, capsys):
    run, _ = made[SINGLE_LABEL]
    assert main(["runs", "export", str(run.folder), "--out", str(tmp_path / "a.zip")]) == 0
    assert main(["runs", "import", str(tmp_path / "a.zip"), "--name", "there"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [{"file": str(tmp_path / "a.zip")}, {"run": str(own / "there")}]
    assert main(["runs", "import", str(paths.ROOT / "README.md")]) == 2
    assert "is no zip" in capsys.readouterr().err
