"""Many pictures through one run from the command line, with the memory that it takes: `python -m benchmarks.batch`.

The sample scenes are linked again and again under new names until there are enough, so that 20,000 images need no
room on the disk. Each number of images is predicted by `python -m engine predict --run RUN FOLDER --csv FILE` in its
own process; what it held at most is what the system says of that process when it has ended. The yardstick is the
small folder: 25 times as many pictures must not take more memory.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.timing import machine
from engine import paths

COUNTS = (800, 20_000)


@dataclass(frozen=True)
class Passed:
    """What one command took: pictures, seconds in all (its start counted in), and most memory held at once."""

    pictures: int
    seconds: float
    peak_bytes: int

    def in_words(self) -> str:
        rate, peak = self.pictures / self.seconds, self.peak_bytes / 1024**2
        return f"{self.pictures:7,} pictures  {self.seconds:7.1f} s  {rate:6.1f} a second  {peak:7.0f} MB at most"


def linked(folder: Path, count: int) -> Path:
    """A folder of `count` names for the sample scenes, a thousand in each folder below it."""
    scenes = itertools.cycle(sorted((paths.SCENES / "train").glob("*.jpg")))
    for number, scene in zip(range(count), scenes, strict=False):
        below = folder / f"{number // 1000:04}"
        below.mkdir(parents=True, exist_ok=True)
        link(scene, below / f"{number:06}.jpg")
    return folder


def link(file: Path, name: Path) -> None:
    try:
        os.link(file, name)
    except OSError:  # another disk, or one that knows no hard links
        name.symlink_to(file)


def passed(command: list[str], pictures: int) -> Passed:
    """Run a command to its end in a process of its own."""
    began = perf_counter()
    process = subprocess.Popen(command, cwd=paths.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    kilobyte = 1 if sys.platform == "darwin" else 1024
    return Passed(pictures, perf_counter() - began, used.ru_maxrss * kilobyte)


def batch(run: Path, pictures: int, folder: Path) -> Passed:
    """Our command over `pictures` files; every one must stand in the table afterwards."""
    data, file = linked(folder / f"{pictures}", pictures), folder / f"{pictures}.csv"
    command = [sys.executable, "-m", "engine", "predict", "--run", str(run), str(data), "--csv", str(file)]
    found = passed(command, pictures)
    lines = file.read_bytes().count(b"\n")
    if lines != pictures + 1:
        raise SystemExit(f"{file} has {lines} lines; expected {pictures + 1}.")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--run", type=Path, default=paths.BUNDLED_RUNS / "multi-label")
    options = parser.parse_args(arguments)
    print(machine("torch", "pillow"))
    with tempfile.TemporaryDirectory() as folder:
        for count in options.pictures:
            print(batch(options.run, count, Path(folder)).in_words(), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
