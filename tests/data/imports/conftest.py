"""A library of its own for each test, with a folder outside of it."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "data"))
    (tmp_path / "outside").mkdir()
    return tmp_path
