"""A run for the tests of lesson 3."""

import pytest

from tests.lesson_data import point_app_at, write_all


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def run(folder):
    return write_all(folder)["multi-label"]


@pytest.fixture
def at_home(run, folder, monkeypatch):
    point_app_at(folder, monkeypatch)
