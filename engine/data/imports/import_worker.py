"""What the process does that imports a dataset: sort, unpack, detect, put in place."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypedDict

from engine.data import library
from engine.data.archives import archive
from engine.data.archives.errors import IncomingError
from engine.data.archives.file_filter import sort_files
from engine.data.archives.limits import Limits, limits, size_of
from engine.data.archives.names import shown
from engine.data.formats import DatasetError
from engine.data.formats.assumptions import AmbiguousError
from engine.data.formats.detect_format import detect_in
from engine.data.formats.files import parquet_images
from engine.data.formats.files.file_index import list_files
from engine.data.formats.loading import refuse_unusable_text
from engine.data.formats.open_source import open_source
from engine.data.formats.phrases import counted
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.source import descend
from engine.data.imports.import_job import (
    FILES,
    UNPACKED,
    ImportJob,
    dismiss,
    reserve,
    take_here,
    throw_away_sent,
)
from engine.data.library import LibraryDataset, LibraryError
from engine.functional.label_text import visible
from engine.images import decoder
from engine.jobs import access, job_places, user_scope
from engine.jobs.atomic_write import trouble
from engine.jobs.job import JobStopped
from engine.jobs.reporter import Reporter, working
from engine.jobs.resource_limits import OutOfTime, ResourceLimits, within_seconds
from engine.tasks import MULTI_LABEL

LIMITS = ResourceLimits(memory_bytes=2 * 1024**3, processor_seconds=900)
"""What the process of an import may use, whatever it is given to read."""
LOOSE = "my images"
"""The name of a dataset of files that came without a folder, where a person gives no other."""
_LOG = logging.getLogger(__name__)


class _Reading(TypedDict):
    """What the manifest says of how a dataset is read; the fields are those of `DatasetManifest`."""

    task: str
    options: ReadOptions
    chosen_options: ReadOptions
    reasons: tuple[str, ...]
    other_formats: tuple[str, ...]


def work(one: ImportJob, options: ReadOptions | None = None, keep_undecided: bool = False) -> ImportJob:
    """Import what was uploaded in this process, whole or not at all; its status says how it ended.

    Raises `IncomingError` where not even that can be written, as on a full disk. See `work_on` for the options.
    """
    try:
        with working(one.job) as report, job_places.place(job_places.IMPORT, report):
            work_on(one.folder, report, options, keep_undecided)
    except Exception as error:
        if one.is_active:  # its status could not be written
            raise IncomingError(_problems(error)) from error
    finally:
        throw_away_sent(one.folder)
    return one


def work_in_background(folder: Path, report: Reporter) -> None:
    """Do the import that a folder holds, in a process for it alone. Raises `IncomingError`, or `JobStopped`."""
    LIMITS.apply()
    decoder.limit_passes()
    try:
        work_on(folder, report, keep_undecided=True)
    finally:
        throw_away_sent(folder)


def work_on(
    folder: Path, report: Reporter, options: ReadOptions | None = None, keep_undecided: bool = False
) -> None:
    """Do the import that a folder holds. Raises `IncomingError` with the problems, or `JobStopped`.

    With `keep_undecided`, a dataset that can be read in two ways is imported without a decision: reading it raises
    `AmbiguousError` until a person decides.
    """
    try:
        report.details["name"] = _import(ImportJob(folder), report, options, keep_undecided).name
    except JobStopped:
        raise
    except Exception as error:
        report.details["problems"] = problems = _problems(error)
        raise IncomingError(problems) from error


def _problems(error: Exception) -> tuple[str, ...]:
    """Why an import failed, a sentence each; an unexpected error is written to the log, too."""
    if isinstance(error, IncomingError | DatasetError):
        return tuple(error.problems)
    if isinstance(error, LibraryError | JobStopped):
        return (str(error),)
    if isinstance(error, MemoryError):
        return ("It needs more memory than an import may use: split it up.",)
    if isinstance(error, OutOfTime):
        return ("It takes longer than an import may take: split it up.",)
    if isinstance(error, OSError):
        return (f"It could not be imported: {trouble(error)}.",)
    _LOG.error("an import failed", exc_info=error)
    kind = type(error).__name__
    return (f"Its contents match no known format ({kind}): export it again from its program.",)


def import_path(path: Path, name: str = "", options: ReadOptions | None = None) -> LibraryDataset:
    """Import an archive (copied), or a folder or table (read where it lies) of this machine, in this process."""
    one = take_here(path, name)
    try:
        work(one, options)
        name, problems = one.name, one.problems
    finally:
        dismiss(one)
    if problems:
        raise IncomingError(problems)
    if not (dataset := library.find(name)):
        raise IncomingError([f"The dataset {name!r} was removed while it was imported."])
    return dataset


def import_folder(
    path: Path, name: str = "", options: ReadOptions | None = None, keep_undecided: bool = False
) -> LibraryDataset:
    """Put a folder or table of this machine into the library, to be read where it lies.

    Raises `DatasetError` where it holds nothing that could be used, or where the current user may not read it.
    """
    path = access.authorize(path.expanduser(), DatasetError)
    at = descend(path) if path.is_dir() else path
    reading = _reading(at, options, keep_undecided)
    told = at.name if user_scope.is_restricted() else at
    source = f"Read in place: the {'folder' if at.is_dir() else 'table'} {told}."
    title = name or at.resolve().stem or "images"
    return library.add(title, in_place=at, source=source, **reading)


def _reading(data: Path, options: ReadOptions | None, keep_undecided: bool) -> _Reading:
    """How the data are read, for the manifest. Raises `AmbiguousError`, unless the dataset is to be kept undecided."""
    chosen_options = options or ReadOptions()
    source = open_source(data, chosen_options)
    try:
        with within_seconds(source.files.seconds_to_read):
            seen = detect_in(source)
            refuse_unusable_text(source.with_options(seen.options), seen.task)
    except OutOfTime as error:
        name = visible(data.name)
        raise DatasetError(f"“{name}” takes too much processor time to read: split it up.") from error
    except AmbiguousError as error:
        if not keep_undecided:
            raise
        return {
            "task": MULTI_LABEL,
            "options": chosen_options,
            "chosen_options": chosen_options,
            "reasons": (error.question,),
            "other_formats": (),
        }
    return {
        "task": seen.task,
        "options": seen.options,
        "chosen_options": chosen_options,
        "reasons": seen.reasons,
        "other_formats": seen.other_formats,
    }


def _import(
    one: ImportJob, report: Reporter, options: ReadOptions | None, keep_undecided: bool
) -> LibraryDataset:
    asked, most = one.asked, limits()
    names = asked.get("names", [])
    here = Path(asked["here"]).expanduser() if asked.get("here") else None
    if here:
        access.authorize(here, IncomingError)
        if not archive.is_archive(here):
            return import_folder(here, asked.get("name", ""), options, keep_undecided)
    into = one.folder / UNPACKED
    into.mkdir()
    sent = here or (one.folder / FILES / name_as_sent(one, names[0]) if len(names) == 1 else None)
    if sent and archive.is_archive(sent):
        notes, source = (
            _from_archive(one, sent, into, most, report),
            f"Imported as the archive {shown(names[0])}.",
        )
    else:
        notes, source = _from_files(one, names, into, most), f"Imported as {counted(len(names), 'file')}."
    data = _without_parquet(one, descend(into))
    reading = _reading(data, options, keep_undecided)
    reading["reasons"] = (*reading["reasons"], *notes)
    title = asked.get("name") or _title(names, data, into)
    return library.add(title, unpacked=data, source=source, **reading)


def _without_parquet(one: ImportJob, data: Path) -> Path:
    """The folder with the images of Parquet files as files, where there are such."""
    if not parquet_images.files_with_images(data, list_files(data)):
        return data
    images = one.folder / UNPACKED / "images of parquet"
    images.mkdir()
    parquet_images.extract(data, images)
    return images


def _from_archive(one: ImportJob, packed: Path, into: Path, most: Limits, report: Reporter) -> list[str]:
    found = archive.look_into(packed, most)
    reserve(one, found.size + size_of(one.folder), most, {})
    archive.unpack(packed, found, into, most, partial(_report, report))
    return found.notes()


def name_as_sent(one: ImportJob, name: str) -> str:
    """Give the only file that was sent its own name again, for sentences about it, where that is safe."""
    safe = PurePosixPath(name.replace("\\", "/")).name
    if safe in ("", ".", "..") or len(safe.encode()) > 200 or "\0" in safe:
        return "0"
    (one.folder / FILES / "0").rename(one.folder / FILES / safe)
    return safe


def _from_files(one: ImportJob, names: list[str], into: Path, most: Limits) -> list[str]:
    folder = one.folder / FILES
    sent = [(name, _sent_as(folder, at, name)) for at, name in enumerate(names)]
    found = sort_files(((name, path.stat().st_size, path) for name, path in sent), most)
    if problems := found.problems(most):
        raise IncomingError(problems)
    for name, path in found.kept.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        path.rename(into / name)
    return found.notes()


def _sent_as(folder: Path, at: int, name: str) -> Path:
    """The file that was sent under a name: under its number, or under its own name where that was given back."""
    own = folder / PurePosixPath(name.replace("\\", "/")).name
    return folder / str(at) if (folder / str(at)).is_file() or not own.is_file() else own


def _title(names: list[str], data: Path, into: Path) -> str:
    if len(names) == 1:
        return PurePosixPath(names[0].replace("\\", "/")).stem[:60] or "images"
    return data.name[:60] if data != into else LOOSE


def _report(report: Reporter, done: int, of: int) -> None:
    """Say how many files are unpacked. Raises `JobStopped`."""
    report.details |= {"done": done, "of": of}
    report.show("unpacking", done / of)
    if report.job.stop_requested:
        raise JobStopped("stopped before the end")
