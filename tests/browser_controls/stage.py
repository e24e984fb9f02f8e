"""A copy of the app on a port of its own with folders of its own: whatever a control does there, nothing else sees."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import paths
from engine.data import library
from tests.browser import ROOT, Server, serve
from tests.tiny_data import labelled

COPIED = ("streamlit_app.py", "pages", "engine", "sample_data", "docs", ".streamlit")
FOLDERS = {"LOSS_LAB_RUNS": "runs", "LOSS_LAB_DATA": "data"}
OWN_RUN, OWN_SET = "mine", "squares"
STOP_SECONDS = 5


@dataclass(frozen=True)
class Stage:
    """A served copy of the app in `folder`, with a run and a dataset of the visitor's own."""

    server: Server
    folder: Path

    def restore(self) -> None:
        """Stop what was started, and put runs, data and thresholds back to how they were."""
        _stop(_children(self.server.pid))
        for name in FOLDERS.values():
            shutil.rmtree(self.folder / name, ignore_errors=True)
            shutil.copytree(self.folder / "at first" / name, self.folder / name, dirs_exist_ok=True)
        for saved in self.folder.glob("app/sample_data/runs/*/thresholds.json"):
            saved.unlink(missing_ok=True)


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Serve a copy of the app until the block ends; afterwards everything that it started is stopped."""
    app = folder / "app"
    for name in COPIED:
        source, target = ROOT / name, app / name
        target.parent.mkdir(parents=True, exist_ok=True)
        skip = shutil.ignore_patterns("__pycache__", "thresholds.json")
        shutil.copytree(source, target, ignore=skip) if source.is_dir() else shutil.copy2(source, target)
    with pytest.MonkeyPatch.context() as patch:
        for variable, name in FOLDERS.items():
            patch.setenv(variable, str(folder / name))
            (folder / name).mkdir(parents=True)
        shutil.copytree(paths.BUNDLED_RUNS / "multi-label", folder / "runs" / OWN_RUN)
        library.add(OWN_SET, "multi-label", in_place=labelled(folder / OWN_SET))
        for name in FOLDERS.values():
            shutil.copytree(folder / name, folder / "at first" / name)
        with serve(folder, folder / "runs", app / "streamlit_app.py") as server:
            try:
                yield Stage(server, folder)
            finally:
                _stop(_children(server.pid))


def _children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs, by what Linux tells; elsewhere none."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
        parents.setdefault(parent, []).append(int(status.parent.name))
    found, open_ones = [], [pid]
    while open_ones:
        below = parents.get(open_ones.pop(), [])
        found += below
        open_ones += below
    return found


def _stop(pids: list[int]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            _signal(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while any(map(_is_alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.02)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except OSError:
        return


def _is_alive(pid: int) -> bool:
    """Whether it still runs; one that has ended and was not asked for its result counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False
