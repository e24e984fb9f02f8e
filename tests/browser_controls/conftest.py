"""The browser that the tests of all controls share."""

from collections.abc import Iterator

import pytest

from tests.browser_controls.tabs import Visitors


@pytest.fixture(scope="session")
def visitors(browser) -> Iterator[Visitors]:
    """A browser of their own, for all tests of a session; `browser` skips where there is none."""
    made = Visitors()
    yield made
    made.close()
