import numpy as np
import pytest


@pytest.fixture
def yes_no():
    """Logits (7, 5), and targets of 0 and 1 of the same shape."""
    rng = np.random.default_rng(0)
    return rng.normal(0, 4, (7, 5)), (rng.random((7, 5)) < 0.4).astype(np.uint8)


@pytest.fixture
def one_class():
    """Logits (7, 5), and the index of each row's class (7,)."""
    rng = np.random.default_rng(1)
    return rng.normal(0, 4, (7, 5)), rng.integers(0, 5, 7)
