"""What lesson 1 asks: a guess, tasks, and a check, made from the chosen image and the labels of the whole set."""

from collections.abc import Sequence

import numpy as np

from engine.functional import label_encoding, metrics
from pages.parts.shared.lesson import Question, Task

NO_INDEX = "none of them"
PAIR = ("cat", "dog")


def which_index(vocab: Sequence[str]) -> Question:
    """The guess: which single index names two classes."""
    pair = PAIR if set(PAIR) <= set(vocab) else tuple(vocab[:2])
    first, second = (label_encoding.class_index([label], vocab) for label in pair)
    named = dict(zip(map(str, (first, second)), zip(pair, reversed(pair), strict=True), strict=True))

    def explain(choice: str) -> str:
        if choice in named:
            kept, lost = named[choice]
            return f"Index {choice} says “{kept}” and loses “{lost}”."
        if choice == str(first + second):
            return f"Adding does not help: index {choice} {_meaning(first + second, vocab)}."
        return f"Each number names one class: {first} is {pair[0]}, {second} is {pair[1]}. A vector has room for both."

    choices = list(dict.fromkeys([str(first), str(second), str(first + second), NO_INDEX]))
    prompt = (
        f"A single-label dataset gives each class a number: {first} is {pair[0]}, {second} is {pair[1]}. "
        f"Which number says “{pair[0]} and {pair[1]}”?"
    )
    return Question(prompt, choices, NO_INDEX, explain)


def _meaning(index: int, vocab: Sequence[str]) -> str:
    return f"is {vocab[index]}" if index < len(vocab) else "names no class at all"


def tasks(
    labels: Sequence[str],
    given: Sequence[str],
    wrong: tuple[str, str] | None,
    has_wrong: bool,
    targets: np.ndarray,
    vocab: Sequence[str],
) -> list[Task]:
    """The tasks: `labels` are switched on, `given` are the chosen image's own; `wrong` holds its wrong and right labels
    as text, where they are wrong on purpose."""
    pair, count = most_common_pair(targets, vocab)
    most = int(targets.sum(axis=1).max())
    found = [
        Task(
            "none",
            "Switch **every label off**, and see which index could say that.",
            not labels,
            "Press each cell that shows a 1.",
        ),
        Task(
            "pair",
            "Switch on just the **two labels that appear together most often** in the whole set.",
            bool(pair) and set(labels) == set(pair),
            f"The table of pairs below shows how many images have both: {count}.",
        ),
        Task(
            "most",
            f"Choose an image with **{_labels(most)}**, the most that any image has.",
            len(given) == most,
            "Type several labels into the list of images. The bar chart below shows how few such "
            "images there are.",
        ),
    ]
    if has_wrong:
        is_fixed = wrong is not None and set(labels) == set(wrong[1].split())
        hint = "Press “A dog labelled bear”, look at the image, and switch the cells that are wrong."
        found.append(
            Task("fix", "Find an image that is **labelled wrong on purpose**, and fix it.", is_fixed, hint)
        )
    return found


def most_common_pair(targets: np.ndarray, vocab: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The two labels that occur together in most images, and in how many; no labels where no two ever meet."""
    pairs = np.triu(label_encoding.co_occurrence(targets), k=1)
    if not pairs.any():
        return (), 0
    first, second = map(int, np.unravel_index(pairs.argmax(), pairs.shape))
    return (vocab[first], vocab[second]), int(pairs[first, second])


def questions(targets: np.ndarray, vocab: Sequence[str]) -> list[Question]:
    """The check: the vector's length, the score for predicting nothing, and how many images one index fits."""
    return [_length(vocab), _nothing(targets), _one_index(targets)]


def _length(vocab: Sequence[str]) -> Question:
    classes = len(vocab)

    def explain(choice: str) -> str:
        if choice == "2":
            return f"Two cells are 1, but the other {classes - 2} are there too, as 0. The vector has {classes} cells."
        if choice == str(2**classes):
            return f"That is how many different vectors there are. Each has {classes} cells."
        return f"One cell for each of the {classes} classes, however many of them are 1."

    choices = ["2", str(classes), str(2**classes)]
    return Question("An image has two labels. How many cells does its vector have?", choices, 1, explain)


def _nothing(targets: np.ndarray) -> Question:
    nothing = metrics.do_nothing_accuracy(targets)
    ones, cells = int(targets.sum()), targets.size
    right, share = f"{nothing:.1%}", f"{1 - nothing:.1%}"

    def explain(choice: str) -> str:
        if choice == "0%":
            return f"A 0 is right wherever the label is absent: in {cells - ones:,} of {cells:,} cells."
        if choice == share and share != right:
            return f"{share} of the cells are 1, and there it is wrong. It is right in the other {right}."
        return f"{cells - ones:,} of {cells:,} cells are 0. A useful model has to beat that."

    choices = list(dict.fromkeys(["0%", share, right]))
    return Question(
        "A model predicts 0 for every cell of this set. What share of the cells does it get right?",
        choices,
        right,
        explain,
    )


def _one_index(targets: np.ndarray) -> Question:
    counts = label_encoding.labels_per_image(targets)
    images, single = int(counts.sum()), int(counts[1]) if len(counts) > 1 else 0

    def explain(choice: str) -> str:
        if choice == f"{images:,}":
            return (
                f"{images - single:,} of the {images:,} images have no label or several. No index can "
                "say that."
            )
        if choice == f"{images - single:,}" and images != 2 * single:
            return f"Those are the others: no label, or more than one. Exactly one label is on {single:,} images."
        return f"{single:,} of {images:,} images have exactly one label. For all others an index is wrong."

    choices = list(dict.fromkeys([f"{single:,}", f"{images - single:,}", f"{images:,}"]))
    return Question("For how many images of this set is one index enough?", choices, f"{single:,}", explain)


def _labels(count: int) -> str:
    return "1 label" if count == 1 else f"{count} labels"
