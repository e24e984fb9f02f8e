"""Any number of pictures through a trained run into one CSV file: in bounded memory, and continued after a stop."""

from engine.inference.batch.stream import Batch, Outcome
from engine.inference.batch.table import BatchError

__all__ = ["Batch", "BatchError", "Outcome"]
