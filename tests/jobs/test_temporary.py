"""What a killed process left is told by its name and swept; what a living one works on stays."""

import os
import signal
import subprocess
import sys
import time

import pytest

from engine import paths
from engine.jobs import temporary
from engine.jobs.atomic_write import write_whole
from engine.jobs.name_lock import names_locked

KILLED = """
import os, signal, sys
from pathlib import Path
from engine.jobs.atomic_write import write_whole
from engine.jobs.temporary import temporary_folder

def die(place):
    place.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)

with temporary_folder(Path(sys.argv[1]), "importing") as folder:
    (folder / "piece").write_text("half")
    write_whole(Path(sys.argv[1]) / "run" / "checkpoint.safetensors", die)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path):
    write_whole(tmp_path / "run" / "config.json", lambda place: place.write_text("{}"))
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=paths.ROOT)
    assert done.returncode == -signal.SIGKILL
    left = sorted(path.relative_to(tmp_path).as_posix().split(".~")[0] for path in tmp_path.rglob(".*"))
    assert left == [".importing", "run/.checkpoint.safetensors"]
    assert len(temporary.sweep([tmp_path])) == 2
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["config.json"]


def test_the_next_try_to_write_a_file_removes_what_a_killed_one_left(tmp_path):
    """A file that a person names lies in no folder of the app, which `sweep` looks at."""
    names = (".out.zip.~000000-1-1-00000000", ".other.zip.~000000-1-1-00000000", "out.zip")
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    temporary.sweep_beside(tmp_path / "out.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
    temporary.sweep_beside(tmp_path / "missing" / "out.zip")


def test_what_this_process_works_on_stays(tmp_path):
    with temporary.temporary_folder(tmp_path, "importing") as folder:
        assert not temporary.is_abandoned(folder) and temporary.sweep([tmp_path]) == [] and folder.is_dir()
    assert not folder.exists()


def test_a_process_of_another_machine_is_left_alone_for_a_day(tmp_path):
    file = tmp_path / ".a.~000000-1-1-00000000"
    file.touch()
    assert not temporary.is_abandoned(file)
    os.utime(file, (time.time() - 2 * temporary.SECONDS_KEPT,) * 2)
    assert temporary.is_abandoned(file)


@pytest.mark.parametrize("name", ["a.~000000-1-1-00000000", ".a", ".importing-x", ".decisions.lock"])
def test_other_names_are_never_swept(tmp_path, name):
    (tmp_path / name).touch()
    os.utime(tmp_path / name, (0, 0))
    assert temporary.sweep([tmp_path]) == [] and (tmp_path / name).exists()


def test_a_link_is_removed_and_not_followed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").touch()
    (tmp_path / "root").mkdir()
    link = tmp_path / "root" / ".a.~000000-1-1-00000000"
    link.symlink_to(tmp_path / "kept")
    os.utime(link, (0, 0), follow_symlinks=False)
    assert temporary.sweep([tmp_path / "root"]) == [link]
    assert (tmp_path / "kept" / "file").exists()


def test_the_longest_name_still_fits(tmp_path):
    write_whole(tmp_path / ("a" * 240 + ".zip"), lambda place: place.write_text("whole"))
    assert [path.read_text() for path in tmp_path.iterdir()] == ["whole"]


def test_only_one_at_a_time_chooses_a_name(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.jobs.name_lock.SECONDS_TO_WAIT", 0.1)
    with (
        names_locked(tmp_path / "new"),
        pytest.raises(OSError, match="locked"),
        names_locked(tmp_path / "new"),
    ):
        pass
