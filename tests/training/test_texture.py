"""Texture against scikit-learn, and what it adds to familiarity where images show everything."""

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from engine.runs import files
from engine.training import familiarity, texture

SHOWN, TEXTURE = 32, 6


def numbers(count: int, smooth: bool, seed: int) -> np.ndarray:
    """What images show, which is all over the place, and their texture, by which two kinds differ."""
    rng = np.random.default_rng(seed)
    made = rng.normal(0, 1, (count, TEXTURE)) @ np.diag([1, 0.1, 2, 5, 0.3, 1]) + (6 if smooth else 0)
    return np.concatenate([rng.normal(0, 1, (count, SHOWN)), made], axis=1).astype(np.float32)


def test_the_distance_is_that_of_scikit_learn():
    train, queries = numbers(200, False, 0)[:, SHOWN:], numbers(20, True, 1)[:, SHOWN:]
    scale = train.std(axis=0) + 1e-3
    reference = LedoitWolf(assume_centered=True).fit((train - train.mean(axis=0)) / scale)
    expected = np.sqrt(reference.mahalanobis((queries - train.mean(axis=0)) / scale))
    np.testing.assert_allclose(texture.fit(train).distance(queries), expected, rtol=1e-4)


def test_a_channel_that_never_changes_does_no_harm():
    train = numbers(50, False, 0)[:, SHOWN:]
    train[:, 0] = 3.0
    assert np.isfinite(texture.fit(train).distance(train)).all()


def test_another_texture_is_strange_although_the_images_show_everything(tmp_path):
    familiarity.save(tmp_path, familiarity.fit(numbers(300, False, 0), texture_columns=TEXTURE))
    fitted = familiarity.load(tmp_path)
    own, others = numbers(200, False, 1), numbers(200, True, 2)
    assert fitted.is_familiar(own).mean() > 0.95
    assert fitted.is_familiar(others).mean() < 0.05
    shown_only = familiarity.fit(numbers(300, False, 0)[:, :SHOWN])
    assert shown_only.is_familiar(others[:, :SHOWN]).mean() > 0.9


def test_the_score_adds_a_distance_and_a_log_distance_in_robust_standard_deviations():
    fitted = familiarity.fit(numbers(100, False, 0), texture_columns=TEXTURE)
    queries = numbers(10, True, 1)
    near = familiarity.Familiarity(fitted.reference, 0.0).score(queries[:, :SHOWN])
    far = np.log(fitted.texture.distance(queries[:, SHOWN:]) + 1e-6)
    expected = sum((d - c) / s for d, c, s in zip((near, far), fitted.centre, fitted.spread, strict=True))
    np.testing.assert_allclose(fitted.score(queries), expected)


@pytest.mark.parametrize(
    "damage",
    [{"texture.mean": np.zeros(5)}, {"texture.scale": np.zeros(TEXTURE)}, {"texture.precision": None}],
)
def test_a_damaged_texture_is_one_sentence(tmp_path, damage):
    from safetensors.numpy import load_file, save_file

    familiarity.save(tmp_path, familiarity.fit(numbers(50, False, 0), texture_columns=TEXTURE))
    file = tmp_path / files.FAMILIARITY
    tensors = {name: part for name, part in (load_file(file) | damage).items() if part is not None}
    save_file(tensors, file)
    with pytest.raises(familiarity.FamiliarityError, match="missing or broken"):
        familiarity.load(tmp_path)
