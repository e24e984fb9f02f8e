"""JSON records on disk: written whole, and read even where the file is missing or damaged."""

import json
from collections.abc import Mapping
from pathlib import Path

from engine.jobs.atomic_write import write_text


def read_record(file: Path) -> dict:
    """The JSON object in a file; {} where there is no file, no JSON or no object."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(file: Path, record: Mapping) -> None:
    """Write a JSON object in one step. Raises `OSError`."""
    write_text(file, json.dumps(record) + "\n")
