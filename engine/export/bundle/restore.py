"""Rebuild a run from the unpacked pieces of a bundle: each is read, checked and written again, never just copied.

So a run's folder holds only what the engine itself wrote. The weights are the one file taken over byte for byte;
safetensors can hold numbers and nothing that runs.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from engine import tasks
from engine.config import ConfigError, TrainConfig
from engine.data.archives.names import LONGEST_NAME
from engine.data.formats.phrases import counted, quoted, some
from engine.export.bundle import contents
from engine.export.bundle.contents import BundleError
from engine.export.bundle.run_parts import RunParts
from engine.functional import label_text
from engine.runs import PointPredictions, Predictions, Run, RunError, calibration
from engine.runs.calibration import Calibration, CalibrationError

PIECES = frozenset(
    {
        contents.CONFIG,
        contents.VOCAB,
        contents.THRESHOLDS,
        contents.CALIBRATION,
        contents.METRICS,
        contents.EXPECTED,
        contents.HISTORY,
        contents.QUICK_NOTES,
    }
    | {contents.LOSSES, contents.PICTURES, contents.PREDICTIONS, contents.WEIGHTS}
    | {name for name in contents.LARGEST if name.startswith("check/")}
)
"""What of a bundle becomes part of a run; the rest is for other programs."""

MOST_LABELS, LONGEST_SENTENCE = 20_000, 2000
_HISTORY = ("epoch", "frozen", "train_loss", "valid_loss", "accuracy_multi", "accuracy")
_LOSSES = ("step", "epoch", "loss")
_COUNTS = ("epoch", "step")


class _Problem(ValueError):
    """One thing that is wrong with one piece."""


def rebuild(pieces: Path, folder: Path, origin: dict) -> Run:
    """Write the run that `pieces` describe into the new folder, as finished. Raises `BundleError` with all problems.

    `origin` is kept with it as where the run comes from.
    """
    problems: list[str] = []

    def read(what: Callable, *given):
        try:
            return what(pieces, *given)
        except (_Problem, RunError, ConfigError) as error:
            problems.append(str(error).rstrip("."))
            return None

    config = read(_config)
    vocab = read(_vocab, config.task) if config else None
    others = {
        "metrics": read(_metrics),
        "history": read(_history),
        "losses": read(_losses),
        "quick_notes": read(_quick_notes),
        "thresholds": read(_thresholds, config, vocab) if vocab is not None else None,
        "calibration": read(_calibration, vocab) if vocab is not None else None,
        "images": read(_pictures, config.task) if config else None,
    }
    predictions = read(_predictions) if vocab is not None else None
    if problems or vocab is None or predictions is None:
        raise BundleError(f"The run cannot be imported: {'; '.join(problems)}.")
    parts = RunParts(config=config, vocab=vocab, predictions=predictions, **others)
    return parts.write(folder, pieces / contents.WEIGHTS, origin)


def _config(pieces: Path) -> TrainConfig:
    try:
        config = TrainConfig.from_json(_text(pieces, contents.CONFIG))
    except (ConfigError, TypeError) as error:
        raise _Problem(f"{contents.CONFIG} is unusable ({error})") from error
    if not _is_text(config.data):
        raise _Problem(f"{contents.CONFIG} names its data with characters that are not text")
    return config


def _vocab(pieces: Path, task: str) -> list[str]:
    vocab = _json(pieces, contents.VOCAB, list)
    if not all(isinstance(label, str) and label for label in vocab):
        raise _Problem(f"{contents.VOCAB} holds entries that are not labels")
    if unusable := [label for label in vocab if label_text.problem(label)]:
        raise _Problem(f"{contents.VOCAB} has labels that cannot be used: {some(quoted(unusable))}")
    if len(set(vocab)) < len(vocab):
        raise _Problem(f"{contents.VOCAB} names a label twice")
    if tasks.get(task).has_labels != bool(vocab) or len(vocab) > MOST_LABELS:
        raise _Problem(
            f"{contents.VOCAB} has {counted(len(vocab), 'label')}, which does not fit the task {task}"
        )
    return vocab


def _thresholds(pieces: Path, config: TrainConfig, vocab: list[str]) -> dict[str, float]:
    record = _json(pieces, contents.THRESHOLDS, dict)
    if not tasks.get(config.task).allows_several_labels:
        return {}
    if set(record) != set(vocab):
        raise _Problem(f"{contents.THRESHOLDS} and {contents.VOCAB} name different labels")
    if not all(_is_number(value) and 0 <= value <= 1 for value in record.values()):
        raise _Problem(f"{contents.THRESHOLDS} holds values that are not numbers from 0 to 1")
    return {label: float(record[label]) for label in vocab}


def _calibration(pieces: Path, vocab: list[str]) -> Calibration | None:
    try:
        return calibration.load(pieces, tuple(vocab))
    except CalibrationError as error:
        raise _Problem(str(error)) from error


def _metrics(pieces: Path) -> dict[str, float | str]:
    """The figures, and the sentences of the verdict."""
    record = _json(pieces, contents.METRICS, dict)
    if not all(name.isidentifier() for name in record):
        raise _Problem(f"{contents.METRICS} has metrics with unknown names")
    if not all(
        value is None or isinstance(value, float) or _is_number(value) or _is_sentence(name, value)
        for name, value in record.items()
    ):
        raise _Problem(f"{contents.METRICS} holds values that are neither numbers nor the verdict")
    return record


def _quick_notes(pieces: Path) -> dict | None:
    """How a Quick run chose its penalty: known keys with numbers; None where it is no Quick run."""
    if not (pieces / contents.QUICK_NOTES).exists():
        return None
    record = _json(pieces, contents.QUICK_NOTES, dict)
    tried = record.get("cross_validated_loss")
    is_table = isinstance(tried, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in tried)
    numbers = (
        [record.get("version"), record.get("penalty"), *(value for pair in tried for value in pair)]
        if is_table
        else []
    )
    if not is_table or not all(map(_is_number, numbers)):
        raise _Problem(f"{contents.QUICK_NOTES} holds values that are neither penalties nor losses")
    return {"version": record["version"], "penalty": record["penalty"], "cross_validated_loss": tried}


def _is_sentence(name: str, value: object) -> bool:
    if name not in ("verdict", "baseline_is") or not isinstance(value, str):
        return False
    return len(value) <= LONGEST_SENTENCE and _is_text(value)


def _history(pieces: Path) -> pd.DataFrame:
    table = _numbers(pieces, contents.HISTORY, _HISTORY, ("epoch",))
    if table.empty:
        raise _Problem(f"{contents.HISTORY} contains no epochs")
    return table


def _losses(pieces: Path) -> pd.DataFrame | None:
    if not (pieces / contents.LOSSES).exists():
        return None
    return _numbers(pieces, contents.LOSSES, _LOSSES, _LOSSES)


def _predictions(pieces: Path) -> Predictions | PointPredictions:
    """The predictions, with their names and numbers checked."""
    predictions = Run(pieces).predictions
    _check_names(predictions.fnames, contents.PREDICTIONS)
    arrays = (
        (predictions.logits, predictions.targets)
        if isinstance(predictions, Predictions)
        else (predictions.points_px, predictions.targets_px, predictions.sizes_wh)
    )
    if not len(predictions.fnames) or not all(np.isfinite(array).all() for array in arrays):
        raise _Problem(f"{contents.PREDICTIONS} is empty or holds values that are not numbers")
    if isinstance(predictions, Predictions) and not np.isin(predictions.targets, (0, 1)).all():
        raise _Problem(f"{contents.PREDICTIONS} holds targets other than 0 and 1")
    if isinstance(predictions, PointPredictions) and (predictions.sizes_wh < 1).any():
        raise _Problem(f"{contents.PREDICTIONS} holds images without a size")
    return predictions


def _pictures(pieces: Path, task: str) -> pd.DataFrame | None:
    if not (pieces / contents.PICTURES).exists():
        return None
    table = _table(pieces, contents.PICTURES, dtype=str, keep_default_na=False)
    wanted = ["fname", *tasks.get(task).target_columns, "is_valid"]
    wanted += [name for name in ("group", "width", "height") if name in table]
    if lacking := [name for name in wanted if name not in table]:
        raise _Problem(f"{contents.PICTURES} has no column {', '.join(lacking)}")
    _check_names(table["fname"].tolist(), contents.PICTURES)
    if not table["is_valid"].isin(["True", "False"]).all():
        raise _Problem(f"{contents.PICTURES} has an is_valid that is neither True nor False")
    kept = table[[name for name in table if name in wanted]].assign(is_valid=table["is_valid"] == "True")
    for name in ("x", "y", "width", "height"):
        if name in kept:
            kept[name] = _as_numbers(kept[name], contents.PICTURES)
    if tasks.get(task).has_points and not _are_sized(kept):
        raise _Problem(f"{contents.PICTURES} holds points or sizes that no image has")
    return kept


def _are_sized(table: pd.DataFrame) -> bool:
    """Whether every image has a size of at least a pixel, and every point is a place."""
    sizes = {"width", "height"} <= set(table) and (table[["width", "height"]] >= 1).all(axis=None)
    return bool(sizes) and bool(np.isfinite(table[["x", "y", "width", "height"]]).all(axis=None))


def _check_names(fnames: list[str], piece: str) -> None:
    """Refuse names of images that lead out of the folder of images."""
    if strange := [fname for fname in fnames if not _stays_below(fname)]:
        raise _Problem(f"{piece} names images in other folders: {some(strange)}")


def _stays_below(fname: str) -> bool:
    path = PurePosixPath(fname)
    is_usable = bool(fname) and not label_text.problem(fname, LONGEST_NAME) and not set(fname) & set("\\:")
    return is_usable and not path.is_absolute() and ".." not in path.parts


def _numbers(pieces: Path, name: str, known: tuple[str, ...], needed: tuple[str, ...]) -> pd.DataFrame:
    """A table of numbers: of the known columns those that it has, and counts that are finite."""
    table = _table(pieces, name)
    if lacking := [column for column in needed if column not in table]:
        raise _Problem(f"{name} has no column {', '.join(lacking)}")
    kept = {column: _as_numbers(table[column], name) for column in known if column in table}
    if not all(np.isfinite(kept[column]).all() for column in _COUNTS if column in kept):
        raise _Problem(f"{name} has an epoch or step that is not a number")
    return pd.DataFrame(kept)


def _as_numbers(column: pd.Series, name: str) -> pd.Series:
    """The column as numbers; `frozen` alone may say yes and no."""
    problem = _Problem(f"{name} holds values that are not numbers in its column {column.name}")
    try:
        numbers = pd.to_numeric(column)
    except (ValueError, TypeError, OverflowError) as error:
        raise problem from error
    if len(numbers) and numbers.dtype.kind not in ("biuf" if column.name == "frozen" else "iuf"):
        raise problem
    return numbers


def _table(pieces: Path, name: str, **how) -> pd.DataFrame:
    try:
        return pd.read_csv(pieces / name, **how)
    except (ValueError, OverflowError, OSError) as error:
        raise _Problem(f"{name} is not a table") from error


def _json(pieces: Path, name: str, kind: type):
    try:
        value = json.loads(_text(pieces, name))
    except (ValueError, RecursionError) as error:
        raise _Problem(f"{name} is not valid JSON") from error
    if not isinstance(value, kind):
        raise _Problem(f"{name} should be a JSON {kind.__name__}")
    return value


def _text(pieces: Path, name: str) -> str:
    try:
        return (pieces / name).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _Problem(f"{name} is not UTF-8 text") from error


def _is_number(value: object) -> bool:
    """A finite number that a float can hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) <= sys.float_info.max


def _is_text(value: str) -> bool:
    """Whether it can be shown and can be a path: half a character, as JSON can hold it, and NUL cannot."""
    return "\0" not in value and value.encode("utf-8", "ignore").decode() == value


def expected(pieces: Path) -> Iterator[tuple[Path, list[float]]]:
    """The images in the bundle with the predictions to expect. Raises `BundleError`."""
    try:
        records = _json(pieces, contents.EXPECTED, list)
        if not records:
            raise _Problem("it holds no prediction, so nothing shows that the weights are those of the run")
        for record in records:
            if record["picture"] not in contents.LARGEST or not all(map(_is_number, record["answer"])):
                raise _Problem("it names a file that is not there")
            yield pieces / record["picture"], list(map(float, record["answer"]))
    except (_Problem, TypeError, KeyError) as error:
        raise BundleError(f"{contents.EXPECTED} cannot be read ({error}).") from error
