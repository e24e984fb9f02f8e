"""What must be true of any dataset, whatever format it came in."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from engine import tasks
from engine.data.formats.parsed_source import ParsedSource, Problem, Row
from engine.data.formats.phrases import counted, some
from engine.images import ImageError, image_size

LEAST_FOR_TRAINING = 2
Sizes = dict[str, tuple[int, int]]


def spellings(rows: list[Row]) -> list[dict[str, int]]:
    """Labels that differ only in letter case, spaces, hyphens or underscores, each with how many images have it."""
    counts = Counter(label for row in rows for label in row.labels)
    alike: dict[str, dict[str, int]] = defaultdict(dict)
    for label in sorted(counts):
        alike[re.sub(r"[\s_-]+", "", label).casefold()][label] = counts[label]
    return [group for group in alike.values() if len(group) > 1]


def spelling_problems(rows: list[Row]) -> list[str]:
    """Labels that are one label, written carelessly, in one sentence."""
    pairs = [" and ".join(f"“{label}” ({n})" for label, n in group.items()) for group in spellings(rows)]
    return [f"Labels that differ only in case or spacing; use one spelling: {some(pairs)}."] if pairs else []


def measure(folder: Path, rows: list[Row]) -> tuple[Sizes, list[Problem]]:
    """The upright (width, height) of each image, from its header, and what was wrong with the others."""
    sizes, told = {}, []
    for row in rows:
        try:
            sizes[row.fname] = image_size(folder / row.fname)
        except ImageError as error:
            told.append((row.fname, str(error)))
    return sizes, [Problem("unreadable", tuple(told), " ".join)] if told else []


def outside(rows: list[Row], sizes: Sizes) -> list[Row]:
    """The rows whose point is not in their image; the edge itself is in it."""
    return [
        row
        for row in rows
        if row.point_px and row.fname in sizes and not _is_inside(row.point_px, sizes[row.fname])
    ]


def outside_problems(rows: list[Row], sizes: Sizes) -> list[Problem]:
    """One sentence about all points outside their images."""
    told = tuple(
        (
            row.fname,
            f"{row.fname} in {row.where} has {_in_words(row)} in"
            f" {sizes[row.fname][0]} x {sizes[row.fname][1]} pixels",
        )
        for row in outside(rows, sizes)
    )
    says = lambda told: f"{counted(len(told), 'point')} outside the image: {some(told)}."  # noqa: E731
    return [Problem("outside", told, says)] if told else []


def may_be_exchanged(rows: list[Row], sizes: Sizes) -> bool:
    """Whether fewer points would lie outside their images with x and y exchanged."""
    exchanged = [replace(row, point_px=row.point_px[::-1]) for row in rows if row.point_px]
    return len(outside(exchanged, sizes)) < len(outside(rows, sizes))


def is_exchanged(rows: list[Row], sizes: Sizes) -> bool:
    """Whether every point would lie in its image with x and y exchanged, as they then probably are."""
    return all(
        _is_inside(row.point_px[::-1], sizes[row.fname])
        for row in rows
        if row.point_px and row.fname in sizes
    )


def _in_words(row: Row) -> str:
    x, y = row.point_px or (0, 0)
    return f"({x:g}, {y:g})"


def _is_inside(point_px: tuple[float, float], size_wh: tuple[int, int]) -> bool:
    return all(0 <= value <= side for value, side in zip(point_px, size_wh, strict=True))


def vocab_problems(vocab: tuple[str, ...], task: str, rows: list[Row]) -> list[str]:
    """Enough labels to tell something apart, in the rows that the task uses: two, or one that some images lack."""
    if not vocab:
        return ["No image has a label."]
    if tasks.get(task).has_one_label:
        rows = [row for row in rows if len(row.labels) == 1]
        vocab = tuple(sorted({row.labels[0] for row in rows}))
        if not vocab:
            return ["No image has exactly one label, and single-label uses only those: choose multi-label."]
    everywhere = set(vocab).intersection(*(row.labels for row in rows))
    if len(vocab) == 1 and (tasks.get(task).has_one_label or (everywhere and len(rows) > 1)):
        return [
            f"There is only one label, “{vocab[0]}”, so there is nothing to distinguish; add images with another."
        ]
    if len(everywhere) == len(vocab) and len(rows) > 1:
        return [
            "Every image has every label, so there is nothing to distinguish; add images without some of them."
        ]
    return []


def part_problems(parsed: ParsedSource) -> list[str]:
    """Both parts need images."""
    valid = sum(bool(row.is_valid) for row in parsed.rows)
    train = len(parsed.rows) - valid
    sentences = []
    if train < LEAST_FOR_TRAINING:
        sentences.append(
            f"Too few images for training: {train}, and at least {LEAST_FOR_TRAINING} are needed."
        )
    if valid == 0:
        sentences.append("No image is for validation; mark some, or remove the marks to get a random split.")
    return sentences


def unseen_labels(rows: list[Row], task: str) -> list[str]:
    """A note about labels that no training image has: a network cannot learn them."""
    if tasks.get(task).has_points:
        return []
    trained = {label for row in rows if not row.is_valid for label in row.labels}
    unseen = sorted({label for row in rows for label in row.labels} - trained)
    return [f"No training image has {some([f'“{label}”' for label in unseen])}."] if unseen else []
