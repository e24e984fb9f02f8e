"""A home for runs, and what the page asks to be trained."""

import pytest

from engine import paths, runs
from engine.training import launch
from tests.lesson_data import point_app_at, write_all


@pytest.fixture
def home(tmp_path, monkeypatch):
    write_all(tmp_path)
    point_app_at(tmp_path, monkeypatch)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """What the page asks to be trained, instead of a process: (configuration, name)."""
    seen = []

    def start(config, name):
        seen.append((config, name))
        return runs.create(config, paths.runs_folder() / name)

    monkeypatch.setattr(launch, "start", start)
    return seen
