"""A machine with files of its own and two visitors in private mode: Anna, who has a dataset and a run, and Bert."""

import shutil
from contextlib import contextmanager
from pathlib import Path

from engine import paths
from engine.data import library
from engine.jobs import user_scope
from engine.runs import Run
from engine.tasks import MULTI_LABEL
from tests.dataset_files import pascal
from tests.lesson_data import write_run, write_scenes

ANNA, BERT = "a" * 32, "b" * 32
SECRET = "zebra-of-the-owner"
"""A label that only files of others hold: it must never be shown."""


def visit(secret: str | None) -> None:
    """Serve this visitor from now on."""
    user_scope.set_user_provider(lambda: secret)


@contextmanager
def as_owner(monkeypatch):
    """As in a terminal: nobody has set a provider."""
    with monkeypatch.context() as patch:
        patch.setattr(user_scope, "_provider", [])
        patch.delenv(user_scope.VISITOR_VARIABLE, raising=False)
        yield


def furnish(home: Path) -> None:
    """Outside: a dataset, a run on it and a table. Anna's and Bert's: a dataset and a run each."""
    rows = [(f"{n}.jpg", SECRET if n % 2 else "cat", n > 3) for n in range(6)]
    pascal(home / "outside" / "data", rows)
    (home / "outside" / "passwd").write_text(f"{SECRET}:x:0:0:root:/root:/bin/bash\n")
    for secret in (ANNA, BERT):
        visit(secret)
        library.folder().mkdir(parents=True)
        unpacked = pascal(
            library.folder() / ".unpacked",
            rows if secret == ANNA else [(*row[:1], "dog bird" if row[2] else "dog", row[2]) for row in rows],
        )
        one = library.add(f"set of {secret[0]}", MULTI_LABEL, unpacked=unpacked)
        scenes = write_scenes(one.folder / "scenes")
        write_run(user_scope.own_folder(paths.runs_folder()) / f"run of {secret[0]}", scenes)
    shutil.copytree(own_run(ANNA).folder, home / "outside" / "run")


def own_run(secret: str) -> Run:
    """The only run of a visitor, who is served from now on."""
    visit(secret)
    [folder] = user_scope.own_folder(paths.runs_folder()).iterdir()
    return Run(folder)


def own_set(secret: str) -> library.LibraryDataset:
    """The only dataset of a visitor, who is served from now on."""
    visit(secret)
    [one] = library.all_sets()
    return one


def foreign_paths(home: Path) -> dict[str, str]:
    """Paths that Bert, who is served afterwards, may not use: by kind, whether they exist or not."""
    hers, her_run = own_set(ANNA).folder, own_run(ANNA).folder
    own = own_set(BERT).folder
    (own / "link").symlink_to(home / "outside" / "data")
    (own / "table.csv").symlink_to(home / "outside" / "data" / "train.csv")
    (own / "her run").symlink_to(her_run)
    (own / "loop").symlink_to(own / "loop")
    up = "../" * 40
    return {
        "a folder": str(home / "outside" / "data"),
        "a table": str(home / "outside" / "data" / "train.csv"),
        "a file": str(home / "outside" / "passwd"),
        "a run": str(home / "outside" / "run"),
        "nothing": str(home / "outside" / "nothing"),
        "no folder": str(home / "nowhere" / "at" / "all.csv"),
        "below a file": str(home / "outside" / "passwd" / "x"),
        "passwd": "/etc/passwd",
        "proc": "/proc/self/environ",
        "proc cwd": "/proc/self/cwd/sample_data/scenes",
        "the root": "/",
        "two slashes": "//etc/passwd",
        "up from a sample": f"sample_data/scenes/{up}etc/passwd",
        "up from the own": f"{own}/../../{hers.parent.name}/{hers.name}",
        "the project": str(paths.ROOT),
        "here": ".",
        "a source file": "README.md",
        "almost a sample": f"{paths.SAMPLE_DATA}_and_more",
        "home": "~",
        "somebody's home": "~root/.bashrc",
        "a link": str(own / "link"),
        "below a link": str(own / "link" / "train.csv"),
        "a linked table": str(own / "table.csv"),
        "a linked run": str(own / "her run"),
        "a link to itself": str(own / "loop"),
        "her set": str(hers),
        "her pictures": str(hers / "pictures"),
        "her note": str(hers / "set.json"),
        "her run": str(her_run),
        "all sets": str(paths.data_folder()),
        "all visitors": str(paths.runs_folder() / user_scope.VISITORS),
        "a visitor who is not": str(paths.runs_folder() / user_scope.VISITORS / ("0" * 32) / "run"),
        "UNC": "\\\\server\\share\\pictures",
        "UNC with slashes": "//server/share/pictures",
        "a drive": "C:\\Users\\owner",
        "NUL": f"{paths.SCENES}\0/train.csv",
        "too long a name": f"{paths.SCENES}/{'x' * 300}",
        "too long": f"{paths.SCENES}/{'x/' * 3000}",
        "no text": f"{paths.SCENES}/\ud800",
    }
