"""A run's predictions for any number of images in one CSV file: in bounded memory, and continued after a stop."""

from engine.inference.batch.csv_batch import Batch, Outcome
from engine.inference.batch.table import BatchError

__all__ = ["Batch", "BatchError", "Outcome"]
