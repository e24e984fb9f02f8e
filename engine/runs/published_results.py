"""The training in fastbook chapter 6, as its notebook prints it: curves to compare runs of the same task with.

Source: fastai/fastbook, 06_multicat.ipynb at commit 00021272. On its own images and its own network, so shapes and
distances to the baseline can be compared, not heights.
"""

from dataclasses import dataclass

import pandas as pd

from engine import tasks
from engine.tasks import MULTI_LABEL, POINTS

SOURCE = "fastbook, chapter 6 (06_multicat.ipynb at 00021272)"


@dataclass(frozen=True)
class Reference:
    """A training that was published.

    Attributes: `title`, what to call it; `says`, on what and how it was trained; `loss`, its name in
    `engine.tasks.Task.losses`; `history`, a row for each epoch: epoch, frozen, valid_loss and what else was printed.
    """

    title: str
    says: str
    loss: str
    history: pd.DataFrame


REFERENCES = {
    MULTI_LABEL: Reference(
        "the book",
        "PASCAL_2007: 5,011 images of 20 classes, resnet50, 128 px, fine_tune(3, 3e-3, freeze_epochs=4); its "
        "accuracy_multi is at 0.2, where predicting nothing reaches about 0.927",
        tasks.get(MULTI_LABEL).losses[0],
        pd.DataFrame(
            {
                "epoch": [1, 2, 3, 4, 5, 6, 7],
                "frozen": [True, True, True, True, False, False, False],
                "valid_loss": [0.7037, 0.5508, 0.2026, 0.1233, 0.1234, 0.1075, 0.1048],
                "accuracy_multi": [0.2333, 0.2953, 0.8165, 0.9443, 0.9444, 0.9513, 0.9516],
            }
        ),
    ),
    POINTS: Reference(
        "the book",
        "BIWI: head 13 of 24 held out, resnet18, 240 x 320 px, y_range (-1, 1), fine_tune(3, 1e-2); it tells its "
        "error as a loss only",
        tasks.get(POINTS).losses[0],
        pd.DataFrame(
            {
                "epoch": [1, 2, 3, 4],
                "frozen": [True, False, False, False],
                "train_loss": [0.0496, 0.0087, 0.0032, 0.0015],
                "valid_loss": [0.0076, 0.0043, 0.0007, 0.000036],
            }
        ),
    ),
}
"""By task; the book trains no single-label classifier in this chapter."""


def reference(task: str, loss: str, column: str) -> Reference | None:
    """The book's curve of a column of the history for runs of a task; a loss is only compared with the same loss."""
    reference = REFERENCES.get(task)
    if (
        reference is None
        or column not in reference.history
        or (column.endswith("loss") and loss != reference.loss)
    ):
        return None
    return reference
