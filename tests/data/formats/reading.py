"""What tests of formats ask of a dataset: its labels, its points, its validation images, and what is wrong with it."""

from pathlib import Path

import pytest

from engine.data.formats import Dataset, DatasetError, load
from engine.data.formats.read_options import ReadOptions


def labels_of(folder, **options) -> dict[str, set[str]]:
    """The labels of each image by the last part of its name."""
    return label_sets(load(folder, "multi-label", ReadOptions(**options)))


def label_sets(dataset: Dataset) -> dict[str, set[str]]:
    """The labels of each image of a dataset by the last part of its name."""
    return {name: set(labels) for name, labels in labels_by_name(dataset).items()}


def points_of(folder, **options) -> dict[str, list[float]]:
    """The point of each image in pixels."""
    dataset = load(folder, "points", ReadOptions(**options))
    return {
        Path(fname).name: point.round(3).tolist()
        for fname, point in zip(dataset.table["fname"], dataset.points_px(), strict=True)
    }


def valid_of(folder) -> list[str]:
    """The validation images by the last part of their names, sorted."""
    table = load(folder, "multi-label").table
    return sorted(Path(fname).name for fname in table.loc[table["is_valid"], "fname"])


def told_of(folder, task="multi-label", **options) -> str:
    """All notes and assumptions."""
    dataset = load(folder, task, ReadOptions(**options))
    return "\n".join([*dataset.notes, *map(str, dataset.assumptions)])


def problems_of(folder, task="multi-label", **options) -> str:
    """What it is refused for; every sentence is plain."""
    return refusal(folder, task, ReadOptions(**options))


def refusal(folder, task="multi-label", options=None, **more) -> str:
    """All sentences with which `load` refuses a dataset; each must be plain."""
    with pytest.raises(DatasetError) as raised:
        load(folder, task, options, **more)
    assert raised.value.problems
    for sentence in raised.value.problems:
        assert sentence.endswith(".") and "\n" not in sentence and "Error" not in sentence
    assert str(raised.value) == "\n".join(raised.value.problems)
    return str(raised.value)


def labels_by_name(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The labels of each image by the last part of its name, in the table's order."""
    table = dataset.table
    return {Path(name).name: row for name, row in zip(table["fname"], table["labels"], strict=True)}
