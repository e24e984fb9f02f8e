"""What a kill or a full disk leaves of an import is gone after the next start; what is at work stays."""

import io
import os
from dataclasses import replace

import pytest

from engine.data import library
from engine.data.archives.errors import IncomingError
from engine.data.imports import all_imports, dismiss, import_job, leftovers, take
from engine.data.imports.import_worker import work
from engine.jobs import process
from engine.jobs import status as job_status
from engine.jobs.status import RUNNING, Status
from tests.data.imports.sending import HONEST, zipped


def _taken():
    return take([("set.zip", io.BytesIO(zipped(HONEST)))])


def test_an_interrupted_import_keeps_its_word_and_nothing_else(home):
    one = _taken()
    job_status.write(one.folder, Status(RUNNING, process=replace(process.identify(), started=1.0)))
    (one.folder / "unpacked").mkdir()
    leftovers.sweep()
    assert sorted(path.name for path in one.folder.iterdir()) == ["asked.json", "status.json"]
    assert all_imports() == [one] and one.problems


def test_an_import_at_work_stays(home):
    one = _taken()
    leftovers.sweep()
    assert (one.folder / "files" / "0").exists() and work(one).problems == ()


def test_an_import_that_another_process_is_taking_stays(home):
    """Between the folder and its status lies a moment, in which a second server may start."""
    one = _taken()
    (one.folder / "status.json").unlink()
    leftovers.sweep()
    import_job.throw_away_abandoned(home / "data")
    assert (one.folder / "files" / "0").exists()


def test_an_import_that_never_began_is_removed_after_an_hour(home):
    one = _taken()
    (one.folder / "status.json").unlink()
    leftovers.sweep()
    assert one.folder.is_dir()
    os.utime(one.folder, (0, 0))
    assert leftovers.sweep() == [one.folder] and all_imports() == []


def test_half_a_dataset_is_removed(home):
    half = library.folder() / ".building.~000000-1-1-00000000"
    half.mkdir(parents=True)
    os.utime(half, (0, 0))
    assert leftovers.sweep() == [half] and library.all_sets() == []


@pytest.mark.parametrize(
    ("code", "sentence"), [(28, "the disk is full"), (30, "is read-only"), (13, "permissions")]
)
def test_a_disk_that_refuses_an_upload_is_one_sentence_and_leaves_nothing(home, monkeypatch, code, sentence):
    def refuses(*_):
        raise OSError(code, "raw words", "somewhere")

    for name in ("write_record", "shutil.copyfileobj"):
        monkeypatch.setattr(f"engine.data.imports.import_job.{name}", refuses)
        with pytest.raises(IncomingError, match=sentence):
            _taken()
        assert all_imports() == []
    monkeypatch.undo()


def test_an_error_that_nobody_expected_is_one_sentence_and_leaves_nothing(home, monkeypatch):
    def fails(*_, **__):
        raise TypeError("unhashable type: 'dict'")

    monkeypatch.setattr("engine.data.imports.import_worker.detect_in", fails)
    one = work(_taken())
    (problem,) = one.problems
    assert "match no known format (TypeError)" in problem and problem.endswith(".")
    assert one.status.state == "failed" and library.all_sets() == []
    assert sorted(path.name for path in one.folder.iterdir()) == ["asked.json", "status.json"]
    dismiss(one)
    assert import_job.all_imports() == []
