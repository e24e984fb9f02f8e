"""The pieces of sound bundles, and a folder of runs to import into."""

from pathlib import Path

import pytest

from engine.export.bundle import write
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, TASKS
from tests import exportable_runs
from tests.export.bundle.packing import packed


@pytest.fixture(scope="session")
def pieces(tmp_path_factory) -> dict[str, dict[str, bytes]]:
    """The pieces of sound zips by task and name; made without verification, which other tests cover."""
    folder, found = tmp_path_factory.mktemp("attacks"), {}
    exportable_runs.draw_images(folder / "pictures")
    for task in (MULTI_LABEL, POINTS):
        run = exportable_runs.write_run(folder / task, folder / "pictures", task)
        write.write_pieces(run, folder / f"{task} pieces", lambda *_: None)
        files = [file for file in (folder / f"{task} pieces").rglob("*") if file.is_file()]
        found[task] = {
            file.relative_to(folder / f"{task} pieces").as_posix(): file.read_bytes() for file in files
        }
    return found


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("LOSS_LAB_RUNS", str(tmp_path / "own"))
    return tmp_path / "own"


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[str, tuple[Run, Path]]:
    """For each task a run and its zip, made once."""
    folder = tmp_path_factory.mktemp("take-away")
    exportable_runs.draw_images(folder / "pictures")
    found = {}
    for task in TASKS:
        run = exportable_runs.write_run(folder / "runs" / task, folder / "pictures", task)
        found[task] = (run, packed(run, folder / f"{task}.zip"))
    return found
