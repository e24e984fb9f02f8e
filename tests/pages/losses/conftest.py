"""Runs for the tests of lesson 2."""

import pytest

from tests.lesson_data import point_app_at, write_all


@pytest.fixture(scope="package")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lesson2")


@pytest.fixture(scope="package")
def made(folder):
    return write_all(folder)


@pytest.fixture
def at_home(made, folder, monkeypatch):
    point_app_at(folder, monkeypatch)
