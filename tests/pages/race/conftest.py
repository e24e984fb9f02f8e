"""Sample data for the tests of lesson 6, computed once."""

import pytest

from tests.lesson_data import point_app_at, write_scenes
from tests.tiny_data import pointed


@pytest.fixture(scope="package")
def made(tmp_path_factory):
    """Scenes and heads, and the folder of what is kept, so that their features are computed once for all tests."""
    folder = tmp_path_factory.mktemp("race")
    write_scenes(folder / "scenes")
    pointed(folder / "heads", count=16)
    return folder


@pytest.fixture(autouse=True)
def at_home(made, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_CACHE", str(made / "cache"))
    point_app_at(made, monkeypatch)
