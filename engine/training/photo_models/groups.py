"""The ImageNet classes that stand for an everyday label.

A group's probability is the sum over its classes; classes that only suggest the label (a car wheel, a dining table
near chairs) count less. The indices follow the order of ILSVRC 2012, and were chosen by what the classes mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

CLASSES = 1000
_HINT = exp(-2.0)
"""The weight of a class that only suggests the label."""


@dataclass(frozen=True)
class Group:
    """The classes that are the label, and those that suggest it."""

    members: tuple[int, ...]
    hints: tuple[int, ...] = ()


def _span(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1))


# Clothes, sports and jobs: no class of ImageNet is a person as such.
_WORN_OR_HELD = (
    982, 981, 983, 399, 400, 411, 416, 430, 433, 445, 451, 452, 457, 459, 474, 501, 515, 518, 560, 568, 578, 602,
    608, 610, 614, 617, 638, 639, 643, 652, 655, 658, 667, 678, 689, 697, 702, 722, 735, 752, 768, 770, 775, 793,
    795, 796, 805, 806, 808, 824, 834, 836, 837, 841, 842, 869, 880, 890, 903, 906,
)  # fmt: skip

SCENE_GROUPS: Mapping[str, Group] = {
    "bear": Group(_span(294, 297)),
    "bicycle": Group((444, 671), (870, 880)),
    "bird": Group((*_span(7, 24), *_span(80, 100), *_span(127, 146)), (448,)),
    "boat": Group((472, 484, 510, 554, 576, 625, 628, 724, 780, 814, 871, 914), (449, 460, 536, 693)),
    "bus": Group((654, 779, 874), (705, 829)),
    "car": Group(
        (407, 436, 468, 511, 609, 627, 656, 661, 717, 734, 751, 817), (475, 479, 569, 581, 675, 864, 920)
    ),
    "cat": Group(_span(281, 285)),
    "chair": Group((423, 559, 765, 857), (526, 532, 703, 831)),
    "dog": Group(_span(151, 268), (537,)),
    "horse": Group((339,), (603, 690)),
    "person": Group(_WORN_OR_HELD),
    "sheep": Group((348, 349)),
}
"""The labels of the generated scenes."""

MORE_GROUPS: Mapping[str, Group] = {
    "airplane": Group((404, 895), (726, 908)),
    "banana": Group((954,)),
    "bed": Group((564,), (520, 721, 750, 831)),
    "broccoli": Group((937,)),
    "elephant": Group((101, 385, 386)),
    "keyboard": Group((508,), (810, 878)),
    "laptop": Group((620, 681)),
    "motorcycle": Group((665, 670)),
    "pizza": Group((963,)),
    "teddy bear": Group((850,)),
    "toilet": Group((861,)),
    "traffic light": Group((920,)),
    "train": Group((466, 547, 565, 705, 820)),
    "truck": Group((555, 569, 675, 717, 864, 867)),
    "umbrella": Group((879,)),
    "zebra": Group((340,)),
}
"""Labels that are kept where their groups alone rank photographs well enough; see `fit_labels.py`."""


def weights(groups: Sequence[Group]) -> np.ndarray:
    """The weight of each of the 1,000 classes in each group: (K, 1000) float32, 1 for members, less for hints."""
    matrix = np.zeros((len(groups), CLASSES), np.float32)
    for row, group in zip(matrix, groups, strict=True):
        row[list(group.hints)] = _HINT
        row[list(group.members)] = 1
    return matrix
