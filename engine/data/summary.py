"""What a dataset holds, before any image is decoded: how many, of what, the score to beat; or every problem."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from engine import tasks
from engine.data import bounded_read
from engine.data.checks import run_checks
from engine.data.checks.baseline import Baseline, baselines
from engine.data.downloads import catalog
from engine.data.formats import Dataset, DatasetError, load
from engine.data.formats.dataset_manifest import is_in_library, read_manifest
from engine.data.formats.parsed_source import Row
from engine.data.formats.phrases import counted
from engine.functional.label_text import visible
from engine.jobs import access
from engine.jobs.atomic_write import trouble

_MOST_NAMED = 12
_LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Glance:
    """How a dataset looks from outside.

    Attributes: `problems`, why it cannot be trained on, a sentence each; `holds`, one sentence of what is in it, ""
    where that is not known; `baselines`, the scores to beat; `notes`, what was left out or decided; `images`, how many
    there are, 0 where that is not known.
    """

    problems: tuple[str, ...] = ()
    holds: str = ""
    baselines: tuple[Baseline, ...] = ()
    notes: tuple[str, ...] = ()
    images: int = 0


def glance(data: str, task: str, seed: int = 0) -> Glance:
    """Look at what `--data` names. No image is decoded; for points, the headers are read for their sizes.

    What may take long is read by a process with limits, so that a page which asks never waits for its own server.
    """
    if bounded_read.is_quick(data):
        return glance_here(data, task, seed)
    try:
        return bounded_read.read(data, glance_here, bounded_read.named(data), task, seed)
    except DatasetError as error:
        return Glance(error.problems)


def glance_here(data: str, task: str, seed: int = 0) -> Glance:
    """The same, always read by this process."""
    if data in catalog.DOWNLOAD_MB and not catalog.downloaded(data):
        return Glance(notes=(_to_download(data),))
    if not data.strip():
        return Glance(("No data is chosen: choose a dataset, or type the path of a folder or table.",))
    try:
        dataset = load(place(data), task, seed=seed)
    except (DatasetError, access.AccessError) as error:
        return Glance(error.problems)
    except (OSError, ValueError) as error:
        reason = trouble(error) if isinstance(error, OSError) else error
        shown = visible(data, _LONGEST_SHOWN)
        return Glance((f"“{shown}” cannot be read ({reason}); check the name and the permissions.",))
    to_beat = tuple(baselines(_rows(dataset), task, _sizes(dataset)))
    return Glance((), _holds(dataset), to_beat, dataset.notes, len(dataset.table))


def weights_note(arch: str, weights: str) -> str:
    """A sentence where a run would have to download ImageNet's weights first; else ""."""
    if weights != "imagenet" or catalog.has_imagenet_weights(arch):
        return ""
    return (
        f"ImageNet's weights for {arch} are not on this machine yet, so the run first downloads them. "
        "Without a network, choose the weights photographs, which need no download."
    )


def place(data: str) -> Path:
    """The folder or table on this machine that `--data` names. Raises `AccessError` where the user may not read it."""
    return access.locate(data)


def changed(data: str) -> tuple:
    """What differs as soon as tables, folders or decisions of a dataset have changed; cheap to ask."""
    try:
        at = place(data)
        folders = {at, run_checks.journal_home(at)}
        if is_in_library(at):
            folders.add(access.authorize(read_manifest(at).data_of(at)))
        return tuple(state for folder in sorted(folders) for state in _states(folder))
    except access.AccessError as refused:
        return refused.problems  # never what another user got for the same path
    except (OSError, ValueError):
        return ()


def stamp(data: str) -> str:
    """The state of a dataset in a few letters: what was found on another state may not hold any more."""
    return hashlib.sha256(repr(changed(data)).encode()).hexdigest()[:16]


def _states(place: Path) -> list[tuple[str, int]]:
    """When a file, or a folder and what lies directly in it, was last changed."""
    if not place.exists():
        return []
    beside = sorted(os.scandir(place), key=lambda entry: entry.name)[:1000] if place.is_dir() else []
    return [
        (str(place), place.stat().st_mtime_ns),
        *((entry.name, entry.stat(follow_symlinks=False).st_mtime_ns) for entry in beside),
    ]


def _to_download(name: str) -> str:
    return (
        f"{name} is not on this machine yet: the run first downloads "
        f"{catalog.DOWNLOAD_MB[name] / 1000:.1f} GB."
    )


def _holds(dataset: Dataset) -> str:
    valid = int(dataset.table["is_valid"].sum())
    parts = f"{counted(len(dataset.table) - valid, 'image')} for training and {valid:,} for validation"
    if tasks.get(dataset.task).has_points:
        people = dataset.table["group"].nunique() if "group" in dataset.table else 0
        return f"{parts}, a point in each" + (f", in {counted(people, 'group')}." if people else ".")
    named = ", ".join(map(visible, dataset.vocab[:_MOST_NAMED])) + (
        ", …" if len(dataset.vocab) > _MOST_NAMED else ""
    )
    return f"{parts}, with {counted(len(dataset.vocab), 'label')}: {named}."


def _rows(dataset: Dataset) -> list[Row]:
    """The table as the checks read it."""
    told = dataset.table.to_dict("records")
    if tasks.get(dataset.task).has_points:
        return [Row(one["fname"], point_px=(one["x"], one["y"]), is_valid=one["is_valid"]) for one in told]
    return [Row(one["fname"], labels=one["labels"], is_valid=one["is_valid"]) for one in told]


def _sizes(dataset: Dataset) -> dict[str, tuple[int, int]]:
    if tasks.get(dataset.task).has_labels:
        return {}
    return dict(zip(dataset.table["fname"], map(tuple, dataset.sizes_wh().tolist()), strict=True))
