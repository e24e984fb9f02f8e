"""What the tests of lesson 3 read from the page."""

import re

import numpy as np

from tests.lesson_data import button, open_page, texts

PAGE = "3_Threshold"


def shown(**address: str):
    """The lesson after the guess, with what its address holds."""
    app = open_page(PAGE, **address)
    return button(app, "Show me").click().run()


def drawings(**address: str):
    """The same for the bundled run on drawings."""
    return shown(kind="Drawings", **address)


def move(app, threshold: float):
    return app.slider(key="threshold").set_value(threshold).run()


def counts(app) -> list[list[int]]:
    """The two by two counts of each class: found, missed, false yes, true no."""
    html = next(text for text in texts(app).splitlines() if 'class="counts"' in text)
    return np.array(re.findall(r"<b>(\d+)</b>", html), int).reshape(-1, 4).tolist()
