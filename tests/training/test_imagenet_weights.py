"""`--weights imagenet`: the success path, against a loopback server with weights of the right format and hash."""

import hashlib
import io

import huggingface_hub
import pytest
import timm
import torch
from safetensors.torch import save as safetensors_bytes
from torchvision.models import ResNet18_Weights, resnet18

from engine.config import TrainConfig
from engine.data.downloads import catalog
from engine.data.formats import load
from engine.jobs.progress import Listener
from engine.training import fastai_backend
from engine.training.fastai_session import decode, make_learner
from tests.data.downloads.ranged_server import serving
from tests.tiny_data import labelled


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    with serving() as served:
        yield served


def _first_weights(network) -> torch.Tensor:
    return next(iter(network.parameters())).detach().cpu().float()


def _learner(tmp_path, arch):
    folder = tmp_path / "squares"
    dataset = load(folder if folder.exists() else labelled(folder), "multi-label")
    config = TrainConfig(
        "multi-label", str(tmp_path / "squares"), arch=arch, weights="imagenet", size=32, batch_size=8, device="cpu"
    )  # fmt: skip
    return make_learner(dataset, decode(dataset, config, Listener()), config)


def _serve_resnet18(server, monkeypatch, digest=None):
    """A state dict of resnet18 whose file name ends in the start of its SHA-256, as torchvision's do."""
    torch.manual_seed(7)
    state, packed = resnet18(weights=None).state_dict(), io.BytesIO()
    torch.save(state, packed)
    digest = digest or hashlib.sha256(packed.getvalue()).hexdigest()[:8]
    name = f"resnet18-{digest}.pth"
    server.files[name] = packed.getvalue()
    for weights in ResNet18_Weights:
        monkeypatch.setattr(weights.value, "url", f"{server.url}/{name}", raising=True)
    return state


def test_torchvisions_weights_are_downloaded_once_and_loaded(server, tmp_path, monkeypatch):
    state = _serve_resnet18(server, monkeypatch)
    assert not catalog.has_imagenet_weights("resnet18")
    learn = _learner(tmp_path, "resnet18")
    assert torch.equal(_first_weights(learn.model), state["conv1.weight"])
    assert catalog.has_imagenet_weights("resnet18")
    server.files.clear()
    learn = _learner(tmp_path, "resnet18")
    assert torch.equal(_first_weights(learn.model), state["conv1.weight"])


def test_weights_with_a_wrong_hash_are_refused_in_one_sentence(server, tmp_path, monkeypatch):
    _serve_resnet18(server, monkeypatch, digest="00000000")
    with pytest.raises(
        fastai_backend.LearnerError,
        match=r"downloaded completely \(their hash is wrong\)",
    ):
        _learner(tmp_path, "resnet18")
    assert not catalog.has_imagenet_weights("resnet18")


def test_timms_weights_are_downloaded_from_its_hub_and_loaded(server, tmp_path, monkeypatch):
    """A hub on the loopback address: it says commit, tag and size of a safetensors file, and serves it."""
    arch = "test_resnet"
    torch.manual_seed(9)
    network = timm.create_model(arch, pretrained=False)
    packed = safetensors_bytes(network.state_dict())
    hub_id = timm.get_pretrained_cfg(arch).hf_hub_id
    server.files[f"{hub_id}.{timm.get_pretrained_cfg(arch).tag}/resolve/main/model.safetensors"] = packed
    server.files[f"{hub_id}/resolve/main/model.safetensors"] = packed
    server.headers = {"X-Repo-Commit": "a" * 40, "ETag": f'"{hashlib.sha256(packed).hexdigest()}"'}
    template = server.url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", server.url)
    monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub" / "hub"))
    assert not catalog.has_imagenet_weights(arch)
    learn = _learner(tmp_path, arch)
    assert torch.equal(_first_weights(learn.model), _first_weights(network))
    assert catalog.has_imagenet_weights(arch)
