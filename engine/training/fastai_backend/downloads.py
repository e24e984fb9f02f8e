"""The chapter's own datasets, downloaded once: the download is resumable, the rest is fastai's."""

import shutil
from pathlib import Path

import fastai.data
from fastai.data.external import fastai_cfg
from fastcore.net import urldest
from fastdownload import FastDownload
from fastdownload.core import read_checks
from filelock import FileLock

from engine.data.downloads import DownloadError, catalog, download
from engine.data.downloads.http_file import Show, free_bytes
from engine.jobs.atomic_write import trouble
from engine.training.fastai_backend.errors import LearnerError, reason

ARCHIVES = catalog.URLS


def fetch(name: str, show: Show = lambda done, total: None) -> Path:
    """The folder of one of the chapter's own datasets, downloaded once to where fastai's `untar_data` keeps it.

    An archive that arrived in part is continued, and its size and hash are verified as fastai does. `show` is called
    with the bytes so far and in total; what it raises ends the download. Raises `LearnerError`.
    """
    keeper = FastDownload(fastai_cfg(), module=fastai.data, base="~/.fastai")
    url = ARCHIVES[name]
    keeper.arch_path().mkdir(parents=True, exist_ok=True)
    archive, folder = Path(urldest(url, keeper.arch_path())), keeper.data_path() / name
    try:
        with FileLock(archive.with_name(f"{archive.name}.part.lock")):
            if folder.exists():
                return folder
            _need_space(name, archive.parent)
            expected = read_checks(keeper.module).get(url)
            if not (archive.exists() and keeper.check(url, archive)):
                download(url, archive, expected, show)
            return _unpack(keeper, url, archive)
    except (DownloadError, OSError) as error:
        why = trouble(error) if type(error) is OSError else reason(error).rstrip(".")
        raise LearnerError(
            f"The dataset {name} could not be downloaded: {why}. "
            "Or choose the samples as data: sample_data/scenes or sample_data/heads."
        ) from error


def _unpack(keeper: FastDownload, url: str, archive: Path) -> Path:
    try:
        return Path(keeper.extract(url))
    except (OSError, EOFError, ValueError, shutil.ReadError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        archive.unlink(missing_ok=True)
        raise DownloadError(
            f"{archive.name} is damaged ({reason(error)}) and was deleted; download it again."
        ) from error


def _need_space(name: str, folder: Path) -> None:
    needed, free = catalog.disk_mb(name), free_bytes(folder) / 1e6
    if free < needed:
        raise DownloadError(
            f"it needs {needed / 1000:.1f} GB of free disk space below {folder}, where {free / 1000:.1f} GB are free: "
            "free some space"
        )
