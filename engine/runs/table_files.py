"""Tables and records as they are written into a run's folder."""

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from engine.jobs.atomic_write import write_whole


def images_table(table: pd.DataFrame) -> pd.DataFrame:
    """A dataset's table as `Run.images` reads it back: labels in one cell, separated by |."""
    if "labels" not in table:
        return table
    return table.assign(labels=table["labels"].map("|".join))


def save_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table into a run's folder as CSV, whole, with digits enough to read float32 back exactly."""
    write_whole(folder / name, lambda path: table.to_csv(path, index=False, float_format="%.9g"))


def without_nan(record: Mapping) -> dict:
    """A record that is valid JSON: numbers that are not finite become None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }
