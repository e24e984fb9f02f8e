"""Datasets: formats, imports, checks, splits, edits, exports, the library, annotation and the image cache."""

from engine.data.formats import Dataset, DatasetError, load

__all__ = ["Dataset", "DatasetError", "load"]
