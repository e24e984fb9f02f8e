"""Drawn or photographed: what a direction adds to a run's scores, its file, and how it is fitted."""

import numpy as np
import pytest

from engine import paths
from engine.images import open_image
from engine.synthetic import plain_drawings
from engine.training import drawn, familiarity, fit_drawn
from engine.training.backbones import DRAWINGS, PHOTOGRAPHS

SHOWN, TEXTURE = 8, 4
DIRECTION = drawn.Direction(np.array([1.0, 0, 0, 0]), 0.0)


def numbers(count: int, drawn_by: float, seed: int) -> np.ndarray:
    """Images that show all kinds of things, whose texture lies `drawn_by` along the direction."""
    found = np.random.default_rng(seed).normal(0, 1, (count, SHOWN + TEXTURE))
    found[:, SHOWN] += drawn_by
    return found.astype(np.float32)


@pytest.mark.parametrize("side", [-4.0, 4.0])
def test_the_other_kind_counts_and_what_lies_farther_from_it_does_not(side):
    other = drawn.fit(DIRECTION, numbers(200, side, 0)[:, SHOWN:])
    assert other is not None
    assert (other.excess(numbers(50, -side, 1)[:, SHOWN:]) > 10).all()
    assert (other.excess(numbers(50, 2 * side, 2)[:, SHOWN:]) == 0).mean() > 0.95
    own = other.excess(numbers(500, side, 3)[:, SHOWN:])
    assert (own >= 0).all() and (own > 0).mean() < 0.05


def test_the_excess_counts_robust_deviations_beyond_the_margin():
    texture = np.array([[-1.0, 0, 0, 0], [-2, 0, 0, 0], [-3, 0, 0, 0]])
    other = drawn.fit(DIRECTION, texture)
    here = np.array([[-2 + 1.4826 * (drawn.MARGIN + 1), 0, 0, 0], [-2, 9, 9, 9]])
    np.testing.assert_allclose(other.excess(here), [drawn.SLOPE, 0])


def test_a_run_on_both_kinds_is_at_home_in_both():
    both = np.concatenate([numbers(100, -4, 0), numbers(30, 4, 1)])
    assert drawn.fit(DIRECTION, both[:, SHOWN:]) is None


def test_familiarity_adds_it_and_its_file_keeps_it(tmp_path):
    train, others = numbers(200, -4, 0), numbers(50, 4, 1)
    without = familiarity.fit(train, texture_columns=TEXTURE)
    fitted = familiarity.fit(train, texture_columns=TEXTURE, direction=DIRECTION)
    added = fitted.score(others) - without.score(others)
    np.testing.assert_allclose(added, fitted.other_kind.excess(others[:, SHOWN:]))
    assert not fitted.is_familiar(others).any()
    familiarity.save(tmp_path, fitted)
    np.testing.assert_allclose(familiarity.load(tmp_path).score(others), fitted.score(others), rtol=1e-4)


def test_the_shipped_direction_tells_bundled_photographs_from_drawings():
    """Neither the photographs nor these drawings were among what it was fitted on."""
    direction = drawn.of(PHOTOGRAPHS)
    assert direction is not None and drawn.of(DRAWINGS) is None and drawn.of(None) is None
    photographs = [open_image(file) for file in sorted((paths.SAMPLE_DATA / "photographs").glob("*.jpg"))]
    scenes = [open_image(file) for file in sorted((paths.SCENES / "train").glob("*.jpg"))[:5]]
    drawings = [*scenes, *plain_drawings.fresh(seed=1, count=len(plain_drawings.STYLES))]
    logits = [direction.logits(fit_drawn.textures(images)) for images in (photographs, drawings)]
    assert np.median(logits[0]) < 0 < np.median(logits[1])
    assert (logits[1] > 0).all()


def test_each_kind_counts_the_same_in_the_fit():
    rng = np.random.default_rng(0)
    real = [rng.normal(-1, 0.5, (300, 3)), rng.normal(-1, 0.5, (20, 3))]
    fitted = fit_drawn.fit(real, [rng.normal(1, 0.5, (30, 3))])
    assert (fitted.logits(np.concatenate(real)) < 0).mean() > 0.97
    assert fitted.logits(np.zeros((1, 3)))[0] == pytest.approx(0, abs=1)


def test_a_folder_without_images_is_one_sentence(tmp_path, capsys):
    assert fit_drawn.main([str(tmp_path)]) == 2
    assert "holds no images" in capsys.readouterr().err


def test_plain_drawings_depend_on_their_seed_alone():
    first, again, other = (
        [np.asarray(image) for image in plain_drawings.fresh(seed, 5)] for seed in (3, 3, 4)
    )
    assert all(map(np.array_equal, first, again))
    assert not any(map(np.array_equal, first, other))
    with pytest.raises(ValueError, match="flat, outlined"):
        plain_drawings.draw(np.random.default_rng(0), "oil")
