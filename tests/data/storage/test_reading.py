"""An image in storage is read as one of this machine: the same square, the same sentence, and no more bytes."""

import errno
import threading
from unittest import mock

import pytest
from PIL import Image

from engine.config import TrainConfig
from engine.data.storage import StorageError, reading
from engine.inference.image_stream import DecodedImage, decode, decoded_batches
from engine.tasks import POINTS
from tests.data.storage.stored import BUCKET, put_folder

CONFIG = TrainConfig(POINTS, "nowhere", weights="none", size=64)


@pytest.fixture
def folder(tmp_path):
    Image.linear_gradient("L").resize((300, 200)).convert("RGB").save(tmp_path / "a.jpg")
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:900])
    put_folder(f"{BUCKET}/x", tmp_path)
    return tmp_path


def test_an_image_is_decoded_to_the_same_square(folder):
    here, there = decode(CONFIG, str(folder / "a.jpg")), decode(CONFIG, f"{BUCKET}/x/a.jpg")
    assert isinstance(here, DecodedImage) and isinstance(there, DecodedImage)
    assert (here.square == there.square).all() and here.size_wh == there.size_wh == (300, 200)
    assert there.fname == f"{BUCKET}/x/a.jpg"


@pytest.mark.parametrize("name", ["text.png", "empty.png", "cut.jpg", "gone.png"])
def test_an_unreadable_image_is_said_in_the_same_words(folder, name):
    here, there = decode(CONFIG, str(folder / name)), decode(CONFIG, f"{BUCKET}/x/{name}")
    assert here.problem == there.problem and name in here.problem


def test_no_more_is_read_than_an_image_may_have(folder, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    fs, path = reading.opened(f"{BUCKET}/x/a.jpg")
    with mock.patch.object(type(fs), "cat_file", side_effect=type(fs).cat_file, autospec=True) as read:
        assert len(reading._start(fs, path)) == 101
    assert read.call_args.kwargs == {"start": 0, "end": 101}
    monkeypatch.setattr("engine.images.sources.MAX_BYTES", 100)
    here, there = decode(CONFIG, str(folder / "a.jpg")), decode(CONFIG, f"{BUCKET}/x/a.jpg")
    assert here.problem == there.problem and "the limit is" in here.problem


class Failing:
    """Storage whose reads fail; the file is empty."""

    def __init__(self, error):
        self.error = error

    def cat_file(self, path, start, end):
        raise self.error

    def size(self, path):
        return 0


def test_a_range_of_an_empty_file_is_nothing(monkeypatch):
    failing = Failing(OSError(errno.EINVAL, "The requested range is not satisfiable"))
    monkeypatch.setattr(reading, "opened", lambda address: (failing, "x"))
    assert "is empty" in decode(CONFIG, "s3://bucket/empty.png").problem


def test_storage_that_fails_skips_no_image(monkeypatch):
    monkeypatch.setattr(reading, "opened", lambda address: (Failing(ConnectionError("refused")), "x"))
    with pytest.raises(StorageError, match=r"failed \(refused\): run the same command to continue"):
        decode(CONFIG, "s3://bucket/a.png")


def test_many_images_are_read_from_storage_at_once(folder, monkeypatch):
    read, together = reading._start, threading.Barrier(8)

    def waiting(fs, path):
        together.wait(timeout=60)
        return read(fs, path)

    monkeypatch.setattr(reading, "_start", waiting)
    (batch,) = decoded_batches(CONFIG, [f"{BUCKET}/x/a.jpg"] * 8)
    assert all(isinstance(image, DecodedImage) for image in batch) and len(batch) == 8
