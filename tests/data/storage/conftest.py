"""An empty storage in memory for each test."""

import pytest

from tests.data.storage import stored


@pytest.fixture(autouse=True)
def _empty_storage():
    stored.empty()
    yield
    stored.empty()
