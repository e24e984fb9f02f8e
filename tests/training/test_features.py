"""Features equal those of fastai's body and pooling; they are computed once, and again only for what has changed."""

import numpy as np
import pytest
import torch
from PIL import Image

from engine.config import TrainConfig
from engine.data import formats
from engine.data.formats import DatasetError
from engine.images import open_image
from engine.images.preprocess import to_batch
from engine.images.resize import to_square
from engine.tasks import CROP, MULTI_LABEL, POINTS
from engine.training import fastai_backend, features, weights
from engine.training.backbones import DRAWINGS, GRID, PHOTOGRAPHS, normalization, weight_files
from tests.tiny_data import labelled

SIZE = 64
BOTH = pytest.mark.parametrize("backbone", [DRAWINGS, PHOTOGRAPHS], ids=lambda backbone: backbone.name)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A dataset of six images, and a cache of its own that shares the converted backbone."""
    weight_files.file(PHOTOGRAPHS)
    monkeypatch.setattr(
        features.array_cache, "shared", lambda: features.array_cache.Store(tmp_path / "cache")
    )
    return labelled(tmp_path / "data", count=6)


@pytest.fixture
def computed(monkeypatch):
    """How many images the backbone has computed features for, batch by batch."""
    seen, of_squares = [], features.of_squares
    monkeypatch.setattr(
        features,
        "of_squares",
        lambda squares, *more: (seen.append(len(squares)), of_squares(squares, *more))[1],
    )
    return seen


def of(folder, backbone=DRAWINGS, **more):
    return features.of_dataset(formats.load(folder, MULTI_LABEL), backbone=backbone, **{"size": SIZE} | more)


def _squares(folder):
    return [to_square(open_image(file), SIZE) for file in formats.load(folder, MULTI_LABEL).paths()]


def _batch(folder, backbone):
    return to_batch(_squares(folder), normalization(backbone.name))


def _network(backbone, task=MULTI_LABEL, **more):
    config = TrainConfig(task, "", weights=backbone.name, size=SIZE, **more)
    network = fastai_backend.build_model(config, 2).eval()
    weights.load_backbone(network, backbone)
    return network


@BOTH
def test_pooled_features_are_what_fastais_head_is_given(folder, backbone):
    network = _network(backbone, epochs=1, hidden=0)
    body, pool = network[0], network[1][:2]
    with torch.inference_mode():
        expected = pool(body(_batch(folder, backbone)))
    found = of(folder, backbone)
    assert found.shape == expected.shape and found.dtype == np.float32
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-3, atol=1e-3)
    image = open_image(formats.load(folder, MULTI_LABEL).paths()[2])
    np.testing.assert_allclose(features.of_image(image, backbone, SIZE), found[2], rtol=1e-3, atol=1e-4)


@BOTH
def test_grid_features_are_what_the_grid_head_is_given(folder, backbone):
    network = _network(backbone, task=POINTS)
    with torch.inference_mode():
        expected = network[0](_batch(folder, backbone))
    found = of(folder, backbone, output=GRID)
    assert found.shape == expected.shape and found.dtype == np.float16
    np.testing.assert_allclose(found.astype(np.float32), expected.numpy(), rtol=2e-3, atol=2e-3)


def test_the_backbone_and_the_size_are_by_default_those_that_suit_the_dataset(folder, computed):
    by_default = features.of_dataset(formats.load(folder, MULTI_LABEL))
    named = of(folder, PHOTOGRAPHS, size=PHOTOGRAPHS.size)
    assert computed == [6]
    np.testing.assert_array_equal(by_default, named)


def test_the_second_time_nothing_is_computed(folder, computed):
    first = of(folder)
    second = of(folder)
    assert computed == [6]
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    "other", [{"backbone": PHOTOGRAPHS}, {"size": 48}, {"output": GRID}], ids=lambda other: next(iter(other))
)
def test_features_of_another_kind_are_computed_anew(folder, computed, other):
    of(folder)
    of(folder, **other)
    assert computed == [6, 6]


def test_images_whose_pixels_stay_the_same_are_not_computed_again(folder, computed):
    """The middles of two grey images look like the whole ones."""
    first, second = of(folder), of(folder, resize=CROP)
    unchanged = [same.all() for same in np.isclose(first, second, rtol=1e-3, atol=1e-4)]
    assert computed == [6, 6 - sum(unchanged)] and 0 < sum(unchanged) < 6


def test_one_changed_image_recomputes_only_itself(folder, computed):
    first = np.array(of(folder))
    Image.new("RGB", (64, 48), (250, 240, 10)).save(folder / "train" / "003.png")
    second = of(folder)
    assert computed == [6, 1]
    changed = np.abs(first - second).max(axis=1) > 0.01
    assert changed.tolist() == [False, False, False, True, False, False]
    np.testing.assert_allclose(second, features.of_squares(_squares(folder), DRAWINGS), rtol=1e-3, atol=1e-4)


def test_other_weights_compute_everything_anew(folder, computed, monkeypatch):
    of(folder)
    monkeypatch.setattr(weight_files, "digest", lambda backbone: "another")
    of(folder)
    assert computed == [6, 6]


def test_progress_is_reported_up_to_the_end(folder):
    shown = []
    of(folder, show=lambda activity, share: shown.append((activity, share)))
    assert shown[-1] == ("Computing features", 1)
    assert {activity for activity, _ in shown} == {"Reading the images", "Computing features"}


def test_all_unreadable_images_are_named_at_once(folder):
    for name in ("001.png", "004.png"):
        (folder / "train" / name).write_bytes(b"no image")
    with pytest.raises(DatasetError) as raised:
        of(folder)
    assert "001.png" in str(raised.value) and "004.png" in str(raised.value)
