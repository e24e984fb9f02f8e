"""The pieces of a bundle (the zip of a run) by name, how large each may be, and the manifest that lists them."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from engine.functional import label_text
from engine.runs import files

FORMAT, VERSION = "loss-lab take-away", 1
MANIFEST = "manifest.json"

CONFIG, VOCAB, THRESHOLDS, CALIBRATION = files.CONFIG, files.VOCAB, files.THRESHOLDS, files.CALIBRATION
HISTORY, LOSSES, PICTURES = files.HISTORY, files.LOSSES, files.PICTURES
METRICS, PREDICTIONS, WEIGHTS = files.METRICS, files.PREDICTIONS, files.WEIGHTS
PREPROCESSING, EXPECTED = "preprocessing.json", "check/expected.json"
NOTICES, QUICK_NOTES = "NOTICES.txt", "quick.json"
ONNX, SCRIPT, REPORT, README = "model.onnx", "predict.py", "report.html", "README.txt"

CHECKED_PICTURES = 4
TOLERANCE = 1e-4
"""How far predictions may lie apart to count as the same: probabilities, or points over -1..1."""

_MEGABYTE = 1024**2
_SMALL, _TABLE, _PAGE, _NETWORK = 4 * _MEGABYTE, 256 * _MEGABYTE, 64 * _MEGABYTE, 2048 * _MEGABYTE

LARGEST: dict[str, int] = {
    MANIFEST: _SMALL,
    **dict.fromkeys((CONFIG, VOCAB, THRESHOLDS, PREPROCESSING, METRICS, EXPECTED), _SMALL),
    **dict.fromkeys((SCRIPT, README, NOTICES, QUICK_NOTES, CALIBRATION), _SMALL),
    **dict.fromkeys((HISTORY, LOSSES, PICTURES, PREDICTIONS), _TABLE),
    REPORT: _PAGE,
    **dict.fromkeys((WEIGHTS, ONNX), _NETWORK),
    **{f"check/{number}.png": _SMALL * 2 for number in range(CHECKED_PICTURES)},
}
"""Every name that may stand in such a zip, with the most bytes that it may unpack to."""

OPTIONAL = {
    LOSSES,
    PICTURES,
    NOTICES,
    QUICK_NOTES,
    CALIBRATION,
    *(f"check/{number}.png" for number in range(1, CHECKED_PICTURES)),
}
NEEDED = tuple(name for name in LARGEST if name not in OPTIONAL)


class BundleError(ValueError):
    """A run that cannot be exported, or a zip that cannot be imported; one sentence with every problem."""

    def __init__(self, sentence: str):
        super().__init__(label_text.sentence(sentence))


def write_manifest(folder: Path, run: str, task: str, made_with: Mapping[str, str]) -> None:
    """Write down every piece in `folder` with its size and SHA-256."""
    manifest = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
        for name in LARGEST
        if (folder / name).is_file()
    }
    record = {
        "format": FORMAT,
        "version": VERSION,
        "run": run,
        "task": task,
        "made_with": dict(made_with),
        "files": manifest,
    }
    write_json(folder / MANIFEST, record)


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_json(file: Path, value: object) -> None:
    """Write a value as JSON that people can read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
