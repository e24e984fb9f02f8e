"""Zips made beside the pages: a child process owns a folder and outlives the server that asked for it.

A parcel's folder lies in the cache, one for each run:

status.json    {"state", "message", "stamp": what the zip was made of} and which process is at work on it
progress.json  {"activity", "share"}
NAME.zip       once it is made and proved
log.txt        what the process printed
"""

import hashlib
import json
import shutil
from pathlib import Path

from engine import paths
from engine.export.bundle import contents
from engine.jobs import process, user_scope
from engine.jobs.atomic_write import write_text
from engine.runs import Run

NONE, AT_WORK, READY, FAILED = "none", "at work", "ready", "failed"
KEPT = 6
"""Parcels of so many runs stay in the cache; the longest unused give way."""

_MADE_OF = (contents.CONFIG, contents.VOCAB, contents.THRESHOLDS, contents.WEIGHTS, contents.PREDICTIONS)
_MADE_OF += (contents.METRICS, contents.HISTORY, contents.LOSSES, contents.PICTURES)
_ENDED = {"state": FAILED, "message": "The process that made the zip ended without a word: see its log."}


class Parcel:
    """What there is of a run's zip: nothing yet, being made, ready, or why there can be none."""

    def __init__(self, run: Run):
        self.run = run
        digest = hashlib.sha256(str(run.folder.resolve()).encode()).hexdigest()[:16]
        self.folder = _parcels() / digest
        self.file = self.folder / f"{run.name}.zip"

    @property
    def status(self) -> dict:
        """`state`: "none" (also where the run has changed since), "at work", "ready" or "failed"; and `message`."""
        told = _json(self.folder / "status.json")
        if told.get("state") == AT_WORK:
            return told if process.is_alive(told) else _ENDED
        if told.get("stamp") != stamp(self.run) or (told.get("state") == READY and not self.file.is_file()):
            return {"state": NONE}
        return told

    @property
    def progress(self) -> tuple[str, float]:
        """What is being done, and what share of the whole is behind it."""
        told = _json(self.folder / "progress.json")
        return str(told.get("activity", "starting: loading the libraries")), float(told.get("share", 0))

    def start(self) -> None:
        """Begin to make the zip in a process of its own, unless one is at it."""
        if self.status["state"] == AT_WORK:
            return
        _forget_old(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        what = str(self.run.folder.resolve()), str(self.folder)
        with open(self.folder / "log.txt", "ab") as log:
            child = process.spawn("engine.export.bundle", *what, log=log)
        self.tell(AT_WORK, pid=child.pid)

    def tell(self, state: str, message: str = "", made_of: str = "", pid: int | None = None) -> None:
        """Write down how it stands."""
        told = {"state": state, "message": message, "stamp": made_of} | process.mark(pid)
        write_text(self.folder / "status.json", json.dumps(told) + "\n")

    def show(self, activity: str, share: float) -> None:
        """Write down how far it is."""
        write_text(self.folder / "progress.json", json.dumps({"activity": activity, "share": share}) + "\n")


def stamp(run: Run) -> str:
    """What a zip is made of: it changes with the run's thresholds, weights and everything else that goes in."""
    files = [run.folder / name for name in _MADE_OF]
    seen = [(file.name, *_of(file)) for file in files]
    return hashlib.sha256(json.dumps([contents.VERSION, run.name, seen]).encode()).hexdigest()


def _of(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except OSError:
        return 0, 0
    return about.st_mtime_ns, about.st_size


def make(run: Run, folder: Path) -> int:
    """What the child process does: make the zip, and say how it ended."""
    from engine.export.bundle import write

    parcel, made_of = Parcel(run), stamp(run)
    parcel.folder = folder
    try:
        write.make(run, parcel.file, parcel.show)
    except (ValueError, RuntimeError, OSError, MemoryError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        parcel.tell(FAILED, first_line, made_of)
        return 1
    parcel.tell(READY, "", made_of)
    return 0


def _parcels() -> Path:
    return user_scope.own_folder(paths.cache_folder()) / "take-away"


def _forget_old(but: Path) -> None:
    folders = [folder for folder in _parcels().iterdir() if folder != but] if _parcels().is_dir() else []
    newest_first = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in newest_first[KEPT - 1 :]:
        if not process.is_alive(_json(folder / "status.json")):
            shutil.rmtree(folder, ignore_errors=True)


def _json(file: Path) -> dict:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
