"""Files are written whole or not at all, and a full disk is an OSError whatever library reports it."""

import errno

import pytest

from engine.jobs.atomic_write import FULL, trouble, write_text, write_whole


def test_a_library_that_reports_a_full_disk_in_its_own_way_is_understood(tmp_path):
    write_text(tmp_path / "kept", "before")

    def write(path):
        path.write_text("half")
        raise RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")

    with pytest.raises(OSError) as caught:
        write_whole(tmp_path / "kept", write)
    assert caught.value.errno == errno.ENOSPC in FULL
    assert trouble(caught.value) == "the disk is full: free some space"
    assert [file.read_text() for file in tmp_path.iterdir()] == ["before"]


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "new", lambda path: 1 / 0)
    assert not list(tmp_path.iterdir())
