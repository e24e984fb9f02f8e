"""What the tests of lesson 2 read from the page."""

import re

import numpy as np

from tests import lesson_data
from tests.lesson_data import chart, texts

PAGE = "2_BCE_and_CE"


REAL = "A model's outputs"


def open_page(name: str, **address: str):
    """The lesson after the guess, which shows everything."""
    return lesson_data.open_page(name, guessed=(2,), **address)


def drawn_bars(app) -> dict[str, np.ndarray]:
    """Each activation's probabilities, as drawn, to the last digit."""
    found = re.findall(r'class="one (sigmoid|softmax)" data-prob="([^"]+)"', texts(app))
    return {name: np.array([float(p) for one, p in found if one == name]) for name in ("sigmoid", "softmax")}


def loss_bars(app) -> dict[str, np.ndarray]:
    return {bar.name: np.array(bar.x) for bar in chart(app, -1).data}
