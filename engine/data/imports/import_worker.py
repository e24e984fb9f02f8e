"""What the process does that brings pictures to the shelf: sort, unpack, recognise, put in place."""

from __future__ import annotations

import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath

from engine.data import library
from engine.data.formats import DatasetError, recognise
from engine.data.formats.phrases import counted
from engine.data.formats.source import descend
from engine.data.imports.errors import IncomingError
from engine.data.imports.file_filter import sort_files
from engine.data.imports.import_job import FILES, UNPACKED, ImportJob, dismiss, reserve, take_here
from engine.data.imports.limits import Limits, limits, size_of
from engine.data.imports.names import ending, shown
from engine.data.imports.zips import look_into, unpack
from engine.data.library import ShelfError, Shelved
from engine.jobs import access
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter, working

MOST_MEMORY = 2 * 1024**3
MOST_CPU_SECONDS = 3600
_REFUSED = (IncomingError, DatasetError, ShelfError, MemoryError, OSError)


def work(one: ImportJob) -> ImportJob:
    """Import what was uploaded, whole or not at all; its status says how it ended."""
    with suppress(JobStopped, *_REFUSED), working(one.job) as report:
        try:
            report.details["name"] = _bring(one, report).name
        except _REFUSED as error:
            report.details["problems"] = _problems(error)
            raise
        finally:
            for left in (FILES, UNPACKED):
                shutil.rmtree(one.folder / left, ignore_errors=True)
    return one


def _problems(error: BaseException) -> tuple[str, ...]:
    if isinstance(error, IncomingError | DatasetError):
        return tuple(error.problems)
    if isinstance(error, MemoryError):
        return ("It needs more memory than there is; divide it.",)
    if isinstance(error, OSError):
        return (f"It could not be written: {error.strerror or error}.",)
    return (str(error),)


def set_resource_limits() -> None:
    """Let this process take only so much memory and time, whatever it is given to read."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for kind, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_CPU_SECONDS)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))


def bring_path(path: Path, name: str = "") -> Shelved:
    """Bring a zip (copied), or a folder or table (read where it lies) of this machine, in this process."""
    one = take_here(path, name)
    work(one)
    name, problems = one.name, one.problems
    dismiss(one)
    if problems:
        raise IncomingError(problems)
    if not (dataset := library.find(name)):
        raise IncomingError([f"The dataset {name!r} was removed while it was imported."])
    return dataset


def bring_folder(path: Path, name: str = "") -> Shelved:
    """Put a folder or table of this machine on the shelf, to be read where it lies.

    Raises `DatasetError` where it holds nothing that could be used, or where the current user may not read it.
    """
    path = access.authorize(path.expanduser(), DatasetError)
    at = descend(path) if path.is_dir() else path
    seen = recognise(at)
    source = f"Read where it lies: the {'folder' if at.is_dir() else 'table'} {at}."
    title = name or at.resolve().stem or "pictures"
    return library.add(
        title,
        seen.task,
        elsewhere=at,
        source=source,
        how=seen.how,
        recognised=seen.because,
        others=seen.others,
    )


def _bring(one: ImportJob, report: Reporter) -> Shelved:
    asked, most = one.asked, limits()
    here, names = asked.get("here"), asked.get("names", [])
    if here:
        access.authorize(Path(here).expanduser(), IncomingError)
    if here and not _is_zip(Path(here).expanduser()):
        return bring_folder(Path(here), asked.get("name", ""))
    into = one.folder / UNPACKED
    into.mkdir()
    if here or (len(names) == 1 and ending(names[0]) == ".zip"):
        archive = Path(here).expanduser() if here else one.folder / FILES / name_as_sent(one, names[0])
        notes, source = _from_zip(one, archive, into, most, report), f"Brought as the zip {shown(names[0])}."
    else:
        notes, source = _from_files(one, names, into, most), f"Brought as {counted(len(names), 'file')}."
    data = descend(into)
    seen = recognise(data)
    title = asked.get("name") or _title(names, data, into)
    return library.add(
        title, seen.task, unpacked=data, source=source, how=seen.how, recognised=(*seen.because, *notes),
        others=seen.others,
    )  # fmt: skip


def _is_zip(path: Path) -> bool:
    return path.is_file() and ending(path.name) == ".zip"


def _from_zip(one: ImportJob, archive: Path, into: Path, most: Limits, report: Reporter) -> list[str]:
    found = look_into(archive, most)
    reserve(one, found.size + size_of(one.folder), most, {})
    unpack(archive, found, into, partial(_report, report))
    return found.notes()


def name_as_sent(one: ImportJob, name: str) -> str:
    """Give the only file that was sent its own name again, for sentences about it, where that is safe."""
    safe = PurePosixPath(name.replace("\\", "/")).name
    if safe in ("", ".", "..") or len(safe.encode()) > 200 or "\0" in safe:
        return "0"
    (one.folder / FILES / "0").rename(one.folder / FILES / safe)
    return safe


def _from_files(one: ImportJob, names: list[str], into: Path, most: Limits) -> list[str]:
    sent = [(name, one.folder / FILES / str(at)) for at, name in enumerate(names)]
    found = sort_files(((name, path.stat().st_size, path) for name, path in sent), most)
    if problems := found.problems(most):
        raise IncomingError(problems)
    for name, path in found.kept.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        path.rename(into / name)
    return found.notes()


def _title(names: list[str], data: Path, into: Path) -> str:
    if len(names) == 1:
        return PurePosixPath(names[0].replace("\\", "/")).stem[:60] or "pictures"
    return data.name[:60] if data != into else "pictures"


def _report(report: Reporter, done: int, of: int) -> None:
    """Say how many files are unpacked. Raises `JobStopped`."""
    report.details |= {"done": done, "of": of}
    report.show("unpacking", done / of)
    if report.job.stop_requested:
        raise JobStopped("stopped before the end")
