"""The command `predict`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from engine.inference import image_stream, prediction_table
from engine.inference.batch import Batch, BatchError
from engine.inference.batch.find_images import images_below
from engine.inference.batch.predictors import Predictor
from engine.inference.image_stream import UnreadableImage
from engine.inference.predict import load
from engine.jobs import cluster, progress_bar
from engine.jobs.command_line import BAD_INPUT, STOPPED, on_stop, print_json
from engine.jobs.output_files import check_output
from engine.paths import storage_address
from engine.runs import Run, in_storage


def predict(paths: list[Path], /, *, run: Path, csv: Path | None = None, on: str | None = None) -> int:
    """Predict images with a trained run; unreadable ones are named on standard error and skipped.

    The last column, familiar, says no where an image is unlike those of training: its prediction is a guess.
    With a folder and --csv the predictions stream into the file: after Ctrl-C, the same command continues.

    Parameters
    ----------
    paths:
        Image files, or folders of any number; addresses such as s3://bucket/folder too.
    run:
        Folder or s3:// address of a finished run.
    csv:
        Write the predictions to this file.
    on:
        Predict on the Ray cluster at HOST:PORT, whose nodes share the folders; needs --csv.
    """
    names = [storage_address(path) or str(path) for path in paths]
    if on is not None and csv is None:
        raise BatchError("--on needs --csv, the file for the predictions.")
    if csv and (on is not None or any(storage_address(path) or path.is_dir() for path in paths)):
        return _stream(run, names, csv, cluster.use(on) if on is not None else "")
    opened = Run(in_storage.local(run))
    if csv:
        check_output(csv, ".csv", "--csv", paths)
        prediction_table.check_csv(csv, opened)
    model, rows, skipped = load(opened), [], 0
    print("\t".join(prediction_table.columns(opened)), file=sys.stderr)
    for image in image_stream.predict_images(model, images_below(names)):
        if isinstance(image, UnreadableImage):
            skipped += 1
            print(image.problem, file=sys.stderr)
            continue
        rows.append(prediction_table.file_row(image))
        print("\t".join(str(value) for value in rows[-1].values()))
    if csv and rows:
        prediction_table.save_csv(csv, rows)
    if guesses := prediction_table.guesses(rows):
        print(guesses, file=sys.stderr)
    if not rows and not skipped:
        print(f"There are no images in {', '.join(names)}.", file=sys.stderr)
    print_json({"total": len(rows) + skipped, "predicted": len(rows), "skipped": skipped})
    return 0 if rows else BAD_INPUT


def _stream(run: Path, names: list[str], csv: Path, address: str) -> int:
    """Predict any number of images into a CSV file, in bounded memory, here or on a cluster."""
    stops: list[bool] = []
    on_stop(lambda: stops.append(True))
    with progress_bar.Bar() as bar:
        batch = Batch(Run(in_storage.local(run)), csv, _on_cluster(address, run) if address else None)
        outcome = batch.predict(
            names, lambda share: bar.show("predicting", share), bar.note, lambda: bool(stops)
        )
    print(outcome.in_words(csv), file=sys.stderr)
    print_json(asdict(outcome))
    if not outcome.is_finished:
        return STOPPED
    return 0 if outcome.predicted else BAD_INPUT


def _on_cluster(address: str, run: Path) -> Predictor:
    from engine.inference.batch.on_ray import OnRay

    return OnRay(address, storage_address(run))
