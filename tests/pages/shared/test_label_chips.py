"""Labels under an image, measured in a browser: a long one stays inside its tile, and keeps its probability."""

import pytest

from engine.functional.label_changes import KEPT, LOST, LabelChange
from pages.parts.review import chips as review_chips
from pages.parts.shared import label_chips

pytestmark = pytest.mark.browser

LONG = "a very long label of an imported dataset " * 4
CHANGES = [LabelChange(0, KEPT, True), LabelChange(1, LOST, False)]


def beyond(page, html: str) -> float:
    """By how many pixels the widest chip or caption goes beyond a tile of 150 px."""
    page.set_content(f'<div id="tile" style="width: 150px">{html}</div>')
    return page.evaluate(
        "Math.max(...[...document.querySelectorAll('.chip, caption')].map(e => e.getBoundingClientRect().right))"
        " - document.getElementById('tile').getBoundingClientRect().right"
    )


def test_a_long_label_stays_inside_its_tile(page):
    assert beyond(page, label_chips.STYLE + label_chips.chips(CHANGES, (LONG, "cat"), [0.9, 0.2])) <= 1
    assert "0.90" in page.locator(".chip").first.inner_text()


def test_a_right_to_left_label_does_not_turn_its_probability():
    html = label_chips.chips(CHANGES[:1], ("\u202egnol",), [0.9])
    assert "<bdi>\u202egnol</bdi> 0.90" in html


def test_a_long_label_of_a_reviewed_image_stays_inside_its_tile(page):
    chip = review_chips._chip(LONG, "", 0.9)
    assert (
        beyond(
            page,
            f'{review_chips._STYLE}<div class="review"><div>Seen</div><div class="chips">{chip}</div></div>',
        )
        <= 1
    )
