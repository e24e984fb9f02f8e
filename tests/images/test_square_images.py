"""Squares from files: JPEGs decoded smaller look the same, and every file is opened or refused as `open_image` does."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter, JpegImagePlugin

from engine.images import ImageError, open_image, open_square
from engine.images.resize import to_square
from engine.images.square_images import jpeg_scale
from engine.tasks import METHODS
from tests import odd_images as odd
from tests.images.test_opening import KINDS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def scene(size=(640, 480), seed=0):
    """Blurred noise with large shapes: about as much detail as a photograph."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    grain = Image.fromarray(rng.integers(0, 256, (*size[::-1], 3), np.uint8)).filter(
        ImageFilter.GaussianBlur(1.5)
    )
    return Image.blend(coarse, grain, 0.3)


def difference(data, size, method):
    found, whole = open_square(data, size, method), to_square(open_image(data), size, method)
    assert found.shape == whole.shape == (size, size, 3) and found.dtype == np.uint8
    return np.abs(found.astype(int) - whole)


@pytest.fixture
def decoded_sizes(monkeypatch):
    """The sizes at which JPEGs are decoded."""
    sizes, load = [], JpegImagePlugin.JpegImageFile.load

    def noted(image):
        loaded = load(image)
        sizes.append(image.size)
        return loaded

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", noted)
    return sizes


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size_wh", [(640, 480), (333, 517)])
def test_a_jpeg_decoded_smaller_gives_nearly_the_same_square(size_wh, method, orientation):
    stored = odd.stored_turned(scene(size_wh), orientation)
    data = odd.saved(stored, "JPEG", exif=odd.exif_with(orientation), quality=90)
    for size in (64, 128):
        found = difference(data, size, method)
        assert found.mean() < 1.5 and found.max() < 20, size


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colours_of_jpegs(mode):
    found = difference(odd.saved(scene().convert(mode), "JPEG", quality=90), 128, "squish")
    assert found.mean() < 1.5 and found.max() < 20


@pytest.mark.parametrize(
    ("size", "decoded"), [(241, (640, 480)), (240, (320, 240)), (61, (160, 120)), (60, (80, 60))]
)
def test_a_jpeg_is_decoded_no_smaller_than_the_square(decoded_sizes, size, decoded):
    open_square(odd.saved(scene(), "JPEG"), size)
    assert decoded_sizes[-1] == decoded


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF", "PPM", "WEBP", "AVIF"])
@pytest.mark.parametrize("method", METHODS)
def test_other_files_give_exactly_the_same_square(kind, method):
    assert not difference(odd.saved(scene((320, 200)), kind), 48, method).any()


def test_a_small_jpeg_gives_exactly_the_same_square():
    assert not difference(odd.saved(scene((200, 120)), "JPEG"), 100, "squish").any()


def test_a_very_long_jpeg_stays_within_the_pixel_budget():
    assert jpeg_scale((65_000, 880), 224) == 1  # a quarter would be too flat, and a half more than the budget
    assert jpeg_scale((4000, 3000), 224) == 8
    assert jpeg_scale((640, 480), 224) == 2
    assert jpeg_scale((640, 479), 240) == 1


def verdict(call):
    try:
        return call().shape
    except ImageError as error:
        return str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_is_refused_with_the_same_sentence(kind):
    data = odd.saved(scene(), "JPEG", progressive="progressive" in kind) if "JPEG" in kind else KINDS[kind]
    verdicts = set()
    for length in range(1, len(data) + 1, max(1, len(data) // 40)):
        cut = data[:length]
        whole = verdict(lambda cut=cut: to_square(open_image(cut, "cut"), 32))
        assert verdict(lambda cut=cut: open_square(cut, 32, name="cut")) == whole, length
        verdicts.add(whole)
    assert len(verdicts) >= 2


def test_flipped_bits_of_a_jpeg_have_the_same_verdict():
    chance, sound = np.random.default_rng(7), odd.saved(scene(), "JPEG")
    for _ in range(60):
        data = bytearray(sound)
        for at in chance.integers(0, 700, 4):
            data[at] ^= 1 << int(chance.integers(8))
        whole = verdict(lambda data=data: to_square(open_image(bytes(data)), 32))
        assert verdict(lambda data=data: open_square(bytes(data), 32)) == whole


def test_a_file_and_a_path_give_the_same_square(tmp_path):
    data = odd.saved(scene(), "JPEG")
    path = tmp_path / "scene.jpg"
    path.write_bytes(data)
    for source in (path, str(path), BytesIO(data)):
        assert np.array_equal(open_square(source, 64), open_square(data, 64))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ImageError, match=r"“no\.jpg” is not there"):
        open_square(tmp_path / "no.jpg", 64)
