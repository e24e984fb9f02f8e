"""What a network sees of a picture is what fastai's `Resize` makes of it in validation."""

import numpy as np
import pytest
from fastai.vision.augment import Resize
from fastai.vision.core import PILImage
from PIL import Image

from engine.images.resize import part_seen, to_square
from engine.tasks import CROP, METHODS, SQUISH

SHAPES_WH = ((64, 48), (48, 64), (65, 48), (48, 67), (40, 40), (300, 7), (1, 5))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size_wh", SHAPES_WH)
def test_it_is_fastais_resize_in_validation(size_wh, method):
    pixels = np.random.default_rng(0).integers(0, 256, (*size_wh[::-1], 3), np.uint8)
    theirs = Resize(32, method)(PILImage.create(pixels), split_idx=1)
    np.testing.assert_array_equal(to_square(Image.fromarray(pixels), 32, method), np.asarray(theirs))


@pytest.mark.parametrize("size_wh", SHAPES_WH)
def test_squish_sees_all_and_crop_the_largest_square_in_the_middle(size_wh):
    assert part_seen(size_wh, SQUISH) == (0, 0, *size_wh)
    left, top, right, bottom = part_seen(size_wh, CROP)
    width, height = size_wh
    assert right - left == bottom - top == min(size_wh)
    assert 0 <= (width - right) - left <= 1 and 0 <= (height - bottom) - top <= 1
