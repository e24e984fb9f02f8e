"""Quotas, full disks and limits."""

import io
import os

import pytest

from engine.data import library
from engine.data.archives.limits import Limits, check_room, limits
from engine.data.imports import IncomingError, all_imports, take
from engine.data.imports.import_worker import work
from engine.jobs.status import FINISHED
from tests.data.imports.sending import HONEST, sent, zipped
from tests.dataset_files import IMAGE


def test_the_quota_of_all_is_kept(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_IN_ALL", "1")
    assert sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)})).state == FINISHED
    said = sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)}))
    assert (
        "There is not enough room: the datasets take" in said.problems[0]
        and "remove one first" in said.problems[0]
    )
    library.remove(library.find("set"))
    assert sent(zipped({f"{n}.jpg": IMAGE + os.urandom(60_000) for n in range(6)})).state == FINISHED


def test_a_full_disk_is_one_sentence(home, monkeypatch):
    usage = type("Usage", (), {"free": 400 * 1024**2})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    check_room(home, 50 * 1024**2, 0, Limits())
    with pytest.raises(IncomingError, match="The disk has 400 MB left, too little for 150 MB more"):
        check_room(home, 150 * 1024**2, 0, Limits())


def test_limits_can_be_set_and_nonsense_is_ignored(monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "7")
    monkeypatch.setenv("LOSS_LAB_MOST_FILES", "-3")
    assert (limits().bytes_per_set, limits().files) == (7 * 1024**2, Limits().files)


def test_too_much_is_refused_before_it_is_written(home, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_MOST_MB_PER_SET", "1")
    with pytest.raises(IncomingError, match="2 MB, and the limit is 1 MB"):
        take([("a.zip", io.BytesIO(b"x" * 2_000_000))])
    assert all_imports() == []


def test_a_disk_that_fills_up_leaves_nothing_behind(home, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    monkeypatch.setattr("engine.data.archives.zips.shutil.copyfileobj", full)
    assert work(one).problems == ("It could not be imported: the disk is full: free some space.",)
    assert library.all_sets() == []
