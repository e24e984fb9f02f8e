"""Labels become vectors of 0s and 1s over a vocabulary, and back (one-hot, or multi-hot, encoding).

The convention is fastai's `MultiCategoryBlock`: one column per vocabulary entry, in vocabulary order.
"""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

import numpy as np

from engine.functional.arrays import require_not_empty, shape_text, to_numpy


def encode(labels: Iterable[str], vocab: Sequence[str]) -> np.ndarray:
    """Turn an image's labels into a vector that is 1 where the label is present and 0 elsewhere.

    Returns a `(C,)` uint8 array, C = `len(vocab)`. No labels give zeros; a label given twice counts once.
    Raises ValueError for a label outside the vocabulary, naming it and the nearest known one.

    >>> encode(["dog", "bear"], ["bear", "cat", "dog"])
    array([1, 0, 1], dtype=uint8)
    """
    indices = _indices(vocab)
    vector = np.zeros(len(indices), dtype=np.uint8)
    for label in _listed(labels):
        vector[_index(label, indices)] = 1
    return vector


def encode_all(image_labels: Iterable[Iterable[str]], vocab: Sequence[str]) -> np.ndarray:
    """Encode the labels of many images.

    Returns an `(N, C)` uint8 array, one row per image; raises as `encode` does.
    """
    indices, image_labels = _indices(vocab), list(image_labels)
    vectors = np.zeros((len(image_labels), len(indices)), dtype=np.uint8)
    for vector, labels in zip(vectors, image_labels, strict=True):
        for label in _listed(labels):
            vector[_index(label, indices)] = 1
    return vectors


def decode(vector, vocab: Sequence[str]) -> list[str]:
    """Read back the labels where the vector is 1, in vocabulary order.

    `vector` is `(C,)`, of 0s and 1s (or booleans). Raises ValueError for another length or other values.

    >>> decode([1, 0, 1], ["bear", "cat", "dog"])
    ['bear', 'dog']
    """
    vector = to_numpy(vector)
    if vector.shape != (len(vocab),):
        raise ValueError(
            f"vector has shape {shape_text(vector)}; expected ({len(vocab)},), one entry per label of the "
            f"vocabulary: use the vocabulary that the vector was encoded with."
        )
    if not np.isin(vector, (0, 1)).all():
        raise ValueError(
            f"vector holds {vector[~np.isin(vector, (0, 1))][0]}; expected only 0 and 1: "
            f"compare probabilities with a threshold first."
        )
    return [label for label, present in zip(vocab, vector, strict=True) if present]


def class_index(labels: Iterable[str], vocab: Sequence[str]) -> int:
    """Turn exactly one label into its index in the vocabulary, as fastai's `CategoryBlock` does.

    Returns 0..C-1. Raises ValueError unless there is exactly one label, and it is known.

    >>> class_index(["cat"], ["bear", "cat", "dog"])
    1
    """
    indices, present = _indices(vocab), list(dict.fromkeys(_listed(labels)))
    if len(present) != 1:
        given = "no label" if not present else f"{len(present)} labels ({', '.join(map(str, present))})"
        raise ValueError(
            f"labels holds {given}; expected exactly one, because one index names one class: "
            f"use encode for images with none or several."
        )
    return _index(present[0], indices)


def labels_per_image(targets) -> np.ndarray:
    """Count the images that have 0, 1, 2, ... labels.

    `targets` is `(N, C)` of 0 and 1. Returns `(M + 1,)` counts, M = the most labels of any image.
    """
    return np.bincount(_table(targets).sum(axis=1))


def co_occurrence(targets) -> np.ndarray:
    """Count, for each pair of labels, the images in which both are present.

    `targets` is `(N, C)` of 0 and 1. Returns `(C, C)` counts; the diagonal is how often each label occurs.
    """
    table = _table(targets)
    return table.T @ table


def _table(targets) -> np.ndarray:
    table = to_numpy(targets)
    if table.ndim != 2:
        raise ValueError(f"targets has shape {shape_text(table)}; expected (N, C), one row per image.")
    require_not_empty("targets", table)
    return table.astype(np.int64)


def _listed(labels) -> list:
    if isinstance(labels, str):
        raise ValueError(f"labels is the text {labels!r}; expected a list of labels: write [{labels!r}].")
    return list(labels)


def _indices(vocab) -> dict[str, int]:
    indices = {label: index for index, label in enumerate(vocab)}
    if len(indices) < len(vocab):
        twice = next(label for index, label in enumerate(vocab) if indices[label] != index)
        raise ValueError(f"vocab holds {twice!r} twice; expected each label once: remove the second one.")
    return indices


def _index(label, indices) -> int:
    if label in indices:
        return indices[label]
    raise ValueError(f"labels holds {label!r}, which is not in the vocabulary; {_remedy(label, indices)}")


def _remedy(label, indices) -> str:
    if not indices:
        return "the vocabulary is empty: build it from the whole table first."
    return (
        f"the nearest known label is {_nearest(label, indices)!r}: correct it, or add it to the vocabulary."
    )


def _nearest(label, indices) -> str:
    wanted = str(label).casefold()
    return max(indices, key=lambda known: SequenceMatcher(None, wanted, str(known).casefold()).ratio())
