"""Runs the code of every notebook in a folder, in one process that imports fastai once: `run_notebooks.py FOLDER`.

Writes the variables of each notebook that are numbers, texts, or lists of them to `FOLDER/results.json`.
There is no network: opening a connection fails.
"""

import contextlib
import io
import json
import socket
import sys
import time
import warnings
from pathlib import Path

import fastai.vision.all
import matplotlib
import torch

matplotlib.use("Agg")
warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")


def main(folder: Path) -> None:
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    results = {}
    for file in sorted(folder.glob("*.ipynb")):
        began = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            results[file.stem] = _plain(_run(file))
        print(f"{file.stem}: {time.process_time() - began:.1f} s of CPU", flush=True)
    (folder / "results.json").write_text(json.dumps(results))


def _refuse(*_):
    raise OSError("A notebook opened a connection.")


def _run(file: Path) -> dict:
    names: dict = {"__name__": "__main__"}
    for cell in json.loads(file.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{file.name}, {cell['id']}", "exec"), names)
    return names


def _plain(names: dict) -> dict:
    """The variables of a notebook that JSON can hold; a tensor counts as the numbers in it."""
    imported = vars(fastai.vision.all)
    names = {name: value for name, value in names.items() if value is not imported.get(name)}
    values = {
        name: value.tolist() if isinstance(value, torch.Tensor) else value for name, value in names.items()
    }
    return {name: value for name, value in values.items() if not name.startswith("_") and _fits(value)}


def _fits(value: object) -> bool:
    if type(value) in (list, tuple):
        return len(value) < 1000 and all(map(_fits, value))  # type: ignore[arg-type]
    if type(value) is dict:
        return all(type(key) is str and _fits(one) for key, one in value.items())  # type: ignore[attr-defined]
    return type(value) in (int, float, str, bool, type(None))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
