"""Syllables against a dictionary, and Flesch's reading ease against texts whose counts are known."""

import math

from tests import reading_ease
from tests.reading_ease import flesch, is_prose, long_sentences, plain, sentences, syllables, words

DICTIONARY = {
    1: "the name names learned loss one class shows you score works wrong right page high switch trained moves what's "
    "it's looked changed reached true blue seen real place once curve choice eyes don't give squared",
    2: "label labels pages network table tables number boxes classes counted zero many looking doing being vector "
    "softmax image model pixel losses guesses twenty people every little simple titles middle person added needed "
    "measure places drawing question action because didn't",
    3: "images several predicted example gradient photograph multiple negative positive exactly natural another idea "
    "entropy certainly completely usual created decided prediction",
    4: "information available validation calibration accuracy usually",
    5: "probability vocabulary",
}
"""Words by their syllables in a dictionary."""


def test_the_syllables_of_common_words():
    wrong = {
        word: syllables(word) for n, row in DICTIONARY.items() for word in row.split() if syllables(word) != n
    }
    assert wrong == {}


def test_a_text_gets_the_score_that_its_counts_give():
    assert math.isclose(
        flesch(["The cat sat on the mat. The zebra ran away."]), 206.835 - 1.015 * 5 - 84.6 * 12 / 10
    )
    assert math.isclose(flesch(["The cat sat on the mat. Too short."]), 206.835 - 1.015 * 6 - 84.6)
    hard = "Regularization necessitates considerable computational sophistication."
    assert flesch([hard]) < 0 < flesch(["You can move it and see what happens."])


def test_terms_numbers_code_and_names_are_not_counted():
    text = plain(
        "Cross-entropy gives **0.4798** with `F.cross_entropy`, and you can see why in accuracy_multi here."
    )
    assert words(text) == [
        "Cross",
        "entropy",
        "gives",
        "with",
        "and",
        "you",
        "can",
        "see",
        "why",
        "in",
        "here",
    ]
    assert flesch([text], ["cross-entropy"]) > flesch([text])
    assert math.isnan(flesch(["Short one.", "A title that has no end"]))


def test_sentences_end_where_a_reader_pauses():
    assert sentences("One is 0.5 here. Two: three “four.” Five") == [
        "One is 0.5 here.",
        "Two: three “four.”",
        "Five",
    ]
    assert sentences("A list\n- first\n- second\n\nEnd") == ["A list", "first", "second", "End"]
    assert sentences("Wrapped\nline.") == ["Wrapped line."]


def test_markup_is_no_text():
    assert plain("[Open](/Train) *now*: $x^2$ and <style>a {b}</style><b>see</b>").split() == [
        "Open",
        "*now*:",
        "and",
        "see",
    ]
    assert sentences(plain("<p>One</p><p>Two</p>")) == ["One", "Two"]


def test_a_sentence_of_26_words_is_long_and_one_of_25_is_not():
    assert long_sentences(" ".join(["word"] * 25) + ".") == []
    assert len(long_sentences(" ".join(["word"] * 24 + ["0.5", "times"]) + ".")) == 1
    assert long_sentences("It knows these: bear, cat, traffic light, dog, horse and sheep.", most=5) == []
    assert len(long_sentences("It knows these: bear, cat and dog are among them today.", most=5)) == 1
    assert reading_ease.MOST_WORDS == 25


def test_running_text_is_told_from_labels():
    assert is_prose("Move the threshold and watch it.") and is_prose("Look at the “two sets.”")
    assert not is_prose("Threshold of every class") and not is_prose("Save it.")
