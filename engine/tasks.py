"""The three problems that the same network solves, and what is true of each.

Code that differs between tasks asks for a property, as in `tasks.get(name).has_labels`, or keeps one entry per task in
a registry of its own layer. Nothing compares names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SINGLE_LABEL, MULTI_LABEL, POINTS = "single-label", "multi-label", "points"


@dataclass(frozen=True)
class Task:
    """One problem: what is known about an image, and what a network learns from it.

    Attributes:
        name: as in configurations, manifests and on the command line.
        title: what a network learns to predict, in plain words.
        target: what is known about one image, as a noun: a label, or a point.
        target_columns: the columns of a dataset's table that hold it.
        target_shape: of the targets of N images and C classes.
        has_labels: whether targets are classes of a vocabulary; otherwise they are places in the image.
        allows_several_labels: whether an image may have any number of labels, none included.
        losses: the losses it can be trained with, by name; the first is the one that fastai picks.
        metrics: what is reported about predictions, by name; the first is the headline.
    """

    name: str
    title: str
    target: str
    target_columns: tuple[str, ...]
    target_shape: str
    has_labels: bool
    allows_several_labels: bool
    losses: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def has_points(self) -> bool:
        """Whether targets are places in the image, measured in pixels, and not classes."""
        return not self.has_labels

    @property
    def full_title(self) -> str:
        """The title with the name, for every list of tasks that people choose from."""
        return f"{self.title} ({self.name})"

    def output_count(self, vocab: Sequence[str]) -> int:
        """How many numbers a network gives for one image: one per class, or one per coordinate."""
        return len(vocab) if self.has_labels else len(self.target_columns)

    @property
    def has_one_label(self) -> bool:
        """Whether every image has exactly one label, so that classes exclude each other."""
        return self.has_labels and not self.allows_several_labels


ALL = (
    Task(
        SINGLE_LABEL,
        title="One label per image",
        target="label",
        target_columns=("labels",),
        target_shape="(N,)",
        has_labels=True,
        allows_several_labels=False,
        losses=("cross_entropy",),
        metrics=("accuracy",),
    ),
    Task(
        MULTI_LABEL,
        title="Several labels per image",
        target="label",
        target_columns=("labels",),
        target_shape="(N, C)",
        has_labels=True,
        allows_several_labels=True,
        losses=(
            "binary_cross_entropy",
            "cross_entropy",
            "binary_cross_entropy_as_printed",
            "focal",
            "asymmetric",
            "mean_squared_error",
        ),
        metrics=("accuracy_multi", "skill", "mean_average_precision"),
    ),
    Task(
        POINTS,
        title="A point in each image",
        target="point",
        target_columns=("x", "y"),
        target_shape="(N, 2)",
        has_labels=False,
        allows_several_labels=False,
        losses=("mean_squared_error", "mean_absolute_error", "huber"),
        metrics=("median_error_px",),
    ),
)
"""Every task there is."""

TASKS = tuple(task.name for task in ALL)
LOSSES = {task.name: task.losses for task in ALL}
"""The names of all tasks, and the losses of each."""

_BY_NAME = {task.name: task for task in ALL}


def get(name: str) -> Task:
    """The task of that name. Raises ValueError, naming those that there are."""
    if task := _BY_NAME.get(name):
        return task
    raise ValueError(problem_with(name))


def full_title(name: str) -> str:
    """The full title of the task of that name.

    >>> full_title("multi-label")
    'Several labels per image (multi-label)'
    """
    return get(name).full_title


def problem_with(name: object) -> str | None:
    """What is wrong with a task's name, as part of a sentence; None for a task that there is."""
    if isinstance(name, str) and name in _BY_NAME:
        return None
    return f"task should be one of {', '.join(TASKS)}, but is {name!r}"


SQUISH, CROP = "squish", "crop"
METHODS = (SQUISH, CROP)
"""How an image becomes the square that a network sees, as in fastai's `ResizeMethod`: squish keeps everything but the
proportions, crop keeps the proportions and loses the ends of the longer side."""
