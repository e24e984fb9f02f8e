"""Images that may take long are decoded by a process with limits; the ordinary ones are not."""

import io

import numpy as np
import pytest
from PIL import Image

from engine.data import bounded_images
from engine.images import ImageError, decoder, heavy, open_image, open_square
from engine.jobs.resource_limits import ResourceLimits
from tests.odd_images import quarters, saved


@pytest.fixture
def calls(monkeypatch):
    """The names of the images that go to a process of their own, as a server sets it."""
    monkeypatch.setattr(decoder, "_places", [])
    names, with_limits = [], bounded_images.decode

    def decode(content, name, max_pixels):
        names.append(name)
        return with_limits(content, name, max_pixels)

    monkeypatch.setattr(bounded_images, "decode", decode)
    decoder.set_decoder(decoder.WITH_LIMITS)
    return names


def many_scans(side: int, count: int) -> bytes:
    """A progressive JPEG whose last pass is there so many times more: a few MB that take a minute."""
    plain = io.BytesIO()
    Image.new("L", (side, side)).save(plain, "JPEG", progressive=True)
    content = plain.getvalue()
    last = content.rfind(b"\xff\xda")
    return content[:-2] + content[last:-2] * count + content[-2:]


def test_an_ordinary_image_is_decoded_at_once(calls):
    for kind in ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"):
        assert open_image(saved(quarters(), kind)).size == quarters().size
    assert calls == []


def test_a_large_image_comes_back_from_its_process_as_it_is(calls, monkeypatch):
    content = saved(quarters(), "PNG")
    expected = np.array(open_image(content))
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 100)
    assert np.array_equal(np.array(open_image(content, name="a.png")), expected)
    assert calls == ["“a.png”"]
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 100)
    with pytest.raises(ImageError, match=r"^“cut\.png”"):
        open_image(content[: len(content) // 2], name="cut.png")


def test_a_square_of_a_large_image_comes_from_the_process_too(calls, monkeypatch):
    content = saved(quarters(), "PNG")
    expected = open_square(content, 16)
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 100)
    assert np.array_equal(open_square(content, 16, name="a.png"), expected) and calls == ["“a.png”"]
    assert open_square(saved(quarters(), "JPEG"), 16).shape == (16, 16, 3) and len(calls) == 1


def test_an_image_of_many_passes_is_ended_with_a_sentence(calls, monkeypatch):
    content = many_scans(2000, 10_000)
    monkeypatch.setattr(bounded_images, "LIMITS", ResourceLimits(1024**3, 1))
    with pytest.raises(
        ImageError, match=r"“slow\.jpg” takes too much time or memory to open; save it smaller"
    ):
        open_image(content, name="slow.jpg")
    assert calls == ["“slow.jpg”"]


@pytest.fixture
def job(monkeypatch, calls):
    """A process that serves no pages."""
    monkeypatch.setattr(decoder, "_places", [])
    decoder.limit_passes()
    assert not decoder.serves_pages()
    return calls


def test_a_job_gives_away_only_images_of_many_passes(job, monkeypatch):
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 1)
    monkeypatch.setitem(heavy.ORDINARY_PIXELS, "JPEG", 1)
    assert open_image(saved(quarters(), "PNG")).size == open_image(saved(quarters(), "JPEG")).size
    assert job == []
    monkeypatch.setattr(heavy, "ORDINARY_VISITS", 20 * 64 * 64)
    assert open_image(many_scans(64, 30), name="slow.jpg").size == (64, 64)
    assert job == ["“slow.jpg”"]


def test_a_job_that_limits_passes_changes_nothing_where_pages_are_served(calls):
    decoder.limit_passes()
    assert decoder.serves_pages()


@pytest.mark.parametrize("count", [0, 1, 7])
def test_passes_are_counted_as_the_decoder_takes_them(count):
    content = many_scans(64, count)
    usual = heavy._passes(many_scans(64, 0))
    assert usual > 1 and heavy._passes(content) == usual + count
    film = io.BytesIO(content + b"\xff\xda" * 100)
    film.seek(5)
    assert heavy._has_few_passes(film, usual + count) and film.tell() == 5
    assert not heavy._has_few_passes(film, usual + count - 1)


def test_markers_are_followed_only_where_the_bytes_of_passes_are_many(monkeypatch):
    monkeypatch.setattr(heavy, "_passes", pytest.fail)
    assert heavy._has_few_passes(io.BytesIO(many_scans(64, 0)), 20)


def test_no_comment_hides_a_pass(monkeypatch):
    """A comment may hold the bytes that end an image."""
    content = many_scans(64, 3)
    last = content.rfind(b"\xff\xda")
    hiding = content[:last] + b"\xff\xfe\x00\x04\xff\xd9" + content[last:]
    assert heavy._passes(hiding) == heavy._passes(content)
    assert heavy._passes(content[:2] + b"\xff\xfe\x00\x02" * heavy.MOST_MARKERS) > 1000


def test_only_so_many_are_decoded_at_a_time(calls):
    places = [heavy.place() for _ in range(heavy.AT_ONCE)]
    for one in places:
        one.__enter__()
    assert not heavy._PLACES.acquire(blocking=False)
    for one in places:
        one.__exit__(None, None, None)
    assert open_image(saved(quarters(), "PNG")).size == quarters().size


def test_without_a_server_all_are_decoded_here(monkeypatch):
    monkeypatch.setattr(decoder, "_places", [])
    monkeypatch.setattr(heavy, "OTHER_ORDINARY_PIXELS", 1)
    assert open_image(saved(quarters(), "PNG")).size == quarters().size
