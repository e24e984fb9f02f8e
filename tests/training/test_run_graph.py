"""A run's ONNX graph computes what its torch network computes, for every head and both backbones."""

import json
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import nn

from engine import paths
from engine.config import TrainConfig
from engine.images.preprocess import to_batch
from engine.inference import onnx_backend
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from engine.training import fastai_backend, run_graph, weights
from engine.training.backbones import (
    DRAWINGS,
    PHOTOGRAPHS,
    Backbone,
    WeightsError,
    normalization,
    of_weights,
    sessions,
)
from tests.training.backbones.networks import SIDE, squares

VOCAB = ["cat", "dog", "horse"]
HEADS = {
    "fastai, hidden layer": {"task": MULTI_LABEL, "epochs": 1, "hidden": 16},
    "fastai, no hidden layer": {"task": SINGLE_LABEL, "epochs": 1, "hidden": 0},
    "fastai, y_range": {"task": POINTS, "epochs": 1, "hidden": 16, "y_range": (-1.5, 2.0)},
    "linear": {"task": MULTI_LABEL, "recipe": "quick"},
    "linear after fine-tuning": {"task": SINGLE_LABEL, "recipe": "better", "epochs": 2},
    "grid": {"task": POINTS, "recipe": "quick"},
}
BACKBONES = (DRAWINGS, PHOTOGRAPHS)


def _network(config: TrainConfig, fine_tuned: bool = True) -> nn.Module:
    """A network on its backbone in which every number of the head, and some of the body's, differ from the start."""
    torch.manual_seed(0)
    network = fastai_backend.build_model(config, n_out=2 if config.task == POINTS else len(VOCAB))
    weights.load_backbone(network, of_weights(config.weights))
    with torch.no_grad():
        for name, tensor in network[1].state_dict().items():
            if tensor.is_floating_point():
                tensor += 0.1 * torch.rand_like(tensor) * (tensor.std() if tensor.ndim > 1 else 1)
                assert not name.endswith("running_var") or tensor.min() > 0
        if fine_tuned:
            first = next(layer for layer in network[0].modules() if isinstance(layer, nn.Conv2d))
            first.weight *= 1.05
    return network.eval()


def _run(folder, config: TrainConfig, network: nn.Module) -> Run:
    """A run with what its graph is made from."""
    folder.mkdir()
    (folder / "config.json").write_text(config.to_json())
    (folder / "vocab.json").write_text(json.dumps([] if config.task == POINTS else VOCAB))
    weights.round_to_saved(network)
    weights.save(network, folder / "weights.safetensors", of_weights(config.weights))
    return Run(folder)


def _config(weights: str = "drawings", **head) -> TrainConfig:
    return TrainConfig(data="x", weights=weights, size=SIDE, **head)


def _cases() -> Iterator[tuple[str, Backbone, bool]]:
    """Each head fine-tuned on one backbone and frozen on the other, in turns."""
    for number, head in enumerate(HEADS):
        yield head, BACKBONES[number % 2], True
        yield head, BACKBONES[(number + 1) % 2], False


@pytest.mark.parametrize(("head", "backbone", "fine_tuned"), _cases())
def test_the_graph_equals_the_torch_network(tmp_path, head, backbone, fine_tuned):
    config = _config(backbone.name, **HEADS[head])
    network = _network(config, fine_tuned)
    run = _run(tmp_path / "run", config, network)
    images = squares()
    with torch.inference_mode():
        expected = network(to_batch(images, normalization(config.weights))).numpy()
    found = sessions.open_session(run_graph.write(run)).run(None, {"images": images})[0]
    assert found.shape == expected.shape and found.dtype == np.float32
    assert np.ptp(expected, axis=0).min() > 1e-3, "the images should differ in their outputs"
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    compiled = onnx_backend.find(run)
    np.testing.assert_allclose(compiled.outputs(list(images)), found, rtol=1e-5, atol=1e-5)
    alone = [compiled.outputs([image]) for image in images]
    assert compiled.is_batch_invariant and np.array_equal(
        np.concatenate(alone), compiled.outputs(list(images))
    )


def test_a_frozen_run_keeps_no_tensor_of_its_backbone(tmp_path):
    config = _config("photographs", **HEADS["linear"])
    run = _run(tmp_path / "run", config, _network(config, fine_tuned=False))
    assert set(run_graph.weight_files.read(run.folder / "weights.safetensors")[0]) == {
        "1.3.weight",
        "1.3.bias",
    }
    assert len(run_graph.tensors_of(run, PHOTOGRAPHS)) > 200


def test_other_architectures_have_no_graph(tmp_path):
    config = TrainConfig(MULTI_LABEL, "x", weights="none", size=SIDE, hidden=8)
    (tmp_path / "config.json").write_text(config.to_json())
    assert run_graph.write(Run(tmp_path)) is None


def test_a_run_on_another_version_of_the_backbone_is_refused(tmp_path, monkeypatch):
    config = _config("photographs", **HEADS["linear"])
    run = _run(tmp_path / "run", config, _network(config))
    monkeypatch.setattr(run_graph.weight_files, "digest", lambda backbone: "another")
    with pytest.raises(WeightsError, match="another backbone than the one here: train the run again"):
        run_graph.write(run)


def test_missing_and_damaged_weights_are_one_sentence(tmp_path):
    config = _config(**HEADS["linear"])
    run = _run(tmp_path / "run", config, _network(config))
    file = run.folder / "weights.safetensors"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(WeightsError, match=r"weights\.safetensors is cut off"):
        run_graph.write(run)
    file.unlink()
    with pytest.raises(WeightsError, match=r"weights\.safetensors are missing"):
        run_graph.write(run)


PREDICT_WITHOUT_TORCH = """
import sys
from PIL import Image
from engine.inference import predict
from engine.runs import Run
predictions = predict.load(Run(sys.argv[1])).predict([Image.new("RGB", (64, 48))])
print(len(predictions), [name for name in ("torch", "torchvision", "timm", "fastai") if name in sys.modules])
"""


def test_a_run_predicts_without_torch(tmp_path):
    config = _config("photographs", **HEADS["linear"])
    run = _run(tmp_path / "run", config, _network(config))
    command = [sys.executable, "-c", PREDICT_WITHOUT_TORCH, str(run.folder)]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1 []"
