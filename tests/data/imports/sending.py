"""Archives of files, sent to be imported here, and what comes of them."""

import io
import zipfile
from types import SimpleNamespace

from engine import paths
from engine.data import library
from engine.data.archives.limits import size_of
from engine.data.imports import dismiss, take
from engine.data.imports.import_worker import work
from engine.jobs.status import FAILED
from tests.dataset_files import IMAGE

TABLE = "fname,labels,is_valid\n" + "".join(f"{n}.jpg,{'ab'[n % 2]},{n > 3}\n" for n in range(6))


HONEST = {"train.csv": TABLE, **{f"train/{n}.jpg": IMAGE for n in range(6)}}


def zipped(files: dict, compression=zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files by name (or `ZipInfo`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def sent(content: bytes, name="set.zip", **more: bytes):
    """Send files and work on them here; the status."""
    files = [(name, io.BytesIO(content)), *((key, io.BytesIO(value)) for key, value in more.items())]
    one = take(files)
    problems, name, state = work(one).problems, one.name, one.status.state
    left = [path.name for path in one.folder.iterdir() if path.name in ("files", "unpacked")]
    assert left == []
    dismiss(one)
    return SimpleNamespace(problems=problems, name=name, state=state)


def refused(content: bytes, name="set.zip") -> str:
    """The one answer to something hostile: plain sentences, an empty library, and nothing anywhere else."""
    before = everything_outside()
    status = sent(content, name)
    assert status.state == FAILED and status.problems and library.all_sets() == []
    for sentence in status.problems:
        assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
        assert len(sentence) < 500
    assert everything_outside() == before
    assert size_of(paths.data_folder()) == 0
    return " ".join(status.problems)


def everything_outside() -> list[str]:
    root = paths.data_folder().parent
    return sorted(str(one) for one in root.rglob("*") if not one.is_relative_to(paths.data_folder()))
