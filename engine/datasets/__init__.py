"""The forms in which people bring pictures with labels or points, read into one checked record."""

from engine.datasets.loading import load
from engine.datasets.recognition import Recognition, recognise
from engine.datasets.record import Dataset, DatasetError

__all__ = ["Dataset", "DatasetError", "Recognition", "load", "recognise"]
