"""Small datasets with faults, and what a check says of them."""

from io import BytesIO

import numpy as np
from PIL import Image

from engine.data import edits
from engine.data.checks import check
from engine.data.checks.run_checks import journal_home
from engine.data.formats import load
from tests.dataset_files import put, write_table

SIZE_WH = (64, 48)


HEADER = "fname,labels,is_valid"


def scene(seed: int, size_wh=SIZE_WH) -> Image.Image:
    """A picture unlike every other: a few large patches of colour."""
    rng = np.random.default_rng(seed)
    patches = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return patches.resize(size_wh, Image.Resampling.BICUBIC)


def saved(image: Image.Image, kind="JPEG", **how) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def labelled(folder, rows, header=HEADER, images=None, table="train.csv"):
    """A table with a picture of its own for each row, but for those given."""
    write_table(folder / table, header, rows)
    files = {row[0]: saved(scene(at)) for at, row in enumerate(rows)} | (images or {})
    return put(folder, {f"train/{name}": content for name, content in files.items() if content is not None})


ROWS = [(f"{n}.jpg", ("dog", "cat", "dog cat", "")[n % 4], n >= 6) for n in range(10)]


POINTS = [(f"{n}.jpg", 10 + n, 20, n >= 6) for n in range(10)]


def pointed(folder, rows, **how):
    return labelled(folder, rows, "fname,x,y,is_valid", table="points.csv", **how)


def kinds(health) -> dict:
    return {finding.kind: finding for finding in health.findings}


def use(folder, fix):
    edits.add_each(journal_home(folder), fix.kind, fix.given)


def sound_after(folder, fix, task="multi-label"):
    """The record that load gives once the fix was used."""
    use(folder, fix)
    health = check(folder, task)
    assert health.is_accepted, health.findings
    return load(folder, task)
