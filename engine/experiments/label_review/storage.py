"""A review as files: the dataset that was judged, its ranking, and the difference that fixing it made.

dataset.json     the record that was judged: folder, task, vocabulary, and a row an image
ranking.json     a row an image, the most doubtful first; how many decisions stood in the journal at that time, and the
                 images that were decided in the rankings before
probs.npy        (N, C) float32, the predictions of heads that had not seen the image, in the order of the ranking
difference.json  see `engine.experiments.label_review.effect_of_fixes`, once it was asked for
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from engine.data.formats import Dataset
from engine.experiments.label_review.model_check import Judges
from engine.experiments.label_review.ranking import Ranking
from engine.jobs.atomic_write import write_text, write_whole

DATASET, RANKING, PROBS, DIFFERENCE = "dataset.json", "ranking.json", "probs.npy", "difference.json"
_TUPLES = ("labels", "given", "seen")


class ReviewError(ValueError):
    """A review that cannot be made or read; one sentence."""


def save_dataset(folder: Path, dataset: Dataset) -> None:
    """Keep the record that is judged."""
    record = {
        "name": dataset.name,
        "task": dataset.task,
        "folder": str(dataset.folder.resolve()),
        "vocab": dataset.vocab,
        "rows": dataset.table.to_dict("records"),
    }
    write_text(folder / DATASET, json.dumps(record))


def dataset(folder: Path) -> Dataset:
    """The record that was judged; its images may have gone since. Raises `ReviewError`."""
    return _dataset(folder, _changed(folder / DATASET))


@lru_cache(maxsize=4)
def _dataset(folder: Path, changed_ns: int) -> Dataset:
    record = _read(folder / DATASET)
    return Dataset(
        record["name"], record["task"], Path(record["folder"]), _table(record["rows"]), tuple(record["vocab"])
    )


def save_ranking(
    folder: Path, ranking: Ranking, decisions_before: int, decided_earlier: Collection[str] = ()
) -> None:
    """Keep a ranking; it is found once all of it is there."""
    record = {
        "task": ranking.task,
        "vocab": ranking.vocab,
        "notes": ranking.notes,
        "decisions_before": decisions_before,
        "decided_earlier": sorted(decided_earlier),
        "rows": ranking.table.to_dict("records"),
        "judges": None if ranking.judges is None else dataclasses.asdict(ranking.judges),
    }
    probs = ranking.probs.astype(np.float32)
    write_whole(folder / PROBS, lambda place: _save_array(place, probs))
    write_text(folder / RANKING, json.dumps(record))


def ranking(folder: Path) -> tuple[Ranking, int]:
    """The ranking, and how many decisions had been made before it. Raises `ReviewError`."""
    return _kept(folder)[:2]


def decided_earlier(folder: Path) -> frozenset[str]:
    """The images that were decided in the rankings before. Raises `ReviewError`."""
    return _kept(folder)[2]


def _kept(folder: Path) -> tuple[Ranking, int, frozenset[str]]:
    return _ranking(folder, _changed(folder / RANKING), _changed(folder / PROBS))


@lru_cache(maxsize=4)
def _ranking(folder: Path, *changed_ns: int) -> tuple[Ranking, int, frozenset[str]]:
    record = _read(folder / RANKING)
    try:
        probs = np.load(folder / PROBS, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _broken(folder / PROBS) from error
    about = record.get("judges")
    ranking = Ranking(
        record["task"],
        tuple(record["vocab"]),
        _table(record["rows"]),
        probs,
        tuple(record["notes"]),
        Judges(**about) if about else None,
    )
    if len(probs) != len(ranking.table):
        raise _broken(folder / PROBS)
    return ranking, record["decisions_before"], frozenset(record.get("decided_earlier", ()))


def save_difference(folder: Path, effect: dict) -> None:
    """Keep the difference made."""
    write_text(folder / DIFFERENCE, json.dumps(effect))


def difference(folder: Path) -> dict:
    """The difference made. Raises `ReviewError`."""
    return _read(folder / DIFFERENCE)


def _table(rows: list[dict]) -> pd.DataFrame:
    table = pd.DataFrame(rows)
    for name in set(_TUPLES) & set(table):
        table[name] = pd.Series([tuple(cell) for cell in table[name]], index=table.index, dtype=object)
    return table


def _save_array(place: Path, array: np.ndarray) -> None:
    with open(place, "wb") as file:
        np.save(file, array, allow_pickle=False)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise _broken(path) from error


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _broken(path) from error


def _broken(path: Path) -> ReviewError:
    return ReviewError(f"The review's {path.name} is missing or broken: start the review again.")
