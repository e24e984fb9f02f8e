"""Weights: saved and loaded again they are the same network, and foreign ones are refused in one sentence."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine import paths
from engine.config import TrainConfig
from engine.training import fastai_backend, weights
from engine.training.backbones import DRAWINGS

CONFIG = TrainConfig("multi-label", "x", weights="none", hidden=8)


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """A bundled body of this test's own, so that nothing depends on the one that is shipped."""
    torch.manual_seed(1)
    body = {key: weights.as_saved(t) for key, t in _network().state_dict().items() if key.startswith("0.")}
    file = tmp_path / "body.safetensors"
    save_file(body, file)
    monkeypatch.setattr(paths, "DRAWINGS_BACKBONE", file)
    return body


def _network(config: TrainConfig = CONFIG, n_out: int = 3):
    return fastai_backend.build_model(config, n_out)


def test_a_rounded_network_comes_back_bit_for_bit(tmp_path):
    network, other = _network(), _network()
    weights.round_to_saved(network)
    weights.save(network, tmp_path / "w.safetensors", backbone=None)
    weights.load(other, tmp_path / "w.safetensors")
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_kernels_are_kept_in_half_precision_and_running_variances_in_full(tmp_path):
    weights.save(_network(), tmp_path / "w.safetensors", backbone=None)
    kept = load_file(tmp_path / "w.safetensors")
    assert kept["0.0.weight"].dtype == torch.float16
    assert kept["0.1.running_var"].dtype == torch.float32


def test_on_a_frozen_bundled_body_only_the_difference_is_kept(tmp_path, bundled):
    network, other = _network(), _network()
    weights.load_backbone(network, DRAWINGS)
    with torch.no_grad():
        network[0][1].bias += 1
    weights.round_to_saved(network)
    weights.save(network, tmp_path / "w.safetensors", backbone=DRAWINGS)
    kept = load_file(tmp_path / "w.safetensors")
    assert "0.1.bias" in kept
    assert "0.0.weight" not in kept
    weights.load(other, tmp_path / "w.safetensors")
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


def test_a_run_on_another_body_is_refused(tmp_path, bundled):
    weights.save(_network(), tmp_path / "w.safetensors", backbone=DRAWINGS)
    save_file({key: tensor * 2 for key, tensor in bundled.items()}, paths.DRAWINGS_BACKBONE)
    with pytest.raises(weights.WeightsError, match="another backbone than the one here"):
        weights.load(_network(), tmp_path / "w.safetensors")


def test_missing_weights_are_one_sentence(tmp_path, monkeypatch):
    with pytest.raises(weights.WeightsError, match=r"w\.safetensors are missing"):
        weights.load(_network(), tmp_path / "w.safetensors")
    monkeypatch.setattr(paths, "DRAWINGS_BACKBONE", tmp_path / "none.safetensors")
    with pytest.raises(weights.WeightsError, match=r"none\.safetensors are missing"):
        weights.load_backbone(_network(), DRAWINGS)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", json.dumps({"a": 1}).encode(), b"\x80\x04cposix\nsystem\n"]
)
def test_what_is_no_safetensors_file_is_one_sentence(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(weights.WeightsError, match="not a safetensors file"):
        weights.load(_network(), tmp_path / "w.safetensors")


def test_a_file_cut_off_half_way_is_one_sentence(tmp_path):
    file = tmp_path / "w.safetensors"
    weights.save(_network(), file, backbone=None)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(weights.WeightsError, match="cut off"):
        weights.load(_network(), file)


def test_weights_of_another_network_are_refused_with_everything_that_differs(tmp_path):
    weights.save(_network(n_out=5), tmp_path / "w.safetensors", backbone=None)
    with pytest.raises(weights.WeightsError, match=r"has shape \(5, 8\) where \(3, 8\) belongs"):
        weights.load(_network(), tmp_path / "w.safetensors")
    save_file({"a": torch.zeros(2)}, tmp_path / "w.safetensors")
    with pytest.raises(weights.WeightsError, match=r"is missing.*\(and \d+ more\)"):
        weights.load(_network(), tmp_path / "w.safetensors")
