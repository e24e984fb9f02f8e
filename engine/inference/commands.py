"""The command `predict`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from engine.inference import predict_files
from engine.inference.batch import Batch
from engine.inference.batch.find_images import pictures_below
from engine.jobs import progress_bar
from engine.jobs.command_line import BAD_INPUT, STOPPED, on_stop, print_json
from engine.runs import Run


def predict(paths: list[Path], /, *, run: Path, csv: Path | None = None) -> int:
    """Predict images with a trained run; unreadable ones are named on standard error and skipped.

    With a folder and --csv the predictions stream into the file: after Ctrl-C, the same command continues.

    Parameters
    ----------
    paths:
        Image files, or folders of any number.
    run:
        Folder of a finished run.
    csv:
        Write the predictions to this file.
    """
    names = [str(path) for path in paths]
    if csv and any(path.is_dir() for path in paths):
        return _stream(run, names, csv)
    rows, problems = predict_files.answer_files(run, pictures_below(names))
    for problem in problems:
        print(problem, file=sys.stderr)
    for row in rows:
        print("\t".join(str(value) for value in row.values()))
    if csv and rows:
        predict_files.save_csv(csv, rows)
    print_json({"found": len(rows) + len(problems), "answered": len(rows), "skipped": len(problems)})
    return 0 if rows else BAD_INPUT


def _stream(run: Path, names: list[str], csv: Path) -> int:
    """Predict any number of images into a CSV file, in bounded memory."""
    stops: list[bool] = []
    on_stop(lambda: stops.append(True))
    with progress_bar.Bar() as bar:
        batch = Batch(Run(run), csv)
        outcome = batch.answer(
            names, lambda share: bar.show("predicting", share), bar.note, lambda: bool(stops)
        )
    print(outcome.in_words(csv), file=sys.stderr)
    print_json(asdict(outcome))
    if not outcome.is_finished:
        return STOPPED
    return 0 if outcome.answered else BAD_INPUT
