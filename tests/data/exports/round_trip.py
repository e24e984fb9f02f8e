"""Datasets to export, written by the tests, and what must be true of each after an import."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from engine.data.exports import ExportPlan, plan_export, write_zip
from engine.data.formats import Dataset, detect, load
from engine.tasks import MULTI_LABEL, POINTS
from tests.dataset_files import IMAGE, TURNED, put

SIZE_WH = (64, 48)


def labelled(
    folder: Path, labels: Mapping[str, tuple[str, ...]], valid=(), groups=None, turned=()
) -> Dataset:
    """A dataset with an image on the disk for each name of `labels`; every third image validates unless said."""
    names = list(labels)
    put(folder, {name: TURNED if name in turned else IMAGE for name in names})
    table = pd.DataFrame(
        {
            "fname": pd.Series(names, dtype=object),
            "labels": pd.Series(list(labels.values()), dtype=object),
            "is_valid": [name in valid if valid else at % 3 == 2 for at, name in enumerate(names)],
        }
    )
    if groups:
        table["group"] = pd.Series(groups, dtype=object)
    vocab = tuple(sorted({label for row in labels.values() for label in row}))
    return Dataset("made", MULTI_LABEL, folder, table, vocab)


def pointed(folder: Path, points: Mapping[str, tuple[float, float]], groups=None, turned=()) -> Dataset:
    """A dataset with a point in each of its images, which have 64 x 48 pixels when they are upright."""
    names = list(points)
    put(folder, {name: TURNED if name in turned else IMAGE for name in names})
    table = pd.DataFrame(
        {
            "fname": pd.Series(names, dtype=object),
            "x": [float(x) for x, _ in points.values()],
            "y": [float(y) for _, y in points.values()],
            "is_valid": [at % 3 == 2 for at in range(len(names))],
            "width": SIZE_WH[0],
            "height": SIZE_WH[1],
        }
    )
    if groups:
        table["group"] = pd.Series(groups, dtype=object)
    return Dataset("made", POINTS, folder, table)


def unpacked(plan: ExportPlan, folder: Path) -> Path:
    """The folder that the export makes when it is unpacked by zipfile itself."""
    write_zip(plan, folder / "out.zip")
    with zipfile.ZipFile(folder / "out.zip") as packed:
        assert packed.testzip() is None
        packed.extractall(folder / "out")
    return folder / "out"


def assert_comes_back(dataset: Dataset, task: str, name: str, folder: Path) -> ExportPlan:
    """Export a dataset; its folder and its zip must be imported as the same record, and be recognized."""
    plan = plan_export(dataset, task, name)
    for place in (unpacked(plan, folder), folder / "out.zip"):
        seen = detect(place)
        assert task in seen.tasks and (seen.task == POINTS) == (task == POINTS)
        assert_same(plan, load(place, dataset.task))
    return plan


def assert_same(plan: ExportPlan, after: Dataset) -> None:
    """The same images with the same targets, split and groups, and the same vocabulary."""
    before = plan.dataset.table.set_index("fname")
    rows = after.table.assign(fname=[plan.contents.images[name] for name in after.table["fname"]])
    rows = rows.set_index("fname")
    assert sorted(rows.index) == sorted(plan.contents.images.values())
    before = before.loc[rows.index]
    assert rows["is_valid"].tolist() == before["is_valid"].tolist()
    if "labels" in before:
        assert rows["labels"].tolist() == before["labels"].tolist()
        assert after.vocab == tuple(sorted({label for labels in before["labels"] for label in labels}))
    else:
        assert rows[["x", "y"]].to_numpy() == pytest.approx(before[["x", "y"]].to_numpy(), abs=1e-5)
        assert (
            rows[["width", "height"]].to_numpy().tolist() == before[["width", "height"]].to_numpy().tolist()
        )
    if plan.format.keeps_groups and "group" in before:
        assert [group or None for group in rows["group"]] == [group or None for group in before["group"]]
    for path, fname in zip(after.paths(), rows.index, strict=True):
        assert path.read_bytes() == (plan.dataset.folder / fname).read_bytes()
