import numpy as np
import pytest
import torch

from engine.functional import label_encoding

VOCAB = ["bear", "cat", "dog", "horse"]


def test_encode_puts_a_one_at_each_labels_place():
    vector = label_encoding.encode(["dog", "bear"], VOCAB)
    assert vector.dtype == np.uint8 and vector.tolist() == [1, 0, 1, 0]


def test_no_labels_give_zeros_and_a_repeated_label_counts_once():
    assert label_encoding.encode([], VOCAB).tolist() == [0, 0, 0, 0]
    assert label_encoding.encode(["cat", "cat"], VOCAB).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("bits", range(16))
def test_decode_gives_back_every_subset(bits):
    subset = [label for place, label in enumerate(VOCAB) if bits >> place & 1]
    assert label_encoding.decode(label_encoding.encode(reversed(subset), VOCAB), VOCAB) == subset


def test_same_vectors_as_fastai_multi_category():
    from fastai.vision.all import MultiCategorize, OneHotEncode

    categorize = MultiCategorize(vocab=VOCAB)
    one_hot = OneHotEncode(c=len(VOCAB))
    for chosen in ([], ["horse"], ["dog", "bear"], VOCAB):
        theirs = one_hot(categorize(chosen))
        assert label_encoding.encode(chosen, VOCAB).tolist() == theirs.int().tolist()


def test_decode_takes_torch_tensors_and_booleans():
    assert label_encoding.decode(torch.tensor([0, 1, 1, 0]), VOCAB) == ["cat", "dog"]
    assert label_encoding.decode([False, False, False, True], VOCAB) == ["horse"]


@pytest.mark.parametrize(("typed", "meant"), [("Dog", "dog"), ("hrose", "horse"), ("bears", "bear")])
def test_an_unknown_label_is_named_with_the_nearest_known_one(typed, meant):
    with pytest.raises(ValueError, match=f"'{typed}'.*not in the vocabulary.*nearest.*'{meant}'"):
        label_encoding.encode(["cat", typed], VOCAB)


def test_capital_letters_do_not_mislead():
    with pytest.raises(ValueError, match=r"'DOG'.*nearest.*'dog'"):
        label_encoding.encode(["DOG"], ["bear", "DOLL", "dog"])


def test_an_empty_vocabulary_says_so():
    with pytest.raises(ValueError, match="vocabulary is empty"):
        label_encoding.encode(["cat"], [])


def test_a_text_instead_of_a_list_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"write \['dog'\]"):
        label_encoding.encode("dog", VOCAB)


def test_a_vocabulary_with_a_label_twice_is_refused():
    with pytest.raises(ValueError, match="'cat' twice"):
        label_encoding.encode(["cat"], ["cat", "dog", "cat"])


@pytest.mark.parametrize(
    ("vector", "says"),
    [([1, 0], r"\(2,\).*\(4,\)"), ([0.5, 0, 0, 1], "0.5.*threshold"), ([[1, 0, 0, 0]], r"\(1, 4\)")],
)
def test_decode_refuses_other_vectors(vector, says):
    with pytest.raises(ValueError, match=says):
        label_encoding.decode(vector, VOCAB)


def test_encode_all_stacks_images_and_survives_none():
    assert label_encoding.encode_all([["cat"], [], ["dog", "cat"]], VOCAB).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 1, 0],
    ]
    assert label_encoding.encode_all([], VOCAB).shape == (0, 4)


def test_class_index_can_say_one_label_only():
    assert label_encoding.class_index(["dog"], VOCAB) == 2
    with pytest.raises(ValueError, match=r"2 labels .bear, dog.*exactly one"):
        label_encoding.class_index(["bear", "dog"], VOCAB)
    with pytest.raises(ValueError, match="no label; expected exactly one"):
        label_encoding.class_index([], VOCAB)


def test_counts_by_hand():
    targets = label_encoding.encode_all([["bear", "dog"], [], ["dog"], ["bear", "dog", "cat"]], VOCAB)
    assert label_encoding.labels_per_image(targets).tolist() == [1, 1, 1, 1]
    assert label_encoding.co_occurrence(targets).tolist() == [
        [2, 1, 2, 0],
        [1, 1, 1, 0],
        [2, 1, 3, 0],
        [0, 0, 0, 0],
    ]


def test_counting_does_not_wrap_at_256_images():
    targets = np.ones((300, 2), dtype=np.uint8)
    assert label_encoding.co_occurrence(targets).tolist() == [[300, 300], [300, 300]]


def test_counts_of_nothing_say_so():
    with pytest.raises(ValueError, match="targets is empty"):
        label_encoding.co_occurrence(np.zeros((0, 4)))
