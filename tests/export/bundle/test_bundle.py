"""What a bundle holds and what it does not, and that none is made without proof."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import paths
from engine.__main__ import main
from engine.export.bundle import contents
from engine.export.bundle import write as bundle_write
from engine.export.bundle.contents import BundleError
from engine.inference import predict
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from tests import exportable_runs
from tests.export.bundle.packing import ignore, packed, prove_in_this_process, unpacked


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


def test_nothing_in_the_zip_is_a_pickle(made, tmp_path):
    folder = unpacked(made[SINGLE_LABEL][1], tmp_path / "zip")
    for file in (file for file in folder.rglob("*") if file.is_file()):
        begins = file.read_bytes()[:4]
        assert not begins.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")), (
            file
        )


def test_the_same_run_gives_the_same_bytes(made, tmp_path):
    run, file = made[POINTS]
    assert contents.digest(packed(run, tmp_path / "again.zip")) == contents.digest(file)


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


def _copied(run: Run, folder: Path) -> Run:
    shutil.copytree(run.folder, folder)
    return Run(folder)


def test_no_zip_where_the_onnx_answers_differently(made, tmp_path, monkeypatch):
    from engine.inference import onnx_export

    prove_in_this_process(monkeypatch)
    write = onnx_export.write

    def write_another(network, config, file, temperatures=None):
        for weights in network.parameters():
            weights.data.mul_(1.2)
        write(network, config, file)

    monkeypatch.setattr(onnx_export, "write", write_another)
    with pytest.raises(BundleError, match=r"predict\.py predict .* differently"):
        bundle_write.make(made[SINGLE_LABEL][0], tmp_path / "out" / "run.zip", ignore)
    assert list((tmp_path / "out").iterdir()) == []


def test_no_zip_where_the_weights_answer_differently(made, tmp_path, monkeypatch):
    from engine.training import weights

    prove_in_this_process(monkeypatch)
    monkeypatch.setattr(weights, "load", _off_by_a_fifth(weights.load))
    with pytest.raises(BundleError, match=r"was not kept.*weights"):
        bundle_write.make(made[POINTS][0], tmp_path / "run.zip", ignore)
    assert not (tmp_path / "run.zip").exists()


def _off_by_a_fifth(load):
    """The second network that is loaded, which is written down, is another; the proof reads what was written."""
    calls = []

    def wrong(network, path):
        load(network, path)
        calls.append(path)
        if len(calls) == 2:
            for tensor in network.parameters():
                tensor.data.mul_(1.2)

    return wrong


def test_no_zip_without_a_validation_picture(made, tmp_path):
    run = _copied(made[MULTI_LABEL][0], tmp_path / "run")
    config = json.loads((run.folder / "config.json").read_text()) | {"data": str(tmp_path / "gone")}
    (run.folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BundleError, match="put the images back"):
        bundle_write.make(Run(run.folder), tmp_path / "run.zip", ignore)
    assert not (tmp_path / "run.zip").exists()


def test_no_zip_of_a_run_that_is_not_ready(made, tmp_path):
    run = _copied(made[MULTI_LABEL][0], tmp_path / "run")
    (run.folder / "weights.safetensors").unlink()
    with pytest.raises(BundleError, match=r"weights\.safetensors is missing"):
        bundle_write.make(run, tmp_path / "run.zip", ignore)


def test_the_command_line_exports_and_imports(made, own, tmp_path, capsys):
    run, _ = made[SINGLE_LABEL]
    assert main(["runs", "export", str(run.folder), "--out", str(tmp_path / "a.zip")]) == 0
    assert main(["runs", "import", str(tmp_path / "a.zip"), "--name", "there"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [{"file": str(tmp_path / "a.zip")}, {"run": str(own / "there")}]
    assert main(["runs", "import", str(paths.ROOT / "README.md")]) == 2
    assert "is not a zip" in capsys.readouterr().err
