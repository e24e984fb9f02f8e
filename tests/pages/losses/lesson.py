"""What the tests of lesson 2 read from the page."""

import re

import numpy as np

from tests.lesson_data import chart, texts

PAGE = "2_BCE_and_CE"


REAL = "A picture's real outputs"


def drawn_bars(app) -> dict[str, np.ndarray]:
    """Each activation's probabilities, as drawn, to the last digit."""
    found = re.findall(r'class="one (sigmoid|softmax)" data-prob="([^"]+)"', texts(app))
    return {name: np.array([float(p) for one, p in found if one == name]) for name in ("sigmoid", "softmax")}


def loss_bars(app) -> dict[str, np.ndarray]:
    return {bar.name: np.array(bar.x) for bar in chart(app, -1).data}
