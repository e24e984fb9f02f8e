"""Keys of the page: each press counts once, in order, whatever a browser sends."""

import pytest

from pages.parts.shared.page_keys import pressed_since

WATCHED = ("1", "2", "Enter")


def told(*presses) -> dict:
    return {"presses": [{"n": number, "key": key} for number, key in presses]}


def test_presses_are_taken_once_and_in_order():
    pressed, echo = pressed_since(told((5, "1"), (6, "Enter")), WATCHED, 0)
    assert (pressed, echo) == (["1", "Enter"], 6)
    assert pressed_since(told((5, "1"), (6, "Enter"), (9, "2")), WATCHED, echo) == (["2"], 9)
    assert pressed_since(told((5, "1"), (6, "Enter")), WATCHED, 9) == ([], 9)


def test_keys_that_nobody_watches_are_passed_over():
    assert pressed_since(told((1, "x"), (2, "2"), (3, ["1"])), WATCHED, 0) == (["2"], 3)


@pytest.mark.parametrize(
    "strange", [None, 3, "1", {}, {"presses": 1}, {"presses": [1]}, {"presses": [{"n": "x", "key": "1"}]}]
)
def test_what_is_no_list_of_presses_counts_as_none(strange):
    assert pressed_since(strange, WATCHED, 7) == ([], 7)
