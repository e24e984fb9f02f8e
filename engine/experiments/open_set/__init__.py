"""The book's exercise "none of these": animals as several labels, with and without images of no animal.

A single-label network must name an animal for every image. This experiment measures what a multi-label network predicts
instead for images of no animal, of one and of two, and the cost in accuracy. The images are generated for it; the heads
are trained on the features of the backbone for drawings.
"""

from engine.experiments.open_set.evaluate import METRICS, NONES_TRIED, evaluate, summary
from engine.experiments.open_set.networks import KINDS, NONES, NOTHING, ONES, THRESHOLD, Kind, Network, train
from engine.experiments.open_set.scenes import ANIMALS, COUNTS, NEITHER, ONE, OTHERS, TWO
from engine.experiments.open_set.storage import FOLDER, networks, table

__all__ = [
    "ANIMALS",
    "COUNTS",
    "FOLDER",
    "KINDS",
    "METRICS",
    "NEITHER",
    "NONES",
    "NONES_TRIED",
    "NOTHING",
    "ONE",
    "ONES",
    "OTHERS",
    "THRESHOLD",
    "TWO",
    "Kind",
    "Network",
    "evaluate",
    "networks",
    "summary",
    "table",
    "train",
]
