"""What is refused before a run is queued, from the page and on the command line, without torch and within seconds."""

import subprocess
import sys

import pytest

from engine import __main__
from engine.config import TrainConfig
from engine.data.downloads import catalog
from engine.jobs import device_queue
from engine.runs import RunError
from engine.training import architectures, launch, optional_deps, preflight
from tests.tiny_data import labelled

NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    monkeypatch.delenv("TORCH_HOME", raising=False)
    monkeypatch.delenv("HF_HOME", raising=False)
    for library in preflight.WEIGHT_HOSTS:
        monkeypatch.setitem(preflight.WEIGHT_HOSTS, library, NOWHERE)
    for name in catalog.URLS:
        monkeypatch.setitem(catalog.URLS, name, f"{NOWHERE}{name}.tgz")
    known = {"torchvision": ["resnet18", "resnet101"], "timm": ["vit_tiny_patch16_224"]}
    monkeypatch.setattr(architectures, "_known", lambda: known)
    return str(labelled(tmp_path / "squares"))


REFUSED = {
    "missing data": (["--data", "/no/such/place"], "no such place|/no/such/place"),
    "weights without a network": (["--weights", "imagenet"], "ImageNet's weights for resnet18 are not on this machine"),
    "timm's without a network": (
        ["--weights", "imagenet", "--arch", "vit_tiny_patch16_224"],
        "ImageNet's weights for vit_tiny_patch16_224",
    ),
    "unknown architecture": (
        ["--weights", "none", "--arch", "resnet81"], "no architecture 'resnet81' .*did you mean resnet1"
    ),
    "no GPU": (["--device", "cuda"], "no NVIDIA GPU"),
    "no TensorBoard": (["--tensorboard"], "TensorBoard is not installed"),
    "a download without a network": (["--data", "pascal_2007"], "pascal_2007 is not on this machine"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_the_command_line_refuses_before_the_queue_in_one_sentence(data, what, tmp_path, monkeypatch, capsys):
    import re

    def never(*_):
        raise AssertionError("it was queued")

    monkeypatch.setattr(device_queue, "device_lock", never)
    monkeypatch.setattr(preflight, "GPU_DRIVERS", ())
    monkeypatch.setattr(optional_deps, "has_tensorboard", lambda: False)
    arguments, says = REFUSED[what]
    if "--data" not in arguments:
        arguments = [*arguments, "--data", data]
    code = __main__.main(["train", "--task", "multi-label", "--out", str(tmp_path / "out"), *arguments])
    printed = capsys.readouterr()
    assert code == 2 and printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1 and re.search(says, printed.err)
    assert not (tmp_path / "out").exists()


def test_the_page_refuses_the_same_before_there_is_a_folder(data, tmp_path):
    config = TrainConfig("multi-label", data, weights="imagenet", arch="resnet18")
    with pytest.raises(RunError, match="choose the weights photographs"):
        launch.start(config, "mine")
    assert not (tmp_path / "runs" / "mine").exists()


def test_a_folder_with_a_run_is_refused(data, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "config.json").write_text("{}")
    with pytest.raises(RunError, match="choose another --out"):
        preflight.check(TrainConfig("multi-label", data), tmp_path / "out")


def test_what_can_be_trained_passes(data, tmp_path):
    for weights in ("photographs", "drawings"):
        preflight.check(TrainConfig("multi-label", data, weights=weights), tmp_path / "out")
    preflight.check(TrainConfig("multi-label", data, weights="none", arch="resnet101"), tmp_path / "out")


def test_weights_in_the_cache_need_no_network(data, tmp_path):
    kept = tmp_path / "cache" / "torch" / "hub" / "checkpoints"
    kept.mkdir(parents=True)
    (kept / "resnet18-0123abcd.pth").write_bytes(b"")
    preflight.check(TrainConfig("multi-label", data, weights="imagenet", arch="resnet18"))


def test_the_check_loads_no_training_library(data):
    code = (
        "import sys; from engine.config import TrainConfig; from engine.training import preflight; "
        f"preflight.check(TrainConfig('multi-label', {data!r})); "
        "print(sorted({'torch', 'fastai', 'timm'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_common_architectures_are_where_they_are_said_to_be():
    """Slow by the import of both libraries, and the only test that asks them."""
    import timm
    from torchvision import models

    known = {"torchvision": models.list_models(module=models), "timm": timm.list_models()}
    assert all(name in known[library] for name, library in architectures.COMMON.items())


def test_a_folder_that_cannot_be_made_is_refused(data, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be made: Not a directory"):
        preflight.check(TrainConfig("multi-label", data), tmp_path / "file" / "run")
