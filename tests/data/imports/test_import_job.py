"""An import as a job of its own process: its end, its interruption, and its command."""

import io
import time
from dataclasses import replace

import pytest

from engine.data import library
from engine.data.imports import all_imports, begin, dismiss, stop, take
from engine.data.imports.import_worker import work
from engine.jobs import process
from engine.jobs import status as job_status
from engine.jobs.job import HANDLE
from engine.jobs.json_file import read_record
from engine.jobs.status import FINISHED, INTERRUPTED, RUNNING, STOPPED, Status
from tests.data.imports.sending import HONEST, zipped
from tests.dataset_files import IMAGE


def _process_of(one) -> process.ProcessId:
    return process.from_record(read_record(one.folder / HANDLE))


@pytest.mark.waits
def test_a_process_of_its_own_does_the_work(home):
    one = begin([("set.zip", io.BytesIO(zipped(HONEST)))], "My set")
    assert all_imports() == [one] and not _process_of(one).is_this
    deadline = time.monotonic() + 240
    while one.is_active:
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
    assert (one.status.state, one.name, one.problems) == (FINISHED, "My set", ()), one.job.log
    assert library.find("My set").record().vocab == ("a", "b")
    dismiss(one)
    assert all_imports() == []


def test_a_process_that_is_gone_was_interrupted_and_what_was_sent_gives_way(home):
    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    job_status.write(one.folder, Status(RUNNING, process=replace(process.identify(), started=1.0)))
    assert one.status.state == INTERRUPTED and "import it again" in one.problems[0]
    assert (one.folder / "files").exists()
    dismiss(take([("set.zip", io.BytesIO(zipped(HONEST)))]))
    assert not (one.folder / "files").exists() and one.problems


def test_an_import_on_another_machine_keeps_its_files_and_its_room_and_is_asked_to_stop(home):
    one = take([("set.zip", io.BytesIO(zipped(HONEST)))])
    job_status.write(
        one.folder, Status(RUNNING, process=process.ProcessId("elsewhere", 1, 1.0), heartbeat=1.0)
    )
    dismiss(take([("set.zip", io.BytesIO(zipped(HONEST)))]))
    assert one.is_active and one.problems == () and (one.folder / "files").exists()
    stop(one)
    assert one.job.stop_requested and all_imports() == [one]
    work(one)
    assert one.status.state == STOPPED and not (one.folder / "files").exists()


def test_work_that_is_stopped_leaves_nothing_behind(home):
    files = [(f"{n}.csv", io.BytesIO(b"a,b\n" * 400_000)) for n in range(15)] + [("1.jpg", io.BytesIO(IMAGE))]
    one = begin(files)
    at_work = _process_of(one)
    assert at_work.is_alive
    stop(one)
    assert not at_work.is_alive and all_imports() == [] and library.all_sets() == []


def test_the_command_line_imports_and_answers_in_one_sentence(home, capsys):
    from engine.__main__ import main

    (home / "set.zip").write_bytes(zipped(HONEST))
    assert main(["import", str(home / "set.zip"), "--name", "pets"]) == 0
    assert capsys.readouterr().out.startswith(f"pets (single-label): {home / 'data' / 'pets'}\n")
    (home / "bad.zip").write_bytes(zipped({"../a.jpg": IMAGE}))
    assert main(["import", str(home / "bad.zip")]) == 2
    assert "Names that cannot be used" in capsys.readouterr().err
    assert [one.name for one in library.all_sets()] == ["pets"]
