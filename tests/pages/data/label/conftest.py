"""A home for datasets, and a session."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOSS_LAB_DATA", str(tmp_path / "library"))
    monkeypatch.setenv("LOSS_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def state(monkeypatch):
    """A session of Streamlit's that is a plain dictionary, for labelling without a page."""
    state = {}
    for module in (
        "data.label.session",
        "data.label.one_image",
        "data.label.many_images",
        "shared.point_image",
        "shared.image_grid",
    ):
        monkeypatch.setattr(f"pages.parts.{module}.st.session_state", state)
    return state
