"""Features are those of fastai's own body and pooling; they are computed once, and again when anything changes."""

import numpy as np
import pytest
import torch
from PIL import Image

from engine import bundled_body, datasets, features, learners, weights
from engine.config import TrainConfig
from engine.datasets import DatasetError
from engine.images import open_image
from engine.preprocess import to_batch
from engine.resizing import to_square
from engine.tasks import MULTI_LABEL
from tests.tiny_data import labelled

SIZE = 64


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return labelled(tmp_path / "data", count=6)


@pytest.fixture
def looks(monkeypatch):
    """How many pictures the body has looked at, batch by batch."""
    seen, look = [], features.look
    monkeypatch.setattr(features, "look", lambda pictures: (seen.append(len(pictures)), look(pictures))[1])
    return seen


def of(folder, **more):
    return features.of_dataset(datasets.load(folder, MULTI_LABEL), size=SIZE, **more)


def test_features_are_what_fastais_head_is_given(folder):
    network = learners.build_model(TrainConfig(MULTI_LABEL, "", hidden=0), 2).eval()
    weights.load_bundled_body(network)
    body, pool = network[0], network[1][:2]
    files = datasets.load(folder, MULTI_LABEL).paths()
    with torch.inference_mode():
        expected = pool(body(to_batch([to_square(open_image(file), SIZE) for file in files])))
    found = of(folder)
    assert found.shape == (6, features.COUNT) and found.dtype == np.float32
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(
        features.of_picture(open_image(files[2]), SIZE), found[2], rtol=1e-3, atol=1e-4
    )


def test_the_second_time_nothing_is_computed(folder, looks):
    first = of(folder)
    second = of(folder)
    assert looks == [6]
    np.testing.assert_array_equal(first, second)


def test_a_changed_picture_is_looked_at_again(folder, looks):
    first = np.array(of(folder))
    Image.new("RGB", (64, 48), (250, 240, 10)).save(folder / "train" / "003.png")
    second = of(folder)
    assert looks == [6, 6]
    changed = np.abs(first - second).max(axis=1) > 0.01
    assert changed.tolist() == [False, False, False, True, False, False]


def test_another_body_looks_again(folder, looks, monkeypatch):
    of(folder)
    monkeypatch.setattr(bundled_body, "digest", lambda: "another")
    of(folder)
    assert looks == [6, 6]


def test_progress_is_told_to_the_end(folder):
    told = []
    of(folder, show=lambda says, share: told.append((says, share)))
    assert told[-1][1] == 1
    assert {says for says, _ in told} == {"Reading the pictures", "The network is looking at the pictures"}


def test_all_unreadable_pictures_are_named_at_once(folder):
    for name in ("001.png", "004.png"):
        (folder / "train" / name).write_bytes(b"no picture")
    with pytest.raises(DatasetError) as raised:
        of(folder)
    assert "001.png" in str(raised.value) and "004.png" in str(raised.value)
