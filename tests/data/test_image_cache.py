"""Pictures decoded once: the same pixels, found again by content, and decoded anew only where they changed."""

import os
import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from engine.data import image_cache
from engine.data.formats import DatasetError, load
from engine.images import open_image, open_square
from engine.images.resize import to_square
from engine.jobs import array_cache
from engine.jobs.array_cache import Store
from engine.tasks import METHODS
from tests.tiny_data import labelled

SIZE = 32


@pytest.fixture
def data(tmp_path):
    return labelled(tmp_path / "data")


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "cache")


@pytest.fixture
def opened(monkeypatch):
    """The names of the pictures that were decoded, in order."""
    names = []
    monkeypatch.setattr(
        image_cache, "open_square", lambda file, **how: names.append(file.name) or open_square(file, **how)
    )
    return names


def _images(folder, kept, size=SIZE, task="multi-label", show=lambda share: None):
    return image_cache.cached_images(load(folder, task), size, show, kept)


def _expected(folder, task="multi-label"):
    return np.stack([to_square(open_image(path), SIZE) for path in load(folder, task).paths()])


def _darken(folder, name):
    image = np.asarray(Image.open(folder / "train" / name))
    Image.fromarray(image // 2).save(folder / "train" / name)


def test_the_pictures_are_those_of_the_files_in_the_tables_order(data, kept):
    found = _images(data, kept)
    np.testing.assert_array_equal(found, _expected(data))
    assert found.shape == (24, SIZE, SIZE, 3)
    assert not found.flags.writeable


def test_whole_pictures_and_their_middles_are_kept_apart(data, kept):
    dataset = load(data, "multi-label")
    for method in (*METHODS, *METHODS):
        found = image_cache.cached_images(dataset, SIZE, lambda share: None, kept, method)
        expected = np.stack([to_square(open_image(path), SIZE, method) for path in dataset.paths()])
        np.testing.assert_array_equal(found, expected)


def test_each_picture_is_decoded_once_also_after_a_restart(data, kept, opened):
    first = _images(data, kept)
    again = _images(data, Store(kept.folder))
    np.testing.assert_array_equal(first, again)
    assert len(opened) == 24


def test_only_a_changed_picture_is_decoded_anew(data, kept, opened):
    _images(data, kept)
    opened.clear()
    _darken(data, "004.png")
    np.testing.assert_array_equal(_images(data, kept), _expected(data))
    assert opened == ["004.png"]


def test_a_change_shows_though_length_and_time_stay_the_same(data, kept):
    """The file's time of status change tells, which no program can set."""
    file = data / "train" / "003.png"
    _age(data)
    _images(data, kept)
    before, empty = file.stat(), (data / "train" / "000.png").read_bytes()
    file.write_bytes(empty + bytes(before.st_size - len(empty)))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    np.testing.assert_array_equal(_images(data, kept), _expected(data))


def test_files_written_a_moment_ago_are_read_again(data, kept, monkeypatch):
    read = []
    monkeypatch.setattr(
        image_cache, "_digests", lambda files, real=image_cache._digests: read.append(1) or real(files)
    )
    for _ in range(2):
        _images(data, kept)
    assert len(read) == 2


def test_files_at_rest_are_not_read_to_learn_that_nothing_changed(data, kept, monkeypatch):
    monkeypatch.setattr(image_cache, "_UNSETTLED_SECONDS", -1)
    _images(data, kept)
    monkeypatch.setattr(image_cache, "_digest", None)
    np.testing.assert_array_equal(_images(data, kept), _expected(data))


def test_another_size_is_another_array(data, kept):
    assert _images(data, kept, size=16).shape == (24, 16, 16, 3)
    np.testing.assert_array_equal(_images(data, kept), _expected(data))


def test_a_part_of_the_pictures_is_taken_from_the_whole(data, kept, opened):
    """Single-label leaves out the pictures with no label and with two."""
    _images(data, kept)
    opened.clear()
    part = _images(data, kept, task="single-label")
    assert 0 < len(part) < 24
    np.testing.assert_array_equal(part, _expected(data, "single-label"))
    assert opened == []


def test_the_same_pictures_elsewhere_are_known(data, kept, tmp_path, opened):
    _images(data, kept)
    opened.clear()
    shutil.copytree(data, tmp_path / "copy")
    _images(tmp_path / "copy", kept)
    assert opened == []


def test_another_way_of_reading_gives_other_pictures(data, kept, opened, monkeypatch):
    _images(data, kept)
    monkeypatch.setattr(image_cache, "_way", lambda: "another")
    _images(data, kept)
    assert len(opened) == 48


def test_all_unreadable_pictures_are_named_and_nothing_is_kept(data, kept, opened):
    for name in ("001.png", "005.png"):
        (data / "train" / name).write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    with pytest.raises(DatasetError) as caught:
        _images(data, kept)
    assert [problem.split("”")[0] for problem in caught.value.problems] == ["“001.png", "“005.png"]
    for name in ("001.png", "005.png"):
        shutil.copyfile(data / "train" / "003.png", data / "train" / name)
    np.testing.assert_array_equal(_images(data, kept), _expected(data))


def test_a_picture_that_vanished_is_named(data, kept):
    dataset = load(data, "multi-label")
    (data / "train" / "002.png").unlink()
    with pytest.raises(DatasetError, match=r"002\.png"):
        image_cache.cached_images(dataset, SIZE, lambda share: None, kept)


def test_progress_grows_to_the_whole(data, kept):
    for expected in (25, 1):
        shares = []
        _images(data, kept, show=shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1
        assert len(shares) == expected


def test_who_stops_listening_does_not_wait_for_the_rest(data, kept, monkeypatch):
    opened = []

    def stop(share):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        image_cache,
        "open_square",
        lambda file, **how: opened.append(file) or time.sleep(0.05) or open_square(file, **how),
    )
    many = load(data, "multi-label")
    many = replace(many, table=many.table.loc[many.table.index.repeat(20)].reset_index(drop=True))
    with pytest.raises(KeyboardInterrupt):
        image_cache.cached_images(many, SIZE, stop, kept)
    assert len(opened) < len(many.table) / 2


def test_a_store_without_room_costs_only_the_time(data, tmp_path):
    np.testing.assert_array_equal(_images(data, Store(tmp_path / "cache", 1000)), _expected(data))


def test_the_programs_own_store_is_used_if_nothing_else_is_said(data, tmp_path, monkeypatch, opened):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "own"))
    for _ in range(2):
        _images(data, None)
    assert len(opened) == 24
    assert any(path.suffix == ".npy" for path in array_cache.shared().folder.iterdir())


def _age(folder):
    """Let the files look as if they had been at rest for a while; their status change cannot be set back."""
    for file in (folder / "train").iterdir():
        os.utime(file, (0, 0))
