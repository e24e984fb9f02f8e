"""A run's calibration: the temperatures that its logits are divided by before they become probabilities.

calibration.json lies in the run's folder. The temperatures are fitted on one half of the validation predictions and
reported on the other; a run without the file is uncalibrated. Logits stay raw everywhere.
"""

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from engine import tasks
from engine.functional.calibration import (
    HIGHEST,
    LOWEST,
    calibration_loss,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
)
from engine.jobs.atomic_write import write_text
from engine.runs.files import CALIBRATION
from engine.runs.predictions import Predictions
from engine.tasks import MULTI_LABEL, SINGLE_LABEL

VERSION = 1
LEAST_IMAGES = 20
"""With fewer validation images nothing is fitted."""
LEAST_POSITIVES = 20
"""A class has a temperature of its own where the fitting half has at least so many images with it, and without."""
PRIOR_SD, CLASS_PRIOR_SD = 1.0, 0.5
"""The standard deviation of log T around 0, and of a class's log T around that of all classes."""
CALIBRATED = {
    SINGLE_LABEL: ("cross_entropy",),
    MULTI_LABEL: tuple(
        loss
        for loss in tasks.get(MULTI_LABEL).losses
        if loss not in ("cross_entropy", "binary_cross_entropy_as_printed")
    ),
}
"""The losses whose logits have probabilities to calibrate. The softmax over several labels shares one certainty
among them, and the misprinted loss teaches the opposite: a temperature would only hide that."""


class CalibrationError(ValueError):
    """A calibration that cannot be used; one sentence."""


@dataclass(frozen=True)
class Calibration:
    """Temperatures and what they were measured to be worth.

    Attributes:
        temperature: the temperature of all classes.
        class_temperatures: label -> its own temperature, for the classes that have one (several labels only).
        fitted_on, reported_on: numbers of validation images in the two halves.
        loss, calibrated_loss: mean cross-entropy on the reporting half before and after.
        error, calibration_error: expected calibration error on the reporting half before and after.
    """

    temperature: float
    class_temperatures: dict[str, float]
    fitted_on: int
    reported_on: int
    loss: float
    calibrated_loss: float
    error: float
    calibration_error: float

    def temperatures(self, vocab: tuple[str, ...]) -> np.ndarray:
        """The temperature of each label, (C,) float32."""
        return np.array([self.class_temperatures.get(label, self.temperature) for label in vocab], np.float32)

    def metrics(self) -> dict[str, float]:
        """The entries about calibration in a run's metrics.json."""
        return {
            "temperature": self.temperature,
            "uncalibrated_error": self.error,
            "calibration_error": self.calibration_error,
            "uncalibrated_loss": self.loss,
            "calibrated_loss": self.calibrated_loss,
        }


def calibrate(predictions: Predictions) -> Calibration:
    """Fit temperatures on one half of the predictions and report them on the other.

    Where they do not lower the loss of the other half, all are 1. Raises `CalibrationError` for too few images and
    for a loss without probabilities to calibrate.
    """
    if len(predictions.logits) < LEAST_IMAGES:
        raise CalibrationError(
            f"{LEAST_IMAGES} validation images are needed, but there are {len(predictions.logits)}."
        )
    if (predictions.loss or tasks.get(predictions.task).losses[0]) not in CALIBRATED[predictions.task]:
        raise CalibrationError(f"The loss {predictions.loss} has no probabilities to calibrate.")
    is_fitted = fitting_half(predictions.targets)
    targets = _targets(predictions)
    temperature = fit_temperature(predictions.logits[is_fitted], targets[is_fitted], prior_sd=PRIOR_SD)
    by_class = _class_temperatures(predictions, is_fitted, temperature)
    fitted = _reported(predictions, is_fitted, temperature, by_class)
    return fitted if fitted.calibrated_loss < fitted.loss else _reported(predictions, is_fitted, 1.0, {})


def fitting_half(targets: np.ndarray) -> np.ndarray:
    """Which images of 0/1 `targets` (N, C) temperatures are fitted on: (N,) bool, the same for the same targets.

    Each label is spread evenly: images with rare labels are assigned first, each to the half with fewer of its rarest
    label (after Sechidis and others 2011).
    """
    targets = np.asarray(targets) > 0
    positives = targets.sum(axis=0)
    rarest = np.where(targets.any(axis=1), np.where(targets, positives, len(targets) + 1).argmin(axis=1), -1)
    frequency = np.where(rarest >= 0, positives[rarest], len(targets) + 1)
    counts = np.zeros((2, targets.shape[1] + 1), int)
    sizes, halves = np.zeros(2, int), np.zeros(len(targets), int)
    for row in np.lexsort((np.arange(len(targets)), frequency)):
        label = rarest[row]
        half = halves[row] = min((0, 1), key=lambda half: (counts[half, label], sizes[half], half))
        counts[half, :-1] += targets[row]
        counts[half, -1] += label < 0
        sizes[half] += 1
    return halves == 0


