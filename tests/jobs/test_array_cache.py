"""The store of arrays: made once, bounded, whole for every process, and never in the way."""

import errno
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from engine import paths
from engine.jobs import array_cache
from engine.jobs.array_cache import Store

KILOBYTE = np.arange(1024, dtype=np.uint8).reshape(32, 32)
ROOM_FOR_THREE = 3 * 1024 + 1000


def _never():
    raise AssertionError("made again")


@pytest.fixture
def kept(tmp_path):
    return Store(tmp_path / "cache", ROOM_FOR_THREE)


def _files(kept: Store) -> list:
    return sorted(path for path in kept.folder.iterdir())


def _is_mapped(array: np.ndarray) -> bool:
    return isinstance(array, np.memmap) or (array.base is not None and _is_mapped(array.base))


def test_an_array_is_made_once_and_outlives_the_store(kept):
    made = kept.get("a", lambda: KILOBYTE)
    found = Store(kept.folder).get("a", _never)
    for array in (made, found):
        np.testing.assert_array_equal(array, KILOBYTE)
        assert array.dtype == np.uint8
        assert _is_mapped(array)


def test_what_is_kept_cannot_be_changed(kept):
    for array in (
        kept.get("a", lambda: KILOBYTE),
        kept.get("a", _never),
        Store(kept.folder, 0).get("b", KILOBYTE.copy),
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_another_key_is_another_array(kept):
    kept.get("a", lambda: KILOBYTE)
    np.testing.assert_array_equal(kept.get("b", lambda: KILOBYTE + 1), KILOBYTE + 1)
    np.testing.assert_array_equal(kept.get("a", _never), KILOBYTE)


@pytest.mark.parametrize(
    "array",
    [
        np.float16([[0.5, -2]]),
        np.float32(3.5),
        np.empty((0, 4)),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
    ],
)
def test_every_shape_and_type_comes_back(kept, array):
    for _ in range(2):
        found = kept.get("a", lambda: array)
        np.testing.assert_array_equal(found, array)
        assert (found.dtype, found.shape) == (array.dtype, array.shape)


def test_the_longest_unused_gives_way(kept):
    for age, key in ((300, "old"), (200, "older but used"), (100, "young")):
        kept.get(key, lambda: KILOBYTE)
        os.utime(kept._path(key), (time.time() - age, time.time() - age))
    kept.find("old")
    kept.get("new", lambda: KILOBYTE)
    assert kept.find("older but used") is None
    assert all(kept.find(key) is not None for key in ("old", "young", "new"))
    assert sum(path.stat().st_size for path in _files(kept)) <= ROOM_FOR_THREE


def test_an_array_that_gave_way_stays_readable_for_who_holds_it(kept):
    held = kept.get("a", lambda: KILOBYTE)
    kept._path("a").unlink()
    np.testing.assert_array_equal(held, KILOBYTE)


def test_more_than_the_bound_is_used_from_memory(tmp_path):
    small = Store(tmp_path / "cache", 1000)
    np.testing.assert_array_equal(small.get("a", lambda: KILOBYTE), KILOBYTE)
    assert small.find("a") is None


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"nothing of the kind", bytes(1152)])
def test_a_broken_entry_is_made_again(kept, content):
    kept.get("a", lambda: KILOBYTE)
    kept._path("a").write_bytes(content)
    np.testing.assert_array_equal(kept.get("a", lambda: KILOBYTE), KILOBYTE)
    np.testing.assert_array_equal(kept.get("a", _never), KILOBYTE)


def test_an_entry_that_lost_its_end_is_made_again(kept):
    kept.get("a", lambda: KILOBYTE)
    whole = kept._path("a").read_bytes()
    kept._path("a").write_bytes(whole[:-1])
    assert kept.find("a") is None
    kept.get("a", lambda: KILOBYTE)
    assert kept._path("a").read_bytes() == whole


def test_pickles_are_not_read(kept):
    kept.folder.mkdir()
    np.save(kept._path("a"), np.array([{"any": "code"}], dtype=object), allow_pickle=True)
    assert kept.find("a") is None


def test_a_making_that_fails_leaves_nothing(kept):
    def fail(place):
        place[:16] = 1
        raise OSError("a picture vanished")

    with pytest.raises(OSError, match="vanished"):
        kept.filled("a", (32, 32), np.uint8, fail)
    assert kept.find("a") is None
    assert _files(kept) == []


def test_a_full_disk_is_no_obstacle(kept, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    np.testing.assert_array_equal(kept.get("a", lambda: KILOBYTE), KILOBYTE)
    assert _files(kept) == []


def test_some_of_the_disk_stays_free(kept, monkeypatch):
    kept.get("a", lambda: KILOBYTE)
    monkeypatch.setattr(array_cache, "KEPT_FREE", 2**62)
    np.testing.assert_array_equal(kept.get("b", lambda: KILOBYTE + 1), KILOBYTE + 1)
    assert kept.find("b") is None


def test_a_folder_that_cannot_be_made_is_no_obstacle(tmp_path):
    (tmp_path / "file").write_text("in the way")
    blocked = Store(tmp_path / "file" / "cache")
    np.testing.assert_array_equal(blocked.get("a", lambda: KILOBYTE), KILOBYTE)


def test_an_entry_that_cannot_be_put_in_place_is_used_all_the_same(kept, monkeypatch):
    def refuse(*_):
        raise PermissionError("in use")

    monkeypatch.setattr(os, "replace", refuse)
    np.testing.assert_array_equal(kept.get("a", lambda: KILOBYTE), KILOBYTE)
    assert _files(kept) == []


def test_what_a_killed_process_left_is_cleared_after_a_while(kept):
    kept.folder.mkdir()
    left = kept.folder / ".left"
    left.write_bytes(bytes(ROOM_FOR_THREE))
    kept.get("a", lambda: KILOBYTE)
    assert left.exists()
    os.utime(left, (0, 0))
    kept.get("b", lambda: KILOBYTE)
    assert not left.exists()


WRITER = """
import sys
import numpy as np
from engine.jobs.array_cache import Store
kept = Store(sys.argv[1], 300_000)
for turn in range(60):
    value = turn % 7
    found = kept.get(str(value), lambda: np.full((50, 1000), value, np.uint8))
    assert found.shape == (50, 1000) and (found == value).all(), value
"""


def test_several_processes_share_a_store_that_is_too_small_for_them(tmp_path):
    """Seven arrays in a store for five: entries come and go all the time, and nobody sees half of one."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen(command, cwd=paths.ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [writer.communicate()[1] for writer in writers] == [""] * 3
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_the_programs_own_store_lies_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path))
    assert array_cache.shared().folder == tmp_path
    monkeypatch.delenv("LOSS_LAB_CACHE")
    assert array_cache.shared().folder == paths.ROOT / ".cache"
