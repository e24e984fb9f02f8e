"""What lesson 1 asks, with its right answers counted by hand."""

import numpy as np
import pytest

from pages.parts.one_hot import exercises

VOCAB = ("bear", "cat", "dog", "horse")
TARGETS = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]])


def test_no_index_names_two_classes_and_each_wrong_index_says_what_it_loses():
    question = exercises.which_index(VOCAB)
    assert list(question.choices) == ["1", "2", "3", exercises.NO_INDEX]
    assert question.right_choice == exercises.NO_INDEX
    assert question.explain("1") == "Index 1 says “cat” and loses “dog”."
    assert question.explain("2") == "Index 2 says “dog” and loses “cat”."
    assert "index 3 is horse" in question.explain("3")
    assert "1 is cat, 2 is dog" in question.explain(exercises.NO_INDEX)


def test_the_most_common_pair_is_counted():
    assert exercises.most_common_pair(TARGETS, VOCAB) == (("bear", "cat"), 2)
    assert exercises.most_common_pair(np.eye(4, dtype=int), VOCAB) == ((), 0)


def _done(labels=("cat",), given=("cat",), wrong=None, has_wrong=True) -> list[str]:
    tasks = exercises.tasks(labels, given, wrong, has_wrong, TARGETS, VOCAB)
    return [task.key for task in tasks if task.is_done]


def test_tasks_are_done_by_what_is_on_the_page():
    assert _done() == []
    assert _done(labels=()) == ["none"]
    assert _done(labels=("bear", "cat")) == ["pair"]
    assert _done(labels=("bear", "cat", "dog")) == []
    assert _done(given=("bear", "cat")) == ["most"]
    assert _done(labels=("dog",), wrong=("bear", "dog")) == ["fix"]
    assert _done(labels=("bear",), wrong=("bear", "dog")) == []


def test_without_wrong_labels_there_is_nothing_to_fix():
    tasks = exercises.tasks((), (), None, False, TARGETS, VOCAB)
    assert [task.key for task in tasks] == ["none", "pair", "most"]


def test_the_check_counts_cells_and_images():
    length, nothing, index = exercises.questions(TARGETS, VOCAB)
    assert length.right_choice == "4" and set(length.choices) == {"2", "4", "16"}
    assert nothing.right_choice == "65.0%" and "13 of 20" in nothing.explain("0%")
    assert index.right_choice == "1" and "4 of the 5 images" in index.explain("5")


@pytest.mark.parametrize("place", range(3))
def test_every_choice_is_explained_in_its_own_words(place):
    question = exercises.questions(TARGETS, VOCAB)[place]
    said = [question.explain(choice) for choice in question.choices]
    assert len(set(said)) == len(said)
