"""The registry's entries agree with the configuration, the heads and the weights themselves."""

import numpy as np
import pytest

from engine import config, paths
from engine.images.preprocess import IMAGENET
from engine.training.backbones import (
    BACKBONES,
    DRAWINGS,
    GRID,
    PHOTOGRAPHS,
    POOLED,
    default_for,
    get,
    normalization,
    of_weights,
    sessions,
)
from tests.training.backbones.networks import squares

EACH = pytest.mark.parametrize("backbone", BACKBONES.values(), ids=BACKBONES)


@EACH
def test_the_configuration_knows_each_backbone(backbone):
    assert config.ARCHS[backbone.name] == backbone.arch
    assert config.TrainConfig("multi-label", "x", weights=backbone.name).size == backbone.size
    assert get(backbone.name) is backbone and of_weights(backbone.name) is backbone


@EACH
def test_each_backbone_names_its_source_licence_and_what_it_was_trained_on(backbone):
    assert backbone.title and backbone.source and backbone.licence and backbone.trained_on
    assert len(backbone.mean) == len(backbone.std) == 3 and min(backbone.std) > 0


@EACH
def test_the_heads_are_made_for_what_the_backbone_computes(backbone):
    from engine.training.fastai_backend import heads

    pooled, grid = sessions.run(backbone, squares(1), [POOLED, GRID])
    assert pooled.shape == (1, 2 * heads.CHANNELS[backbone.name])
    side = squares(1).shape[1] // heads.GRID_STRIDE
    assert grid.shape == (1, heads.GRID_CHANNELS[backbone.name], side, side)


def test_photographs_are_normalized_as_google_trained_them():
    pixels = np.array([0, 127, 255]) / 255
    np.testing.assert_allclose((pixels - PHOTOGRAPHS.mean[0]) / PHOTOGRAPHS.std[0], [-127 / 128, 0, 1])


def test_weights_that_are_no_backbone_are_normalized_as_imagenet():
    assert of_weights("imagenet") is None and of_weights("none") is None
    assert normalization("none") == normalization("imagenet") == normalization("drawings") == IMAGENET
    assert normalization("photographs") == (PHOTOGRAPHS.mean, PHOTOGRAPHS.std)


def test_an_unknown_backbone_is_one_sentence():
    with pytest.raises(ValueError, match="should be one of photographs, drawings, but is 'paintings'"):
        get("paintings")


def test_only_the_generated_samples_are_drawings(tmp_path):
    assert default_for(paths.SCENES) == default_for("sample_data/heads") == DRAWINGS
    assert default_for(tmp_path) == default_for(paths.SAMPLE_DATA) == PHOTOGRAPHS
