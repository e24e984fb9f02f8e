"""Tiny datasets that tests train on: coloured squares on grey, 64 x 48, never square."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from engine import paths

COLOURS = {"blue": (30, 60, 220), "red": (220, 40, 30)}
SIZE_WH = (64, 48)


def labelled(folder: Path, count: int = 24) -> Path:
    """A PASCAL_2007 folder whose pictures hold no square, a blue one, a red one, or both."""
    (folder / "train").mkdir(parents=True)
    rng, lines = np.random.default_rng(0), ["fname,labels,is_valid"]
    for number in range(count):
        labels = [label for bit, label in enumerate(COLOURS) if number >> bit & 1]
        picture = _grey(rng)
        for label in labels:
            x, y = rng.integers(0, 48), rng.integers(0, 32)
            picture[y : y + 16, x : x + 16] = COLOURS[label]
        Image.fromarray(picture).save(folder / "train" / f"{number:03}.png")
        lines.append(f"{number:03}.png,{' '.join(labels)},{number >= count * 2 // 3}")
    (folder / "train.csv").write_text("\n".join(lines) + "\n")
    return folder


def gradients(folder: Path, names: Iterable[str]) -> Path:
    """An image under each name, no two of 360 alike, with the folders that the names need."""
    for number, name in enumerate(names):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.linear_gradient("L").rotate(number).resize((90, 60)).convert("RGB").save(file)
    return folder


def pointed(folder: Path, count: int = 24) -> Path:
    """A table of points: the centre of a red square in each picture."""
    (folder / "images").mkdir(parents=True)
    rng, lines = np.random.default_rng(0), ["fname,x,y,is_valid"]
    for number in range(count):
        picture, (x, y) = _grey(rng), (int(rng.integers(8, 56)), int(rng.integers(8, 40)))
        picture[y - 8 : y + 8, x - 8 : x + 8] = COLOURS["red"]
        Image.fromarray(picture).save(folder / "images" / f"{number:03}.png")
        lines.append(f"{number:03}.png,{x},{y},{number >= count * 2 // 3}")
    (folder / "points.csv").write_text("\n".join(lines) + "\n")
    return folder


def use_as_samples(monkeypatch, squares: Path, points: Path, own: Path) -> None:
    """Let these datasets be the sample scenes and heads, in an app that keeps its datasets in `own`.

    The cache lies beside the datasets, so that tests which share them compute their features once.
    """
    monkeypatch.setenv("LOSS_LAB_CACHE", str(squares.parent / "cache"))
    monkeypatch.setenv("LOSS_LAB_DATA", str(own / "data"))
    monkeypatch.setattr(paths, "SCENES", squares)
    monkeypatch.setattr(paths, "HEADS", points)


def _grey(rng: np.random.Generator) -> np.ndarray:
    return np.full((SIZE_WH[1], SIZE_WH[0], 3), rng.integers(90, 160), np.uint8)


def last_json(text: str) -> dict:
    """The object on the last line of what a command printed."""
    return json.loads(text.strip().splitlines()[-1])
