"""The journal of a dataset's decisions: a file that is only ever added to, one whole line for each decision.

decisions.jsonl   a line of JSON a decision; an undo is a line, too, that names what it cancels
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from filelock import FileLock

from engine import paths
from engine.data.edits.edit import KINDS, Decision, DecisionError, OtherVersionError, from_line
from engine.data.edits.replay import Decisions
from engine.data.files import JOURNAL, MANIFEST
from engine.jobs import access, user_scope
from engine.jobs.atomic_write import trouble

ELSEWHERE = "_decisions"
UNDO, REDO = "undo", "redo"
MOST_BYTES = 256 * 1024**2
_LOCK = ".decisions.lock"
_SECONDS_TO_WAIT = 20


def home(data: str | os.PathLike) -> Path:
    """The folder in which the decisions about a dataset are kept, whether it exists already or not.

    A dataset of the library keeps them itself; for any other, a folder of the library is named after it.
    """
    path, library = Path(data).resolve(), paths.data_folder().resolve()
    above = [
        folder for folder in (path, *path.parents) if folder.is_relative_to(library) and folder != library
    ]
    own = next((folder for folder in above if (folder / MANIFEST).is_file()), None)
    if own:
        return own
    name = re.sub(r"[^\w-]+", "-", path.name).strip("-")[:60] or "data"
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
    return user_scope.own_folder(library) / ELSEWHERE / f"{name}-{digest}"


def read(folder: str | os.PathLike) -> Decisions:
    """The decisions kept in a folder; none where there is no journal. A line that cannot be read becomes a note.

    Raises `DecisionError` where the current user may not read it.
    """
    own = user_scope.own_folder(paths.data_folder().resolve()) / ELSEWHERE
    if user_scope.owner() == user_scope.NO_VISITOR and Path(folder).parent == own:
        return Decisions()  # the samples stay open to a visitor without a folder, who cannot decide anything
    journal = access.authorize(Path(folder) / JOURNAL, DecisionError)
    try:
        about = journal.stat()
    except FileNotFoundError:
        return Decisions()
    if about.st_size > MOST_BYTES:
        raise DecisionError(
            f"{journal} is larger than {MOST_BYTES // 1024**2} MB, too large for decisions made by hand."
        )
    return _read(str(journal), about.st_size, about.st_mtime_ns)


def add(folder: str | os.PathLike, fname: str | Iterable[str], kind: str, value: object = None) -> Decision:
    """Keep a decision about one image (or label), or the same about many, which are undone together."""
    names = [fname] if isinstance(fname, str) else list(fname)
    return add_each(folder, kind, dict.fromkeys(names, value))


def add_each(folder: str | os.PathLike, kind: str, given: Mapping[str, object]) -> Decision:
    """Keep one decision that gives each image (or label) something of its own; it is undone as one.

    It is on the disk when this returns. Raises `DecisionError` where it is none, or cannot be written.
    """
    decision = Decision(kind, given)
    folder = Path(folder)
    with _locked(folder):
        _append(folder, decision.to_line())
    return decision


def undo(folder: str | os.PathLike, kinds: Collection[str] = KINDS) -> Decision | None:
    """Cancel the latest decision that stands (of these kinds) and return it; None where there is none."""
    return _cancel(Path(folder), UNDO, lambda decisions: decisions.standing, kinds)


def redo(folder: str | os.PathLike, kinds: Collection[str] = KINDS) -> Decision | None:
    """Let the decision that was undone last stand again; None where there is none, or another was made since."""
    return _cancel(Path(folder), REDO, lambda decisions: decisions.undone, kinds)


def _cancel(folder: Path, word: str, candidates: Callable, kinds: Collection[str]) -> Decision | None:
    if not (folder / JOURNAL).exists():
        return None
    with _locked(folder):
        fitting = [decision for decision in candidates(read(folder)) if decision.kind in kinds]
        if fitting:
            _append(folder, json.dumps({word: fitting[-1].id}))
        return fitting[-1] if fitting else None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Only one process or thread at a time may be in the block."""
    access.authorize(folder / JOURNAL, DecisionError, to_write=True)
    lock = FileLock(folder / _LOCK, timeout=_SECONDS_TO_WAIT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise _not_written(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _append(folder: Path, line: str) -> None:
    """Add one line, to the disk itself; after a line that was torn off, begin a new one."""
    try:
        with open(folder / JOURNAL, "a+b", buffering=0) as journal:
            size = journal.seek(0, os.SEEK_END)
            journal.seek(max(size - 1, 0))
            torn = size and journal.read(1) != b"\n"
            content = (b"\n" if torn else b"") + line.encode() + b"\n"
            if journal.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(journal.fileno())
    except OSError as error:
        raise _not_written(folder, error) from error


def _not_written(folder: Path, error: OSError) -> DecisionError:
    return DecisionError(f"The decision could not be saved in {folder}: {trouble(error)}.")


@lru_cache(maxsize=16)
def _read(journal: str, size: int, changed_ns: int) -> Decisions:
    """`size` and `changed_ns` say which state of the file is meant."""
    lines = Path(journal).read_bytes()[:size].split(b"\n")
    return replay(lines if lines[-1] else lines[:-1])


def replay(lines: Iterable[bytes | str]) -> Decisions:
    """The decisions that the lines of a journal tell."""
    made: dict[str, Decision] = {}
    stands: dict[str, bool] = {}
    undone: list[str] = []
    notes: list[str] = []
    of_other_versions = 0
    for number, line in enumerate(lines, 1):
        try:
            _take(json.loads(line), made, stands, undone)
        except OtherVersionError:
            of_other_versions += 1
        except (ValueError, TypeError, RecursionError):
            notes.append(f"Line {number} of {JOURNAL} cannot be read, so its decision is ignored.")
    if of_other_versions:
        notes.append(
            f"Decisions in {JOURNAL} were made with another version of Loss Lab and are ignored "
            f"({of_other_versions:,}): make them again."
        )
    past = tuple((decision, stands[key]) for key, decision in made.items())
    standing = tuple(decision for decision, is_standing in past if is_standing)
    return Decisions(standing, tuple(made[key] for key in undone), past, tuple(notes))


def _take(record: object, made: dict, stands: dict, undone: list) -> None:
    """One line more: an undo, a redo, or a decision, after which nothing can be redone."""
    if isinstance(record, dict) and UNDO in record:
        if stands.get(record[UNDO]):
            stands[record[UNDO]] = False
            undone.append(record[UNDO])
    elif isinstance(record, dict) and REDO in record:
        if record[REDO] in undone:
            stands[record[REDO]] = True
            undone.remove(record[REDO])
    else:
        decision = from_line(record)
        if decision.id in made:
            raise DecisionError("A decision's id may occur once.")
        made[decision.id], stands[decision.id] = decision, True
        undone.clear()
