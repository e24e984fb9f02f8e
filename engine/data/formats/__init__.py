"""The formats in which images with labels or points are imported, read into one checked record.

The readers of all formats are loaded when a dataset is first read: pages that only show a run never need them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from engine.data.formats.record import Dataset, DatasetError

if TYPE_CHECKING:
    from engine.data.formats.detect_format import DetectedFormat, detect
    from engine.data.formats.loading import load

__all__ = ["Dataset", "DatasetError", "DetectedFormat", "detect", "load"]

_LATER = {"DetectedFormat": "detect_format", "detect": "detect_format", "load": "loading"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
