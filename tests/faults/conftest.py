"""One bench for a file's tests, with undisturbed runs to compare with, and a fresh tally for each test."""

import random

import pytest

from tests.faults.scenarios import Bench
from tests.faults.tally import Tally

SEED = 20


@pytest.fixture(scope="module")
def bench(tmp_path_factory, request):
    heavy = "fastai" in getattr(request.module, "KILLED", ())
    return Bench(tmp_path_factory.mktemp("faults"), random.Random(SEED), heavy=heavy)


@pytest.fixture
def tally():
    """What the test tries; whatever is lost fails it, and so does a test that has tried nothing."""
    tried = Tally()
    yield tried
    assert tried.groups, "nothing was tried"
    assert tried.problems == []
