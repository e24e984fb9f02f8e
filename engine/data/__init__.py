"""Datasets: formats, imports, checks, splits, edits, exports, the library, annotation and the image cache."""

from typing import TYPE_CHECKING, Any

from engine.data.formats.record import Dataset, DatasetError

if TYPE_CHECKING:
    from engine.data.formats.loading import load

__all__ = ["Dataset", "DatasetError", "load"]


def __getattr__(name: str) -> Any:
    if name != "load":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from engine.data.formats.loading import load

    return load
