"""Which jobs read a folder: those at work only, by what their status or their command names."""

import pytest

from engine import paths
from engine.jobs.job import Job
from engine.jobs.readers import DATA, jobs_reading
from engine.jobs.status import FINISHED, RUNNING


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("cache", "data", "runs"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(tmp_path / name))
    (tmp_path / "data" / "pets").mkdir(parents=True)
    return tmp_path


def at_work(folder, command=(), **details) -> Job:
    job = Job(folder)
    job.create(command, **details)
    job.update(state=RUNNING)
    return job


def test_a_run_names_its_data_in_its_status(home):
    job = at_work(paths.runs_folder() / "a", **{DATA: str(home / "data" / "pets")})
    assert jobs_reading(home / "data" / "pets") == [job]
    assert jobs_reading(home / "data" / "pet") == [] == jobs_reading(home / "data" / "pets" / "pictures")
    job.update(state=FINISHED)
    assert jobs_reading(home / "data" / "pets") == []


def test_a_check_names_it_in_its_command(home):
    data = home / "data" / "pets"
    job = at_work(paths.cache_folder() / "checks" / "x", ["engine", "check", "--task", "points", str(data)])
    at_work(paths.cache_folder() / "checks" / "y", ["engine", "check", "--task", "points", str(home)])
    assert jobs_reading(data) == [job]


def test_something_inside_is_read_too(home):
    job = at_work(
        paths.cache_folder() / "proposals" / "x", **{DATA: str(home / "data" / "pets" / "pictures")}
    )
    assert jobs_reading(home / "data" / "pets") == [job]
