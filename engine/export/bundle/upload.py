"""An uploaded zip: copied up to a size limit, then imported by a process of its own."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO

from engine import paths
from engine.data.formats.phrases import counted
from engine.export.bundle import child_process
from engine.export.bundle.contents import BundleError
from engine.jobs import user_scope
from engine.training import launch

MOST_MEGABYTES = 2048
SECONDS = 600
_BLOCK = 1 << 20


def receive(upload: BinaryIO, name: str, called: str = "") -> str:
    """Import an uploaded zip as a run of that name (its own, if empty) and return the run's name.

    Raises `BundleError` or `RunError` with one sentence; nothing stays behind then.
    """
    called = launch.checked_name(called) if called.strip() else ""
    parent = user_scope.own_folder(paths.runs_folder())
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".incoming-") as temporary:
        file = Path(temporary) / "upload.zip"
        _copy(upload, file, name)
        named = ["--name", called] if called else []
        command = ["engine", "runs", "import", str(file), *named]
        try:
            done = child_process.run_module(command, SECONDS, _environment())
        except subprocess.TimeoutExpired as error:
            raise BundleError(
                f"{name} was still not read after {counted(SECONDS // 60, 'minute')}."
            ) from error
    if done.returncode != 0:
        reason = child_process.last_line(done.stderr, "The zip could not be read.")
        raise BundleError(reason.replace(file.name, name))
    return Path(json.loads(done.stdout.strip().splitlines()[-1])["run"]).name


def _copy(upload: BinaryIO, file: Path, name: str) -> None:
    upload.seek(0)
    with open(file, "wb") as opened:
        while block := upload.read(_BLOCK):
            if opened.tell() + len(block) > MOST_MEGABYTES * _BLOCK:
                raise BundleError(f"{name} has more than {MOST_MEGABYTES:,} MB: no run is that large.")
            opened.write(block)


def _environment() -> dict[str, str]:
    return user_scope.child_environment() | {"LOSS_LAB_RUNS": str(paths.runs_folder().resolve())}