def curves(predictions: Predictions, calibration: Calibration) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The reliability curves of the reporting half, before and after calibration."""
    is_reported, targets = ~fitting_half(predictions.targets), _targets(predictions)
    temperatures = calibration.temperatures(predictions.vocab)
    before, after = (
        reliability_curve(predictions.with_temperatures(each).probs[is_reported], targets[is_reported])
        for each in (None, temperatures)
    )
    return before, after


def save(folder: Path, calibration: Calibration) -> None:
    """Write calibration.json into a run's folder."""
    write_text(
        folder / CALIBRATION,
        json.dumps({"version": VERSION} | dataclasses.asdict(calibration), indent=2) + "\n",
    )


def load(folder: Path, vocab: tuple[str, ...]) -> Calibration | None:
    """A run's calibration, or None where it is uncalibrated. Raises `CalibrationError`."""
    if not (folder / CALIBRATION).is_file():
        return None
    try:
        return from_record(json.loads((folder / CALIBRATION).read_text(encoding="utf-8")), vocab)
    except (OSError, ValueError, RecursionError) as error:
        if isinstance(error, CalibrationError):
            raise
        raise CalibrationError(
            f"{CALIBRATION} is not valid JSON: delete it, and calibrate the run again."
        ) from error


def from_record(record: object, vocab: tuple[str, ...]) -> Calibration:
    """Read and check what `save` writes. Raises `CalibrationError`."""
    if not isinstance(record, dict):
        raise CalibrationError(f"{CALIBRATION} lacks what a calibration needs: calibrate the run again.")
    if record.get("version", VERSION) != VERSION:
        raise CalibrationError(
            f"{CALIBRATION} has version {record['version']!r}, and this Loss Lab reads version {VERSION}: "
            "calibrate the run again."
        )
    try:
        calibration = Calibration(
            **{field.name: record[field.name] for field in dataclasses.fields(Calibration)}
        )
        own = calibration.class_temperatures
        numbers = [
            value for name, value in dataclasses.asdict(calibration).items() if name != "class_temperatures"
        ]
        fits = (
            all(map(_is_number, [*numbers, *own.values()]))
            and all(LOWEST <= value <= HIGHEST for value in (calibration.temperature, *own.values()))
            and set(own) <= set(vocab)
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise CalibrationError(
            f"{CALIBRATION} lacks what a calibration needs: calibrate the run again."
        ) from error
    if not fits:
        raise CalibrationError(f"{CALIBRATION} does not fit the run: calibrate it again.")
    return calibration


def calibrate_run(folder: Path | str) -> dict[str, float]:
    """Calibrate a run's predictions, write calibration.json, and return what belongs into its metrics.json.

    Writes nothing and returns {} for points, for fewer than `LEAST_IMAGES` validation images and for losses without
    probabilities to calibrate; a calibration of an earlier training is removed first. Raises `RunError` where the
    predictions cannot be read.
    """
    from engine.runs.run import Run

    folder = Path(folder)
    (folder / CALIBRATION).unlink(missing_ok=True)
    run = Run(folder)
    predictions = run.predictions
    if not isinstance(predictions, Predictions):
        return {}
    try:
        fitted = calibrate(predictions)
    except CalibrationError:
        return {}
    save(folder, fitted)
    return fitted.metrics()


def _reported(
    predictions: Predictions, is_fitted: np.ndarray, temperature: float, by_class: dict[str, float]
) -> Calibration:
    reported = ~is_fitted
    fitted = Calibration(temperature, by_class, int(is_fitted.sum()), int(reported.sum()), 0.0, 0.0, 0.0, 0.0)
    loss, error = _loss_and_error(predictions, reported, None)
    calibrated_loss, calibration_error = _loss_and_error(
        predictions, reported, fitted.temperatures(predictions.vocab)
    )
    return dataclasses.replace(
        fitted,
        loss=loss,
        calibrated_loss=calibrated_loss,
        error=error,
        calibration_error=calibration_error,
    )


def _loss_and_error(
    predictions: Predictions, rows: np.ndarray, temperatures: np.ndarray | None
) -> tuple[float, float]:
    """Mean cross-entropy and expected calibration error of some rows, with these temperatures (C,) or none."""
    logits = predictions.logits[rows] / (1 if temperatures is None else temperatures)
    probs = predictions.with_temperatures(temperatures).probs[rows]
    targets = _targets(predictions)[rows]
    return calibration_loss(logits, targets), expected_calibration_error(probs, targets)


def _class_temperatures(
    predictions: Predictions, is_fitted: np.ndarray, temperature: float
) -> dict[str, float]:
    """Label -> temperature for the classes of several labels that have enough images."""
    if not tasks.get(predictions.task).allows_several_labels:
        return {}
    logits, targets = predictions.logits[is_fitted], predictions.targets[is_fitted]
    positives = targets.sum(axis=0)
    enough = (positives >= LEAST_POSITIVES) & (len(targets) - positives >= LEAST_POSITIVES)
    return {
        predictions.vocab[at]: fit_temperature(
            logits[:, [at]], targets[:, [at]], prior=temperature, prior_sd=CLASS_PRIOR_SD
        )
        for at in np.flatnonzero(enough)
    }


def _targets(predictions: Predictions) -> np.ndarray:
    """Class indices (N,) for a single label, the 0/1 matrix for several."""
    return (
        predictions.targets.argmax(axis=1)
        if tasks.get(predictions.task).has_one_label
        else predictions.targets
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
