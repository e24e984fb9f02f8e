"""From a run to one zip: every piece written, packed, loaded again in a fresh process, and only then put in place."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from PIL import Image
from torch import nn

from engine import paths, runs, tasks
from engine.config import TrainConfig
from engine.export.bundle import contents, notices, preprocessing, report, verify
from engine.export.bundle.contents import BundleError
from engine.export.bundle.reference_predictions import Evidence, gather
from engine.images.drawing import to_png
from engine.images.resize import to_square
from engine.inference import onnx_export, predict
from engine.inference.onnx_export import OnnxError
from engine.jobs.atomic_write import trouble, write_whole
from engine.jobs.temporary import sweep_beside, temporary_folder
from engine.runs import Run
from engine.training import fastai_backend, weights

SCRIPT = Path(__file__).parent / "standalone" / contents.SCRIPT
README = Path(__file__).parent / "standalone" / contents.README
_BUNDLE = "bundle"
Tell = Callable[[str, float], None]


def make(run: Run, out: Path, tell: Tell) -> None:
    """Write the run as one zip to `out`, whole or not at all; `tell` hears what is being done and its share.

    Raises `BundleError`, `RunError` or `WeightsError` with one sentence where there can be no zip: also where the
    zip, loaded again in a fresh process, gives other predictions than the run.
    """
    if problems := run.problems():
        raise BundleError(f"The run {run.name!r} cannot be exported: {'; '.join(problems)}.")
    out = out.absolute()  # the fresh process has a working directory of its own
    sweep_beside(out, _BUNDLE)
    _check_folder(out.parent)
    with temporary_folder(out.parent, _BUNDLE) as temporary:
        pieces, packed = temporary / "pieces", temporary / "bundle.zip"
        evidence = write_pieces(run, pieces, tell)
        tell("packing", 0.6)
        pack(pieces, packed)
        tell("loading it again in a fresh process", 0.75)
        verify.prove(packed, evidence)
        write_whole(out, lambda file: shutil.copyfile(packed, file))
    tell("done", 1.0)


def _check_folder(folder: Path) -> None:
    """Raise `BundleError` where nothing can be written, before the minute of work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BundleError(f"The zip cannot be written to {folder}: {trouble(error)}.") from error


def write_pieces(run: Run, folder: Path, tell: Tell) -> Evidence:
    """Write all that the zip holds into a new folder, and return the predictions for validation images."""
    (folder / "check").mkdir(parents=True)
    tell("loading the network", 0.02)
    model = predict.load(run, "cpu")
    tell("predicting validation images", 0.1)
    evidence = gather(run, model)
    if not evidence.files:
        raise BundleError(
            f"None of the validation images of the run {run.name!r} can be found, so it could not be shown that the "
            "zip gives the same predictions: put the images back where they were when the run was trained."
        )
    _write_records(run, folder)
    _write_check(run, evidence, folder)
    tell("writing the weights", 0.2)
    whole = fastai_backend.build_model(run.config, n_out=len(run.vocab) or 2)
    weights.load(whole, run.folder / contents.WEIGHTS)
    weights.save(whole, folder / contents.WEIGHTS, backbone=None)
    tell("writing the network as ONNX", 0.25)
    _write_onnx(whole.eval(), run, folder)
    tell("writing the report", 0.45)
    (folder / contents.REPORT).write_text(report.html(run), encoding="utf-8")
    contents.write_manifest(folder, run.name, run.task, _versions())
    return evidence


def _write_onnx(network: nn.Module, run: Run, folder: Path) -> None:
    try:
        onnx_export.write(network, run.config, folder / contents.ONNX, run.temperatures)
    except OnnxError as error:
        raise BundleError(f"{error} So the run cannot be exported.") from error


def _write_records(run: Run, folder: Path) -> None:
    (folder / contents.CONFIG).write_text(_config_to_travel(run).to_json(), encoding="utf-8")
    contents.write_json(folder / contents.VOCAB, list(run.vocab))
    contents.write_json(
        folder / contents.THRESHOLDS, run.thresholds if tasks.get(run.task).allows_several_labels else {}
    )
    contents.write_json(folder / contents.PREPROCESSING, preprocessing.record(run.config))
    contents.write_json(folder / contents.METRICS, run.metrics)
    runs.save_predictions(folder, run.predictions)
    if text := notices.of_weights_text(run.config.weights):
        (folder / contents.NOTICES).write_text(text, encoding="utf-8")
    optional = (contents.LOSSES, contents.PICTURES, contents.CALIBRATION, contents.QUICK_NOTES)
    for name in (contents.HISTORY, *optional):
        if (run.folder / name).is_file():
            shutil.copyfile(run.folder / name, folder / name)
    shutil.copyfile(SCRIPT, folder / contents.SCRIPT)
    shutil.copyfile(README, folder / contents.README)


def _config_to_travel(run: Run) -> TrainConfig:
    """The configuration, which tells a stranger what the dataset is called, not where it lies on this machine."""
    given = Path(run.config.data)
    if not given.is_absolute():
        return run.config
    if given.is_relative_to(paths.SAMPLE_DATA):
        return replace(run.config, data=given.relative_to(paths.ROOT).as_posix())
    return replace(run.config, data=given.name)


def _write_check(run: Run, evidence: Evidence, folder: Path) -> None:
    """A few validation images as the network sees them, without loss, and the predictions to expect."""
    expected = []
    for number in range(min(contents.CHECKED_PICTURES, len(evidence.files))):
        name = f"check/{number}.png"
        seen = to_square(evidence.images[number], run.config.size, run.config.resize)
        (folder / name).write_bytes(to_png(Image.fromarray(seen)))
        expected.append({"picture": name, "answer": evidence.predictions[number].tolist()})
    contents.write_json(folder / contents.EXPECTED, expected)


def pack(folder: Path, file: Path) -> None:
    """All known pieces of a folder as a zip; the same pieces always give the same bytes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for name in contents.LARGEST:
            if (folder / name).is_file():
                about = zipfile.ZipInfo(name)
                about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                about.file_size = (folder / name).stat().st_size
                with open(folder / name, "rb") as piece, zipped.open(about, "w") as place:
                    shutil.copyfileobj(piece, place, 1 << 20)


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("torch", "torchvision", "fastai", "timm", "onnx", "pillow")}
