"""An uploaded zip: copied up to a size limit, then imported by a process of its own."""

import json
import logging
import os
import subprocess
from pathlib import Path
from typing import BinaryIO

from engine import paths
from engine.data.formats.phrases import counted
from engine.export.bundle.contents import BundleError
from engine.jobs import bounded, child_process, quota, user_scope
from engine.jobs.command_line import BAD_INPUT
from engine.jobs.resource_limits import ResourceLimits
from engine.jobs.temporary import temporary_folder
from engine.training import launch

MOST_MEGABYTES = 2048
SECONDS = 600
LIMITS = ResourceLimits(memory_bytes=6 * 1024**3, processor_seconds=300)
"""What the process may use that reads the zip; torch is loaded in it."""
UNREADABLE = "its contents are not as Loss Lab writes them. Export the run again."
_BLOCK = 1 << 20
_LOG = logging.getLogger(__name__)


def receive(upload: BinaryIO, name: str, called: str = "") -> str:
    """Import an uploaded zip as a run of that name (its own, if empty) and return the run's name.

    Raises `BundleError` or `RunError` with one sentence; nothing stays behind then.
    """
    called = launch.checked_name(called) if called.strip() else ""
    parent = user_scope.own_folder(paths.runs_folder())
    quota.check(BundleError, upload.seek(0, os.SEEK_END))
    with launch.in_words(f"{name} could not be imported"), temporary_folder(parent, "incoming") as temporary:
        file = temporary / "upload.zip"
        _copy(upload, file, name)
        named = ["--name", called] if called else []
        command = bounded.command(LIMITS, "engine", "runs", "import", str(file), *named)
        try:
            done = child_process.run_module(command, SECONDS, _environment())
        except subprocess.TimeoutExpired as error:
            raise BundleError(
                f"{name} was still not read after {counted(SECONDS // 60, 'minute')}."
            ) from error
    if done.returncode == 0:
        return Path(json.loads(done.stdout.strip().splitlines()[-1])["run"]).name
    raise BundleError(_reason(done, name, file.name))


def _reason(done: subprocess.CompletedProcess[str], name: str, file: str) -> str:
    """Why the process refused the zip, in its own words; what it did not expect is written to the log."""
    if done.returncode == BAD_INPUT:
        return child_process.last_line(done.stderr, f"{name} could not be read: {UNREADABLE}").replace(
            file, name
        )
    _LOG.error("importing %r ended with %s:\n%s", name, done.returncode, done.stderr)
    if done.returncode < 0:
        return f"{name} could not be read: its process ran out of memory or time."
    return f"{name} could not be read: {UNREADABLE}"


def _copy(upload: BinaryIO, file: Path, name: str) -> None:
    upload.seek(0)
    with open(file, "wb") as opened:
        while block := upload.read(_BLOCK):
            if opened.tell() + len(block) > MOST_MEGABYTES * _BLOCK:
                raise BundleError(f"{name} has more than {MOST_MEGABYTES:,} MB: no run is that large.")
            opened.write(block)


def _environment() -> dict[str, str]:
    return user_scope.child_environment() | {"LOSS_LAB_RUNS": str(paths.runs_folder().resolve())}
