"""That a zip gives the same answers as its run, shown in fresh processes that know nothing but the zip.

`python -m engine.export.bundle.verify ZIP EXPECTED.json` does both halves: the weights through the app's own import,
and model.onnx through the zip's own predict.py.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.export.bundle import contents, import_bundle, reference_predictions, unpacking
from engine.export.bundle.contents import TOLERANCE, BundleError
from engine.export.bundle.reference_predictions import Evidence
from engine.images import ImageError, open_image
from engine.inference import predict
from engine.jobs import child_process, user_scope

BEYOND_PILLOW = {".heic", ".heif"}
SECONDS = 900


def prove(file: Path, expected_predictions: Evidence) -> None:
    """Raise `BundleError` unless the zip, in a fresh process, predicts as expected, to `TOLERANCE`."""
    with tempfile.TemporaryDirectory(dir=file.parent) as temporary:
        expected = Path(temporary) / "expected.json"
        pairs = zip(expected_predictions.files, expected_predictions.predictions.tolist(), strict=True)
        contents.write_json(
            expected, [{"file": str(image.resolve()), "answer": prediction} for image, prediction in pairs]
        )
        command = ["engine.export.bundle.verify", str(file.resolve()), str(expected)]
        done = child_process.run_module(command, SECONDS, user_scope.child_environment())
    if done.returncode != 0:
        reason = child_process.last_line(done.stderr, "the process exited unexpectedly")
        raise BundleError(f"The zip was not kept, because it failed the test when loaded again: {reason}")


def main(arguments: list[str] | None = None) -> int:
    """0 where the zip holds, else 1 and one sentence on standard error."""
    if arguments is None:
        child_process.end_with_parent()
    file, expected = map(Path, arguments or sys.argv[1:])
    expectations = json.loads(expected.read_text(encoding="utf-8"))
    try:
        with tempfile.TemporaryDirectory(dir=expected.parent) as temporary:
            problems = [
                *_by_weights(file, expectations, Path(temporary)),
                *_by_onnx(file, expectations, Path(temporary) / "zip"),
            ]
    except (ValueError, RuntimeError, OSError, subprocess.SubprocessError) as error:
        problems = [str(error)]
    print(*problems, file=sys.stderr)
    return 1 if problems else 0


def _by_weights(file: Path, expectations: list[dict], temporary: Path) -> Iterator[str]:
    run, _ = import_bundle.rebuilt(file, temporary)
    model = predict.load(run, "cpu")
    for expectation in expectations:
        try:
            image = open_image(Path(expectation["file"]))
        except ImageError as error:
            yield str(error)
            continue
        yield from _difference(
            reference_predictions.predictions(model, [image])[0], expectation, "its weights"
        )


def _by_onnx(file: Path, expectations: list[dict], folder: Path) -> Iterator[str]:
    unpacking.unpack(file, folder)
    checks = json.loads((folder / contents.EXPECTED).read_text(encoding="utf-8"))
    expectations = expectations + [
        {"file": str(folder / check["picture"]), "answer": check["answer"]} for check in checks
    ]
    command = [
        sys.executable,
        "-I",
        str(folder / contents.SCRIPT),
        *(expectation["file"] for expectation in expectations),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS, check=False
    )
    printed = {prediction["fname"]: prediction for prediction in map(json.loads, done.stdout.splitlines())}
    if not printed:
        yield (
            f"its predict.py predicts nothing ({child_process.last_line(done.stderr, 'it printed nothing')})."
        )
        return
    for expectation in expectations:
        if expectation["file"] in printed:
            yield from _difference(_numbers(printed[expectation["file"]]), expectation, "its predict.py")
        elif Path(expectation["file"]).suffix.lower() not in BEYOND_PILLOW:
            yield f"its predict.py gives no prediction for {Path(expectation['file']).name}."


def _numbers(prediction: dict) -> np.ndarray:
    """Probabilities, or the point over -1..1, from what the zip's script prints."""
    if "x_px" in prediction:
        return np.array(
            [
                2 * prediction["x_px"] / prediction["width"] - 1,
                2 * prediction["y_px"] / prediction["height"] - 1,
            ]
        )
    return np.array(list(prediction["probabilities"].values()))


def _difference(predicted: np.ndarray, expectation: dict, by: str) -> Iterator[str]:
    apart = float(np.abs(predicted - np.array(expectation["answer"])).max())
    if not apart <= TOLERANCE:
        yield f"{by} predict {Path(expectation['file']).name} differently, by {apart:.2g}."


if __name__ == "__main__":
    sys.exit(main())
