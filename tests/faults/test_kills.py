"""A process that is killed at a random moment loses nothing that it reported as saved; `make faults` kills 200."""

import pytest

from tests.faults import faults
from tests.faults.children import Outcome

pytestmark = pytest.mark.skipif("sys.platform != 'linux'", reason="the faults are made with Linux's means")
KILLED = {
    "label": 4,
    "library": 4,
    "thresholds": 2,
    "import": 3,
    "export": 2,
    "predict": 1,
    "quick": 2,
    "fastai": 1,
}


@pytest.mark.parametrize("name", KILLED)
def test_nothing_reported_as_saved_is_lost(bench, tally, name):
    faults.kills(bench, tally, name, KILLED[name])


def test_a_loss_is_seen(bench):
    """What a child reported as saved, and what is not there, is a problem."""
    home = bench.home("label")
    assert bench.after("label", home, Outcome(saved=["never kept"])) == ["decision never kept is lost"]
