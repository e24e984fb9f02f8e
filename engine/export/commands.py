"""The commands `runs code`, `runs export`, `runs import`, `runs push` and `runs pull`."""

from __future__ import annotations

from pathlib import Path

from engine.jobs import progress_bar
from engine.jobs.command_line import print_json
from engine.jobs.output_files import check_output
from engine.runs import Run, in_storage


def code(run: Path, /) -> int:
    """Print a fastai script that trains a run again.

    Parameters
    ----------
    run:
        Folder of a run.
    """
    from engine.export import fastai_script

    print(fastai_script.of_run(Run(run)), end="")
    return 0


def export(run: Path, /, *, out: Path) -> int:
    """Write a finished run as one zip that works elsewhere; a fresh process checks it first.

    Parameters
    ----------
    run:
        Folder of a finished run.
    out:
        The zip to write.
    """
    from engine.export.bundle import write

    check_output(out, ".zip", "--out")
    with progress_bar.Bar() as bar:
        write.make(Run(run), out, bar.show)
    print_json({"file": str(out)})
    return 0


def import_run(path: Path, /, *, name: str | None = None) -> int:
    """Import such a zip as a run; nothing in it is executed.

    Parameters
    ----------
    path:
        A zip that `runs export` has written.
    name:
        The name of the run here; by default its own name.
    """
    from engine.export.bundle import unpacking

    unpacking.examine(path)  # before torch is loaded, which takes longer than most zips
    from engine.export.bundle import import_bundle

    print_json({"run": str(import_bundle.import_run(path, name).folder)})
    return 0


def push(run: Path, address: str, /) -> int:
    """Copy a finished run to object storage, where every machine finds it.

    Parameters
    ----------
    run:
        Folder of a finished run.
    address:
        The new address, such as s3://bucket/runs/scenes.
    """
    with progress_bar.Bar() as bar:
        in_storage.push(Run(run), address, lambda share: bar.show("copying", share))
    print_json({"run": address})
    return 0


def pull(address: str, /, *, name: str | None = None) -> int:
    """Copy a run from object storage to the runs here.

    Parameters
    ----------
    address:
        The run's address, such as s3://bucket/runs/scenes.
    name:
        The name of the run here; by default its own name.
    """
    from engine.export import pulling

    print_json({"run": str(pulling.pull(address, name).folder)})
    return 0
