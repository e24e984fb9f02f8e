"""What private mode changes for a whole process is changed back after each test; and two visitors' folders."""

import pytest
import streamlit as st

from engine.jobs import user_scope
from tests.jobs.two_visitors import foreign_paths, furnish


@pytest.fixture(autouse=True)
def _error_details():
    before = st.get_option("client.showErrorDetails")
    yield
    st.set_option("client.showErrorDetails", before)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A private app's folders, furnished by two visitors."""
    for name in ("cache", "data", "runs"):
        monkeypatch.setenv(f"LOSS_LAB_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("FASTAI_HOME", str(tmp_path / "fastai"))
    monkeypatch.setenv("LOSS_LAB_PRIVATE", "1")
    monkeypatch.delenv(user_scope.VISITOR_VARIABLE, raising=False)
    monkeypatch.setattr(user_scope, "_provider", [])
    furnish(tmp_path)
    return tmp_path


@pytest.fixture
def foreign(home):
    """Paths that are not Bert's, who is served."""
    return foreign_paths(home)
