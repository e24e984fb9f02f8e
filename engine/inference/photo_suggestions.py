"""What the bundled photograph models see in unlabelled images: features that group them, and probabilities of labels.

A folder of the cache holds it: asked.json lists the images, seen.npz what was seen, status.json the state of the job.
`photo_suggestions_job` does the work, in a process of its own. Nothing has to be trained first.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from engine import paths, tasks
from engine.functional import similar_groups
from engine.inference import known_labels
from engine.jobs import in_turn, job_places, user_scope
from engine.jobs.eviction import evict_oldest
from engine.jobs.job import Job
from engine.jobs.json_file import write_record
from engine.jobs.readers import DATA

MOST = 2000
"""At most so many images are looked at by one job."""
FOLDERS_KEPT = 20
WORK = "engine.inference.photo_suggestions_job:look_in_background"
ASKED, SEEN, GROUPS = "asked.json", "seen.npz", "groups.json"
SECONDS_TO_START = 3.0
SECONDS_PER_IMAGE = {False: 0.04, True: 0.13}
"""Without and with the several-label model. Measured with 48 photographs on two busy CPU cores (load 9), after
3 s for imports and models; the CPU time was 0.02 s and 0.08 s an image."""
LEAST_SUGGESTED = 0.5
KEPT = ("fnames", "unreadable", "imagenet", "scenes", "scene_labels", "model")
"""In seen.npz: the images (N) and those that cannot be read; ImageNet's probabilities (N, 1000); those of the
several-label model (N, L), its labels (L) and its identity, L = 0 and "" where it was not asked."""
_NOTHING: dict[str, np.ndarray] = {
    "fnames": np.zeros(0, str),
    "unreadable": np.zeros(0, str),
    "imagenet": np.zeros((0, 1000), np.float32),
    "scenes": np.zeros((0, 0), np.float32),
    "scene_labels": np.zeros(0, str),
    "model": np.array(""),
}


@dataclass(frozen=True)
class PhotoSuggestions:
    """What was seen so far in the images of a dataset with this task and these labels."""

    folder: Path
    task: str
    vocab: tuple[str, ...]

    @property
    def job(self) -> Job:
        return Job(self.folder)

    @cached_property
    def _seen(self) -> dict[str, np.ndarray]:
        try:
            with np.load(self.folder / SEEN, allow_pickle=False) as arrays:
                seen = {name: arrays[name] for name in KEPT}
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return _NOTHING
        # "" where the several-label model was not asked
        return seen if str(seen["model"]) in ("", known_labels.several_identity()) else _NOTHING

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {str(fname): row for row, fname in enumerate(self._seen["fnames"])}

    @property
    def fnames(self) -> list[str]:
        """The images that were looked at."""
        return list(self._rows)

    @cached_property
    def tried(self) -> set[str]:
        """The images that were looked at, and those among them that cannot be read."""
        return {*self._rows, *map(str, self._seen["unreadable"])}

    @cached_property
    def groups(self) -> list[list[str]]:
        """Images that look alike, the largest group first."""
        try:
            return json.loads((self.folder / GROUPS).read_text("utf-8"))
        except (OSError, ValueError):
            return []

    def probs(self, fname: str) -> dict[str, float]:
        """Label -> probability, of the labels that the models know, the likeliest first."""
        row = self._rows.get(fname)
        if row is None:
            return {}
        labels, scenes = self._seen["scene_labels"].tolist(), self._seen["scenes"][row].tolist()
        by_scene = dict(zip(labels, scenes, strict=True))
        return known_labels.probabilities(self.vocab, self._seen["imagenet"][row], by_scene)

    def labels(self, fname: str, least: float = LEAST_SUGGESTED) -> tuple[str, ...]:
        """The labels to suggest: those with at least a probability, or the likeliest one of them."""
        labels = tuple(label for label, prob in self.probs(fname).items() if prob >= least)
        return labels[:1] if tasks.get(self.task).has_one_label else labels

    def point(self, fname: str, size_wh: tuple[int, int]) -> None:
        """The photograph models suggest no points."""
        return


def of(data: Path, task: str, vocab: Sequence[str]) -> PhotoSuggestions:
    """What was seen in a dataset, as far as it was ever looked at; new labels need no new look."""
    name = hashlib.sha256(json.dumps([str(Path(data).resolve()), task]).encode()).hexdigest()[:24]
    return PhotoSuggestions(_home() / name, task, tuple(vocab))


def ask(look: PhotoSuggestions, folder: Path, fnames: Sequence[str]) -> None:
    """Let a process of its own look at images (relative to `folder`), at most `MOST`, and group them."""
    if look.job.is_active:
        return
    evict_oldest(_home(), FOLDERS_KEPT, except_for=look.folder)
    asked = {"folder": str(folder), "fnames": list(fnames)[:MOST], "has_scenes": wants_scenes(look)}
    write_record(look.folder / ASKED, asked)
    look.job.start(*in_turn.command(job_places.LOOK, WORK, look.folder), **{DATA: str(folder)})


def wants_scenes(look: PhotoSuggestions) -> bool:
    """Whether the slower several-label model is worth asking: several labels, some of which it knows."""
    return tasks.get(look.task).has_labels and (
        not tasks.get(look.task).has_one_label and any(map(known_labels.scene_label, look.vocab))
    )


def seconds(look: PhotoSuggestions, count: int) -> float:
    """How long looking at so many images will take, on two CPU cores."""
    return SECONDS_TO_START + SECONDS_PER_IMAGE[wants_scenes(look)] * min(count, MOST)


def grouped(fnames: Sequence[str], features: np.ndarray) -> list[list[str]]:
    """The names of images that look alike, from their features (N, F)."""
    return [[fnames[row] for row in rows] for rows in similar_groups.groups(features)]


def _home() -> Path:
    return user_scope.own_folder(paths.cache_folder()) / "photo_suggestions"
