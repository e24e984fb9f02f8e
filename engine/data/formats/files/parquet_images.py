"""Parquet files with the images inside, as Hugging Face publishes datasets: unpacked into files and a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from engine.data.archives.limits import limits, size_problems
from engine.data.formats.files.file_index import Listing, list_files
from engine.data.formats.phrases import counted
from engine.data.formats.record import DatasetError
from engine.data.formats.tables.cells import part_named
from engine.images.file_formats import BEGINNING, kind_of

MOST_FILES = 200
ROWS_AT_ONCE = 200
TABLE = "metadata.jsonl"
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"}


def files_with_images(path: Path, listing: Listing) -> list[Path]:
    """The Parquet files at a path or below it, where they hold the bytes of images; else none."""
    if path.is_file():
        files = [path] if path.suffix.lower() == ".parquet" else []
    else:
        files = [listing.folder / name for name in listing.names if name.lower().endswith(".parquet")]
    return files if files and _image_column(files[0]) is not None else []


def extract(path: Path, into: Path) -> None:
    """Write the images of all files below `into`, one folder for each part, each with a table of the other columns.

    Labels that are numbers with names (ClassLabel) become their names. Raises `DatasetError` for a file that cannot be
    read, and for more images or bytes than a dataset may have.
    """
    files = files_with_images(path, list_files(path if path.is_dir() else path.parent))
    if len(files) > MOST_FILES:
        raise DatasetError(f"“{path.name}” holds more than {MOST_FILES} Parquet files; choose fewer.")
    _refuse_too_many_rows(files)
    most, count, size = limits(), 0, 0
    for file in files:
        part = part_named(file.stem) or part_named(file.parent.name) or "images"
        folder = into / part
        folder.mkdir(exist_ok=True)
        column = _image_column(file) or ""
        with (folder / TABLE).open("a", encoding="utf-8") as table:
            for number, row in enumerate(_rows(file)):
                name = f"{PurePosixPath(file.name).stem}-{number:06}"
                data = _image_of(row, column)
                count, size = count + 1, size + len(data)
                if problems := size_problems(count, size, most):
                    raise DatasetError(problems)
                told = json.dumps(_written(row, data, folder, name), ensure_ascii=False, default=str) + "\n"
                size += len(told)
                table.write(told)


def _refuse_too_many_rows(files: list[Path]) -> None:
    """Ask the files' own lists for their rows, before any is read. A file that says too little is found out later."""
    from pyarrow import ArrowException, parquet

    rows = 0
    with suppress(ArrowException, OSError, ValueError):
        rows = sum(parquet.read_metadata(file).num_rows for file in files)
    if rows > (most := limits().files):
        raise DatasetError(
            f"It holds {counted(rows, 'row')} with images, and the limit is {most:,}; split it up."
        )


def _image_of(row: dict[str, Any], column: str) -> bytes:
    """Take the image of a row out of it; b"" where it has none."""
    held = row.pop(column, None)
    data = held.get("bytes") if isinstance(held, dict) else held
    return data if isinstance(data, bytes) else b""


def _written(row: dict[str, Any], data: bytes, folder: Path, name: str) -> dict[str, Any]:
    """Write the image of a row and return the other cells with its name."""
    if not data:
        return {"file_name": "", **row}
    name += _ENDINGS.get(kind_of(data[:BEGINNING]) or "", ".img")
    (folder / name).write_bytes(data)
    return {"file_name": name, **row}


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    from pyarrow import ArrowException, parquet

    try:
        held = parquet.ParquetFile(file)
        names = _class_names(held.schema_arrow)
        for batch in held.iter_batches(batch_size=ROWS_AT_ONCE):
            for row in batch.to_pylist():
                yield {column: _named(value, names.get(column)) for column, value in row.items()}
    except (ArrowException, OSError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        raise DatasetError(
            f"“{file.name}” cannot be read as Parquet ({why}); save it as CSV with the images."
        ) from error


def _named(value: Any, names: list[str] | None) -> Any:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if names and isinstance(value, int):
        if value >= len(names):
            raise ValueError(f"label {value} has no name, since only {len(names)} are named")
        return names[value] if value >= 0 else None  # -1 is no label
    return (
        value if value is None or isinstance(value, str | int | float | bool | dict | bytes) else str(value)
    )


def _image_column(file: Path) -> str | None:
    """The column that holds bytes of images: a struct of bytes and path, or plain bytes."""
    from pyarrow import ArrowException, parquet, types

    try:
        schema = parquet.read_schema(file)
    except (ArrowException, OSError, ValueError):
        return None
    for column in schema:
        kind = column.type
        if types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
            return column.name
        if types.is_binary(kind) or types.is_large_binary(kind):
            return column.name
    return None


def _class_names(schema) -> dict[str, list[str]]:
    """The names of the classes of each column of ClassLabel, from what Hugging Face writes next to the schema."""
    try:
        told = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = told.get("info", {}).get("features", {})
        return {column: names for column, about in features.items() if (names := _names_in(about))}
    except (ValueError, AttributeError):
        return {}


def _names_in(about: Any) -> list[str]:
    if isinstance(about, list):
        about = about[0] if about else {}
    if not isinstance(about, dict):
        return []
    return list(about.get("names") or []) or (_names_in(about["feature"]) if "feature" in about else [])
