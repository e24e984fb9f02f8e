"""The formats in which images with labels or points are imported, read into one checked record."""

from engine.data.formats.detect_format import DetectedFormat, detect
from engine.data.formats.loading import load
from engine.data.formats.record import Dataset, DatasetError

__all__ = ["Dataset", "DatasetError", "DetectedFormat", "detect", "load"]
