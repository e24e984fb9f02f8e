"""Pseudo-labels: what a trained run predicts for unlabelled images, by a process of its own, readable while it works.

A folder of the cache holds it: asked.json lists the images, proposals.jsonl gets a line for every image,
status.json has the state of the job. Its process is `python -m engine.inference.pseudo_label_job FOLDER`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from engine import paths, tasks
from engine.functional import uncertainty
from engine.functional.coordinates import to_px
from engine.jobs import user_scope
from engine.jobs.eviction import evict_oldest
from engine.jobs.job import Job
from engine.jobs.json_file import read_record, write_record
from engine.jobs.readers import DATA
from engine.runs import Run, files, ready_runs
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

MOST = 2000
"""At most so many images are predicted by one job; start another one for more."""
FOLDERS_KEPT = 20
ASKED, FOUND = "asked.json", "proposals.jsonl"

ENTROPY, MARGIN, MIRROR = "entropy", "margin", "mirror image"
_UNCERTAINTY: dict[str, dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]] = {
    SINGLE_LABEL: {
        ENTROPY: lambda probs, thresholds: uncertainty.entropy(_shares(probs)),
        MARGIN: lambda probs, thresholds: uncertainty.margin(probs),
    },
    MULTI_LABEL: {
        ENTROPY: lambda probs, thresholds: uncertainty.yes_no_entropy(probs),
        MARGIN: uncertainty.threshold_margin,
    },
    POINTS: {
        MIRROR: lambda points, thresholds: uncertainty.mirror_disagreement(points[:, :2], points[:, 2:]),
    },
}
MEASURES = {task: tuple(measures) for task, measures in _UNCERTAINTY.items()}
"""How uncertainty can be measured, by the task of the run; the first is the usual one."""


def runs_for(task: str, vocab: Sequence[str]) -> list[Run]:
    """The ready runs that can propose for a dataset: any points run for points; else those that share a label.

    As long as a dataset has no labels at all, every run for labels can.
    """
    if tasks.get(task).has_points:
        return ready_runs(POINTS)
    known = set(vocab)
    return [
        run
        for run in ready_runs()
        if tasks.get(run.task).has_labels and (not known or known & set(run.vocab))
    ]


@dataclass(frozen=True)
class Proposals:
    """What a run has proposed so far, for a dataset of a task with these labels."""

    folder: Path
    run: Run
    task: str
    vocab: tuple[str, ...]

    @cached_property
    def numbers(self) -> dict[str, np.ndarray]:
        """By image: the run's probabilities (C,), or its point and that of the mirror image (4,), over -1..1."""
        width = 4 if tasks.get(self.run.task).has_points else len(self.run.vocab)
        return _read(self.folder / FOUND, width)

    @cached_property
    def _places(self) -> list[int]:
        """Where the labels that both know stand in the run's vocabulary."""
        known = set(self.vocab)
        return [at for at, label in enumerate(self.run.vocab) if label in known]

    @cached_property
    def _thresholds(self) -> np.ndarray:
        return np.array(list(self.run.thresholds.values()), float)

    def labels(self, fname: str) -> tuple[str, ...]:
        """The labels that the run proposes, of those that the dataset knows; () where it proposes none."""
        probs = self.numbers.get(fname)
        if probs is None or not self._places:
            return ()
        if any(tasks.get(name).has_one_label for name in (self.task, self.run.task)):
            return (self.run.vocab[max(self._places, key=lambda at: probs[at])],)
        return tuple(self.run.vocab[at] for at in self._places if probs[at] > self._thresholds[at])

    def probs(self, fname: str) -> dict[str, float]:
        """Label -> probability, of the labels that both know, the likeliest first."""
        probs = self.numbers.get(fname)
        if probs is None:
            return {}
        likeliest = sorted(self._places, key=lambda at: -probs[at])
        return {self.run.vocab[at]: float(probs[at]) for at in likeliest}

    def point(self, fname: str, size_wh: tuple[int, int]) -> tuple[float, float] | None:
        """The point that the run proposes, in pixels of an image of that size."""
        numbers = self.numbers.get(fname)
        if numbers is None:
            return None
        x, y = to_px(numbers[:2], size_wh)
        return float(x), float(y)

    def uncertainty(self, measure: str) -> dict[str, float]:
        """By image, how uncertain the run is; more is more uncertain. See `engine.functional.uncertainty`."""
        has_labels = tasks.get(self.run.task).has_labels
        if not self.numbers or (has_labels and not self._places):
            return {}
        numbers = np.array(list(self.numbers.values()))
        if has_labels:
            numbers = numbers[:, self._places]
        measured = _UNCERTAINTY[self.run.task][measure](numbers, self._thresholds[self._places])
        return dict(zip(self.numbers, measured.tolist(), strict=True))

    @property
    def job(self) -> Job:
        return Job(self.folder)

    @property
    def asked(self) -> int:
        """How many images it was asked for, those of earlier askings included."""
        request = read_record(self.folder / ASKED)
        return len(request.get("fnames", ())) + int(request.get("before", 0))


def of(data: Path, task: str, vocab: Sequence[str], run: Run) -> Proposals:
    """What a run proposes for a dataset, as far as it was ever asked."""
    weights = run.folder / files.WEIGHTS
    about = [str(Path(data).resolve()), task, str(run.folder.resolve()), weights.stat().st_mtime_ns]
    name = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:24]
    return Proposals(_home() / name, run, task, tuple(vocab))


def ask(proposals: Proposals, folder: Path, fnames: Sequence[str]) -> None:
    """Let a process of its own look at images (relative to `folder`), at most `MOST` that it has not seen yet."""
    if proposals.job.is_active:
        return
    seen = proposals.numbers
    new = [fname for fname in fnames if fname not in seen][:MOST]
    evict_oldest(_home(), FOLDERS_KEPT, except_for=proposals.folder)
    asked = {"run": str(proposals.run.folder), "folder": str(folder), "fnames": new, "before": len(seen)}
    write_record(proposals.folder / ASKED, asked)
    proposals.job.start("engine.inference.pseudo_label_job", str(proposals.folder), **{DATA: str(folder)})


def stop(proposals: Proposals) -> None:
    """Let it end after the images that it is looking at; what it has proposed stays."""
    proposals.job.request_stop()


def rows_to_text(rows: Mapping[str, Iterable[float]]) -> str:
    """The lines that are added to what was found: an image's name, then its numbers."""
    return "".join(
        json.dumps([fname, *(round(float(n), 6) for n in row)]) + "\n" for fname, row in rows.items()
    )


def _read(path: Path, width: int) -> dict[str, np.ndarray]:
    """Every whole line; one that is still being written, or that is none of ours, is passed over."""
    by_image: dict[str, np.ndarray] = {}
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return by_image
    for line in lines:
        try:
            fname, *numbers = json.loads(line)
            row = np.array(numbers, float)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(fname, str) and row.shape == (width,) and np.isfinite(row).all():
            by_image[fname] = row
    return by_image


def _shares(probs: np.ndarray) -> np.ndarray:
    """Probabilities of some of the classes as shares of their sum."""
    return probs / np.maximum(probs.sum(1, keepdims=True), 1e-12)


def _home() -> Path:
    return user_scope.own_folder(paths.cache_folder()) / "proposals"
