"""The check of a folder of photographs, first and repeated: `python -m benchmarks.checks --photographs FOLDER`.

Random crops of the photographs in a folder, some mirrored, lighter or darker and with noise, become as many JPEGs of
640 x 480 (quality 85) as asked for, so that no two are the same; a table gives each random labels. Every command runs
in a process of its own, at first with an empty cache; its memory and processor time are what the system says.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks.timing import machine
from engine import paths
from engine.images import open_image

SIZE_WH = (640, 480)
LABELS = ("cat", "dog", "fox", "cat dog", "dog fox")
READ = "import sys; from engine.data import load; load(sys.argv[1], 'multi-label')"


@dataclass(frozen=True)
class Used:
    """What one process used: seconds in all, seconds of processor time, and most memory held at once."""

    seconds: float
    processor_seconds: float
    peak_bytes: int

    def in_words(self) -> str:
        peak = self.peak_bytes / 1024**2
        return f"{self.seconds:7.1f} s  {self.processor_seconds:6.1f} s of processor time  {peak:5.0f} MB at most"


def write_image(number: int, photographs: list[Path], folder: Path) -> None:
    """Write the crop of this number, always the same one."""
    rng = np.random.default_rng(number)
    image = open_image(photographs[number % len(photographs)])
    width = min(image.width, image.height * 4 / 3) * rng.uniform(0.4, 1)
    left, top = rng.uniform(0, image.width - width), rng.uniform(0, image.height - width * 3 / 4)
    box = (left, top, left + width, top + width * 3 / 4)
    pixels = np.asarray(image.resize(SIZE_WH, Image.Resampling.BICUBIC, box=box), np.int16)
    mirrored = pixels[:, :: -1 if rng.random() < 0.5 else 1]
    noisy = np.clip(
        mirrored * rng.uniform(0.75, 1.2) + rng.integers(-6, 7, (*pixels.shape[:2], 1)), 0, 255
    ).astype(np.uint8)
    Image.fromarray(noisy).save(folder / f"{number:06}.jpg", quality=85)


def write_dataset(folder: Path, photographs: list[Path], count: int) -> Path:
    """A folder of `count` images and a table of labels."""
    (folder / "images").mkdir(parents=True)
    with Pool(os.cpu_count()) as pool:
        pool.map(partial(write_image, photographs=photographs, folder=folder / "images"), range(count), 50)
    chosen = np.random.default_rng(0).integers(len(LABELS), size=count)
    lines = [f"{number:06}.jpg,{LABELS[at]}\n" for number, at in enumerate(chosen)]
    (folder / "labels.csv").write_text("fname,labels\n" + "".join(lines))
    return folder


def used_by(arguments: list[str], cache: Path) -> Used:
    """Run Python with arguments to its end, with its own library and cache."""
    own = os.environ | {"LOSS_LAB_CACHE": str(cache), "LOSS_LAB_DATA": str(cache / "library")}
    began = perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=paths.ROOT,
        env=own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Used(perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * kilobyte)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photographs", type=Path, default=paths.SCENES / "train")
    parser.add_argument("--images", type=int, default=20_000)
    options = parser.parse_args(arguments)
    print(machine("numpy", "pillow"))
    photographs = sorted(options.photographs.rglob("*.jpg"))
    if not photographs:
        parser.error(f"there is no JPEG in {options.photographs}")
    with tempfile.TemporaryDirectory() as folder:
        data = write_dataset(Path(folder) / "data", photographs, options.images)
        check = ["-m", "engine", "check", "--task", "multi-label", "--json", str(data)]
        print(f"reading the table  {used_by(['-c', READ, str(data)], Path(folder) / 'other').in_words()}")
        for which in ("first check      ", "repeated check   "):
            print(f"{which}  {used_by(check, Path(folder) / 'cache').in_words()}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
