"""Datasets without image files, for tests."""

import pandas as pd

from engine import paths
from engine.data.formats import Dataset
from engine.tasks import MULTI_LABEL


def labels_set(labels, task=MULTI_LABEL, groups=None, is_valid=None) -> Dataset:
    """A dataset without images: `labels` is a tuple for each."""
    table = pd.DataFrame(
        {
            "fname": [f"{number}.jpg" for number in range(len(labels))],
            "labels": pd.Series([tuple(some) for some in labels], dtype=object),
            "is_valid": is_valid if is_valid is not None else [False] * len(labels),
        }
    )
    if groups is not None:
        table["group"] = pd.Series(groups, dtype=object)
    vocab = tuple(sorted({label for some in labels for label in some}))
    return Dataset("made up", task, paths.ROOT, table, vocab)
