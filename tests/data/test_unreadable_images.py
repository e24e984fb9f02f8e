"""Damaged image files: work goes on without a few of them, which are named, and stops where they are many."""

import pytest

from engine.data.formats import load
from engine.data.image_cache import cached_images
from engine.data.unreadable_images import UnreadableImagesError, with_readable
from engine.jobs.array_cache import Store
from tests.dataset_files import pascal, put

ROWS = [(f"{at}.jpg", "ab"[at % 2], at > 5) for at in range(8)]


def images_of(folder, kept):
    """The table and the images that can be read."""
    dataset = load(folder, "multi-label")

    def work(part):
        return part, cached_images(part, 8, lambda share: None, kept)

    return with_readable(dataset, work)


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "cache", 10**8)


def test_all_of_a_healthy_dataset(tmp_path, kept):
    part, images = images_of(pascal(tmp_path / "set", ROWS), kept)
    assert len(part.table) == len(images) == 8 and not any("Set aside" in note for note in part.notes)


def test_two_damaged_files_are_set_aside_and_named(tmp_path, kept):
    folder = put(pascal(tmp_path / "set", ROWS), {"train/2.jpg": b"\xff\xd8\xff", "train/6.jpg": b""})
    part, images = images_of(folder, kept)
    assert len(images) == 6
    assert not {"train/2.jpg", "train/6.jpg"} & set(part.table["fname"])
    assert part.notes[-1].startswith("Set aside 2 images.") and "2.jpg" in part.notes[-1]


@pytest.mark.parametrize("damaged", [(0, 1, 2, 3, 4), (6, 7), (0, 1, 2, 3, 5)])
def test_too_many_of_all_or_of_a_part(tmp_path, kept, damaged):
    folder = put(pascal(tmp_path / "set", ROWS), {f"train/{at}.jpg": b"" for at in damaged})
    with pytest.raises(UnreadableImagesError) as raised:
        images_of(folder, kept)
    assert len(raised.value.problems) == len(damaged)
