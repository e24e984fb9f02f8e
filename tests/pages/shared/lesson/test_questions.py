"""A question knows its right choice, by its text or its place."""

import pytest

from pages.parts.shared.lesson import Question


def _question(choices=("a", "b"), right="a") -> Question:
    return Question("Which?", choices, right, lambda choice: choice)


def test_the_right_choice_is_given_by_text_or_place():
    assert _question(right="b").right_choice == "b"
    assert _question(right=1).right_choice == "b"


@pytest.mark.parametrize(("choices", "right"), [(("a", "b"), "c"), (("a", "b"), 2), (("a", "b"), -1)])
def test_a_right_choice_that_is_not_offered_is_an_error(choices, right):
    with pytest.raises(ValueError, match="right is"):
        _question(choices, right)


@pytest.mark.parametrize("choices", [("a",), ("a", "a")])
def test_choices_differ(choices):
    with pytest.raises(ValueError, match="two or more"):
        _question(choices, "a")
