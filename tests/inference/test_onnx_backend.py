"""Compiled networks give the answers of the run, without torch, and only as long as the run is what it was."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from engine import paths
from engine.inference import onnx_backend, predict
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import fastai_backend
from engine.training.weights import WeightsError
from tests.tiny_runs import all_three

PICTURES = [Image.effect_noise(size, 90).convert("RGB") for size in ((640, 480), (48, 64), (200, 50))]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> dict[str, Run]:
    return all_three(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def made(drawn, tmp_path, monkeypatch) -> dict[str, Run]:
    """Runs of this test's own, and a cache in which nothing is kept yet."""
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return {task: Run(shutil.copytree(run.folder, tmp_path / task)) for task, run in drawn.items()}


def test_the_answers_are_torchs(made):
    for run in made.values():
        expected = predict.load(run, "cpu").outputs(PICTURES)
        onnx_backend.make(run)
        found = predict.load(run)
        assert onnx_backend.is_kept(run) and np.allclose(found.outputs(PICTURES), expected, atol=1e-5)
        assert not np.allclose(
            expected[0], expected[1], atol=1e-3
        )  # the pictures differ, and so must answers


def test_it_is_the_compiled_network_that_answers(made, monkeypatch):
    onnx_backend.make(made[POINTS])
    monkeypatch.setattr(
        onnx_backend.Compiled, "outputs", lambda self, squeezed: np.full((len(squeezed), 2), 0.25)
    )
    answers = predict.load(made[POINTS]).predict(PICTURES)
    assert [answer.point_px.tolist() for answer in answers] == [[400, 300], [30, 40], [125, 31.25]]


ANSWERED = """
import sys
from PIL import Image
from engine.inference import predict
from engine.runs import Run
answer = predict.load(Run(sys.argv[1])).predict([Image.new("RGB", (64, 48))])[0]
print(len(answer.probs), *(name for name in ("torch", "fastai", "torchvision") if name in sys.modules))
"""


def test_answering_loads_no_torch(made):
    onnx_backend.make(made[MULTI_LABEL])
    command = [sys.executable, "-c", ANSWERED, str(made[MULTI_LABEL].folder)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(made[MULTI_LABEL].vocab))]


def test_other_weights_are_never_answered_by_the_old_network(made):
    run = made[MULTI_LABEL]
    onnx_backend.make(run)
    weights = run.folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    assert not onnx_backend.is_kept(run)
    with pytest.raises(WeightsError, match="cut off"):
        predict.load(run)
    weights.unlink()
    with pytest.raises(WeightsError, match="missing"):
        predict.load(run)


def test_what_is_kept_but_is_no_network_leaves_the_answer_to_torch(made, monkeypatch):
    run = made[MULTI_LABEL]
    expected = predict.load(run, "cpu").outputs(PICTURES)
    monkeypatch.setattr("engine.inference.onnx_export.exported", lambda network, config: b"no network")
    onnx_backend.make(run)
    assert onnx_backend.is_kept(run) and np.allclose(predict.load(run).outputs(PICTURES), expected)


def test_the_torch_network_is_at_hand_for_those_who_look_into_it(made):
    onnx_backend.make(made[MULTI_LABEL])
    model = predict.load(made[MULTI_LABEL])
    assert model.network is model.network and not model.network.training
    assert next(model.network.parameters()).device == model.device


def test_a_gpu_answers_by_itself(made, monkeypatch):
    import torch

    monkeypatch.setattr(fastai_backend, "pick_device", lambda name: torch.device("cuda"))
    onnx_backend.make(made[POINTS])
    assert not onnx_backend.is_kept(made[POINTS])


def test_a_process_is_begun_once_for_each_network(made, monkeypatch):
    begun = []
    monkeypatch.setattr(onnx_backend, "_ASKED", set())
    monkeypatch.setattr(onnx_backend, "_begin", lambda run: begun.append(run.folder))
    for task in (POINTS, POINTS, MULTI_LABEL, POINTS):
        onnx_backend.make_in_background(made[task])
    assert begun == [made[POINTS].folder, made[MULTI_LABEL].folder]


def test_the_process_beside_compiles_or_says_why_not(made, tmp_path, capsys):
    assert onnx_backend.main([str(made[POINTS].folder)]) == 0
    assert onnx_backend.is_kept(made[POINTS])
    assert onnx_backend.main([str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err
