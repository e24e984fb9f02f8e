"""Files of a run and of a dataset cut off, bit-flipped and deleted: what is damaged is shown, and can be removed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.data import edits, library
from engine.jobs.status import STATUS
from engine.runs import damaged
from engine.runs.checksums import CHECKED
from tests.faults import checks, work
from tests.faults.children import Child
from tests.faults.scenarios import Bench
from tests.faults.tally import Tally


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))] if content else content


def _flip(content: bytes, rng: random.Random) -> bytes:
    """Another bit at one place."""
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


WAYS: dict[str, Callable[[bytes, random.Random], bytes] | None] = {
    "cut off": _cut,
    "flipped": _flip,
    "deleted": None,
}


def run_files(bench: Bench, tally: Tally, times: int) -> None:
    """Damage every file of a finished run in every way, so many times each."""
    whole = bench.trained("quick")
    for file, way, number in _damages(whole, times):
        home = bench.home("quick")
        folder = work.run_folder(home)
        shutil.copytree(whole, folder)
        differs = _damage(folder / file, way, bench.rng)
        with checks.at_home(home):
            problems = [*checks.readable(folder), *_run_is_shown(folder, file, differs)]
        tally.add(f"file of a run {way}", f"{file} ({number})", problems)
        shutil.rmtree(home)


def _run_is_shown(folder: Path, file: str, differs: bool) -> Iterator[str]:
    """A file that decides what the run is or says is found damaged; removing the run leaves nothing."""
    listed = damaged.damaged()
    if differs and file in CHECKED and not listed:
        yield "the damage is not shown"
    if differs and file == STATUS and not listed and not checks.Run(folder).state:
        yield "the damage is not shown"
    for one in listed:
        damaged.remove(one)
        if folder.exists() or damaged.damaged():
            yield "the damaged run cannot be removed"


def dataset_files(bench: Bench, tally: Tally, times: int) -> None:
    """Damage every file of an imported dataset in every way, so many times each."""
    made = bench.home("import")
    assert Child(work.import_zip, made).outcome().is_done
    with checks.at_home(made):
        (one,) = library.all_sets()
        edits.add(edits.home(one.folder), "000.png", edits.LABELS, ["red"])
        whole = one.folder.relative_to(made)
    for file, way, number in _damages(made / whole, times, "*.png"):
        home = bench.home("import")
        shutil.copytree(made / "data", home / "data")
        _damage(home / whole / file, way, bench.rng)
        with checks.at_home(home):
            problems = [*_dataset_is_shown(), *checks.loadable(home / whole)]
        tally.add(f"file of a dataset {way}", f"{file} ({number})", problems)
        shutil.rmtree(home)


def _dataset_is_shown() -> Iterator[str]:
    every = [*library.all_sets(), *library.damaged()]
    if len(every) != 1:
        yield "the dataset is not shown"
        return
    library.remove(every[0])
    if library.all_sets() or library.damaged():
        yield "the dataset cannot be removed"


def _damages(folder: Path, times: int, only_one_of: str = "") -> Iterable[tuple[str, str, int]]:
    """Every file of a folder, way and number; of many alike, such as images, the first only."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".lock"))
    alike = [path for path in files if only_one_of and path.match(only_one_of)]
    for file in (path for path in files if path not in alike[1:]):
        for way, change in WAYS.items():
            for number in range(times if change else 1):
                yield str(file.relative_to(folder)), way, number


def _damage(file: Path, way: str, rng: random.Random) -> bool:
    """Whether the file is another than before."""
    change, before = WAYS[way], file.read_bytes()
    if change is None:
        file.unlink()
        return True
    file.write_bytes(after := change(before, rng))
    return after != before
