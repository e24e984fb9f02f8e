"""The book's exercise "none of these": animals as several labels, with and without pictures of nothing.

A single-label network must name an animal whatever it is shown. This measures what a network with several labels
says instead to a picture of neither animal, of one and of two, and what that costs in plain accuracy. The pictures
are drawn for this alone; the heads are trained on the features of the backbone for drawings.
"""

from engine.experiments.open_set.measure import MEASURES, NONES_TRIED, measure, summary
from engine.experiments.open_set.networks import KINDS, NONES, NOTHING, ONES, THRESHOLD, Kind, Network, train
from engine.experiments.open_set.scenes import ANIMALS, COUNTS, NEITHER, ONE, OTHERS, TWO
from engine.experiments.open_set.storage import FOLDER, networks, table

__all__ = [
    "ANIMALS",
    "COUNTS",
    "FOLDER",
    "KINDS",
    "MEASURES",
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
    "measure",
    "networks",
    "summary",
    "table",
    "train",
]
