"""A million names: how fast they are listed and written to a table, and the memory that takes. No image is read.

    python -m benchmarks.million_names storage|folder [COUNT]

`storage` is a synthetic listing in S3's pages of 1,000 names, `folder` are as many empty files in a folder of this
machine. Both go through what `predict --on` does in the process that writes the table: the names are listed three
times, each result is unpacked from JSON, counted once and written. The network and Ray itself are left out.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from unittest import mock

from engine import paths
from engine.data.storage import listing
from engine.inference.batch import Batch, on_ray
from engine.inference.batch.find_images import images_below
from engine.inference.batch.name_set import NameSet
from engine.inference.batch.predictors import Result, ignore
from engine.runs import Run

PAGE = 1000
MANY = 1_000_000
RUN = paths.BUNDLED_RUNS / "multi-label"
LABELS = 12


class SyntheticS3:
    """S3's answers for a flat folder of `count` images."""

    def __init__(self, count: int):
        self.count = count

    def call_s3(self, method: str, ContinuationToken: str = "0", Prefix: str = "", **_: str) -> dict:
        start = int(ContinuationToken)
        end = min(start + PAGE, self.count)
        keys = [f"{Prefix}{number:08}.jpg" for number in range(start, end)]
        contents = [
            {"Key": key, "Size": 70_000, "ETag": f'"{key}"', "StorageClass": "STANDARD"} for key in keys
        ]
        return {"Contents": contents, "IsTruncated": end < self.count, "NextContinuationToken": str(end)}


class MadeUp:
    """Results for all names at once, packed and unpacked as they travel from a node."""

    def predict(
        self, run: Run, names: Sequence[str], done: NameSet, is_many: bool
    ) -> Generator[Sequence[Result]]:
        seen = NameSet([])
        todo = (name for name in images_below(names, ignore) if name not in done)
        while chunk := list(islice(todo, on_ray.CHUNK)):
            results = on_ray.unpack(on_ray.pack([_row(run, name) for name in chunk]))
            yield [result for result in results if seen.add(str(result["fname"]))]  # type: ignore[index]
        assert not on_ray._missing(names, done, seen)


def _row(run: Run, name: str) -> dict[str, object]:
    return {"fname": name, "labels": "cat dog"} | {f"p({label})": 0.123456 for label in run.vocab}


@contextmanager
def names_of(kind: str, count: int) -> Iterator[str]:
    """Where so many names are."""
    if kind == "storage":
        with mock.patch.object(listing, "opened", lambda address: (SyntheticS3(count), "bucket/images")):
            yield "s3://bucket/images"
        return
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            (Path(folder) / f"{number:08}.jpg").touch()
        yield folder


def timed(what: str, count: int, do: Callable[[], object]) -> None:
    before = time.process_time()
    do()
    seconds = time.process_time() - before
    print(f"{what}: {1e6 * seconds / count:.1f} µs of processor time a name, peak {peak_mb()} MB", flush=True)


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(kind: str = "storage", count: str = str(MANY)) -> None:
    number = int(count)
    run = Run(RUN)
    assert len(run.vocab) == LABELS
    with names_of(kind, number) as place, tempfile.TemporaryDirectory() as folder:
        print(f"{number:,} names in {kind}; before: {peak_mb()} MB", flush=True)
        timed("listed", number, lambda: sum(1 for _ in images_below([place])))
        file = Path(folder) / "out.csv"

        def write() -> None:
            outcome = Batch(run, file, MadeUp()).predict([place], lambda share: None, print)
            assert outcome.predicted == number

        timed("listed three times, packed, unpacked and written", number, write)
        timed(
            "opened again",
            number,
            lambda: Batch(run, file, MadeUp()).predict([place], lambda share: None, print),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
