"""JPEG files to a network's squares next to decoding them whole: `python -m benchmarks.decoding`.

`open_square` against `open_image` and `to_square`, from the same bytes, in turns, on one thread: processor time per
image, the shortest of the rounds, since other work on the machine only ever adds to it. Without `--images` the
JPEGs are the bundled scenes enlarged to 640 x 480. How far the squares differ is reported with it, in levels of 255.
"""

import argparse
import io
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from PIL import Image

from benchmarks.timing import in_turn, machine
from engine import paths
from engine.images import open_image, open_square
from engine.images.resize import to_square

SIZES = (128, 224)
AIM = 0.55
SCALED, WHOLE = "open_square", "open_image, to_square"


def enlarged_scenes(count: int) -> list[bytes]:
    """Bundled scenes as JPEGs of 640 x 480."""
    files = sorted((paths.SCENES / "train").glob("*.jpg"))[:count]
    return [_as_jpeg(open_image(file).resize((640, 480), Image.Resampling.BICUBIC)) for file in files]


def _as_jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def processor_seconds(call: Callable[[bytes], object], jpegs: list[bytes]) -> float:
    """Processor seconds per image."""
    began = process_time()
    for jpeg in jpegs:
        call(jpeg)
    return (process_time() - began) / len(jpegs)


def report(jpegs: list[bytes], size: int, rounds: int) -> None:
    """Print both ways' times for one size, their ratio, and the difference of the squares."""
    ways = {
        SCALED: lambda jpeg: open_square(jpeg, size),
        WHOLE: lambda jpeg: to_square(open_image(jpeg), size),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name in in_turn(list(ways), turn):
            taken[name].append(processor_seconds(ways[name], jpegs))
    scaled, whole = (1000 * min(taken[name]) for name in (SCALED, WHOLE))
    apart = [np.abs(ways[SCALED](jpeg).astype(int) - ways[WHOLE](jpeg)) for jpeg in jpegs]
    print(
        f"  {size} px: {SCALED} {scaled:.2f} ms, {WHOLE} {whole:.2f} ms: {scaled / whole:.2f} of it (aim: {AIM}); "
        f"squares differ by {np.mean([one.mean() for one in apart]):.2f} on average, "
        f"{max(one.max() for one in apart)} at most"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--images", type=Path, help="a folder of JPEG files (*.jpg) instead of enlarged scenes"
    )
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    files = sorted(options.images.rglob("*.jpg"))[: options.count] if options.images else []
    jpegs = [file.read_bytes() for file in files] or enlarged_scenes(options.count)
    print(machine("pillow"))
    print(f"{len(jpegs)} JPEGs, processor time per image, shortest of {options.rounds} rounds")
    for size in SIZES:
        report(jpegs, size, options.rounds)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
